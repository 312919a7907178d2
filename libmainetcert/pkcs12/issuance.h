/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_ISSUANCE_H
#define MN_PKCS12_ISSUANCE_H

#include "mainetcert/certificate.h"

/** Whether `issuer` issued `certificate`: names match and the signature verifies. */
bool
mn_certificate_is_issued_by(const mainet_certificate *certificate,
                            const mainet_certificate *issuer);

/** The same, but where both say which key signed (RFC 5280, 4.2.1.1 and 4.2.1.2), their word is
 *  taken: for showing and ordering chains, not for trusting them. */
bool
mn_certificate_claims_issuer(const mainet_certificate *certificate,
                             const mainet_certificate *issuer);

#endif
