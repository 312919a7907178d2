/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/pending.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/crypto.h"

#define VERSION 1

void
mn_pending_free(mn_pending *pending)
{
    if (pending == NULL)
        return;
    mn_secret_free(pending->record);
    free(pending);
}

mainet_status
mn_pending_name(const mainet_request *request, char id[MN_PARCEL_ID_LEN + 1], mainet_error *err)
{
    mn_auto_buffer(what, 0);
    uint8_t digest[MN_SHA256_LEN];
    const char *url = mainet_service_retrieve_url(request->service);

    mn_buffer_append_span(&what, url, strlen(url));
    mn_buffer_append_span(&what, request->group_id, strlen(request->group_id));
    mn_buffer_append_span(&what, request->certificate_number, strlen(request->certificate_number));
    MN_TRY(mn_buffer_check(&what, "pending delivery", err));
    MN_TRY(mn_sha256(what.data, what.len, digest, err));
    mn_hex(digest, MN_PARCEL_ID_LEN / 2, id);
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
mn_secret *
mn_pending_encode(const mainet_request *request, const mn_secret *container, mainet_error *err)
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
mn_pending_write(mainet_token *token, const mainet_request *request, int room,
                 const mn_secret *container, mainet_error *err)
{
    mn_auto(mn_secret) record = NULL;
    char id[MN_PARCEL_ID_LEN + 1];

    MN_TRY(mn_pending_name(request, id, err));
    record = mn_pending_encode(request, container, err);
    return record == NULL ? mn_failure(err) : mn_parcel_write(token, id, room, record, err);
}

mn_pending *
mn_pending_open(const mainet_token *token, const char *id, mainet_error *err)
{
    mn_auto(mn_pending) found = calloc(1, sizeof *found);

    if (found == NULL)
        return mn_fail_memory_null(err, "pending delivery");
    found->record = mn_parcel_read(token, id, err);
    if (found->record == NULL || decode(found, err) != MAINET_OK)
        return NULL;
    return mn_pending_take(&found);
}

mn_pending *
mn_pending_find(const mainet_token *token, const mainet_request *request, mainet_error *err)
{
    char id[MN_PARCEL_ID_LEN + 1];

    return mn_pending_name(request, id, err) == MAINET_OK ? mn_pending_open(token, id, err) : NULL;
}

mainet_status
mn_pending_remove(mainet_token *token, const mainet_request *request, mainet_error *err)
{
    char id[MN_PARCEL_ID_LEN + 1];

    MN_TRY(mn_pending_name(request, id, err));
    return mn_parcels_remove(token, (const char *const[]){id}, 1, err);
}
