/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/chain.h"

#include <string.h>

#include "pkcs12/issuance.h"

static bool
is_in(const mn_path *chain, const mainet_certificate *certificate)
{
    for (size_t i = 0; i < chain->count; i++) {
        if (strcmp(mainet_certificate_sha256(chain->certificates[i]),
                   mainet_certificate_sha256(certificate)) == 0)
            return true;
    }
    return false;
}

static bool
is_next(const mn_path *chain, const mainet_certificate *candidate)
{
    return !is_in(chain, candidate) && mainet_certificate_is_authority(candidate) &&
           mn_certificate_is_issued_by(chain->certificates[chain->count - 1], candidate);
}

static const mainet_certificate *
find_issuer(const mn_path *chain, const mainet_pkcs12 *container)
{
    const mainet_certificate *candidate = NULL;

    for (size_t i = 0; i < mainet_pkcs12_certificate_count(container); i++) {
        candidate = mn_pkcs12_certificate(container, i);
        if (is_next(chain, candidate))
            return candidate;
    }
    for (size_t i = 0; (candidate = mn_pkcs12_added(container, i)) != NULL; i++) {
        if (is_next(chain, candidate))
            return candidate;
    }
    return NULL;
}

bool
mn_path_is_complete(const mn_path *chain)
{
    const mainet_certificate *last = chain->certificates[chain->count - 1];

    return mn_certificate_is_issued_by(last, last);
}

void
mn_path_build(mn_path *chain, const mainet_pkcs12 *container, size_t identity)
{
    const mainet_certificate *next = mn_pkcs12_certificate(container, identity);

    chain->count = 0;
    while (next != NULL && chain->count < MN_PATH_CEILING) {
        chain->certificates[chain->count++] = next;
        next = mn_path_is_complete(chain) ? NULL : find_issuer(chain, container);
    }
}
