/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_DERIVE_H
#define MN_PKCS12_DERIVE_H

#include "base/openssl.h"
#include "base/secret.h"
#include "pkcs12/asn1.h"

/** Fetch the hash of an hmacWith… (RFC 8018, B.1; with SHA-3: NIST's arc); `algorithm` NULL is the
 *  default, hmacWithSHA1. MAINET_E_PKCS12_UNUSABLE for others. */
EVP_MD *
mn_prf_fetch(const X509_ALGOR *algorithm, mainet_error *err);

/** Derive by PBKDF1 (RFC 8018, 5.1), up to what the digest is long. */
mn_secret *
mn_pbkdf1(const PBEPARAM *parameters, const char *digest, const char *password, int password_len,
          size_t key_len, mainet_error *err);

/** Derive a key with PBKDF2 (RFC 8018, 5.2); its cost has been counted. */
mn_secret *
mn_pbkdf2(const PBKDF2PARAM *parameters, const char *password, int password_len, size_t key_len,
          mainet_error *err);

/** Derive a key with scrypt (RFC 7914). OpenSSL by itself refuses more than 32 MiB of memory, as
 *  N = 2^15 with r = 8 takes; here 256 MiB are the limit. */
mn_secret *
mn_scrypt(const SCRYPT_PARAMS *parameters, const char *password, int password_len, size_t key_len,
          mainet_error *err);

#endif
