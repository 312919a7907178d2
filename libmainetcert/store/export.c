/* SPDX-License-Identifier: BSD-3-Clause */
/* Identities on their way out of a token. */
#include <openssl/pem.h>
#include <p11-kit/pkcs11.h>

#include "base/guest.h"
#include "mainetcert/transfer.h"
#include "pkcs12/write.h"
#include "store/identity-private.h"

#define PASSWORD_CEILING 1024
#define CHAIN_MAX 16

static mainet_status
check(const mainet_identity *identity, const uint8_t *password, size_t password_len,
      mainet_error *err)
{
    if (identity == NULL || password == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "an identity and a password are required");
    if (password_len == 0 || password_len > PASSWORD_CEILING)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a password has 1 to %d bytes", PASSWORD_CEILING);
    return mn_crypto_ready(err);
}

/* The key as it is now: it may have been deleted, or been forbidden to leave, since the listing. */
static EVP_PKEY *
key_to_export(mainet_identity *identity, mainet_error *err)
{
    mn_keys *keys = mn_token_keys(identity->token);
    mn_auto(mn_object) object = NULL;

    if (keys == NULL)
        return mn_fail_null(err, MAINET_E_TOKEN_LOCKED, 0, "the token is locked");
    object = mn_token_load(identity->token, keys, identity->key_row, err);
    if (object == NULL && mn_failure(err) == MAINET_E_OBJECT_NOT_FOUND)
        return mn_fail_null(err, MAINET_E_IDENTITY_NOT_FOUND, 0, "its key was deleted meanwhile");
    if (object == NULL)
        return NULL;
    if (!mn_attributes_bool(mn_object_attributes(object), CKA_EXTRACTABLE, false))
        return mn_fail_null(err, MAINET_E_NOT_EXPORTABLE, 0, "CKA_EXTRACTABLE is false");
    return mn_object_private_key(object, keys, err);
}

static size_t
certificate_count(const mainet_identity *identity, uint32_t flags)
{
    return (flags & MAINET_EXPORT_LEAF_ONLY) != 0 ? 1 : mainet_identity_chain_length(identity);
}

mainet_bytes *
mainet_identity_export_pkcs12(mainet_identity *identity, const uint8_t *password,
                              size_t password_len, uint32_t flags, mainet_error *err)
{
    mn_auto(EVP_PKEY) key = NULL;
    const mainet_certificate *chain[CHAIN_MAX];
    mn_contained what = {.chain = chain};

    MN_PUBLIC(err);
    if (check(identity, password, password_len, err) != MAINET_OK)
        return NULL;
    key = key_to_export(identity, err);
    if (key == NULL)
        return NULL;
    what.key = key;
    what.name = mainet_identity_label(identity);
    while (what.chain_count < certificate_count(identity, flags) && what.chain_count < CHAIN_MAX) {
        chain[what.chain_count] = mainet_identity_chain_at(identity, what.chain_count);
        what.chain_count++;
    }
    return mn_pkcs12_write(&what, password, password_len, (flags & MAINET_EXPORT_LEGACY) != 0, err);
}

static mainet_status
append_pem(BIO *out, const char *label, const uint8_t *der, size_t len, mainet_error *err)
{
    return PEM_write_bio(out, label, "", der, (long)len) > 0 ? MAINET_OK
                                                             : mn_fail_crypto(err, "PEM");
}

static mainet_status
append_certificates(BIO *out, const mainet_identity *identity, uint32_t flags, mainet_error *err)
{
    for (size_t i = 0; i < certificate_count(identity, flags); i++) {
        size_t len = 0;
        const uint8_t *der = mn_certificate_der(mainet_identity_chain_at(identity, i), &len);

        MN_TRY(append_pem(out, "CERTIFICATE", der, len, err));
    }
    return MAINET_OK;
}

static mainet_bytes *
take_text(BIO *out, mainet_error *err)
{
    mn_auto_buffer(text, 0);
    char *data = NULL;
    const long len = BIO_get_mem_data(out, &data);

    mn_buffer_append(&text, data, (size_t)len);
    return mn_buffer_take(&text, err);
}

mainet_bytes *
mainet_identity_export_pem(mainet_identity *identity, const uint8_t *password, size_t password_len,
                           uint32_t flags, mainet_error *err)
{
    mn_auto(EVP_PKEY) key = NULL;
    mn_auto(mainet_bytes) shrouded = NULL;
    mn_auto(BIO) out = NULL;

    MN_PUBLIC(err);
    if (check(identity, password, password_len, err) != MAINET_OK)
        return NULL;
    key = key_to_export(identity, err);
    shrouded = key == NULL ? NULL : mn_pkcs8_write(key, password, password_len, err);
    if (shrouded == NULL)
        return NULL;
    out = BIO_new(BIO_s_mem());
    if (out == NULL)
        return mn_fail_memory_null(err, "PEM");
    if (append_pem(out, "ENCRYPTED PRIVATE KEY", mainet_bytes_data(shrouded),
                   mainet_bytes_len(shrouded), err) != MAINET_OK ||
        append_certificates(out, identity, flags, err) != MAINET_OK)
        return NULL;
    return take_text(out, err);
}

mainet_bytes *
mainet_identity_export_certificates(const mainet_identity *identity, uint32_t flags,
                                    mainet_error *err)
{
    mn_auto(BIO) out = NULL;

    MN_PUBLIC(err);
    if (identity == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "an identity is required");
    out = BIO_new(BIO_s_mem());
    if (out == NULL)
        return mn_fail_memory_null(err, "PEM");
    if (append_certificates(out, identity, flags, err) != MAINET_OK)
        return NULL;
    return take_text(out, err);
}
