/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_LEGACY_H
#define MN_PKCS12_LEGACY_H

#include "base/openssl.h"

/**
 * Borrow the context in which containers are verified and decrypted: the default provider and,
 * if it is installed, the legacy one for RC2 and RC4. Made at first need, without a configuration
 * file, and kept as long as the process; keys do not live in it.
 */
OSSL_LIB_CTX *
mn_legacy_context(mainet_error *err);

/** Refuse an algorithm that the context does not have: MAINET_E_PKCS12_UNUSABLE, saying so if the
 *  legacy provider is missing. */
mainet_status
mn_legacy_refuse(const ASN1_OBJECT *algorithm, mainet_error *err);

#endif
