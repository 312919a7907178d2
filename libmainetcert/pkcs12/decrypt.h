/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_DECRYPT_H
#define MN_PKCS12_DECRYPT_H

#include "pkcs12/asn1.h"
#include "pkcs12/password.h"

/**
 * Decrypt a DER structure with a password-based algorithm: PKCS#12's own PBE (RFC 7292, C), PBES1
 * or PBES2 (RFC 8018).
 *
 * The MAC has proved the password, but not how whoever encrypted this part wrote it down: when one
 * way gives no SEQUENCE, the others are tried.
 *
 * @param[in]  algorithm  What it was encrypted with; its cost has been counted.
 * @param[in]  data       What is encrypted.
 * @param[in]  password   The password.
 * @param[in]  form       The form of it that verified the MAC, tried first.
 * @param[out] err        Filled on failure.
 *
 * @return The plain bytes, or NULL: MAINET_E_PKCS12_UNUSABLE.
 */
mn_secret *
mn_decrypt(const X509_ALGOR *algorithm, const ASN1_OCTET_STRING *data, const mn_password *password,
           size_t form, mainet_error *err);

#endif
