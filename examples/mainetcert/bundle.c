/* SPDX-License-Identifier: BSD-3-Clause */
#include "bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "access.h"
#include "json.h"
#include "text.h"

static json_t *
describe_versions(void)
{
    json_t *self = must_have(json_object());
    struct utsname system;

    json_put(self, "mainetcert", json_text(MAINETCERT_VERSION));
    json_put(self, "libmainetcert", json_text(mainet_version()));
    if (uname(&system) == 0) {
        json_put(self, "system", json_text(system.sysname));
        json_put(self, "release", json_text(system.release));
        json_put(self, "machine", json_text(system.machine));
    }
    return self;
}

static json_t *
describe_service(const mainet_service *service)
{
    json_t *self = must_have(json_object());

    json_put(self, "path", json_text(mainet_service_path(service)));
    json_put(self, "name", json_text(mainet_service_name(service)));
    json_put(self, "issuer", json_text(mainet_service_issuer(service)));
    json_put(self, "retrieve_url", json_text(mainet_service_retrieve_url(service)));
    json_put(self, "confirm_url", json_optional(mainet_service_confirm_url(service)));
    return self;
}

static json_t *
describe_file(const char *path)
{
    json_t *self = must_have(json_object());
    struct stat info;
    char mode[8];

    json_put(self, "path", json_text(path));
    if (lstat(path, &info) != 0) {
        json_put(self, "missing", json_text(strerror(errno)));
        return self;
    }
    (void)snprintf(mode, sizeof mode, "%04o", (unsigned)(info.st_mode & 07777));
    json_put(self, "mode", json_text(mode));
    json_put(self, "owner", must_have(json_integer((json_int_t)info.st_uid)));
    json_put(self, "owned_by_user", must_have(json_boolean(info.st_uid == geteuid())));
    return self;
}

/* What the store says of its tokens, or the number of what keeps it from that. */
static void
describe_store(const options *wanted, json_t *document)
{
    failure_init inner = {.hint = MESSAGE_NONE};
    options every = {.store = wanted->store};
    scoped(mainet_store) store = access_store(&every, &inner);
    json_t *array = must_have(json_array());
    tokens_init all = {0};

    json_put(document, "tokens", array);
    if (store != NULL) {
        json_put(document, "store", describe_file(mainet_store_path(store)));
        if (access_tokens(&every, store, &all, &inner) != MAINET_OK)
            inner.outcome = OUTCOME_FAILED;
    }
    if (store == NULL || inner.outcome == OUTCOME_FAILED) {
        scoped(json_t) error = json_of_failure(&inner);

        json_put(document, "store_error", json_incref(json_object_get(error, "error")));
    }
    for (size_t i = 0; i < all.count; i++) {
        scoped(mainet_identity_list) list = mainet_token_identities(all.items[i], NULL);
        json_t *one =
            json_of_token(all.items[i], list == NULL ? 0 : mainet_identity_list_count(list));

        json_put(one, "file", describe_file(mainet_token_path(all.items[i])));
        (void)json_array_append_new(array, one);
    }
}

static mainet_status
write_all(int descriptor, const char *text)
{
    size_t left = strlen(text);

    while (left != 0) {
        const ssize_t len = write(descriptor, text, left);

        if (len < 0 && errno == EINTR)
            continue;
        if (len <= 0)
            return MAINET_E_FILE;
        text += len;
        left -= (size_t)len;
    }
    return fsync(descriptor) == 0 ? MAINET_OK : MAINET_E_FILE;
}

/* A link never takes the place of a file, a rename does. */
static mainet_status
put_in_place(const char *aside, const char *path, bool replace, mainet_error *err)
{
    if ((replace ? rename(aside, path) : link(aside, path)) == 0)
        return MAINET_OK;
    return fail(err, errno == EEXIST ? MAINET_E_FILE_EXISTS : MAINET_E_FILE, errno, "%s: %s", path,
                strerror(errno));
}

static mainet_status
save(const char *text, const char *path, bool replace, mainet_error *err)
{
    scoped(char) aside = NULL;
    mainet_status status = MAINET_OK;
    int descriptor = -1;

    if (asprintf(&aside, "%s.XXXXXX", path) < 0)
        (void)must_have(aside = NULL);
    descriptor = mkostemp(aside, O_CLOEXEC); /* of mode 0600 */
    if (descriptor < 0)
        return fail(err, MAINET_E_FILE, errno, "%s: %s", path, strerror(errno));
    status = write_all(descriptor, text);
    if (status != MAINET_OK)
        (void)fail(err, status, errno, "%s: %s", path, strerror(errno));
    (void)close(descriptor);
    if (status == MAINET_OK)
        status = put_in_place(aside, path, replace, err);
    if (status != MAINET_OK || !replace)
        (void)unlink(aside);
    return status;
}

mainet_status
bundle_write(const options *wanted, const mainet_service *service, json_t *document, failure *why)
{
    scoped(char) now = text_time_utc((int64_t)time(NULL));
    scoped(char) text = NULL;

    json_put(document, "written_at", json_text(now));
    json_put(document, "versions", describe_versions());
    json_put(document, "service", describe_service(service));
    describe_store(wanted, document);
    text = must_have(json_dumps(document, JSON_INDENT(2)));
    return save(text, wanted->offline_bundle, wanted->force, &why->error);
}
