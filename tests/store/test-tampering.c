/* SPDX-License-Identifier: BSD-3-Clause */
/* Somebody without a PIN changes the file: after the login a user sees what was there before, or an
 * error that says so; never something else, and no wrong key is used. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <p11-kit/pkcs11.h>

#include "meddle.h"
#include "unit/run-suite.h"

#define CONTENT_MAX (1 << 20)
#define SLICES 8 /* the bytes of the file, each a test of its own */

static char other_path[128]; /* of another token */
static char older_path[128]; /* of a copy of this one, as it was */
static char places[1024];    /* that a check told of */

static mainet_status
note_place(const char *place, const mainet_error *problem, void *user_data)
{
    (void)user_data;
    if (problem != NULL && strlen(places) + strlen(place) + 2 < sizeof places)
        (void)strcat(strcat(places, "|"), place);
    return MAINET_OK;
}

static void
make_token(void)
{
    pins[0] = "1234-pin";
    people_make();
    token_make();
}

static void
insert_hidden_data(void)
{
    mn_auto(mn_attributes) plain = mn_attributes_new(NULL);
    mn_auto(mn_object) object = NULL;

    (void)mn_attributes_set_number(plain, CKA_CLASS, CKO_DATA, NULL);
    (void)mn_attributes_set_bool(plain, CKA_PRIVATE, true, NULL);
    object = mn_object_new(plain, NULL);
    ck_assert_int_eq(mn_object_set_secret(object, CKA_VALUE, (const uint8_t *)"hidden", 6, NULL),
                     MAINET_OK);
    ck_assert_int_eq(mn_token_insert(token, mn_token_keys(token), &object, 1, NULL), MAINET_OK);
}

/* One identity and a hidden object, on pages as small as they can be: the fewest bytes, and records
 * that go over several pages. */
static void
open_small_token(void)
{
    make_token();
    people_settle(1);
    insert_hidden_data();
    ck_assert_int_eq(mainet_token_set(token, "show-expired", "no", NULL), MAINET_OK);
    meddle(mainet_token_path(token), NULL, "PRAGMA page_size=512; VACUUM");
}

static size_t
read_whole(const char *path, uint8_t content[CONTENT_MAX])
{
    FILE *file = fopen(path, "re");
    size_t len = 0;

    ck_assert_ptr_nonnull(file);
    len = fread(content, 1, CONTENT_MAX, file);
    (void)fclose(file);
    return len;
}

static void
write_whole(const char *path, const uint8_t *content, size_t len)
{
    int fd = open(path, O_WRONLY | O_TRUNC);

    ck_assert_int_eq((int)write(fd, content, len), (int)len);
    (void)close(fd);
}

/* Within space that no cell uses; of these bytes every eighth will do. */
static bool
is_free(const uint8_t *content, size_t len, size_t at)
{
    for (size_t i = at < 24 ? 0 : at - 24; i < at + 24 && i < len; i++)
        if (content[i] != 0)
            return false;
    return true;
}

#define PAGE 512
#define TABLE_INTERIOR 5 /* SQLite's kinds of pages; the first page begins after its header */

/* Of what only leads to rows, each bit is worth a test; there is little of it. */
static uint8_t
choose_bits(const uint8_t *content, size_t at, unsigned *seed)
{
    size_t page = at / PAGE * PAGE;

    if (content[page == 0 ? 100 : page] == TABLE_INTERIOR)
        return 0xff;
    return (uint8_t)(1u << (rand_r(seed) % 8));
}

/* Flip one bit after the other; how many were refused. */
static size_t
try_bits(const mn_buffer *before, uint8_t *content, size_t len, size_t at, uint8_t bits)
{
    size_t refused = 0;

    for (unsigned bit = 1; bit <= 0x80; bit <<= 1) {
        char story[64];

        if ((bits & bit) == 0)
            continue;
        content[at] ^= (uint8_t)bit;
        write_whole(mainet_token_path(token), content, len); /* all of it: wrong PINs are counted */
        (void)snprintf(story, sizeof story, "byte %zu, bit %02x", at, bit);
        refused += !meddle_judge(before, story);
        content[at] ^= (uint8_t)bit;
    }
    return refused;
}

START_TEST(a_bit_of_any_byte_changes_nothing_unnoticed)
{
    static uint8_t content[CONTENT_MAX];
    size_t len = read_whole(mainet_token_path(token), content);
    mn_auto_buffer(before, 0);
    unsigned seed = (unsigned)setting("MAINETCERT_TEST_SEED", (long)time(NULL));
    size_t refused = 0;

    ck_assert_int_eq(meddle_view(&before, NULL), MAINET_OK);
    printf("# %zu bytes, seed %u\n", len, seed);
    for (size_t at = len * (size_t)_i / SLICES; at < len * ((size_t)_i + 1) / SLICES; at++)
        if (at % 8 == 0 || !is_free(content, len, at))
            refused += try_bits(&before, content, len, at, choose_bits(content, at, &seed));
    printf("# %zu refused\n", refused);
    ck_assert_uint_gt(refused, 0);
}
END_TEST

/* Two tokens of the same people, and one of them as it was before two objects were deleted, one was
 * added, and a setting was changed. */
static void
open_tokens(void)
{
    mn_auto(mainet_token) other = NULL;
    mainet_error err = {0};

    make_token();
    people_settle(2);
    ck_assert_int_eq(mainet_token_set(token, "show-expired", "no", NULL), MAINET_OK);
    other = mainet_token_create(store, "other", AS_PIN(pins[0]), NULL, 0, &err);
    ck_assert_msg(other != NULL, "%s", err.detail);
    for (size_t n = 0; n < 3; n++)
        ck_assert_int_eq(person_import(other, n, &err), MAINET_OK);
    (void)snprintf(other_path, sizeof other_path, "%s", mainet_token_path(other));
    (void)snprintf(older_path, sizeof older_path, "%s/older", folder);
    ck_assert_int_eq(mainet_token_backup(token, older_path, &err), MAINET_OK);
    ck_assert_int_eq(person_delete(token, 1, &err), MAINET_OK);
    ck_assert_int_eq(person_import(token, 2, &err), MAINET_OK);
    ck_assert_int_eq(mainet_token_set(token, "show-superseded", "no", NULL), MAINET_OK);
}

#define COLUMNS                                                                                    \
    "class, is_private, is_hidden, public_key, id_hash, label_hash, subject_hash, "                \
    "issuer_serial_hash, value_hash, mac, plain, secret"
#define FIRST(class) "(SELECT min(id) FROM main.object WHERE class = " class ")"
#define LAST(class) "(SELECT max(id) FROM main.object WHERE class = " class ")"
#define SWAP(column, class)                                                                        \
    "UPDATE object SET " column " = (SELECT o." column                                             \
    " FROM object o WHERE o.class = " class " AND o.id <> object.id) WHERE class = " class
#define SAME_ROWS " WHERE main.object.id = o.id"

/* `other` is the other token, or this one as it was. */
static const struct {
    const char *sql;
    bool with_older;
    bool changes_nothing; /* as far as a login can tell; else it is refused */
} changes[] = {
    /* between objects */
    {SWAP("secret", "3"), false, false},
    {SWAP("plain", "3"), false, false},
    {SWAP("mac", "3"), false, false},
    {SWAP("public_key", "3"), false, false},
    {SWAP("id_hash", "3"), false, false},
    {SWAP("plain", "1"), false, false},
    {SWAP("value_hash", "1"), false, false},
    {"UPDATE object SET plain = o.plain, secret = o.secret, mac = o.mac FROM object o "
     "WHERE o.class = 3 AND object.class = 3 AND o.id <> object.id",
     false, false},
    {"UPDATE object SET id = -id WHERE class = 3; "
     "UPDATE object SET id = (SELECT sum(-o.id) FROM object o WHERE o.class = 3) + id WHERE id < 0",
     false, false},
    {"UPDATE object SET id = id + 1000", false, false},
    {"UPDATE object SET class = 2 WHERE id = " LAST("3"), false, false},
    {"UPDATE object SET is_hidden = 1 WHERE id = " LAST("3"), false, false},
    {"UPDATE object SET is_private = 0 WHERE class = 3", false, false},
    {"UPDATE object SET public_key = NULL WHERE id = " LAST("3"), false, false},
    {"UPDATE object SET public_key = CAST(public_key || x'00' AS BLOB) WHERE id = " LAST("3"),
     false, false},
    {"UPDATE object SET label_hash = NULL WHERE id = " LAST("1"), false, false},
    {"UPDATE object SET id_hash = id_hash + 1 WHERE class = 3", false, false},
    /* between tokens: the other's objects of the same people, and its keys */
    {"UPDATE object SET secret = o.secret FROM other.object o" SAME_ROWS, false, false},
    {"UPDATE object SET mac = o.mac, plain = o.plain, secret = o.secret FROM other.object "
     "o" SAME_ROWS,
     false, false},
    {"INSERT INTO object (" COLUMNS ") SELECT " COLUMNS " FROM other.object", false, false},
    {"DELETE FROM object; INSERT INTO object SELECT * FROM other.object", false, false},
    {"DELETE FROM object; INSERT INTO object SELECT * FROM other.object; DELETE FROM meta; "
     "INSERT INTO meta SELECT * FROM other.meta",
     false, false},
    {"DELETE FROM wrap; INSERT INTO wrap SELECT * FROM other.wrap", false, false},
    {"DELETE FROM meta; INSERT INTO meta SELECT * FROM other.meta", false, false},
    {"UPDATE meta SET token_id = (SELECT token_id FROM other.meta)", false, false},
    {"UPDATE meta SET generation = o.generation, object_count = o.object_count, "
     "set_hash = o.set_hash, mac = o.mac FROM other.meta o",
     false, false},
    /* removed */
    {"DELETE FROM object WHERE id = " FIRST("3"), false, false},
    {"DELETE FROM object WHERE id = " FIRST("1"), false, false},
    {"DELETE FROM object WHERE class = 2", false, false},
    {"DELETE FROM object", false, false},
    {"DELETE FROM meta", false, false},
    {"DELETE FROM wrap", false, false},
    {"DELETE FROM setting WHERE name = 'show-expired'", false, false},
    {"DELETE FROM setting", false, false},
    /* put back */
    {"INSERT OR REPLACE INTO object SELECT * FROM other.object", true, false},
    {"DELETE FROM object; INSERT INTO object SELECT * FROM other.object", true, false},
    {"DELETE FROM meta; INSERT INTO meta SELECT * FROM other.meta", true, false},
    {"DELETE FROM setting; INSERT INTO setting SELECT * FROM other.setting", true, false},
    {"DELETE FROM object; INSERT INTO object SELECT * FROM other.object; DELETE FROM meta; "
     "INSERT INTO meta SELECT * FROM other.meta",
     true, false},
    {"DELETE FROM setting; INSERT INTO setting SELECT * FROM other.setting; DELETE FROM meta; "
     "INSERT INTO meta SELECT * FROM other.meta",
     true, false},
    /* what the owner may do too: the folder's slot number, and counting wrong PINs */
    {"UPDATE meta SET slot = 77", false, true},
    {"UPDATE wrap SET failures = 3", false, true},
    {"DELETE FROM wrap; INSERT INTO wrap SELECT * FROM other.wrap", true, true},
    {"DELETE FROM sqlite_sequence", false, true},
    {"VACUUM", false, true},
};

START_TEST(rows_that_are_not_in_their_place_are_refused)
{
    mn_auto_buffer(before, 0);

    ck_assert_int_eq(meddle_view(&before, NULL), MAINET_OK);
    meddle(mainet_token_path(token), changes[_i].with_older ? older_path : other_path,
           changes[_i].sql);
    ck_assert_msg(meddle_judge(&before, changes[_i].sql) == changes[_i].changes_nothing, "%s",
                  changes[_i].sql);
}
END_TEST

/* An id is not given out again, though somebody made the file forget which are used. */
START_TEST(a_lost_count_of_ids_hinders_nobody)
{
    mainet_error err = {0};
    crowd found = 0;

    meddle(mainet_token_path(token), NULL,
           _i == 0 ? "DELETE FROM sqlite_sequence" : "UPDATE sqlite_sequence SET seq = 1");
    ck_assert_msg(person_import(token, 5, &err) == MAINET_OK, "%s", err.detail);
    ck_assert_str_eq(examine(folder, &found) == NULL ? "" : "damaged", "");
    ck_assert_uint_eq(found, PERSON(0) | PERSON(2) | PERSON(5));
}
END_TEST

/* The limit of what can be seen (SCHEMA.md): all of the file as it was. */
START_TEST(a_whole_older_file_is_the_token_as_it_was)
{
    static uint8_t content[CONTENT_MAX];
    size_t len = read_whole(older_path, content);
    crowd found = 0;

    write_whole(mainet_token_path(token), content, len);
    ck_assert_ptr_null(examine(folder, &found));
    ck_assert_uint_eq(found, PERSON(0) | PERSON(1));
}
END_TEST

START_TEST(another_tokens_file_under_its_name_is_refused)
{
    static uint8_t content[CONTENT_MAX];
    size_t len = read_whole(other_path, content);
    mainet_error err = {0};

    write_whole(mainet_token_path(token), content, len);
    ck_assert_ptr_null(mainet_token_open(store, mainet_token_serial(token), &err));
    ck_assert_int_eq(err.status, MAINET_E_STORE_OPEN);
    ck_assert_int_eq(token_login(token, &err), MAINET_E_TOKEN_NOT_FOUND);
}
END_TEST

/* A PIN opens the keys of a token that does not verify for one purpose: to name what is damaged. */
START_TEST(a_check_with_the_pin_names_what_the_login_refused)
{
    mainet_error err = {0};
    mainet_error first = {0};
    mn_auto(mainet_token) fresh = NULL;

    meddle(mainet_token_path(token), NULL,
           "UPDATE object SET mac = zeroblob(32) WHERE id = " LAST("3"));
    fresh = mainet_token_open(store, mainet_token_serial(token), &err);
    ck_assert_int_eq(mainet_token_check(fresh, NULL, NULL, &err), MAINET_OK);
    ck_assert_int_eq(mainet_token_unlock(fresh, (const uint8_t *)"wrong", 5, &err),
                     MAINET_E_PIN_INCORRECT);
    ck_assert_int_eq(mainet_token_check(fresh, NULL, NULL, &err), MAINET_OK);
    ck_assert_int_eq(token_login(fresh, &err), MAINET_E_STORE_TAMPERED);
    ck_assert(mainet_token_is_locked(fresh));
    ck_assert_ptr_null(mn_token_keys(fresh));
    ck_assert_int_eq(mainet_token_check(fresh, note_place, NULL, &first), MAINET_E_STORE_TAMPERED);
    ck_assert_ptr_nonnull(strstr(places, "private key Person"));
    ck_assert_int_eq(mainet_token_lock(fresh, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_check(fresh, NULL, NULL, &err), MAINET_OK);
}
END_TEST

/* What would run, or answer, in the place of our tables. */
static const char *const schemas[] = {
    "CREATE TRIGGER t AFTER UPDATE ON wrap BEGIN DELETE FROM object; END",
    "CREATE TRIGGER t BEFORE INSERT ON object BEGIN SELECT RAISE(IGNORE); END",
    "CREATE VIEW v AS SELECT * FROM object",
    "ALTER TABLE setting RENAME TO kept; CREATE VIEW setting AS SELECT name, value FROM kept",
    "ALTER TABLE object RENAME TO kept; CREATE VIEW object AS SELECT * FROM kept WHERE class <> 3",
    "CREATE VIRTUAL TABLE v USING fts5(x)",
    "CREATE VIRTUAL TABLE v USING rtree(id, low, high)",
    "INSERT INTO sqlite_schema VALUES ('table', 'v', 'v', 0, 'CREATE VIRTUAL TABLE v USING "
    "none(x)')",
    "ALTER TABLE object ADD COLUMN g INTEGER GENERATED ALWAYS AS (randomblob(1000000000)) VIRTUAL",
    "ALTER TABLE wrap ADD COLUMN more BLOB",
    "ALTER TABLE wrap DROP COLUMN failures",
    "ALTER TABLE object RENAME COLUMN plain TO open",
    "CREATE TABLE more (x)",
    "CREATE INDEX more ON object (mac)",
    "CREATE INDEX more ON object (abs(class))",
    "CREATE INDEX more ON object (class) WHERE zeroblob(1000000000) IS NULL",
    "DROP INDEX object_class",
    "DROP TABLE setting",
    "DROP TABLE object",
    "ANALYZE",
    "UPDATE sqlite_schema SET sql = replace(sql, 'NOT NULL', 'CHECK (1)') WHERE name = 'wrap'",
    "UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'object'",
    "UPDATE sqlite_schema SET sql = replace(sql, 'IS NOT NULL', 'IS NULL') "
    "WHERE name = 'object_id_hash'",
    "UPDATE sqlite_schema SET sql = replace(sql, '(class)', '(class COLLATE none)') "
    "WHERE name = 'object_class'",
    "UPDATE sqlite_schema SET sql = NULL WHERE name = 'object_class'",
    "UPDATE sqlite_schema SET sql = 'CREATE TABLE' WHERE name = 'wrap'",
    "UPDATE sqlite_schema SET rootpage = 1 WHERE name = 'meta'",
    "UPDATE sqlite_schema SET rootpage = 1000000 WHERE name = 'wrap'",
    "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'wrap') "
    "WHERE name = 'meta'",
    "UPDATE sqlite_schema SET tbl_name = 'meta' WHERE name = 'object_class'",
    "DELETE FROM sqlite_schema",
    "PRAGMA application_id = 1",
    "PRAGMA user_version = 0",
    "PRAGMA user_version = 1",
    "PRAGMA user_version = 3",
    "PRAGMA user_version = -1",
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; UPDATE wrap SET failures = 1",
};

START_TEST(a_schema_that_is_not_ours_is_refused)
{
    mn_auto_buffer(before, 0);

    ck_assert_int_eq(meddle_view(&before, NULL), MAINET_OK);
    meddle(mainet_token_path(token), NULL, schemas[_i]);
    ck_assert_msg(!meddle_judge(&before, schemas[_i]), "%s", schemas[_i]);
}
END_TEST

static Suite *
tampering_suite(void)
{
    Suite *suite = suite_create("tampering");
    TCase *bits = tcase_create("bits");
    TCase *rows = tcase_create("rows");

    tcase_add_checked_fixture(bits, open_small_token, token_remove);
    tcase_set_timeout(bits, 300);
    tcase_add_loop_test(bits, a_bit_of_any_byte_changes_nothing_unnoticed, 0, SLICES);
    suite_add_tcase(suite, bits);
    tcase_add_checked_fixture(rows, open_tokens, token_remove);
    tcase_set_timeout(rows, 60);
    tcase_add_loop_test(rows, rows_that_are_not_in_their_place_are_refused, 0,
                        sizeof changes / sizeof *changes);
    tcase_add_loop_test(rows, a_lost_count_of_ids_hinders_nobody, 0, 2);
    tcase_add_test(rows, a_whole_older_file_is_the_token_as_it_was);
    tcase_add_test(rows, another_tokens_file_under_its_name_is_refused);
    tcase_add_test(rows, a_check_with_the_pin_names_what_the_login_refused);
    tcase_add_loop_test(rows, a_schema_that_is_not_ours_is_refused, 0,
                        sizeof schemas / sizeof *schemas);
    suite_add_tcase(suite, rows);
    return suite;
}

int
main(void)
{
    return run_suite(tampering_suite());
}
