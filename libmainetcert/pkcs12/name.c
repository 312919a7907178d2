/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/name.h"

#include <string.h>

#include <openssl/err.h>

#include "base/buffer.h"
#include "base/text.h"

/* A name may hold anything. A zero byte would end it early and let
 * `expected issuer\0something else` pass for the expected issuer. */
static char *
take_line(const uint8_t *data, size_t len, mainet_error *err)
{
    mn_auto_buffer(text, 0);

    for (size_t i = 0; i < len; i++)
        mn_buffer_append_u8(&text, data[i] == 0 ? '?' : data[i]);
    mn_buffer_append_u8(&text, 0);
    if (mn_buffer_check(&text, "name", err) != MAINET_OK)
        return NULL;
    mn_text_tidy((char *)text.data, false);
    return mn_buffer_take_text(&text, err);
}

static bool
print_name(BIO *out, const X509_NAME *name)
{
    const unsigned long readable = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
    const unsigned long raw = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_UTF8_CONVERT;

    if (X509_NAME_print_ex(out, name, 0, readable) >= 0)
        return true;
    (void)BIO_reset(out); /* some string in it is not what it says: show its bytes */
    return X509_NAME_print_ex(out, name, 0, raw) >= 0;
}

char *
mn_name_text(const X509_NAME *name, mainet_error *err)
{
    mn_auto(BIO) out = BIO_new(BIO_s_mem());
    char *data = NULL;
    long len = 0;

    if (out == NULL)
        return (void)mn_fail_memory(err, "name"), NULL;
    ERR_set_mark();
    if (!print_name(out, name)) {
        ERR_pop_to_mark();
        return mn_fail_null(err, MAINET_E_CERTIFICATE, 0, "a name that cannot be shown");
    }
    ERR_pop_to_mark();
    len = BIO_get_mem_data(out, &data);
    return take_line((const uint8_t *)data, len < 0 ? 0 : (size_t)len, err);
}

static const ASN1_STRING *
find_attribute(const X509_NAME *name, int nid)
{
    int last = -1;

    for (int at = X509_NAME_get_index_by_NID(name, nid, -1); at >= 0;
         at = X509_NAME_get_index_by_NID(name, nid, at))
        last = at;
    return last < 0 ? NULL : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last));
}

char *
mn_name_attribute(const X509_NAME *name, int nid, const char *otherwise, mainet_error *err)
{
    const ASN1_STRING *value = find_attribute(name, nid);
    unsigned char *utf8 = NULL;
    char *text = NULL;
    int len = -1;

    if (value == NULL)
        return take_line((const uint8_t *)otherwise, strlen(otherwise), err);
    ERR_set_mark();
    len = ASN1_STRING_to_UTF8(&utf8, value);
    ERR_pop_to_mark();
    if (len < 0) /* not the string type that it says */
        return take_line(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value), err);
    text = take_line(utf8, (size_t)len, err);
    OPENSSL_free(utf8);
    return text;
}
