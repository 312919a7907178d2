/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_PASSWORD_H
#define MN_PKCS12_PASSWORD_H

#include "base/secret.h"

/** A password in every form that programs have derived PKCS#12 keys from. The forms count from
 *  0, likeliest first; only they that differ are there. */
typedef struct mn_password mn_password;

/** Prepare the forms; `password` NULL is the absent password. */
mn_password *
mn_password_new(const uint8_t *password, size_t password_len, mainet_error *err);

void
mn_password_free(mn_password *password);

/** Answer how many forms there are: 1 or 2. */
size_t
mn_password_count(const mn_password *password);

/** Borrow a form in UTF-8, of which OpenSSL makes the BMPString of RFC 7292, B.1, with
 *  surrogates; NULL is the absent password, which is no bytes at all. */
const char *
mn_password_form(const mn_password *password, size_t form, int *len);

/** Borrow the password byte by byte, as PBKDF2 and its like take it. Never NULL. */
const char *
mn_password_raw(const mn_password *password, int *len);

/** Where mn_password_bytes has the BMPString. */
#define MN_PASSWORD_BMP 1

/** Answer how many byte strings mn_password_bytes has. */
size_t
mn_password_bytes_count(const mn_password *password);

/** Borrow what functions that take bytes have been given: first the password as it is, then the
 *  BMPString with its zero, as NSS up to 3.30 and others gave it to PBES1 and PBES2; beyond ASCII
 *  also the widened one of OpenSSL 1.0, and ISO 8859-1 where that has all of it. Never NULL. */
const char *
mn_password_bytes(const mn_password *password, size_t index, int *len);

MN_AUTO_TYPE(mn_password, mn_password_free)

#endif
