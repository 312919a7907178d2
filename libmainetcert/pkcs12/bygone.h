/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_BYGONE_H
#define MN_PKCS12_BYGONE_H

#include "base/openssl.h"

/**
 * Add what old containers need and Debian leaves out of OpenSSL to a context, as a provider of
 * ours: MD2 (PBES1, MACs) and IDEA-CBC (PBES2), which decrypts only. A context that has them
 * already is none the worse for it.
 *
 * @return Whether it could be added.
 */
bool
mn_bygone_add(OSSL_LIB_CTX *library);

#endif
