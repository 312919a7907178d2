/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "fuzz.h"
#include "pkcs12/certificate.h"
#include "pkcs12/issuance.h"

/* What was BER is kept as DER, and that reads the same. */
static void
read_again(const mainet_certificate *certificate)
{
    mainet_error err = {0};
    size_t len = 0;
    size_t again_len = 0;
    const uint8_t *der = mn_certificate_der(certificate, &len);
    mainet_certificate *again = mainet_certificate_parse(der, len, &err);

    HOLDS(again != NULL);
    HOLDS(memcmp(der, mn_certificate_der(again, &again_len), len) == 0 && again_len == len);
    HOLDS(strcmp(mainet_certificate_sha256(again), mainet_certificate_sha256(certificate)) == 0);
    HOLDS(strcmp(mainet_certificate_subject(again), mainet_certificate_subject(certificate)) == 0);
    mainet_certificate_free(again);
}

static void
ask(const mainet_certificate *certificate)
{
    size_t len = 0;
    size_t size = 0;

    (void)mn_certificate_der(certificate, &size);
    read_again(certificate);
    HOLDS(mainet_certificate_subject(certificate) != NULL);
    HOLDS(mainet_certificate_issuer(certificate) != NULL);
    HOLDS(mainet_certificate_common_name(certificate) != NULL);
    HOLDS(mainet_certificate_issuer_common_name(certificate) != NULL);
    HOLDS(mainet_certificate_serial(certificate) != NULL);
    HOLDS(strlen(mainet_certificate_sha256(certificate)) == 64);
    HOLDS(mainet_certificate_key_type(certificate) != NULL);
    (void)mainet_certificate_not_before(certificate);
    (void)mainet_certificate_not_after(certificate);
    (void)mainet_certificate_key_bits(certificate);
    (void)mainet_certificate_is_authority(certificate);
    (void)mainet_certificate_issuer_organization(certificate);
    (void)mn_certificate_is_issued_by(certificate, certificate);
    (void)mn_certificate_claims_issuer(certificate, certificate);
    HOLDS(mn_certificate_subject_der(certificate, &len) != NULL && len <= size);
    HOLDS(mn_certificate_serial_der(certificate, &len) != NULL && len <= size);
    (void)mn_certificate_public_key_der(certificate, &len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mainet_error err = {0};
    mainet_certificate *certificate = mainet_certificate_parse(data, size, &err);

    HOLDS((certificate != NULL) == (err.status == MAINET_OK));
    if (certificate != NULL)
        ask(certificate);
    mainet_certificate_free(certificate);
    return 0;
}
