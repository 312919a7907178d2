/* SPDX-License-Identifier: BSD-3-Clause */
#include "handout.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csv.h"
#include "progress.h"
#include "secret.h"
#include "text.h"

#define LIST "passwords.csv"
#define ASIDE ".passwords.csv.new"
#define HEAD "group_id,certificate_number,name,file,password\n"

enum { GROUP_ID, NUMBER, NAME, FILE_NAME, PASSWORD, COLUMN_COUNT };

/* Four groups of five of 32 characters that no font confuses: 100 bits. */
enum { GROUPS = 4, GROUP_LEN = 5, PASSWORD_LEN = GROUPS * (GROUP_LEN + 1) - 1 };

/* A row has no field that is longer, but for names, which are cut. */
enum { FIELD_MAX = 512, ROW_MAX = COLUMN_COUNT * (2 * FIELD_MAX + 3) };

/* What is to be exported, and under which password: a place in the list. */
typedef struct entry {
    const mainet_batch *batch;
    size_t index;
    mainet_identity *identity;
    char file[FIELD_MAX];
} entry;

static void
entry_clear(entry *self)
{
    mainet_identity_free(self->identity);
}

void
handout_clear(handout *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->files[i]);
    free(self->files);
    free(self->errors);
    secret_pages_free(self->list, self->list_size);
}

mainet_status
handout_prepare(const char *folder, mainet_error *err)
{
    struct stat info;

    if (mkdir(folder, 0700) == 0)
        return MAINET_OK;
    if (errno != EEXIST || lstat(folder, &info) != 0)
        return fail(err, MAINET_E_FILE, errno, "%.150s: %s", folder, strerror(errno));
    if (!S_ISDIR(info.st_mode) || info.st_uid != geteuid() || (info.st_mode & 077) != 0)
        return fail(err, MAINET_E_FILE, EPERM, "%.150s: not a folder of yours alone (mode 0700)",
                    folder);
    return MAINET_OK;
}

/* `GROUP_NUMBER.p12`, if that is a name which no system takes amiss and no two orders share. */
static void
name_file(entry *self)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    const char *group = mainet_batch_group_id(self->batch, self->index);
    const char *number = mainet_batch_certificate_number(self->batch, self->index);

    if (group[strspn(group, plain)] == '\0' && number[strspn(number, plain)] == '\0' &&
        *group != '-' && strlen(group) + strlen(number) < 128)
        (void)snprintf(self->file, sizeof self->file, "%s_%s.p12", group, number);
    else
        (void)snprintf(self->file, sizeof self->file, "%s.p12", mainet_identity_id(self->identity));
}

/* What is found in the token of one order; NULL: nothing. */
static void
find_entry(entry *self, const mainet_batch *batch, size_t index)
{
    self->batch = batch;
    self->index = index;
    self->identity = mainet_batch_identity(batch, index, NULL);
    if (self->identity != NULL)
        name_file(self);
}

static void
put(handout *self, char byte)
{
    if (self->list_len + 1 < self->list_size)
        self->list[self->list_len++] = byte;
}

/* Answers where the field's text lies in the list. */
static void
put_field(handout *self, const char *text, char end)
{
    put(self, '"');
    for (size_t i = 0; text[i] != '\0' && i < FIELD_MAX; i++) {
        if (text[i] == '"')
            put(self, '"');
        put(self, text[i]);
    }
    put(self, '"');
    put(self, end);
}

static mainet_status
make_password(char password[PASSWORD_LEN + 1], mainet_error *err)
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    uint8_t random[PASSWORD_LEN];

    _Static_assert(sizeof letters - 1 == 32, "a power of two, or some letters come oftener");
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return fail(err, MAINET_E_CRYPTO, errno, "no random numbers");
    for (size_t i = 0; i < PASSWORD_LEN; i++)
        password[i] = i % (GROUP_LEN + 1) == GROUP_LEN ? '-' : letters[random[i] % 32];
    password[PASSWORD_LEN] = '\0';
    explicit_bzero(random, sizeof random);
    return MAINET_OK;
}

static mainet_status
add_entry(handout *self, const entry *one, mainet_error *err)
{
    const mainet_certificate *certificate = mainet_identity_certificate(one->identity);
    scoped(char) name = text_clean(mainet_certificate_common_name(certificate));
    char password[PASSWORD_LEN + 1] = "";

    TRY(make_password(password, err));
    put_field(self, mainet_batch_group_id(one->batch, one->index), ',');
    put_field(self, mainet_batch_certificate_number(one->batch, one->index), ',');
    put_field(self, name, ',');
    put_field(self, one->file, ',');
    put_field(self, password, '\n');
    explicit_bzero(password, sizeof password);
    return MAINET_OK;
}

/* One call of handout_write. */
typedef struct writing {
    handout *out;
    entry *entries;
    bool *is_listed;
    size_t added;
    int folder;
    mainet_error *err;
} writing;

static void
writing_clear(writing *self)
{
    for (size_t i = 0; self->entries != NULL && i < self->out->count; i++)
        entry_clear(&self->entries[i]);
    free(self->entries);
    free(self->is_listed);
    if (self->folder >= 0)
        (void)close(self->folder); /* and unlock it */
}

static mainet_status
fail_at(const writing *self, const char *name)
{
    return fail(self->err, MAINET_E_FILE, errno, "%.100s/%.100s: %s", self->out->folder, name,
                strerror(errno));
}

static entry *
find_by_file(const writing *self, const char *file)
{
    for (size_t i = 0; i < self->out->count; i++) {
        if (self->entries[i].identity != NULL && strcmp(self->entries[i].file, file) == 0)
            return &self->entries[i];
    }
    return NULL;
}

static mainet_status
open_list(const writing *self, csv *list)
{
    scoped(char) path = must_have(malloc(strlen(self->out->folder) + sizeof "/" LIST));
    bool is_there = false;

    (void)sprintf(path, "%s/" LIST, self->out->folder);
    TRY(csv_open(list, path, MAINET_E_FILE, self->err));
    list->path = LIST; /* outlives the call */
    return csv_read(list, &is_there);
}

/* Rows of earlier runs stay as they are. */
static mainet_status
copy_list(writing *self)
{
    csv_init list = {.text = NULL};
    bool is_there = true;

    if (faccessat(self->folder, LIST, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
        return MAINET_OK;
    TRY(open_list(self, &list));
    for (;;) {
        entry *one = NULL;

        TRY(csv_read(&list, &is_there));
        if (!is_there)
            return MAINET_OK;
        if (list.field_count != COLUMN_COUNT)
            return csv_fail(&list, "this is no list of passwords", "");
        for (size_t i = 0; i < COLUMN_COUNT; i++)
            put_field(self->out, list.fields[i], i + 1 == COLUMN_COUNT ? '\n' : ',');
        one = find_by_file(self, list.fields[FILE_NAME]);
        if (one != NULL)
            self->is_listed[one->index] = true;
    }
}

/* A file of that name that is in no list is somebody else's. */
static mainet_status
add_new(writing *self)
{
    handout *out = self->out;

    for (size_t i = 0; i < out->count; i++) {
        const entry *one = &self->entries[i];

        if (one->identity == NULL || self->is_listed[i])
            continue;
        if (!mainet_identity_is_exportable(one->identity)) {
            (void)fail(&out->errors[i], MAINET_E_NOT_EXPORTABLE, 0, "%s",
                       mainet_identity_id(one->identity));
        } else if (faccessat(self->folder, one->file, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
            (void)fail(&out->errors[i], MAINET_E_FILE_EXISTS, 0, "%.100s/%.100s", out->folder,
                       one->file);
        } else {
            TRY(add_entry(out, one, self->err));
            self->added++;
        }
    }
    return MAINET_OK;
}

static bool
write_all(int descriptor, const char *text, size_t len)
{
    while (len > 0) {
        const ssize_t count = write(descriptor, text, len);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        text += count;
        len -= (size_t)count;
    }
    return fsync(descriptor) == 0;
}

static mainet_status
save_list(const writing *self)
{
    bool is_done = false;
    int descriptor = -1;

    (void)unlinkat(self->folder, ASIDE, 0);
    descriptor =
        openat(self->folder, ASIDE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return fail_at(self, ASIDE);
    is_done = write_all(descriptor, self->out->list, self->out->list_len);
    is_done = close(descriptor) == 0 && is_done;
    if (!is_done || renameat(self->folder, ASIDE, self->folder, LIST) != 0)
        return fail_at(self, LIST);
    return fsync(self->folder) == 0 ? MAINET_OK : fail_at(self, LIST);
}

static void
export_one(const writing *self, const entry *one, const char *password)
{
    handout *out = self->out;
    mainet_error *err = &out->errors[one->index];
    scoped(mainet_bytes) bytes = mainet_identity_export_pkcs12(
        one->identity, (const uint8_t *)password, strlen(password), out->flags, err);
    scoped(char) path = must_have(malloc(strlen(out->folder) + strlen(one->file) + 2));

    (void)sprintf(path, "%s/%s", out->folder, one->file);
    if (bytes != NULL && mainet_bytes_save(bytes, path, false, err) == MAINET_OK)
        out->files[one->index] = must_have(strdup(one->file));
}

/* The passwords are those that are on disk. */
static mainet_status
export_listed(const writing *self)
{
    csv_init list = {.text = NULL};
    handout *out = self->out;
    size_t done = 0;
    bool is_there = true;

    TRY(open_list(self, &list));
    for (;;) {
        entry *one = NULL;

        TRY(csv_read(&list, &is_there));
        if (!is_there)
            return MAINET_OK;
        one = list.field_count == COLUMN_COUNT ? find_by_file(self, list.fields[FILE_NAME]) : NULL;
        if (one == NULL)
            continue;
        TRY(progress_step(MESSAGE_PROGRESS_EXPORTING_OF, (int64_t)done++, (int64_t)out->count,
                          self->err));
        if (faccessat(self->folder, one->file, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
            out->files[one->index] = must_have(strdup(one->file));
        else
            export_one(self, one, list.fields[PASSWORD]);
    }
}

/* Room for all that is listed and all that may be added. */
static mainet_status
make_room(writing *self)
{
    handout *out = self->out;
    struct stat info = {.st_size = 0};

    (void)fstatat(self->folder, LIST, &info, AT_SYMLINK_NOFOLLOW);
    out->list_size = sizeof HEAD + 2 * (size_t)info.st_size + out->count * ROW_MAX;
    out->list = secret_pages_new(out->list_size, self->err);
    if (out->list == NULL)
        return self->err->status;
    for (const char *at = HEAD; *at != '\0'; at++)
        put(out, *at);
    return MAINET_OK;
}

static mainet_status
open_folder(writing *self)
{
    self->folder = open(self->out->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (self->folder < 0)
        return fail_at(self, "");
    if (flock(self->folder, LOCK_EX | LOCK_NB) != 0)
        return fail(self->err, MAINET_E_FILE, errno, "%.150s: another run writes there",
                    self->out->folder);
    return make_room(self);
}

mainet_status
handout_write(handout *self, const mainet_batch *batch, mainet_error *err)
{
    __attribute__((cleanup(writing_clear))) writing run = {.out = self, .folder = -1, .err = err};

    self->count = mainet_batch_count(batch);
    self->files = must_have(calloc(self->count, sizeof(char *)));
    self->errors = must_have(calloc(self->count, sizeof *self->errors));
    run.entries = must_have(calloc(self->count, sizeof *run.entries));
    run.is_listed = must_have(calloc(self->count, sizeof *run.is_listed));
    for (size_t i = 0; i < self->count; i++)
        find_entry(&run.entries[i], batch, i);
    TRY(open_folder(&run));
    TRY(copy_list(&run));
    TRY(add_new(&run));
    if (run.added != 0)
        TRY(save_list(&run));
    return faccessat(run.folder, LIST, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? export_listed(&run)
                                                                       : MAINET_OK;
}
