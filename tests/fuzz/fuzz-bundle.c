/* SPDX-License-Identifier: BSD-3-Clause */
/* What an address of caIssuers answered. */
#include <string.h>

#include "acquire/bundle.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mn_bundle bundle = {.count = 0};
    mn_bundle again = {.count = 0};

    mn_bundle_read(&bundle, data, size);
    HOLDS(bundle.count <= MN_BUNDLE_MAX);
    for (size_t i = 0; i < bundle.count; i++) {
        size_t len = 0;
        const uint8_t *der = mn_certificate_der(bundle.certificates[i], &len);

        HOLDS(mainet_certificate_is_authority(bundle.certificates[i]));
        mn_bundle_read(&again, der, len); /* as the cache will */
        HOLDS(again.count == 1);
        HOLDS(strcmp(mainet_certificate_sha256(again.certificates[0]),
                     mainet_certificate_sha256(bundle.certificates[i])) == 0);
        mn_bundle_clear(&again);
    }
    mn_bundle_clear(&bundle);
    return 0;
}
