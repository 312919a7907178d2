/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_RSA_H
#define P11_RSA_H

#include "cryptoki3.h"
#include "store/object.h"

/** Give an object the private numbers of a template as secrets, with those that are left out: the
 *  primes follow from the exponents, all else from the primes (NIST SP 800-56B, C.1). */
CK_RV
p11_rsa_complete(mn_object *object, const CK_ATTRIBUTE *template, CK_ULONG count);

#endif
