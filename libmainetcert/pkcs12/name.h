/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_NAME_H
#define MN_PKCS12_NAME_H

#include "base/openssl.h"

/** Write a distinguished name in the form of RFC 4514, UTF-8, one line (malloc). */
char *
mn_name_text(const X509_NAME *name, mainet_error *err);

/**
 * Read one attribute of a name as UTF-8 (malloc).
 *
 * @param[in]  name       A distinguished name.
 * @param[in]  nid        Such as NID_commonName; where there are several, the most specific counts.
 * @param[in]  otherwise  What to copy if the name has no such attribute.
 * @param[out] err        Filled on failure; may be NULL.
 */
char *
mn_name_attribute(const X509_NAME *name, int nid, const char *otherwise, mainet_error *err);

#endif
