/* SPDX-License-Identifier: BSD-3-Clause */
/* A container whose MAC, if it has one, somebody made who knows the password. */
#include <string.h>

#include "fuzz.h"
#include "pkcs12/read.h"

#define PASSWORD "Retrieve-12345"

static void
look_inside(const mainet_pkcs12 *container)
{
    const size_t identities = mainet_pkcs12_identity_count(container);
    const size_t certificates = mainet_pkcs12_certificate_count(container);

    HOLDS(identities <= certificates);
    HOLDS(identities == 0 || mainet_pkcs12_key_count(container) > 0);
    for (size_t i = 0; i < certificates; i++) {
        mainet_certificate *certificate = mainet_pkcs12_certificate_at(container, i, NULL);

        HOLDS(certificate != NULL);
        HOLDS(strchr(mainet_pkcs12_friendly_name(container, i), '\n') == NULL);
        HOLDS((mn_pkcs12_key(container, i) != NULL) == (i < identities));
        mainet_certificate_free(certificate);
    }
    HOLDS(mn_pkcs12_certificate(container, certificates) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mainet_error err = {0};
    mainet_pkcs12 *container =
        mainet_pkcs12_open(data, size, (const uint8_t *)PASSWORD, strlen(PASSWORD), &err);

    HOLDS((container != NULL) == (err.status == MAINET_OK));
    HOLDS(strstr(err.detail, PASSWORD) == NULL);
    if (container != NULL)
        look_inside(container);
    mainet_pkcs12_free(container);
    return 0;
}
