/* SPDX-License-Identifier: BSD-3-Clause */
/* Objects are changed, copied and destroyed. */
#include <pthread.h>
#include <sys/wait.h>

#include "fixture.h"
#include "templates.h"
#include "unit/run-suite.h"

static CK_OBJECT_CLASS data_class = CKO_DATA, secret_class = CKO_SECRET_KEY,
                       profile_class = CKO_PROFILE;
static CK_KEY_TYPE aes = CKK_AES;
static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_ULONG sixteen = 16;
static CK_BYTE bytes[64] = {1, 2, 3};

static CK_OBJECT_HANDLE
make_key_object(CK_SESSION_HANDLE session, CK_BBOOL *token)
{
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes),
                               BYTES(CKA_VALUE, 16),        BYTES(CKA_LABEL, 3),
                               {CKA_TOKEN, token, 1},       OF(CKA_SENSITIVE, no),
                               OF(CKA_EXTRACTABLE, yes),    OF(CKA_ENCRYPT, yes)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_CreateObject(session, template, 8, &made), CKR_OK);
    return made;
}

static const struct {
    CK_ATTRIBUTE template[3];
    CK_RV expected;
} changes[] = {
    {{BYTES(CKA_LABEL, 10), END}, CKR_OK},
    {{BYTES(CKA_ID, 10), OF(CKA_ENCRYPT, no), END}, CKR_OK},
    {{OF(CKA_SENSITIVE, yes), OF(CKA_EXTRACTABLE, no), END}, CKR_OK},
    {{OF(CKA_SENSITIVE, no), END}, CKR_OK}, /* as it is */
    {{BYTES(CKA_VALUE, 16), END}, CKR_ATTRIBUTE_READ_ONLY},
    {{BYTES(CKA_LABEL, 10), OF(CKA_CLASS, data_class), END}, CKR_ATTRIBUTE_READ_ONLY},
    {{BYTES(CKA_LABEL, 10), OF(CKA_TOKEN, yes), END}, CKR_ATTRIBUTE_READ_ONLY},
    {{OF(CKA_PRIVATE, no), END}, CKR_ATTRIBUTE_READ_ONLY},
    {{OF(CKA_ALWAYS_SENSITIVE, yes), END}, CKR_ATTRIBUTE_READ_ONLY},
    {{BYTES(CKA_MODULUS, 3), END}, CKR_ATTRIBUTE_TYPE_INVALID},
    {{OF(CKA_ENCRYPT, sixteen), END}, CKR_ATTRIBUTE_VALUE_INVALID},
};

START_TEST(all_of_a_change_happens_or_nothing)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    CK_BBOOL *const tokens[] = {&no, &yes};
    CK_ATTRIBUTE template[3];
    CK_BYTE label[64];

    memcpy(template, changes[_i].template, sizeof template);
    for (size_t i = 0; i < 2; i++) {
        const CK_OBJECT_HANDLE key = make_key_object(session, tokens[i]);
        CK_ATTRIBUTE read = {CKA_LABEL, label, sizeof label};
        const bool sets_label = template[0].type == CKA_LABEL && changes[_i].expected == CKR_OK;

        ck_assert_rv(p11->C_SetAttributeValue(session, key, template, length(template)),
                     changes[_i].expected);
        ck_assert_rv(p11->C_GetAttributeValue(session, key, &read, 1), CKR_OK);
        ck_assert_uint_eq(read.ulValueLen, sets_label ? 10 : 3);
    }
}
END_TEST

START_TEST(what_became_sensitive_stays_so)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    const CK_OBJECT_HANDLE key = make_key_object(session, &yes);
    CK_BYTE value[16];
    CK_ATTRIBUTE read = {CKA_VALUE, value, sizeof value};
    CK_ATTRIBUTE sensitive = OF(CKA_SENSITIVE, yes);
    CK_ATTRIBUTE back = OF(CKA_SENSITIVE, no);
    CK_ATTRIBUTE extractable = OF(CKA_EXTRACTABLE, yes);
    CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_GetAttributeValue(session, key, &read, 1), CKR_OK);
    ck_assert_mem_eq(value, bytes, 16);
    ck_assert_rv(p11->C_SetAttributeValue(session, key, &sensitive, 0), CKR_OK);
    ck_assert_rv(p11->C_SetAttributeValue(session, key, &sensitive, 1), CKR_OK);
    ck_assert_rv(p11->C_GetAttributeValue(session, key, &read, 1), CKR_ATTRIBUTE_SENSITIVE);
    ck_assert_rv(p11->C_SetAttributeValue(session, key, &back, 1), CKR_ATTRIBUTE_READ_ONLY);
    ck_assert_rv(p11->C_CopyObject(session, key, &back, 1, &copy), CKR_ATTRIBUTE_READ_ONLY);
    ck_assert_rv(p11->C_CopyObject(session, key, &extractable, 1, &copy), CKR_OK);
}
END_TEST

START_TEST(a_copy_is_another_object)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    const CK_OBJECT_HANDLE key = make_key_object(session, &no);
    CK_ATTRIBUTE template[] = {OF(CKA_TOKEN, yes), BYTES(CKA_LABEL, 20)};
    CK_ATTRIBUTE public = OF(CKA_PRIVATE, no);
    CK_ATTRIBUTE value = BYTES(CKA_VALUE, 16);
    CK_BYTE read_value[16];
    CK_ATTRIBUTE read = {CKA_VALUE, read_value, sizeof read_value};
    CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE found[16];

    ck_assert_rv(p11->C_CopyObject(session, key, &public, 1, &copy), CKR_TEMPLATE_INCONSISTENT);
    ck_assert_rv(p11->C_CopyObject(session, key, &value, 1, &copy), CKR_ATTRIBUTE_READ_ONLY);
    ck_assert_rv(p11->C_CopyObject(session, key, template, 2, &copy), CKR_OK);
    ck_assert_rv(p11->C_DestroyObject(session, key), CKR_OK);
    ck_assert_rv(p11->C_DestroyObject(session, key), CKR_OBJECT_HANDLE_INVALID);
    stop_module(); /* the copy is in the file */
    start_module();
    {
        const CK_SESSION_HANDLE again = user_session(CKF_RW_SESSION);

        ck_assert_uint_eq(find(again, template, 2, found), 1);
        ck_assert_rv(p11->C_GetAttributeValue(again, found[0], &read, 1), CKR_OK);
        ck_assert_mem_eq(read_value, bytes, 16);
    }
}
END_TEST

/* One that goes into the token keeps what the template says, or what was copied. */
START_TEST(a_copy_has_the_id_that_it_was_given)
{
    static const CK_OBJECT_CLASS classes[] = {CKO_CERTIFICATE, CKO_PRIVATE_KEY};
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    const CK_OBJECT_HANDLE key = find_one(session, classes[_i], key_types[0]);
    CK_ATTRIBUTE template[] = {OF(CKA_TOKEN, yes), BYTES(CKA_ID, 7)};
    CK_BYTE id[64];
    CK_BYTE copied_id[64];
    CK_ATTRIBUTE of_key = {CKA_ID, id, sizeof id};
    CK_ATTRIBUTE of_copy = {CKA_ID, copied_id, sizeof copied_id};
    CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_GetAttributeValue(session, key, &of_key, 1), CKR_OK);
    ck_assert_rv(p11->C_CopyObject(session, key, template, 2, &copy), CKR_OK);
    ck_assert_rv(p11->C_GetAttributeValue(session, copy, &of_copy, 1), CKR_OK);
    ck_assert_uint_eq(of_copy.ulValueLen, 7);
    ck_assert_mem_eq(copied_id, bytes, 7);
    ck_assert_rv(p11->C_CopyObject(session, key, template, 1, &copy), CKR_OK);
    of_copy.ulValueLen = sizeof copied_id;
    ck_assert_rv(p11->C_GetAttributeValue(session, copy, &of_copy, 1), CKR_OK);
    ck_assert_uint_eq(of_copy.ulValueLen, of_key.ulValueLen);
    ck_assert_mem_eq(copied_id, id, of_key.ulValueLen);
}
END_TEST

/* Also of a public key that is there only because the private one lacked it. */
START_TEST(a_copied_public_key_stays)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    const CK_OBJECT_HANDLE key = find_one(session, CKO_PUBLIC_KEY, key_types[0]);
    const CK_OBJECT_HANDLE private = find_one(session, CKO_PRIVATE_KEY, key_types[0]);
    CK_ATTRIBUTE template[] = {OF(CKA_TOKEN, yes), BYTES(CKA_LABEL, 7)};
    CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE found[16];

    ck_assert_rv(p11->C_CopyObject(session, key, template, 2, &copy), CKR_OK);
    ck_assert_uint_ne(copy, key);
    ck_assert_uint_eq(find_one(session, CKO_PUBLIC_KEY, key_types[0]), key);
    ck_assert_rv(p11->C_DestroyObject(session, private), CKR_OK);
    ck_assert_uint_eq(find_one(session, CKO_PUBLIC_KEY, key_types[0]), CK_INVALID_HANDLE);
    ck_assert_uint_eq(find(session, &template[1], 1, found), 1);
    ck_assert_uint_eq(found[0], copy);
}
END_TEST

START_TEST(what_is_forbidden_is_prohibited)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, data_class), OF(CKA_TOKEN, yes),
                               OF(CKA_PRIVATE, yes),      OF(CKA_MODIFIABLE, no),
                               OF(CKA_DESTROYABLE, no),   OF(CKA_COPYABLE, no)};
    CK_ATTRIBUTE label = BYTES(CKA_LABEL, 3);
    CK_ATTRIBUTE profile = OF(CKA_CLASS, profile_class);
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE found[16];

    ck_assert_rv(p11->C_CreateObject(session, template, 6, &made), CKR_OK);
    ck_assert_uint_ge(find(session, &profile, 1, found), 1);
    found[1] = made;
    for (size_t i = 0; i < 2; i++) {
        ck_assert_rv(p11->C_DestroyObject(session, found[i]), CKR_ACTION_PROHIBITED);
        ck_assert_rv(p11->C_SetAttributeValue(session, found[i], &label, 1), CKR_ACTION_PROHIBITED);
        ck_assert_rv(p11->C_CopyObject(session, found[i], NULL, 0, &made), CKR_ACTION_PROHIBITED);
    }
}
END_TEST

START_TEST(a_read_only_session_changes_no_token)
{
    const CK_SESSION_HANDLE writer = user_session(CKF_RW_SESSION);
    const CK_SESSION_HANDLE reader = open_session(SLOT, 0);
    const CK_OBJECT_HANDLE key = make_key_object(writer, &yes);
    CK_ATTRIBUTE label = BYTES(CKA_LABEL, 5);
    CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_SetAttributeValue(reader, key, &label, 1), CKR_SESSION_READ_ONLY);
    ck_assert_rv(p11->C_DestroyObject(reader, key), CKR_SESSION_READ_ONLY);
    ck_assert_rv(p11->C_CopyObject(reader, key, &label, 1, &copy), CKR_SESSION_READ_ONLY);
    ck_assert_rv(p11->C_Logout(writer), CKR_OK);
    ck_assert_rv(p11->C_DestroyObject(writer, key), CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

/* What another process destroyed is gone here too. */
START_TEST(another_process_may_destroy)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    const CK_OBJECT_HANDLE key = make_key_object(session, &yes);
    CK_ATTRIBUTE wanted = OF(CKA_CLASS, secret_class);
    CK_OBJECT_HANDLE found[16];
    int status = 0;
    const pid_t child = fork();

    if (child == 0) {
        CK_SESSION_HANDLE own = 0;

        ck_assert_rv(p11->C_Initialize(arguments()), CKR_OK);
        own = user_session(CKF_RW_SESSION);
        ck_assert_uint_eq(find(own, &wanted, 1, found), 1);
        _exit(p11->C_DestroyObject(own, found[0]) == CKR_OK ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_uint_eq(find(session, &wanted, 1, found), 0);
    ck_assert_rv(p11->C_DestroyObject(session, key), CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

/* What we know of the object is older than what another process made of it. */
START_TEST(what_another_process_changed_stays_so)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    const CK_OBJECT_HANDLE key = make_key_object(session, &yes);
    CK_ATTRIBUTE label = BYTES(CKA_LABEL, 9);
    CK_ATTRIBUTE both[] = {BYTES(CKA_LABEL, 9), BYTES(CKA_ID, 5), OF(CKA_EXTRACTABLE, no)};
    CK_ATTRIBUTE wanted = OF(CKA_CLASS, secret_class);
    CK_OBJECT_HANDLE found[16];
    int status = 0;
    pid_t child = 0;

    expect_bool(session, key, CKA_EXTRACTABLE, yes); /* by now it is loaded */
    child = fork();
    if (child == 0) {
        CK_SESSION_HANDLE own = 0;

        ck_assert_rv(p11->C_Initialize(arguments()), CKR_OK);
        own = user_session(CKF_RW_SESSION);
        ck_assert_uint_eq(find(own, &wanted, 1, found), 1);
        ck_assert_rv(p11->C_SetAttributeValue(own, found[0], &both[2], 1), CKR_OK);
        _exit(p11->C_SetAttributeValue(own, found[0], &label, 1) == CKR_OK ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_rv(p11->C_SetAttributeValue(session, key, &both[1], 1), CKR_OK);
    ck_assert_uint_eq(find(session, both, 3, found), 1);
    ck_assert_uint_eq(found[0], key);
}
END_TEST

typedef struct writer {
    CK_OBJECT_HANDLE object;
    CK_ATTRIBUTE_TYPE type;
    bool is_lost;
} writer;

/* Write one attribute again and again: it is what this thread wrote last. */
static void *
write_and_read(void *context)
{
    writer *self = context;
    const CK_SESSION_HANDLE session = open_session(SLOT, CKF_RW_SESSION);
    CK_ULONG value = 0;
    CK_ULONG seen = 0;

    for (value = 1; value <= 2000 && !self->is_lost; value++) {
        CK_ATTRIBUTE write = {self->type, &value, sizeof value};
        CK_ATTRIBUTE read = {self->type, &seen, sizeof seen};

        self->is_lost = p11->C_SetAttributeValue(session, self->object, &write, 1) != CKR_OK ||
                        p11->C_GetAttributeValue(session, self->object, &read, 1) != CKR_OK ||
                        seen != value;
    }
    return NULL;
}

START_TEST(two_threads_change_one_object)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    const CK_OBJECT_HANDLE key = make_key_object(session, &no);
    writer writers[] = {{key, CKA_LABEL, false}, {key, CKA_ID, false}};
    pthread_t threads[COUNT(writers)];

    for (int i = 0; i < COUNT(writers); i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_and_read, &writers[i]), 0);
    for (int i = 0; i < COUNT(writers); i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert(!writers[i].is_lost);
    }
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("change");
    TCase *changing = tcase_create("token");

    tcase_set_timeout(changing, 60);
    tcase_add_checked_fixture(changing, set_up, tear_down);
    tcase_add_loop_test(changing, all_of_a_change_happens_or_nothing, 0, COUNT(changes));
    tcase_add_test(changing, what_became_sensitive_stays_so);
    tcase_add_test(changing, a_copy_is_another_object);
    tcase_add_loop_test(changing, a_copy_has_the_id_that_it_was_given, 0, 2);
    tcase_add_test(changing, a_copied_public_key_stays);
    tcase_add_test(changing, what_is_forbidden_is_prohibited);
    tcase_add_test(changing, a_read_only_session_changes_no_token);
    tcase_add_test(changing, another_process_may_destroy);
    tcase_add_test(changing, what_another_process_changed_stays_so);
    tcase_add_test(changing, two_threads_change_one_object);
    suite_add_tcase(suite, changing);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
