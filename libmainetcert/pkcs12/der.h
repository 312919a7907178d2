/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_DER_H
#define MN_PKCS12_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Walking over DER (X.690) for the few fields that are wanted, without decoding or copying the
 * rest. OpenSSL's error queue is left with what ASN1_get_object puts there: mark and pop. */

/** Where the next element begins, and the end of what it is in. */
typedef struct mn_der {
    const uint8_t *at;
    const uint8_t *end;
    bool failed; /**< sticky: once something was not as it should be */
} mn_der;

#define MN_DER_INIT(data, len)                                                                     \
    {                                                                                              \
        .at = (data), .end = (data) + (len), .failed = (len) > INT32_MAX                           \
    }

/** The tag of an element [n] of its own context. */
#define MN_DER_CONTEXT(n) (0x80 << 8 | (n))

/** Continue with what is inside the next element, which is to have this tag (V_ASN1_SEQUENCE, ...).
 */
void
mn_der_enter(mn_der *in, int tag);

/** Continue with the serial number of the Certificate (RFC 5280, 4.1) that comes next. */
void
mn_der_enter_certificate(mn_der *in);

/** Pass over the next element; its tag, -1 if there is none. */
int
mn_der_skip(mn_der *in);

/** The content of the next element, which is to have this tag. */
mn_der
mn_der_take(mn_der *in, int tag);

/** As mn_der_take, of an INTEGER that is not negative: without the zero that says so. */
mn_der
mn_der_take_number(mn_der *in);

/** The bytes of a BIT STRING that leaves no bits over. */
mn_der
mn_der_take_bits(mn_der *in);

#endif
