/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_PBES2_H
#define MN_PKCS12_PBES2_H

#include "base/openssl.h"

/** Make `context` ready to decrypt with PBES2 (RFC 8018, 6.2): PBKDF2 or scrypt, and any cipher in
 *  CBC that OpenSSL has. OpenSSL's own way to do it knows fewer of them. `algorithm` is PBES2, and
 *  its cost has been counted. MAINET_E_PKCS12_UNUSABLE. */
mainet_status
mn_pbes2_begin(EVP_CIPHER_CTX *context, const X509_ALGOR *algorithm, const char *password,
               int password_len, mainet_error *err);

#endif
