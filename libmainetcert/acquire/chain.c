/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/chain.h"

static bool
is_in(const mn_chain *chain, const mainet_certificate *certificate)
{
    for (size_t i = 0; i < chain->count; i++) {
        if (chain->certificates[i] == certificate)
            return true;
    }
    return false;
}

static const mainet_certificate *
find_issuer(const mn_chain *chain, const mainet_pkcs12 *container)
{
    const mainet_certificate *last = chain->certificates[chain->count - 1];

    for (size_t i = 0; i < mainet_pkcs12_certificate_count(container); i++) {
        const mainet_certificate *candidate = mn_pkcs12_certificate(container, i);

        if (!is_in(chain, candidate) && mainet_certificate_is_authority(candidate) &&
            mn_certificate_is_issued_by(last, candidate))
            return candidate;
    }
    return NULL;
}

bool
mn_chain_is_complete(const mn_chain *chain)
{
    const mainet_certificate *last = chain->certificates[chain->count - 1];

    return mn_certificate_is_issued_by(last, last);
}

void
mn_chain_build(mn_chain *chain, const mainet_pkcs12 *container, size_t identity)
{
    const mainet_certificate *next = mn_pkcs12_certificate(container, identity);

    chain->count = 0;
    while (next != NULL && chain->count < MN_CHAIN_CEILING) {
        chain->certificates[chain->count++] = next;
        next = mn_chain_is_complete(chain) ? NULL : find_issuer(chain, container);
    }
}
