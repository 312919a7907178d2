/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_DER_WRITE_H
#define MN_PKCS12_DER_WRITE_H

#include "base/openssl.h"

/* DER (X.690) put together from the end, for a length is known once its content is there: what
 * comes last is put first. OpenSSL's error queue is left with what went wrong: mark and pop. */

/** What was written stands at the end of the room, which may be a secret's. */
typedef struct mn_der_writer {
    uint8_t *room;
    size_t at;   /**< where it begins; the length of the room while there is nothing */
    bool failed; /**< sticky: there was no room, or no such number */
} mn_der_writer;

#define MN_DER_SEQUENCE (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED)

void
mn_der_put(mn_der_writer *out, const uint8_t *bytes, size_t len);

void
mn_der_put_u8(mn_der_writer *out, uint8_t byte);

/** Tag and length of all that was written since `end`, which `out->at` was then. */
void
mn_der_put_head(mn_der_writer *out, uint8_t tag, size_t end);

/** A number of the key (OSSL_PKEY_PARAM_RSA_N, ...) in `width` bytes; 0: in as many as an INTEGER
 * of it has. */
void
mn_der_put_number(mn_der_writer *out, const EVP_PKEY *key, const char *name, size_t width);

/** A number of the key as an INTEGER. */
void
mn_der_put_integer(mn_der_writer *out, const EVP_PKEY *key, const char *name);

/** What was written since `end`, as a BIT STRING of whole bytes. */
void
mn_der_put_bits(mn_der_writer *out, size_t end);

#endif
