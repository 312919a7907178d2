/* SPDX-License-Identifier: BSD-3-Clause */
/* The form of a retrieval, made in locked memory: it has the password in it. */
#include "acquire/request.h"

#include <assert.h>
#include <string.h>

/* Where in the secret the next byte goes. */
typedef struct writer {
    mn_secret *out;
    size_t len;
} writer;

static void
put(writer *form, uint8_t byte)
{
    assert(form->len < mn_secret_len(form->out));
    mn_secret_data(form->out)[form->len++] = byte;
}

static void
put_encoded(writer *form, const uint8_t *text, size_t len)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._";
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < len; i++) {
        if (text[i] != 0 && strchr(plain, text[i]) != NULL) {
            put(form, text[i]);
        } else if (text[i] == ' ') {
            put(form, '+');
        } else {
            put(form, '%');
            put(form, (uint8_t)digits[text[i] >> 4]);
            put(form, (uint8_t)digits[text[i] & 15]);
        }
    }
}

static void
put_field(writer *form, const char *name, const uint8_t *value, size_t len)
{
    if (form->len != 0)
        put(form, '&');
    put_encoded(form, (const uint8_t *)name, strlen(name));
    put(form, '=');
    put_encoded(form, value, len);
}

mn_secret *
mn_request_form(const mainet_request *request, mainet_error *err)
{
    const mn_profile *profile = mn_service_profile(request->service);
    size_t group_len = strlen(request->group_id);
    size_t number_len = strlen(request->certificate_number);
    size_t password_len = mn_secret_len(request->password);
    size_t most = strlen(profile->field_group_id) + strlen(profile->field_certificate_number) +
                  strlen(profile->field_password) + group_len + number_len + password_len;
    writer form = {.out = mn_secret_new(3 * most + 5, err)};

    if (form.out == NULL)
        return NULL;
    put_field(&form, profile->field_group_id, (const uint8_t *)request->group_id, group_len);
    put_field(&form, profile->field_certificate_number,
              (const uint8_t *)request->certificate_number, number_len);
    put_field(&form, profile->field_password, mn_secret_bytes(request->password), password_len);
    mn_secret_truncate(form.out, form.len);
    return form.out;
}
