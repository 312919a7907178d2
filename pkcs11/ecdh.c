/* SPDX-License-Identifier: BSD-3-Clause */
#include "ecdh.h"

#include <string.h>

#include "base/buffer.h"
#include "base/key-data.h"
#include "ckr.h"

#define OUTPUT_MAX (1U << 20)

/* Raw as the standard has it now, or in an OCTET STRING as some read v2.20 (PKCS#11 v2.40,
 * 2.3.5). The length tells them apart: both begin with 4. */
static mn_reader
raw_point(const p11_method *method, size_t field_len)
{
    mn_reader point = MN_READER_INIT(method->point, method->point_len);
    const size_t raw_len = 1 + 2 * field_len;
    const size_t head = raw_len < 0x80 ? 2 : 3;

    if (method->point_len == head + raw_len && method->point[0] == 4 &&
        method->point[head - 1] == raw_len && (head == 2 || method->point[1] == 0x81)) {
        point.data += head;
        point.left -= head;
    }
    return point;
}

static EVP_PKEY *
read_peer(const p11_method *method, EVP_PKEY *key)
{
    mn_reader point = raw_point(method, ((size_t)EVP_PKEY_get_bits(key) + 7) / 8);
    mn_auto_key_data data = {.count = 0};
    mainet_error no_matter = {0};
    char group[64];
    size_t group_len = 0;

    if (EVP_PKEY_get_group_name(key, group, sizeof group, &group_len) != 1)
        return NULL;
    mn_key_data_add_curve(&data, group);
    mn_key_data_add_point(&data, point.data, point.left);
    return mn_key_data_build(&data, MN_KEY_EC, EVP_PKEY_PUBLIC_KEY, &no_matter);
}

static CK_RV
agree(const p11_method *method, EVP_PKEY *key, mn_secret **shared)
{
    mn_auto(EVP_PKEY) peer = read_peer(method, key);
    mn_auto(EVP_PKEY_CTX) context = NULL;
    mn_auto(mn_secret) made = NULL;
    mainet_error err = {0};
    size_t len = 0;

    if (peer == NULL)
        return CKR_MECHANISM_PARAM_INVALID;
    context = EVP_PKEY_CTX_new_from_pkey(mn_crypto_context(), key, NULL);
    if (context == NULL || EVP_PKEY_derive_init(context) != 1)
        return CKR_FUNCTION_FAILED;
    if (EVP_PKEY_derive_set_peer_ex(context, peer, 1 /* on the curve? */) != 1)
        return CKR_MECHANISM_PARAM_INVALID;
    if (EVP_PKEY_derive(context, NULL, &len) != 1)
        return CKR_FUNCTION_FAILED;
    made = mn_secret_new(len, &err);
    if (made == NULL)
        return p11_ckr(err.status);
    if (EVP_PKEY_derive(context, mn_secret_data(made), &len) != 1)
        return CKR_FUNCTION_FAILED;
    mn_secret_truncate(made, len);
    *shared = mn_secret_take(&made);
    return CKR_OK;
}

/* ANSI X9.63 (SEC 1, 3.6.1). */
static bool
run_kdf(const p11_method *method, mn_secret *shared, mn_secret *out)
{
    EVP_KDF *kdf = EVP_KDF_fetch(mn_crypto_context(), OSSL_KDF_NAME_X963KDF, NULL);
    mn_auto(EVP_KDF_CTX) context = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
                                         (char *)(uintptr_t)p11_digest_name(method->digest), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, mn_secret_data(shared),
                                          mn_secret_len(shared)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
                                          method->label_len == 0 ? (void *)(uintptr_t) ""
                                                                 : (void *)(uintptr_t)method->label,
                                          method->label_len),
        OSSL_PARAM_construct_end(),
    };

    EVP_KDF_free(kdf);
    return context != NULL &&
           EVP_KDF_derive(context, mn_secret_data(out), mn_secret_len(out), params) == 1;
}

/* Without a function the leading bytes are left out (PKCS#11 v2.40, 2.3.8). */
static CK_RV
shape(const p11_method *method, mn_secret *shared, CK_ULONG len, mn_secret **out)
{
    mn_auto(mn_secret) made = NULL;
    mainet_error err = {0};
    const bool is_plain = method->digest == P11_DIGEST_NONE;

    if (len == 0 && !is_plain)
        return CKR_TEMPLATE_INCOMPLETE;
    if (len == 0)
        len = mn_secret_len(shared);
    if (len > (is_plain ? mn_secret_len(shared) : OUTPUT_MAX))
        return CKR_ATTRIBUTE_VALUE_INVALID;
    made = is_plain
               ? mn_secret_copy(mn_secret_bytes(shared) + mn_secret_len(shared) - len, len, &err)
               : mn_secret_new(len, &err);
    if (made == NULL)
        return p11_ckr(err.status);
    if (!is_plain && !run_kdf(method, shared, made))
        return CKR_FUNCTION_FAILED;
    *out = mn_secret_take(&made);
    return CKR_OK;
}

CK_RV
p11_ecdh(const p11_method *method, EVP_PKEY *key, CK_ULONG len, mn_secret **out)
{
    mn_auto(mn_secret) shared = NULL;
    CK_RV rv = agree(method, key, &shared);

    if (rv == CKR_OK)
        rv = shape(method, shared, len, out);
    return rv;
}
