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

#endif
