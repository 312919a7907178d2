/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/password.h"

#include <assert.h>
#include <stdlib.h>

#include "base/openssl.h"

#define FORMS 2

struct mn_password {
    mn_secret *raw;
    mn_secret *widened;  /* each byte a character of its own, in UTF-8; NULL if that is the same */
    mn_secret *bmp;      /* RFC 7292, B.1: UTF-16, with a zero at the end */
    mn_secret *narrowed; /* each character a byte, ISO 8859-1; NULL if there are others, or only
                            ASCII */
    bool is_absent;
};

void
mn_password_free(mn_password *password)
{
    if (password == NULL)
        return;
    mn_secret_free(password->raw);
    mn_secret_free(password->widened);
    mn_secret_free(password->bmp);
    mn_secret_free(password->narrowed);
    free(password);
}

/* OpenSSL before 1.1 and others made of each byte a BMPString character, whatever the encoding. */
static mainet_status
widen(mn_password *password, mainet_error *err)
{
    const uint8_t *raw = mn_secret_bytes(password->raw);
    size_t raw_len = mn_secret_len(password->raw);
    size_t beyond_ascii = 0;
    uint8_t *out = NULL;

    for (size_t i = 0; i < raw_len; i++)
        beyond_ascii += raw[i] >= 0x80;
    if (beyond_ascii == 0)
        return MAINET_OK;
    password->widened = mn_secret_new(raw_len + beyond_ascii, err);
    if (password->widened == NULL)
        return mn_failure(err);
    out = mn_secret_data(password->widened);
    for (size_t i = 0; i < raw_len; i++) {
        if (raw[i] >= 0x80)
            *out++ = (uint8_t)(0xC0 | raw[i] >> 6);
        *out++ = raw[i] < 0x80 ? raw[i] : (uint8_t)(0x80 | (raw[i] & 0x3F));
    }
    return MAINET_OK;
}

static mainet_status
make_bmp(mn_password *password, mainet_error *err)
{
    const char *raw = (const char *)mn_secret_bytes(password->raw);
    int len = 0;
    unsigned char *bmp =
        OPENSSL_utf82uni(raw, (int)mn_secret_len(password->raw), NULL, &len); /* or widens */

    if (bmp == NULL)
        return mn_fail_memory(err, "password");
    password->bmp = mn_secret_copy(bmp, (size_t)len, err);
    OPENSSL_clear_free(bmp, (size_t)len);
    return password->bmp == NULL ? mn_failure(err) : MAINET_OK;
}

/* What Bouncy Castle and others make bytes of a text with. */
static mainet_status
narrow(mn_password *password, mainet_error *err)
{
    const uint8_t *bmp = mn_secret_bytes(password->bmp);
    const size_t count = mn_secret_len(password->bmp) / 2 - 1;
    bool is_ascii = true;
    uint8_t *out = NULL;

    for (size_t i = 0; i < count; i++) {
        if (bmp[2 * i] != 0)
            return MAINET_OK;
        is_ascii &= bmp[2 * i + 1] < 0x80;
    }
    if (is_ascii)
        return MAINET_OK;
    password->narrowed = mn_secret_new(count, err);
    if (password->narrowed == NULL)
        return mn_failure(err);
    out = mn_secret_data(password->narrowed);
    for (size_t i = 0; i < count; i++)
        out[i] = bmp[2 * i + 1];
    return MAINET_OK;
}

mn_password *
mn_password_new(const uint8_t *password, size_t password_len, mainet_error *err)
{
    mn_auto(mn_password) made = calloc(1, sizeof *made);

    if (made == NULL)
        return mn_fail_memory_null(err, "password");
    made->is_absent = password == NULL;
    made->raw = mn_secret_copy(password, password == NULL ? 0 : password_len, err);
    if (made->raw == NULL || widen(made, err) != MAINET_OK || make_bmp(made, err) != MAINET_OK ||
        narrow(made, err) != MAINET_OK)
        return NULL;
    return mn_password_take(&made);
}

static bool
is_empty(const mn_password *password)
{
    return mn_secret_len(password->raw) == 0;
}

size_t
mn_password_count(const mn_password *password)
{
    return is_empty(password) || password->widened != NULL ? FORMS : 1;
}

const char *
mn_password_form(const mn_password *password, size_t form, int *len)
{
    const mn_secret *chosen = form == 0 ? password->raw : password->widened;

    assert(form < mn_password_count(password));
    *len = 0;
    if (is_empty(password)) /* the absent and the empty one, the one that was meant first */
        return (form == 0) == password->is_absent ? NULL : "";
    *len = (int)mn_secret_len(chosen);
    return (const char *)mn_secret_bytes(chosen);
}

const char *
mn_password_raw(const mn_password *password, int *len)
{
    *len = (int)mn_secret_len(password->raw);
    return (const char *)mn_secret_bytes(password->raw);
}

size_t
mn_password_bytes_count(const mn_password *password)
{
    return 2 + (size_t)(password->widened != NULL) + (size_t)(password->narrowed != NULL);
}

const char *
mn_password_bytes(const mn_password *password, size_t index, int *len)
{
    const mn_secret *forms[] = {password->raw, password->bmp, password->widened,
                                password->narrowed};
    const mn_secret *chosen = NULL;

    assert(index < mn_password_bytes_count(password));
    chosen = index == 2 && password->widened == NULL ? password->narrowed : forms[index];
    *len = (int)mn_secret_len(chosen);
    return (const char *)mn_secret_bytes(chosen);
}
