/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/keys.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "store/seal.h"

struct mn_keys {
    atomic_uint references;
    uint8_t token_id[MN_TOKEN_ID_LEN];
    mn_secret *token;
    mn_secret *seal;
    mn_secret *mac;
    mn_secret *pending;
};

mn_keys *
mn_keys_new(mn_secret **token_key, const uint8_t token_id[MN_TOKEN_ID_LEN], mainet_error *err)
{
    mn_auto(mn_keys) keys = calloc(1, sizeof *keys);

    if (keys == NULL)
        return mn_fail_memory_null(err, "token keys");
    atomic_init(&keys->references, 1);
    memcpy(keys->token_id, token_id, sizeof keys->token_id);
    keys->seal = mn_hkdf(*token_key, "seal", MN_SEAL_KEY_LEN, err);
    keys->mac = keys->seal == NULL ? NULL : mn_hkdf(*token_key, "mac", MN_SEAL_KEY_LEN, err);
    keys->pending = keys->mac == NULL ? NULL : mn_hkdf(*token_key, "pending", MN_SEAL_KEY_LEN, err);
    if (keys->pending == NULL)
        return NULL;
    keys->token = mn_secret_take(token_key);
    return mn_keys_take(&keys);
}

mn_keys *
mn_keys_ref(mn_keys *keys)
{
    atomic_fetch_add(&keys->references, 1);
    return keys;
}

void
mn_keys_free(mn_keys *keys)
{
    if (keys == NULL || atomic_fetch_sub(&keys->references, 1) != 1)
        return;
    mn_secret_free(keys->token);
    mn_secret_free(keys->seal);
    mn_secret_free(keys->mac);
    mn_secret_free(keys->pending);
    free(keys);
}

const mn_secret *
mn_keys_token(const mn_keys *keys)
{
    return keys->token;
}

const mn_secret *
mn_keys_seal(const mn_keys *keys)
{
    return keys->seal;
}

const mn_secret *
mn_keys_mac(const mn_keys *keys)
{
    return keys->mac;
}

const mn_secret *
mn_keys_pending(const mn_keys *keys)
{
    return keys->pending;
}

const uint8_t *
mn_keys_token_id(const mn_keys *keys)
{
    return keys->token_id;
}
