/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_PBMAC1_H
#define MN_PKCS12_PBMAC1_H

#include "pkcs12/asn1.h"
#include "pkcs12/password.h"

/** Verify a PBMAC1 (RFC 9579), which OpenSSL 3.0 does not know; answers as mn_mac_verify. */
mainet_status
mn_pbmac1_verify(const mn_mac_data *mac, const ASN1_OCTET_STRING *content,
                 const mn_password *password, mainet_error *err);

#endif
