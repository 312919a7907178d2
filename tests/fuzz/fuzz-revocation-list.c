/* SPDX-License-Identifier: BSD-3-Clause */
/* What an address of an issuer's list answered: two bytes of length, the issuer's certificate, the
 * list; so that a corpus can bring lists that are signed. The certificate that is looked up is the
 * issuer's own. */
#include <string.h>

#include "acquire/revocation-list.h"
#include "fuzz.h"

#define NOW INT64_C(1800000000)

static bool
is_list(const uint8_t *data, size_t size)
{
    return size >= 11 && (data[0] == 0x30 || memchr(data, '-', size) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t len = size < 2 ? 0 : (size_t)data[0] << 8 | data[1];
    mainet_certificate *issuer = NULL;
    mn_revocation found = {.answer = MAINET_REVOCATION_GOOD};
    mn_revocation later = found;
    int64_t expires_at = -1;
    mainet_error err = {0};

    if (size < 2 || len > size - 2)
        return 0;
    issuer = mainet_certificate_parse(data + 2, len, &err);
    if (issuer == NULL)
        return 0;
    data += 2 + len;
    size -= 2 + len;
    mn_revocation_judge(data, size, issuer, issuer, NOW, &found, &expires_at);
    HOLDS((found.answer == MAINET_REVOCATION_UNKNOWN) == (found.detail[0] != '\0'));
    HOLDS(found.answer != MAINET_REVOCATION_GOOD || (is_list(data, size) && expires_at >= 0));
    HOLDS(found.answer != MAINET_REVOCATION_GOOD || expires_at == 0 || expires_at > NOW);
    if (expires_at > 0) { /* then it clears nobody, and who was revoked still is */
        mn_revocation_judge(data, size, issuer, issuer, expires_at, &later, &expires_at);
        HOLDS(later.answer != MAINET_REVOCATION_GOOD);
        HOLDS((later.answer == MAINET_REVOCATION_REVOKED) ==
              (found.answer == MAINET_REVOCATION_REVOKED));
    }
    mainet_certificate_free(issuer);
    return 0;
}
