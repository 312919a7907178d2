/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/head.h"

#include <string.h>

#include <openssl/crypto.h>

static bool
is_utf8_text(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;

    while (*c != 0) {
        int more = *c < 0x80 ? 0 : *c >= 0xf0 ? 3 : *c >= 0xe0 ? 2 : *c >= 0xc2 ? 1 : -1;

        if (more < 0 || *c > 0xf4 || *c < 0x20 || *c == 0x7f)
            return false;
        for (c++; more > 0; more--, c++)
            if ((*c & 0xc0) != 0x80)
                return false;
    }
    return true;
}

mainet_status
mn_label_check(const char *label, mainet_error *err)
{
    size_t len = label == NULL ? 0 : strlen(label);

    if (len < 1 || len > MN_LABEL_MAX_LEN || !is_utf8_text(label))
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a label has 1 to %d bytes of UTF-8 text",
                       MN_LABEL_MAX_LEN);
    return MAINET_OK;
}

/* Copy text or bytes of exactly the size expected; false if the column has another. */
static bool
copy_blob(mn_statement *row, int column, uint8_t *out, size_t len)
{
    mn_reader in = mn_statement_blob(row, column);
    const uint8_t *bytes = mn_read_span(&in, len);

    if (bytes == NULL || in.left != 0)
        return false;
    memcpy(out, bytes, len);
    return true;
}

static bool
copy_text(mn_statement *row, int column, char *out, size_t max_len)
{
    const char *text = mn_statement_text(row, column);
    size_t len = strlen(text);

    if (len == 0 || len > max_len || !is_utf8_text(text))
        return false;
    memcpy(out, text, len + 1);
    return true;
}

mainet_status
mn_head_read(mn_database *database, mn_head *head, mainet_error *err)
{
    mn_auto(mn_statement) rows = NULL;
    int64_t slot = 0;
    bool row = false;

    rows = mn_statement_new(database,
                            "SELECT token_id, serial, label, slot, generation, object_count, "
                            "set_hash, mac FROM meta",
                            err);
    if (rows == NULL)
        return mn_failure(err);
    MN_TRY(mn_statement_step(rows, &row, err));
    if (!row || !copy_blob(rows, 0, head->token_id, sizeof head->token_id) ||
        !copy_text(rows, 1, head->serial, MN_SERIAL_LEN) ||
        !copy_text(rows, 2, head->label, MN_LABEL_MAX_LEN) ||
        !copy_blob(rows, 6, head->set_hash, sizeof head->set_hash) ||
        !copy_blob(rows, 7, head->mac, sizeof head->mac))
        return mn_fail(err, MAINET_E_STORE_OPEN, 0, "the token's head does not decode");
    slot = mn_statement_number(rows, 3);
    if (slot < 1 || slot > INT32_MAX)
        return mn_fail(err, MAINET_E_STORE_OPEN, 0, "slot number %lld", (long long)slot);
    head->slot = (uint32_t)slot;
    head->generation = (uint64_t)mn_statement_number(rows, 4);
    head->object_count = (uint64_t)mn_statement_number(rows, 5);
    head->version = mn_database_version(database);
    head->has_erased = false;
    return mn_settings_read(database, &head->settings, head->settings_hash, err);
}

/* The slot number belongs to the folder: since version 2 a backup can be given another one there
 * without the keys. */
static mainet_status
compute_mac(const mn_head *head, const mn_keys *keys, uint8_t mac[MN_SHA256_LEN], mainet_error *err)
{
    mn_auto_buffer(text, 1024);

    mn_buffer_append(&text, "meta", 4);
    mn_buffer_append_u32(&text, head->version);
    mn_buffer_append(&text, head->token_id, sizeof head->token_id);
    mn_buffer_append_span(&text, head->serial, strlen(head->serial));
    mn_buffer_append_span(&text, head->label, strlen(head->label));
    if (head->version == 1)
        mn_buffer_append_u32(&text, head->slot);
    mn_buffer_append_u64(&text, head->generation);
    mn_buffer_append_u64(&text, head->object_count);
    mn_buffer_append(&text, head->set_hash, sizeof head->set_hash);
    if (head->version >= 2)
        mn_buffer_append(&text, head->settings_hash, sizeof head->settings_hash);
    MN_TRY(mn_buffer_check(&text, "head", err));
    return mn_hmac(mn_keys_mac(keys), text.data, text.len, mac, err);
}

mainet_status
mn_head_verify(const mn_head *head, const mn_keys *keys, mainet_error *err)
{
    uint8_t mac[MN_SHA256_LEN];

    if (memcmp(mn_keys_token_id(keys), head->token_id, sizeof head->token_id) != 0)
        return mn_fail(err, MAINET_E_TOKEN_LOCKED, 0,
                       "the token was given a new key since it was unlocked");
    MN_TRY(compute_mac(head, keys, mac, err));
    if (CRYPTO_memcmp(mac, head->mac, sizeof mac) != 0)
        return mn_fail(err, MAINET_E_STORE_TAMPERED, 0, "the token's head does not verify");
    return MAINET_OK;
}

mainet_status
mn_head_write(mn_database *database, mn_head *head, const mn_keys *keys, bool is_new,
              mainet_error *err)
{
    mn_auto(mn_statement) write = NULL;

    head->version = mn_database_version(database);
    MN_TRY(mn_random((uint8_t *)&head->generation, sizeof head->generation, err));
    MN_TRY(compute_mac(head, keys, head->mac, err));
    write = mn_statement_new(database,
                             is_new ? "INSERT INTO meta VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
                                    : "UPDATE meta SET token_id = ?1, serial = ?2, label = ?3, "
                                      "slot = ?4, generation = ?5, object_count = ?6, "
                                      "set_hash = ?7, mac = ?8",
                             err);
    if (write == NULL)
        return mn_failure(err);
    mn_statement_bind_blob(write, 1, head->token_id, sizeof head->token_id);
    mn_statement_bind_text(write, 2, head->serial);
    mn_statement_bind_text(write, 3, head->label);
    mn_statement_bind_number(write, 4, head->slot);
    mn_statement_bind_number(write, 5, (int64_t)head->generation);
    mn_statement_bind_number(write, 6, (int64_t)head->object_count);
    mn_statement_bind_blob(write, 7, head->set_hash, sizeof head->set_hash);
    mn_statement_bind_blob(write, 8, head->mac, sizeof head->mac);
    return mn_statement_run(write, err);
}

mainet_status
mn_head_toggle(mn_head *head, const mn_keys *keys, const uint8_t row_mac[MN_SHA256_LEN],
               mainet_error *err)
{
    uint8_t text[3 + MN_SHA256_LEN] = "set";
    uint8_t element[MN_SHA256_LEN];

    memcpy(text + 3, row_mac, MN_SHA256_LEN);
    MN_TRY(mn_hmac(mn_keys_mac(keys), text, sizeof text, element, err));
    for (size_t i = 0; i < sizeof element; i++)
        head->set_hash[i] ^= element[i];
    return MAINET_OK;
}
