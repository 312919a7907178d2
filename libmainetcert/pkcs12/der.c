/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/der.h"

#include <openssl/asn1.h>

/* Read the head of the next element; at what is inside it afterwards. Its tag, -1 at the end. */
static int
read_head(mn_der *in, const uint8_t **after)
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

void
mn_der_enter(mn_der *in, int tag)
{
    const uint8_t *after = NULL;

    in->failed |= read_head(in, &after) != tag;
    if (!in->failed)
        in->end = after;
}

int
mn_der_skip(mn_der *in)
{
    const uint8_t *after = NULL;
    const int tag = read_head(in, &after);

    if (!in->failed)
        in->at = after;
    return tag;
}

void
mn_der_enter_certificate(mn_der *in)
{
    mn_der after_version;

    mn_der_enter(in, V_ASN1_SEQUENCE); /* Certificate */
    mn_der_enter(in, V_ASN1_SEQUENCE); /* TBSCertificate */
    after_version = *in;
    if (mn_der_skip(&after_version) == MN_DER_CONTEXT(0))
        *in = after_version;
}

mn_der
mn_der_take(mn_der *in, int tag)
{
    mn_der content = *in;

    mn_der_enter(&content, tag);
    (void)mn_der_skip(in);
    in->failed |= content.failed;
    content.failed = in->failed;
    return content;
}

mn_der
mn_der_take_number(mn_der *in)
{
    mn_der number = mn_der_take(in, V_ASN1_INTEGER);

    if (!number.failed && (number.at == number.end || (number.at[0] & 0x80) != 0))
        in->failed = number.failed = true;
    if (!number.failed && number.end - number.at > 1 && number.at[0] == 0)
        number.at++;
    return number;
}

mn_der
mn_der_take_bits(mn_der *in)
{
    mn_der bits = mn_der_take(in, V_ASN1_BIT_STRING);

    if (!bits.failed && (bits.at == bits.end || bits.at[0] != 0))
        in->failed = bits.failed = true;
    if (!bits.failed)
        bits.at++;
    return bits;
}
