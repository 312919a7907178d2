/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/pending.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "acquire/transport.h"
#include "base/crypto.h"
#include "base/file.h"
#include "store/lock.h"
#include "store/seal.h"

#define VERSION 1
#define FOLDER "pending"
#define PROBE ".probe"
#define NAME_LEN 64
#define FILE_CEILING (2 * MN_REPLY_CEILING)

/* The folder `pending`, locked with the store. */
typedef struct opened {
    mn_lock *lock;
    int folder;
} opened;

static void
access_end(opened *access)
{
    mn_fd_cleanup(&access->folder);
    mn_lock_free(access->lock);
}

#define auto_access __attribute__((cleanup(access_end))) opened

static mainet_status
access_begin(opened *access, const mainet_token *token, bool write, mainet_error *err)
{
    access->lock = mn_lock_new(mn_token_folder(token), write, err);
    if (access->lock == NULL)
        return mn_failure(err);
    return mn_folder_open_below(mn_lock_folder(access->lock), FOLDER, write, &access->folder, err);
}

void
mn_pending_free(mn_pending *pending)
{
    if (pending == NULL)
        return;
    mn_secret_free(pending->record);
    free(pending);
}

/* SERIAL-HASH */
static mainet_status
make_name(const mainet_token *token, const mainet_request *request, char name[NAME_LEN],
          mainet_error *err)
{
    mn_auto_buffer(what, 0);
    uint8_t digest[MN_SHA256_LEN];
    const char *url = mainet_service_retrieve_url(request->service);
    char hash[2 * 16 + 1];

    mn_buffer_append_span(&what, url, strlen(url));
    mn_buffer_append_span(&what, request->group_id, strlen(request->group_id));
    mn_buffer_append_span(&what, request->certificate_number, strlen(request->certificate_number));
    MN_TRY(mn_buffer_check(&what, "pending delivery", err));
    MN_TRY(mn_sha256(what.data, what.len, digest, err));
    mn_hex(digest, 16, hash);
    (void)snprintf(name, NAME_LEN, "%s-%s", mainet_token_serial(token), hash);
    return MAINET_OK;
}

/* Whatever names a delivery is authenticated with it: it cannot be put in another's place. */
static mainet_status
make_ad(const mn_keys *keys, const char *name, mn_buffer *ad, mainet_error *err)
{
    mn_buffer_append_span(ad, "mainetcert pending", 18);
    mn_buffer_append_u8(ad, VERSION);
    mn_buffer_append_span(ad, mn_keys_token_id(keys), MN_TOKEN_ID_LEN);
    mn_buffer_append_span(ad, name, strlen(name));
    return mn_buffer_check(ad, "pending delivery", err);
}

static mainet_status
require_keys(mainet_token *token, mainet_error *err)
{
    if (mn_token_keys(token) == NULL)
        return mn_fail(err, MAINET_E_TOKEN_LOCKED, 0, "the token is locked");
    return MAINET_OK;
}

static uint8_t *
put_number(uint8_t *out, uint64_t value, size_t width)
{
    for (size_t i = width; i-- > 0; value >>= 8)
        out[i] = (uint8_t)value;
    return out + width;
}

static uint8_t *
put_span(uint8_t *out, const void *data, size_t len)
{
    out = put_number(out, len, 4);
    if (len != 0)
        memcpy(out, data, len);
    return out + len;
}

/* Texts keep their zero byte, so that they can be read in place. In locked memory, for the
 * password is in it. */
static mn_secret *
encode(const mainet_request *request, const mn_secret *container, mainet_error *err)
{
    const char *const texts[] = {mainet_service_retrieve_url(request->service),
                                 mainet_service_path(request->service), request->group_id,
                                 request->certificate_number};
    size_t len = 1 + 1 + 8 + 4 + mn_secret_len(request->password) + 4 + mn_secret_len(container);
    mn_secret *record = NULL;
    uint8_t *out = NULL;

    for (size_t i = 0; i < 4; i++)
        len += 4 + strlen(texts[i]) + 1;
    record = mn_secret_new(len, err);
    if (record == NULL)
        return NULL;
    out = put_number(mn_secret_data(record), VERSION, 1);
    for (size_t i = 0; i < 4; i++)
        out = put_span(out, texts[i], strlen(texts[i]) + 1);
    out = put_number(out, request->exportable, 1);
    out = put_number(out, (uint64_t)time(NULL), 8);
    out = put_span(out, mn_secret_bytes(request->password), mn_secret_len(request->password));
    (void)put_span(out, mn_secret_bytes(container), mn_secret_len(container));
    return record;
}

static const char *
read_text(mn_reader *in)
{
    uint32_t len = mn_read_u32(in);
    const uint8_t *text = mn_read_span(in, len);

    if (text == NULL || len == 0 || memchr(text, 0, len) != text + len - 1) {
        in->failed = true;
        return "";
    }
    return (const char *)text;
}

static mainet_status
decode(mn_pending *pending, mainet_error *err)
{
    mn_reader in = MN_READER_INIT(mn_secret_bytes(pending->record), mn_secret_len(pending->record));
    uint8_t version = mn_read_u8(&in);

    pending->url = read_text(&in);
    pending->service = read_text(&in);
    pending->group_id = read_text(&in);
    pending->certificate_number = read_text(&in);
    pending->exportable = mn_read_u8(&in) != 0;
    pending->delivered_at = (int64_t)mn_read_u64(&in);
    pending->password_len = mn_read_u32(&in);
    pending->password = mn_read_span(&in, pending->password_len);
    pending->container_len = mn_read_u32(&in);
    pending->container = mn_read_span(&in, pending->container_len);
    if (version != VERSION)
        return mn_fail(err, MAINET_E_STORE_VERSION, 0, "pending delivery of version %u", version);
    if (in.failed || in.left != 0)
        return mn_fail(err, MAINET_E_STORE_TAMPERED, 0, "pending delivery of %zu bytes",
                       mn_secret_len(pending->record));
    return MAINET_OK;
}

mainet_status
mn_pending_prove(mainet_token *token, mainet_error *err)
{
    auto_access access = {.folder = -1};
    static const uint8_t probe[1] = {0};
    mainet_status status = MAINET_OK;

    MN_TRY(require_keys(token, err));
    MN_TRY(access_begin(&access, token, true, err));
    status = mn_file_write(access.folder, PROBE, probe, sizeof probe, err);
    (void)mn_file_remove(access.folder, PROBE, NULL);
    return status;
}

mainet_status
mn_pending_write(mainet_token *token, const mainet_request *request, const mn_secret *container,
                 mainet_error *err)
{
    mn_auto(mn_secret) record = NULL;
    mn_auto_buffer(ad, 0);
    mn_auto_buffer(sealed, FILE_CEILING);
    auto_access access = {.folder = -1};
    char name[NAME_LEN];

    MN_TRY(require_keys(token, err));
    MN_TRY(make_name(token, request, name, err));
    record = encode(request, container, err);
    if (record == NULL)
        return mn_failure(err);
    MN_TRY(make_ad(mn_token_keys(token), name, &ad, err));
    MN_TRY(mn_seal(mn_keys_pending(mn_token_keys(token)), &ad, mn_secret_bytes(record),
                   mn_secret_len(record), &sealed, err));
    MN_TRY(access_begin(&access, token, true, err));
    return mn_file_write(access.folder, name, sealed.data, sealed.len, err);
}

static mainet_bytes *
read_sealed(const mainet_token *token, const char *name, mainet_error *err)
{
    auto_access access = {.folder = -1};
    mainet_bytes *sealed = NULL;

    if (access_begin(&access, token, false, err) == MAINET_OK)
        sealed = mn_file_read(access.folder, name, FILE_CEILING, err);
    if (sealed == NULL && mn_failure(err) == MAINET_E_STORE_OPEN && err->cause == ENOENT)
        (void)mn_fail(err, MAINET_E_PENDING_NOT_FOUND, 0, "nothing is pending");
    return sealed;
}

mn_pending *
mn_pending_find(mainet_token *token, const mainet_request *request, mainet_error *err)
{
    mn_auto(mn_pending) found = NULL;
    mn_auto(mainet_bytes) sealed = NULL;
    mn_auto_buffer(ad, 0);
    char name[NAME_LEN];

    if (require_keys(token, err) != MAINET_OK || make_name(token, request, name, err) != MAINET_OK)
        return NULL;
    sealed = read_sealed(token, name, err);
    if (sealed == NULL || make_ad(mn_token_keys(token), name, &ad, err) != MAINET_OK)
        return NULL;
    found = calloc(1, sizeof *found);
    if (found == NULL)
        return mn_fail_memory_null(err, "pending delivery");
    found->record = mn_unseal(mn_keys_pending(mn_token_keys(token)), &ad, mainet_bytes_data(sealed),
                              mainet_bytes_len(sealed), err);
    if (found->record == NULL || decode(found, err) != MAINET_OK)
        return NULL;
    return mn_pending_take(&found);
}

mainet_status
mn_pending_remove(mainet_token *token, const mainet_request *request, mainet_error *err)
{
    auto_access access = {.folder = -1};
    char name[NAME_LEN];

    MN_TRY(make_name(token, request, name, err));
    MN_TRY(access_begin(&access, token, true, err));
    return mn_file_remove(access.folder, name, err);
}
