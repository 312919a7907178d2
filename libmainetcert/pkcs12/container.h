/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_CONTAINER_H
#define MN_PKCS12_CONTAINER_H

#include "pkcs12/harvest.h"
#include "pkcs12/read.h"

struct mainet_pkcs12 {
    mn_harvest harvest;
    mn_find **certificates; /* those of identities first; in the harvest */
    EVP_PKEY **keys;        /* of certificates[i] for each identity i; in the harvest */
    size_t identity_count;
    size_t certificate_count;
    mainet_certificate **added; /* by mn_pkcs12_add */
    size_t added_count;
};

/** Fill `certificates` with those that have a key, then with those that have none. */
mainet_status
mn_pkcs12_pair(mainet_pkcs12 *container, mainet_error *err);

#endif
