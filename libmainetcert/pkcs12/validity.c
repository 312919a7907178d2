/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/validity.h"

#include <limits.h>

#include <openssl/asn1.h>
#include <openssl/err.h>

/* Where the next element of a certificate begins, and the end of what it is in. */
typedef struct cursor {
    const uint8_t *at;
    const uint8_t *end;
    bool failed;
} cursor;

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

/* Read the head of the next element; at what is inside it afterwards. Its tag, -1 at the end. */
static int
enter(cursor *in, const uint8_t **after)
{
    long len = 0;
    int tag = 0;
    int class = 0;

    if (in->failed || in->at >= in->end ||
        (ASN1_get_object(&in->at, &len, &tag, &class, in->end - in->at) & 0x81) != 0) {
        in->failed = true; /* an error, or an indefinite length */
        return -1;
    }
    *after = in->at + len;
    return class << 8 | tag;
}

static void
go_into(cursor *in, int expected)
{
    const uint8_t *after = NULL;

    in->failed |= enter(in, &after) != expected;
    if (!in->failed)
        in->end = after;
}

static int
skip(cursor *in)
{
    const uint8_t *after = NULL;
    const int tag = enter(in, &after);

    if (!in->failed)
        in->at = after;
    return tag;
}

/* Certificate, TBSCertificate; version, serial number, signature, issuer; Validity, notBefore. */
static bool
find_end(cursor *in)
{
    go_into(in, V_ASN1_SEQUENCE);
    go_into(in, V_ASN1_SEQUENCE);
    if (skip(in) == (V_ASN1_CONTEXT_SPECIFIC << 8 | 0))
        (void)skip(in);
    (void)skip(in);
    (void)skip(in);
    go_into(in, V_ASN1_SEQUENCE);
    (void)skip(in);
    return !in->failed;
}

mainet_status
mn_validity_end(const uint8_t *der, size_t der_len, int64_t *seconds, mainet_error *err)
{
    cursor in = {.at = der, .end = der + der_len};
    ASN1_TIME *end = NULL;
    mainet_status status = MAINET_OK;

    if (der_len > INT_MAX)
        return mn_fail(err, MAINET_E_CERTIFICATE, 0, "a certificate of %zu bytes", der_len);
    ERR_set_mark();
    if (find_end(&in))
        end = d2i_ASN1_TIME(NULL, &in.at, in.end - in.at);
    ERR_pop_to_mark();
    if (end == NULL)
        return mn_fail(err, MAINET_E_CERTIFICATE, 0, "%zu bytes that are not a certificate",
                       der_len);
    status = mn_validity_time(end, seconds, err);
    ASN1_TIME_free(end);
    return status;
}
