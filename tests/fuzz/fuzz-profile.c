/* SPDX-License-Identifier: BSD-3-Clause */
/* A service profile: text of an INI file. */
#include <string.h>
#include <strings.h>

#include "acquire/profile.h"
#include "fuzz.h"

static void
check_texts(const mn_texts *list)
{
    for (size_t i = 0; i < list->count; i++)
        HOLDS(list->texts[i] != NULL);
}

static void
check(const mn_profile *profile)
{
    HOLDS(profile->name != NULL && profile->issuer != NULL && profile->support != NULL);
    HOLDS(profile->ca_file != NULL && (*profile->ca_file == '\0' || *profile->ca_file == '/'));
    HOLDS(strncasecmp(profile->retrieve_url, "https:", 6) == 0);
    HOLDS(*profile->confirm_url == '\0' || strncasecmp(profile->confirm_url, "https:", 6) == 0);
    check_texts(&profile->words_auth_failed);
    check_texts(&profile->words_not_available);
    check_texts(&profile->words_busy);
    check_texts(&profile->endpoints);
    (void)mn_profile_expects(profile, "SECOM Passport for Member CA9");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mainet_error err = {0};
    mn_profile profile = {0};
    char *text = calloc(1, size + 1);

    HOLDS(text != NULL);
    memcpy(text, data, size);
    if (mn_profile_read(&profile, text, "/folder", &err) == MAINET_OK)
        check(&profile);
    else
        HOLDS(err.status == MAINET_E_SERVICE_PROFILE);
    mn_profile_clear(&profile);
    free(text);
    return 0;
}
