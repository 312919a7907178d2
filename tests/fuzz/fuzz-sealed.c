/* SPDX-License-Identifier: BSD-3-Clause */
/* What is sealed opens again; what nobody sealed, or what was changed, does not. */
#include <string.h>

#include "base/crypto.h"
#include "fuzz.h"
#include "store/seal.h"

static void
seal_and_open(const mn_secret *key, const uint8_t *data, size_t size)
{
    mainet_error err = {0};
    mn_buffer ad = MN_BUFFER_INIT(0);
    mn_buffer sealed = MN_BUFFER_INIT(0);
    mn_secret *plain = NULL;

    mn_buffer_append(&ad, data, size / 2);
    HOLDS(mn_seal(key, &ad, data, size, &sealed, &err) == MAINET_OK);
    HOLDS(sealed.len == size + MN_SEAL_OVERHEAD);
    plain = mn_unseal(key, &ad, sealed.data, sealed.len, &err);
    HOLDS(plain != NULL && mn_secret_len(plain) == size);
    HOLDS(memcmp(mn_secret_bytes(plain), data, size) == 0);
    mn_secret_free(plain);
    sealed.data[size == 0 ? 0 : data[0] % sealed.len] ^= 1;
    HOLDS(mn_unseal(key, &ad, sealed.data, sealed.len, &err) == NULL);
    HOLDS(err.status == MAINET_E_STORE_TAMPERED);
    mn_buffer_clear(&ad);
    mn_buffer_clear(&sealed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t secret[MN_SEAL_KEY_LEN] = {1, 2, 3};
    const mn_buffer nothing = MN_BUFFER_INIT(0);
    mainet_error err = {0};
    mn_secret *key = NULL;

    HOLDS(mn_crypto_ready(&err) == MAINET_OK);
    key = mn_secret_copy(secret, sizeof secret, &err);
    HOLDS(key != NULL);
    HOLDS(mn_unseal(key, &nothing, data, size, &err) == NULL);
    HOLDS(err.status == MAINET_E_STORE_TAMPERED);
    seal_and_open(key, data, size);
    mn_secret_free(key);
    return 0;
}
