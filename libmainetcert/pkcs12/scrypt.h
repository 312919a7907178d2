/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_SCRYPT_H
#define MN_PKCS12_SCRYPT_H

#include "base/openssl.h"
#include "base/secret.h"

/** Whether an algorithm is PBES2 with scrypt (RFC 7914, 7). */
bool
mn_scrypt_is_used(const X509_ALGOR *algorithm);

/** Make `context` ready to decrypt with such an algorithm. OpenSSL's own way to do it refuses more
 *  than 32 MiB of memory, as N = 2^15 with r = 8 takes; here 256 MiB are the limit.
 *  MAINET_E_PKCS12_UNUSABLE. */
mainet_status
mn_scrypt_begin(EVP_CIPHER_CTX *context, const X509_ALGOR *algorithm, const char *password,
                int password_len, mainet_error *err);

#endif
