/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/harvest.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "pkcs12/algorithm.h"
#include "pkcs12/bag.h"
#include "pkcs12/decrypt.h"
#include "pkcs12/der.h"
#include "pkcs12/private-key.h"

#define SKIPPED_CEILING 512

static void
clear_find(mn_find *find)
{
    EVP_PKEY_free(find->key);
    mainet_certificate_free(find->certificate);
    free(find->name);
    BN_free(find->modulus);
}

void
mn_harvest_clear(mn_harvest *harvest)
{
    for (size_t i = 0; i < harvest->count; i++)
        clear_find(&harvest->finds[i]);
    free(harvest->finds);
    harvest->finds = NULL;
    harvest->count = 0;
    mn_buffer_clear(&harvest->skipped);
}

void
mn_harvest_skip(mn_harvest *harvest, const char *what)
{
    mn_buffer *list = &harvest->skipped;

    if (list->len + strlen(what) + 3 > SKIPPED_CEILING)
        return; /* a list that long tells nobody more */
    mn_buffer_append_text(list, "%s%s", list->len == 0 ? "" : ", ", what);
    mn_buffer_append_u8(list, 0);
    list->len -= list->failed ? 0 : 1; /* the zero stays behind what counts */
}

mainet_status
mn_harvest_pass_over(mn_harvest *harvest, const mainet_error *why, mainet_error *err)
{
    if (why->status == MAINET_E_NO_MEMORY) {
        *err = *why;
        return why->status;
    }
    mn_harvest_skip(harvest, why->detail);
    if (harvest->worst.status == MAINET_OK)
        harvest->worst = *why;
    return MAINET_OK;
}

const char *
mn_harvest_skipped(const mn_harvest *harvest)
{
    const mn_buffer *list = &harvest->skipped;

    return list->len == 0 || list->failed ? "" : (const char *)list->data;
}

static mainet_status
add_shrouded_cost(const mn_bag *bag, int64_t *sum, mainet_error *err)
{
    mn_auto(X509_SIG) shrouded = mn_bag_shrouded(bag);
    const X509_ALGOR *algorithm = NULL;

    if (shrouded == NULL)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "an encrypted key that does not decode");
    X509_SIG_get0(shrouded, &algorithm, NULL);
    return mn_algorithm_add_cost(algorithm, sum, err);
}

static mainet_status
count_bags(mn_harvest *harvest, const mn_bags *bags, int depth, mainet_error *err);

static mainet_status
count_nested(mn_harvest *harvest, const mn_bag *bag, int depth, mainet_error *err)
{
    mn_auto(mn_bags) nested = NULL;

    if (depth >= MN_NESTING_CEILING)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "SafeContents nested more than %d deep",
                       MN_NESTING_CEILING);
    nested = mn_bag_nested(bag);
    if (nested == NULL)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "nested bags that do not decode");
    return count_bags(harvest, nested, depth + 1, err);
}

static mainet_status
count_bags(mn_harvest *harvest, const mn_bags *bags, int depth, mainet_error *err)
{
    for (int i = 0; i < sk_mn_bag_num(bags); i++) {
        const mn_bag *bag = sk_mn_bag_value(bags, i);
        int type = OBJ_obj2nid(bag->type);

        if (++harvest->bags > MN_BAGS_CEILING)
            return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "more than %d bags", MN_BAGS_CEILING);
        if ((type == NID_keyBag || type == NID_pkcs8ShroudedKeyBag) &&
            ++harvest->keys > MN_KEYS_CEILING)
            return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "more than %d private keys",
                           MN_KEYS_CEILING);
        if (type == NID_pkcs8ShroudedKeyBag)
            MN_TRY(add_shrouded_cost(bag, &harvest->iterations, err));
        if (type == NID_safeContentsBag)
            MN_TRY(count_nested(harvest, bag, depth, err));
    }
    return MAINET_OK;
}

mainet_status
mn_harvest_count(mn_harvest *harvest, const mn_bags *bags, mainet_error *err)
{
    return count_bags(harvest, bags, 1, err);
}

static bool
is_known(const mn_harvest *harvest, const mn_find *find)
{
    for (size_t i = 0; i < harvest->count; i++) {
        const mn_find *known = &harvest->finds[i];

        if (find->key != NULL && known->key != NULL && EVP_PKEY_eq(find->key, known->key) == 1)
            return true;
        if (find->certificate != NULL && known->certificate != NULL &&
            strcmp(mainet_certificate_sha256(find->certificate),
                   mainet_certificate_sha256(known->certificate)) == 0)
            return true;
    }
    return false;
}

/* Takes the find over, whatever happens. */
static mainet_status
add_find(mn_harvest *harvest, mn_find *find, mainet_error *err)
{
    mn_find *grown = NULL;

    if (is_known(harvest, find)) {
        mn_harvest_skip(harvest, find->key != NULL ? "a key that is there twice"
                                                   : "a certificate that is there twice");
        clear_find(find);
        return MAINET_OK;
    }
    grown = realloc(harvest->finds, (harvest->count + 1) * sizeof *grown);
    if (grown == NULL) {
        clear_find(find);
        return mn_fail_memory(err, "contents of the container");
    }
    harvest->finds = grown;
    harvest->finds[harvest->count++] = *find;
    return MAINET_OK;
}

static void
skip_key(mn_harvest *harvest, const PKCS8_PRIV_KEY_INFO *info)
{
    const ASN1_OBJECT *type = NULL;
    char dotted[MN_DOTTED_LEN];
    mainet_error what = {0};

    (void)PKCS8_pkey_get0(&type, NULL, NULL, NULL, info);
    (void)mn_fail(&what, MAINET_E_PKCS12_UNUSABLE, 0, "a private key that cannot be used: %s",
                  mn_object_name(type, dotted, sizeof dotted));
    mn_harvest_skip(harvest, what.detail);
}

/* `der` is a PrivateKeyInfo; it is copied to OpenSSL's heap, which wipes the key when it frees. */
static mainet_status
take_key(mn_harvest *harvest, const mn_bag *bag, const uint8_t *der, size_t der_len,
         mainet_error *err)
{
    mn_auto(PKCS8_PRIV_KEY_INFO) info = mn_key_info_decode(der, der_len);
    mainet_error why = {0};
    mn_find find = {0};

    if (info == NULL) {
        (void)mn_fail(&why, MAINET_E_PKCS12_UNUSABLE, 0, "a private key that does not decode");
        return mn_harvest_pass_over(harvest, &why, err);
    }
    if (!mn_private_key_takes_power(info) || ++harvest->powers <= MN_POWERS_CEILING)
        find.key = mn_private_key(info);
    if (find.key == NULL) {
        skip_key(harvest, info);
        return MAINET_OK;
    }
    find.name = mn_bag_name(bag);
    return add_find(harvest, &find, err);
}

static mainet_status
take_shrouded(mn_harvest *harvest, const mn_bag *bag, const mn_password *password, size_t form,
              mainet_error *err)
{
    mn_auto(X509_SIG) shrouded = mn_bag_shrouded(bag);
    mn_auto(mn_secret) plain = NULL;
    mainet_error why = {0};
    const X509_ALGOR *algorithm = NULL;
    const ASN1_OCTET_STRING *data = NULL;

    if (shrouded == NULL)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "an encrypted key that does not decode");
    X509_SIG_get0(shrouded, &algorithm, &data);
    plain = mn_decrypt(algorithm, data, password, form, &why);
    if (plain == NULL)
        return mn_harvest_pass_over(harvest, &why, err);
    return take_key(harvest, bag, mn_secret_bytes(plain), mn_secret_len(plain), err);
}

static mainet_status
take_plain(mn_harvest *harvest, const mn_bag *bag, mainet_error *err)
{
    const ASN1_STRING *value = mn_value_sequence(bag->value);

    if (value == NULL)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "a private key that does not decode");
    return take_key(harvest, bag, value->data, (size_t)value->length, err);
}

static mainet_status
pass_over_certificate(mn_harvest *harvest, mainet_error *err)
{
    mainet_error why = {0};

    (void)mn_fail(&why, MAINET_E_CERTIFICATE, 0, "a certificate that does not decode");
    return mn_harvest_pass_over(harvest, &why, err);
}

/* Bytes behind it are let be, as behind a key. */
static size_t
certificate_len(const ASN1_OCTET_STRING *der)
{
    mn_der in = MN_DER_INIT(der->data, (size_t)der->length);

    (void)mn_der_skip(&in);
    return in.failed ? (size_t)der->length : (size_t)(in.at - der->data);
}

static mainet_status
take_certificate(mn_harvest *harvest, const mn_bag *bag, mainet_error *err)
{
    const ASN1_STRING *value = mn_value_sequence(bag->value);
    mn_auto(mn_content) content =
        value == NULL ? NULL : mn_content_decode(value->data, (size_t)value->length);
    const ASN1_OCTET_STRING *der = content == NULL ? NULL : mn_value_octets(content->value);
    mn_find find = {0};
    mainet_error why = {0};

    if (content == NULL)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "a certificate bag that does not decode");
    if (OBJ_obj2nid(content->type) != NID_x509Certificate) {
        mn_harvest_skip(harvest, "a certificate that is not X.509");
        return MAINET_OK;
    }
    if (der == NULL)
        return pass_over_certificate(harvest, err);
    find.certificate = mainet_certificate_parse(der->data, certificate_len(der), &why);
    if (find.certificate == NULL && mn_failure(&why) == MAINET_E_NO_MEMORY)
        return mn_fail_memory(err, "certificate");
    if (find.certificate == NULL)
        return pass_over_certificate(harvest, err);
    find.name = mn_bag_name(bag);
    return add_find(harvest, &find, err);
}

static void
skip_bag(mn_harvest *harvest, const mn_bag *bag)
{
    char dotted[MN_DOTTED_LEN];

    switch (OBJ_obj2nid(bag->type)) {
    case NID_crlBag:
        mn_harvest_skip(harvest, "a CRL");
        break;
    case NID_secretBag:
        mn_harvest_skip(harvest, "a secret");
        break;
    default:
        mn_harvest_skip(harvest, mn_object_name(bag->type, dotted, sizeof dotted));
    }
}

static mainet_status
take_nested(mn_harvest *harvest, const mn_bag *bag, const mn_password *password, size_t form,
            mainet_error *err)
{
    mn_auto(mn_bags) nested = mn_bag_nested(bag);

    if (nested == NULL)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "nested bags that do not decode");
    return mn_harvest_take(harvest, nested, password, form, err);
}

static mainet_status
take_bag(mn_harvest *harvest, const mn_bag *bag, const mn_password *password, size_t form,
         mainet_error *err)
{
    MN_TRY(mn_bag_check_attributes(bag, err));
    switch (OBJ_obj2nid(bag->type)) {
    case NID_keyBag:
        return take_plain(harvest, bag, err);
    case NID_pkcs8ShroudedKeyBag:
        return take_shrouded(harvest, bag, password, form, err);
    case NID_certBag:
        return take_certificate(harvest, bag, err);
    case NID_safeContentsBag: /* counting has found that it ends */
        return take_nested(harvest, bag, password, form, err);
    default:
        skip_bag(harvest, bag);
        return MAINET_OK;
    }
}

mainet_status
mn_harvest_take(mn_harvest *harvest, const mn_bags *bags, const mn_password *password, size_t form,
                mainet_error *err)
{
    for (int i = 0; i < sk_mn_bag_num(bags); i++)
        MN_TRY(take_bag(harvest, sk_mn_bag_value(bags, i), password, form, err));
    return MAINET_OK;
}
