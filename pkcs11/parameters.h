/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_PARAMETERS_H
#define P11_PARAMETERS_H

#include "cryptoki3.h"

/**
 * Read what an application passes in pReserved: `store=DIR`, in quotes if it has blanks.
 *
 * The standard wants NULL there; NSS and p11-kit pass the text that the user configured.
 *
 * @param[out] folder  DIR (malloc), or NULL if nothing was passed.
 *
 * @return CKR_ARGUMENTS_BAD for anything else, CKR_HOST_MEMORY.
 */
CK_RV
p11_parameters_read(const void *reserved, char **folder);

#endif
