/* SPDX-License-Identifier: BSD-3-Clause */
/* SafeContents, which a MAC keeps from the fuzzer of containers. */
#include <string.h>

#include "fuzz.h"
#include "pkcs12/harvest.h"

#define PASSWORD "Retrieve-12345"

/* More is right, but the fuzzer would spend its hour on it. */
#define ITERATIONS 5000

static void
harvest_bags(const mn_bags *bags, const mn_password *password)
{
    mn_harvest harvest = {0};
    mainet_error err = {0};

    if (mn_harvest_count(&harvest, bags, &err) == MAINET_OK && harvest.iterations <= ITERATIONS &&
        mn_harvest_take(&harvest, bags, password, 0, &err) == MAINET_OK)
        HOLDS(err.status == MAINET_OK);
    HOLDS(harvest.bags <= MN_BAGS_CEILING + 1);
    HOLDS(harvest.count <= harvest.bags);
    for (size_t i = 0; i < harvest.count; i++)
        HOLDS((harvest.finds[i].key == NULL) != (harvest.finds[i].certificate == NULL));
    HOLDS(strlen(mn_harvest_skipped(&harvest)) <= 512);
    mn_harvest_clear(&harvest);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mainet_error err = {0};
    mn_password *password = NULL;
    mn_bags *bags = NULL;

    if (mn_crypto_ready(&err) != MAINET_OK)
        abort();
    password = mn_password_new((const uint8_t *)PASSWORD, strlen(PASSWORD), &err);
    bags = mn_bags_decode(data, size);
    HOLDS(password != NULL);
    if (bags != NULL)
        harvest_bags(bags, password);
    mn_bags_free(bags);
    mn_password_free(password);
    return 0;
}
