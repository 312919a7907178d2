/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/container.h"

#include <stdlib.h>
#include <string.h>

void
mainet_pkcs12_free(mainet_pkcs12 *container)
{
    if (container == NULL)
        return;
    for (size_t i = 0; i < container->added_count; i++)
        mainet_certificate_free(container->added[i]);
    free(container->added);
    free(container->certificates);
    free(container->keys);
    mn_harvest_clear(&container->harvest);
    free(container);
}

static bool
is_rsa(const EVP_PKEY *key)
{
    return EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS");
}

/* Every key meets every certificate, so it is looked up once. */
static const BIGNUM *
modulus_of(mn_find *find, const EVP_PKEY *key)
{
    if (find->modulus == NULL)
        (void)EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &find->modulus);
    return find->modulus;
}

/* A certificate may keep its RSA key to PSS (RFC 4055) where the container does not: NSS forgets
 * that about its keys. */
static bool
is_same_rsa(mn_find *key, mn_find *certificate, const EVP_PKEY *public_key)
{
    const BIGNUM *ours = modulus_of(key, key->key);
    const BIGNUM *theirs = modulus_of(certificate, public_key);
    mn_auto(BIGNUM) first = NULL;
    mn_auto(BIGNUM) second = NULL;

    return ours != NULL && theirs != NULL && BN_cmp(ours, theirs) == 0 &&
           EVP_PKEY_get_bn_param(key->key, OSSL_PKEY_PARAM_RSA_E, &first) == 1 &&
           EVP_PKEY_get_bn_param(public_key, OSSL_PKEY_PARAM_RSA_E, &second) == 1 &&
           BN_cmp(first, second) == 0;
}

static bool
is_dsa(X509 *x509)
{
    ASN1_OBJECT *algorithm = NULL;

    return X509_PUBKEY_get0_param(&algorithm, NULL, NULL, NULL, X509_get_X509_PUBKEY(x509)) == 1 &&
           OBJ_obj2nid(algorithm) == NID_dsa;
}

/* A certificate may leave out the parameters of its DSA key where its issuer's are the same
 * (RFC 3279, 2.3.2); its public value is in it all the same. */
static bool
is_same_dsa(const EVP_PKEY *key, X509 *x509)
{
    const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(x509);
    const uint8_t *at = bits == NULL ? NULL : bits->data;
    ASN1_INTEGER *encoded = at == NULL ? NULL : d2i_ASN1_INTEGER(NULL, &at, bits->length);
    mn_auto(BIGNUM) theirs = encoded == NULL ? NULL : ASN1_INTEGER_to_BN(encoded, NULL);
    mn_auto(BIGNUM) ours = NULL;

    ASN1_INTEGER_free(encoded);
    return theirs != NULL && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PUB_KEY, &ours) == 1 &&
           BN_cmp(theirs, ours) == 0;
}

static bool
fits(mn_find *key, mn_find *certificate)
{
    X509 *x509 = mn_certificate_x509(certificate->certificate);
    const EVP_PKEY *public_key = mn_certificate_key(certificate->certificate);

    if (EVP_PKEY_is_a(key->key, "DSA") && is_dsa(x509))
        return is_same_dsa(key->key, x509);
    if (public_key == NULL)
        return false;
    if (is_rsa(key->key) && is_rsa(public_key))
        return is_same_rsa(key, certificate, public_key);
    return EVP_PKEY_eq(key->key, public_key) == 1;
}

/* Never by localKeyID, which is often missing or wrong. */
static EVP_PKEY *
find_key(const mn_harvest *harvest, mn_find *certificate, const char **name)
{
    for (size_t i = 0; i < harvest->count; i++) {
        mn_find *find = &harvest->finds[i];

        if (find->key != NULL && fits(find, certificate)) {
            *name = find->name;
            return find->key;
        }
    }
    return NULL;
}

static mainet_status
adopt_name(mn_find *certificate, const char *key_name, mainet_error *err)
{
    if (certificate->name != NULL || key_name == NULL)
        return MAINET_OK;
    certificate->name = strdup(key_name);
    return certificate->name == NULL ? mn_fail_memory(err, "friendly name") : MAINET_OK;
}

mainet_status
mn_pkcs12_pair(mainet_pkcs12 *container, mainet_error *err)
{
    mn_harvest *harvest = &container->harvest;
    size_t others = 0;
    mn_find **rest = NULL;

    container->certificates = calloc(2 * harvest->count + 1, sizeof(mn_find *));
    container->keys = calloc(harvest->count + 1, sizeof(EVP_PKEY *));
    if (container->certificates == NULL || container->keys == NULL)
        return mn_fail_memory(err, "identities");
    rest = container->certificates + harvest->count;
    for (size_t i = 0; i < harvest->count; i++) {
        mn_find *find = &harvest->finds[i];
        const char *key_name = NULL;
        EVP_PKEY *key = find->certificate == NULL ? NULL : find_key(harvest, find, &key_name);

        if (key != NULL) {
            MN_TRY(adopt_name(find, key_name, err));
            container->keys[container->identity_count] = key;
            container->certificates[container->identity_count++] = find;
        } else if (find->certificate != NULL) {
            rest[others++] = find;
        }
    }
    memmove(container->certificates + container->identity_count, rest, others * sizeof *rest);
    container->certificate_count = container->identity_count + others;
    return MAINET_OK;
}

size_t
mainet_pkcs12_identity_count(const mainet_pkcs12 *container)
{
    return container->identity_count;
}

size_t
mainet_pkcs12_certificate_count(const mainet_pkcs12 *container)
{
    return container->certificate_count;
}

size_t
mainet_pkcs12_key_count(const mainet_pkcs12 *container)
{
    return container->harvest.count - container->certificate_count;
}

mainet_certificate *
mainet_pkcs12_certificate_at(const mainet_pkcs12 *container, size_t index, mainet_error *err)
{
    if (container == NULL || index >= container->certificate_count)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "there is no certificate %zu", index);
    return mn_certificate_ref(container->certificates[index]->certificate);
}

const char *
mainet_pkcs12_friendly_name(const mainet_pkcs12 *container, size_t index)
{
    const char *name =
        index < container->certificate_count ? container->certificates[index]->name : NULL;

    return name == NULL ? "" : name;
}

EVP_PKEY *
mn_pkcs12_key(const mainet_pkcs12 *container, size_t index)
{
    return index < container->identity_count ? container->keys[index] : NULL;
}

const mainet_certificate *
mn_pkcs12_certificate(const mainet_pkcs12 *container, size_t index)
{
    return index < container->certificate_count ? container->certificates[index]->certificate
                                                : NULL;
}

const char *
mainet_pkcs12_skipped(const mainet_pkcs12 *container)
{
    return mn_harvest_skipped(&container->harvest);
}

mainet_status
mn_pkcs12_require_identity(const mainet_pkcs12 *container, mainet_error *err)
{
    const char *skipped = mainet_pkcs12_skipped(container);

    if (container->identity_count != 0)
        return MAINET_OK;
    return mn_fail(err, MAINET_E_NO_KEY_PAIR, 0,
                   "%zu certificates and %zu private keys, none of which match%s%s",
                   container->certificate_count, mainet_pkcs12_key_count(container),
                   *skipped == '\0' ? "" : "; skipped: ", skipped);
}

mainet_status
mn_pkcs12_add(mainet_pkcs12 *container, const mainet_certificate *certificate, mainet_error *err)
{
    mainet_certificate **grown =
        reallocarray(container->added, container->added_count + 1, sizeof(mainet_certificate *));

    if (grown == NULL)
        return mn_fail_memory(err, "certificates");
    container->added = grown;
    container->added[container->added_count++] = mn_certificate_ref(certificate);
    return MAINET_OK;
}

const mainet_certificate *
mn_pkcs12_added(const mainet_pkcs12 *container, size_t index)
{
    return index < container->added_count ? container->added[index] : NULL;
}
