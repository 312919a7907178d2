/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_ALGORITHM_H
#define MN_PKCS12_ALGORITHM_H

#include "pkcs12/asn1.h"

/** How many iterations one container may ask for, added up. */
#define MN_ITERATIONS_CEILING 5000000

/** Add one iteration count to the sum; `count` NULL is 1. MAINET_E_PKCS12_UNUSABLE if it is not a
 *  count, or past the ceiling. */
mainet_status
mn_iterations_add(const ASN1_INTEGER *count, int64_t *sum, mainet_error *err);

/** Add what a password-based algorithm will cost to the sum, deriving nothing: PKCS#12's own PBE
 *  (RFC 7292, C), PBES1, PBES2 and PBMAC1 (RFC 8018). Others cost nothing: what is under them is
 * not decrypted. MAINET_E_PKCS12_UNUSABLE for parameters that do not decode, and past the ceiling.
 */
mainet_status
mn_algorithm_add_cost(const X509_ALGOR *algorithm, int64_t *sum, mainet_error *err);

/** Name an algorithm for a log; borrowed from OpenSSL, or dotted in `dotted`. */
const char *
mn_object_name(const ASN1_OBJECT *object, char *dotted, size_t dotted_len);

/** Room for an object identifier in dotted form; longer ones are cut. */
#define MN_DOTTED_LEN 80

#endif
