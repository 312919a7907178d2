/* SPDX-License-Identifier: BSD-3-Clause */
/* Signatures by the key of an identity. */
#include "mainetcert/sign.h"

#include <openssl/rsa.h>
#include <string.h>

#include "base/guest.h"
#include "base/openssl.h"
#include "store/identity-private.h"

/* The largest that a token takes is RSA-4096; room for twice that. */
#define SIGNATURE_CEILING 1024

static const struct {
    const char *name;
    size_t len;
} hashes[] = {
    [MAINET_HASH_NONE] = {NULL, 0},        [MAINET_HASH_SHA1] = {"SHA1", 20},
    [MAINET_HASH_SHA256] = {"SHA256", 32}, [MAINET_HASH_SHA384] = {"SHA384", 48},
    [MAINET_HASH_SHA512] = {"SHA512", 64},
};

static const char *const key_types[] = {
    [MAINET_SIGNATURE_RSA_PKCS1] = "RSA",
    [MAINET_SIGNATURE_RSA_PSS] = "RSA",
    [MAINET_SIGNATURE_ECDSA] = "EC",
    [MAINET_SIGNATURE_EDDSA] = "ED25519",
};

static mainet_status
check(const mainet_identity *identity, mainet_signature signature, mainet_hash hash,
      mainet_error *err)
{
    if (identity == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "an identity is required");
    if ((size_t)signature >= sizeof key_types / sizeof *key_types || key_types[signature] == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "no signature has number %d", (int)signature);
    if ((size_t)hash >= sizeof hashes / sizeof *hashes)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "no hash has number %d", (int)hash);
    if ((hash == MAINET_HASH_NONE) != (signature == MAINET_SIGNATURE_EDDSA))
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "EdDSA takes no hash, everything else one");
    return mn_crypto_ready(err);
}

static EVP_PKEY *
fitting_key(mainet_identity *identity, mainet_signature signature, mainet_error *err)
{
    mn_auto(EVP_PKEY) key = mn_identity_key(identity, err);

    if (key != NULL && !EVP_PKEY_is_a(key, key_types[signature]))
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "the key is %s, not %s",
                            EVP_PKEY_get0_type_name(key), key_types[signature]);
    return EVP_PKEY_take(&key);
}

static bool
pad(EVP_PKEY_CTX *context, mainet_signature signature)
{
    switch (signature) {
    case MAINET_SIGNATURE_RSA_PKCS1:
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0;
    case MAINET_SIGNATURE_RSA_PSS:
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0;
    case MAINET_SIGNATURE_ECDSA:
    case MAINET_SIGNATURE_EDDSA:
        return true;
    }
    return false;
}

static mainet_bytes *
hand_out(const uint8_t *made, size_t len, mainet_error *err)
{
    mn_auto_buffer(bytes, 0);

    mn_buffer_append(&bytes, made, len);
    return mn_buffer_take(&bytes, err);
}

mainet_bytes *
mainet_identity_sign(mainet_identity *identity, mainet_signature signature, mainet_hash hash,
                     const uint8_t *data, size_t data_len, mainet_error *err)
{
    mn_auto(EVP_PKEY) key = NULL;
    mn_auto(EVP_MD_CTX) context = NULL;
    EVP_PKEY_CTX *key_context = NULL;
    uint8_t made[SIGNATURE_CEILING];
    size_t len = sizeof made;

    MN_PUBLIC(err);
    if (check(identity, signature, hash, err) != MAINET_OK)
        return NULL;
    if (data == NULL && data_len != 0)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "data is required");
    key = fitting_key(identity, signature, err);
    if (key == NULL)
        return NULL;
    context = EVP_MD_CTX_new();
    if (context == NULL)
        return mn_fail_memory_null(err, "signature");
    if (EVP_DigestSignInit_ex(context, &key_context, hashes[hash].name, mn_crypto_context(), NULL,
                              key, NULL) != 1 ||
        !pad(key_context, signature) || EVP_DigestSign(context, made, &len, data, data_len) != 1)
        return mn_fail_crypto_null(err, "signature");
    return hand_out(made, len, err);
}

mainet_bytes *
mainet_identity_sign_digest(mainet_identity *identity, mainet_signature signature, mainet_hash hash,
                            const uint8_t *digest, size_t digest_len, mainet_error *err)
{
    mn_auto(EVP_PKEY) key = NULL;
    mn_auto(EVP_PKEY_CTX) context = NULL;
    mn_auto(EVP_MD) method = NULL;
    uint8_t made[SIGNATURE_CEILING];
    size_t len = sizeof made;

    MN_PUBLIC(err);
    if (check(identity, signature, hash, err) != MAINET_OK)
        return NULL;
    if (hash == MAINET_HASH_NONE || digest == NULL || digest_len != hashes[hash].len)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a digest has %zu bytes, and EdDSA none",
                            hashes[hash].len);
    key = fitting_key(identity, signature, err);
    if (key == NULL)
        return NULL;
    method = EVP_MD_fetch(mn_crypto_context(), hashes[hash].name, NULL);
    context = EVP_PKEY_CTX_new_from_pkey(mn_crypto_context(), key, NULL);
    if (method == NULL || context == NULL || EVP_PKEY_sign_init(context) != 1 ||
        !pad(context, signature) || EVP_PKEY_CTX_set_signature_md(context, method) != 1 ||
        EVP_PKEY_sign(context, made, &len, digest, digest_len) != 1)
        return mn_fail_crypto_null(err, "signature");
    return hand_out(made, len, err);
}
