/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/read.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/guest.h"
#include "pkcs12/algorithm.h"
#include "pkcs12/armour.h"
#include "pkcs12/container.h"
#include "pkcs12/decrypt.h"
#include "pkcs12/mac.h"

#define CONTAINER_CEILING ((size_t)1024 * 1024)
#define PASSWORD_CEILING 1024

/* A container on its way from bytes to finds. */
typedef struct reader {
    mn_pfx *pfx;
    const ASN1_OCTET_STRING *content; /* what the MAC is over */
    mn_contents *safes;
    mn_bags **bags; /* of each safe; NULL where it is not readable yet */
    mn_password *password;
    size_t form; /* of the password, as the MAC proved it */
} reader;

static void
reader_free(reader *in)
{
    for (int i = 0; in->bags != NULL && i < sk_mn_content_num(in->safes); i++)
        mn_bags_free(in->bags[i]);
    free(in->bags);
    mn_contents_free(in->safes);
    mn_pfx_free(in->pfx);
    mn_password_free(in->password);
    free(in);
}

MN_AUTO_TYPE(reader, reader_free)

/* What people save under the name of .p12 by mistake. */
static const char *
guess(const uint8_t *data, size_t data_len)
{
    size_t at = 0;

    while (at < data_len && isspace(data[at]))
        at++;
    if (data_len - at >= 11 && memcmp(data + at, "-----BEGIN ", 11) == 0)
        return "it looks like PEM text";
    if (at < data_len && data[at] == '<')
        return "it looks like a web page";
    if (data_len >= 4 &&
        (memcmp(data, "\xfe\xed\xfe\xed", 4) == 0 || memcmp(data, "\xce\xce\xce\xce", 4) == 0))
        return "it looks like a Java keystore (JKS)";
    return "it does not decode";
}

/* Mail programs, certtool and Windows' certutil make text of a container. */
static mainet_status
decode_armour(reader *in, const uint8_t *data, size_t data_len, mainet_error *err)
{
    mn_auto(mn_secret) plain = NULL;
    mainet_error why = {0};

    if (!mn_armour_is_worn(data, data_len))
        return MAINET_OK;
    plain = mn_armour_remove(data, data_len, &why);
    if (plain == NULL && mn_failure(&why) == MAINET_E_NO_MEMORY)
        return mn_fail_memory(err, "base64");
    if (plain != NULL)
        in->pfx = mn_pfx_decode(mn_secret_bytes(plain), mn_secret_len(plain));
    return MAINET_OK;
}

static mainet_status
decode_outside(reader *in, const uint8_t *data, size_t data_len, mainet_error *err)
{
    in->pfx = mn_pfx_decode(data, data_len);
    if (in->pfx == NULL)
        MN_TRY(decode_armour(in, data, data_len, err));
    if (in->pfx == NULL)
        return mn_fail(err, MAINET_E_NOT_PKCS12, 0, "%zu bytes are not PKCS#12: %s", data_len,
                       guess(data, data_len));
    if (ASN1_INTEGER_get(in->pfx->version) != 3)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "PKCS#12 of another version than 3");
    in->content = mn_value_octets(in->pfx->safe->value);
    if (OBJ_obj2nid(in->pfx->safe->type) != NID_pkcs7_data || in->content == NULL)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0,
                       "integrity by something else than a password");
    return MAINET_OK;
}

static mainet_status
decode_safes(reader *in, mainet_error *err)
{
    size_t count = 0;

    assert(in->content != NULL);
    in->safes = mn_contents_decode(in->content->data, (size_t)in->content->length);
    if (in->safes == NULL)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "the list of safes does not decode");
    count = (size_t)sk_mn_content_num(in->safes);
    if (count > MN_BAGS_CEILING)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "more than %d safes", MN_BAGS_CEILING);
    in->bags = calloc(count + 1, sizeof(mn_bags *));
    return in->bags == NULL ? mn_fail_memory(err, "safes") : MAINET_OK;
}

static PKCS7_ENCRYPT *
decode_encrypted(const mn_content *safe)
{
    const ASN1_STRING *value = mn_value_sequence(safe->value);
    const uint8_t *data = value == NULL ? NULL : value->data;

    return value == NULL ? NULL : d2i_PKCS7_ENCRYPT(NULL, &data, value->length);
}

static mainet_status
count_plain(reader *in, int at, mn_harvest *harvest, mainet_error *err)
{
    const ASN1_OCTET_STRING *data = mn_value_octets(sk_mn_content_value(in->safes, at)->value);

    assert(in->bags != NULL);
    in->bags[at] = data == NULL ? NULL : mn_bags_decode(data->data, (size_t)data->length);
    if (in->bags[at] == NULL)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "safe %d does not decode", at);
    return mn_harvest_count(harvest, in->bags[at], err);
}

static mainet_status
count_encrypted(const reader *in, int at, mn_harvest *harvest, mainet_error *err)
{
    mn_auto(PKCS7_ENCRYPT) safe = decode_encrypted(sk_mn_content_value(in->safes, at));

    if (safe == NULL || safe->enc_data->enc_data == NULL)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "safe %d does not decode", at);
    return mn_algorithm_add_cost(safe->enc_data->algorithm, &harvest->iterations, err);
}

/* Such as enveloped data, which a private key opens (RFC 7292, 3.1). */
static mainet_status
pass_over_safe(const reader *in, int at, mn_harvest *harvest, mainet_error *err)
{
    char dotted[MN_DOTTED_LEN];
    mainet_error why = {0};

    (void)mn_fail(&why, MAINET_E_PKCS12_UNUSABLE, 0, "a safe that no password opens: %s",
                  mn_object_name(sk_mn_content_value(in->safes, at)->type, dotted, sizeof dotted));
    return mn_harvest_pass_over(harvest, &why, err);
}

/* Whatever is readable without the password is counted before anything is derived; what appears
 * later is counted when it appears, before it is opened. */
static mainet_status
count_all(reader *in, mn_harvest *harvest, mainet_error *err)
{
    MN_TRY(mn_mac_add_cost(in->pfx->mac, &harvest->iterations, err));
    for (int i = 0; i < sk_mn_content_num(in->safes); i++) {
        switch (OBJ_obj2nid(sk_mn_content_value(in->safes, i)->type)) {
        case NID_pkcs7_data:
            MN_TRY(count_plain(in, i, harvest, err));
            break;
        case NID_pkcs7_encrypted:
            MN_TRY(count_encrypted(in, i, harvest, err));
            break;
        default:
            MN_TRY(pass_over_safe(in, i, harvest, err));
        }
    }
    return MAINET_OK;
}

static mainet_status
open_encrypted(reader *in, int at, mn_harvest *harvest, mainet_error *err)
{
    mn_auto(PKCS7_ENCRYPT) safe = decode_encrypted(sk_mn_content_value(in->safes, at));
    mn_auto(mn_secret) plain = NULL;
    mainet_error why = {0};

    if (safe == NULL || safe->enc_data->enc_data == NULL)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "safe %d does not decode", at);
    plain = mn_decrypt(safe->enc_data->algorithm, safe->enc_data->enc_data, in->password, in->form,
                       &why);
    if (plain == NULL)
        return mn_harvest_pass_over(harvest, &why, err);
    in->bags[at] = mn_bags_decode(mn_secret_bytes(plain), mn_secret_len(plain));
    if (in->bags[at] == NULL)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "a decrypted safe does not decode");
    return mn_harvest_count(harvest, in->bags[at], err);
}

static mainet_status
open_all(reader *in, mn_harvest *harvest, mainet_error *err)
{
    for (int i = 0; i < sk_mn_content_num(in->safes); i++) {
        if (OBJ_obj2nid(sk_mn_content_value(in->safes, i)->type) == NID_pkcs7_encrypted)
            MN_TRY(open_encrypted(in, i, harvest, err));
    }
    for (int i = 0; i < sk_mn_content_num(in->safes); i++) {
        if (in->bags[i] != NULL)
            MN_TRY(mn_harvest_take(harvest, in->bags[i], in->password, in->form, err));
    }
    return MAINET_OK;
}

/* Prove first, open then. */
static mainet_status
read_container(reader *in, const uint8_t *data, size_t data_len, mainet_pkcs12 *made,
               mainet_error *err)
{
    MN_TRY(decode_outside(in, data, data_len, err));
    if (in->pfx->mac == NULL)
        return mn_fail(err, MAINET_E_PKCS12_NO_MAC, 0, "the container has no MAC");
    MN_TRY(decode_safes(in, err));
    MN_TRY(count_all(in, &made->harvest, err));
    MN_TRY(mn_mac_verify(in->pfx->mac, in->content, in->password, &in->form, err));
    MN_TRY(open_all(in, &made->harvest, err));
    MN_TRY(mn_pkcs12_pair(made, err));
    if (made->identity_count == 0 && made->harvest.worst.status != MAINET_OK) {
        *err = made->harvest.worst; /* it may well be what was in there */
        return err->status;
    }
    return MAINET_OK;
}

mainet_pkcs12 *
mainet_pkcs12_open(const uint8_t *data, size_t data_len, const uint8_t *password,
                   size_t password_len, mainet_error *err)
{
    mn_auto(mainet_pkcs12) made = NULL;
    mn_auto(reader) in = NULL;

    MN_PUBLIC(err);
    if ((data == NULL && data_len != 0) || password_len > PASSWORD_CEILING)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a password has up to %d bytes",
                            PASSWORD_CEILING);
    if (data_len == 0 || data_len > CONTAINER_CEILING)
        return mn_fail_null(err, MAINET_E_NOT_PKCS12, 0, "%zu bytes are no container", data_len);
    if (mn_crypto_ready(err) != MAINET_OK)
        return NULL;
    made = calloc(1, sizeof *made);
    in = calloc(1, sizeof *in);
    if (made == NULL || in == NULL)
        return mn_fail_memory_null(err, "container");
    in->password = mn_password_new(password, password_len, err);
    if (in->password == NULL)
        return NULL;
    return read_container(in, data, data_len, made, err) == MAINET_OK ? mainet_pkcs12_take(&made)
                                                                      : NULL;
}
