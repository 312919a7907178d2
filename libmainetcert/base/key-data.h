/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_BASE_KEY_DATA_H
#define MN_BASE_KEY_DATA_H

#include "base/openssl.h"

/* What EVP_PKEY_fromdata makes a key of in the private context, each private number on pages that
 * are wiped: OSSL_PARAM_BLD and OSSL_DECODER leave copies of them on the heap (OpenSSL 3.0). */

/* The algorithms by the names that only providers know. By another name, and by d2i_PUBKEY or
 * X509_get_pubkey, an ENGINE that the host has registered for such keys, as curl does with libp11,
 * would be asked first and get a key that it cannot use. */
#define MN_KEY_RSA "1.2.840.113549.1.1.1"
#define MN_KEY_EC "1.2.840.10045.2.1"

#define MN_KEY_DATA_MAX 8

typedef struct mn_key_data {
    OSSL_PARAM params[MN_KEY_DATA_MAX + 1];
    mn_secret *owned[MN_KEY_DATA_MAX];
    size_t count;
} mn_key_data;

void
mn_key_data_clear(mn_key_data *data);

#define mn_auto_key_data __attribute__((cleanup(mn_key_data_clear))) mn_key_data

/** Add a parameter whose value is borrowed until the key is built. */
void
mn_key_data_add(mn_key_data *data, OSSL_PARAM param);

/** Add a big-endian number, which is taken over. */
void
mn_key_data_add_number(mn_key_data *data, const char *name, mn_secret **number);

/** Add a copy of a big-endian number. */
mainet_status
mn_key_data_copy_number(mn_key_data *data, const char *name, const uint8_t *number, size_t len,
                        mainet_error *err);

/** Add the curve of an EC key by its name, and its point; both borrowed. */
void
mn_key_data_add_curve(mn_key_data *data, const char *curve);

void
mn_key_data_add_point(mn_key_data *data, const uint8_t *point, size_t len);

/** The curve of an EC key by its OID, to be freed; NULL for one without a name. */
ASN1_OBJECT *
mn_key_curve(const EVP_PKEY *key);

/** Build the key; `selection` is EVP_PKEY_KEYPAIR, EVP_PKEY_PUBLIC_KEY, ... */
EVP_PKEY *
mn_key_data_build(mn_key_data *data, const char *type, int selection, mainet_error *err);

#endif
