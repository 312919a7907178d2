/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/validity.h"

#include <openssl/asn1.h>
#include <openssl/err.h>

#include "pkcs12/der.h"

mainet_status
mn_validity_time(const ASN1_TIME *time, int64_t *seconds, mainet_error *err)
{
    ASN1_TIME *epoch = ASN1_TIME_new();
    int days = 0;
    int rest = 0;
    bool known = epoch != NULL && ASN1_TIME_set_string(epoch, "19700101000000Z") == 1 &&
                 ASN1_TIME_diff(&days, &rest, epoch, time) == 1;

    ASN1_TIME_free(epoch);
    if (!known)
        return mn_fail(err, MAINET_E_CERTIFICATE, 0, "a certificate whose validity is no time");
    *seconds = (int64_t)days * 86400 + rest;
    return MAINET_OK;
}

/* serialNumber, signature, issuer; then it comes. */
static void
find_validity(mn_der *in)
{
    mn_der_enter_certificate(in);
    for (int i = 0; i < 3; i++)
        (void)mn_der_skip(in);
    mn_der_enter(in, V_ASN1_SEQUENCE);
}

static mainet_status
read_time(mn_der *in, int64_t *seconds, mainet_error *err)
{
    ASN1_TIME *time = in->failed ? NULL : d2i_ASN1_TIME(NULL, &in->at, in->end - in->at);
    mainet_status status = MAINET_OK;

    if (time == NULL)
        return mn_fail(err, MAINET_E_CERTIFICATE, 0, "not a certificate with a validity");
    status = mn_validity_time(time, seconds, err);
    ASN1_TIME_free(time);
    return status;
}

mainet_status
mn_validity_read(const uint8_t *der, size_t der_len, int64_t *begin, int64_t *end,
                 mainet_error *err)
{
    mn_der in = MN_DER_INIT(der, der_len);
    mainet_status status = MAINET_OK;

    ERR_set_mark();
    find_validity(&in);
    status = read_time(&in, begin, err);
    if (status == MAINET_OK)
        status = read_time(&in, end, err);
    ERR_pop_to_mark();
    return status;
}
