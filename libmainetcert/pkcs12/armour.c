/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/armour.h"

#include <ctype.h>
#include <string.h>

#include "base/openssl.h"

#define BEGIN "-----BEGIN "
#define DASHES "-----"

/* Enough to tell base64 from other text. */
#define SAMPLE_LEN 64

MN_AUTO_TYPE(EVP_ENCODE_CTX, EVP_ENCODE_CTX_free)

/* What comes before a block, and the line that begins it, is skipped; NULL if there is no block. */
static const uint8_t *
find_block(const uint8_t *data, size_t data_len)
{
    const uint8_t *end = data + data_len;
    const uint8_t *label = memmem(data, data_len, BEGIN, strlen(BEGIN));

    if (label == NULL)
        return NULL;
    label += strlen(BEGIN);
    label = memmem(label, (size_t)(end - label), DASHES, strlen(DASHES));
    return label == NULL ? NULL : label + strlen(DASHES);
}

static bool
is_base64(const uint8_t *data, size_t data_len)
{
    size_t digits = 0;

    for (size_t i = 0; i < data_len && digits < SAMPLE_LEN; i++) {
        if (isspace(data[i]))
            continue;
        if (!isalnum(data[i]) && data[i] != '+' && data[i] != '/')
            return false;
        digits++;
    }
    return digits == SAMPLE_LEN;
}

bool
mn_armour_is_worn(const uint8_t *data, size_t data_len)
{
    return is_base64(data, data_len) || find_block(data, data_len) != NULL;
}

mn_secret *
mn_armour_remove(const uint8_t *data, size_t data_len, mainet_error *err)
{
    const uint8_t *block = find_block(data, data_len);
    const size_t left = block == NULL ? data_len : (size_t)(data + data_len - block);
    mn_auto(EVP_ENCODE_CTX) context = EVP_ENCODE_CTX_new();
    mn_auto(mn_secret) plain = NULL;
    int first = 0;
    int last = 0;

    if (context == NULL)
        return mn_fail_memory_null(err, "base64");
    plain = mn_secret_new(left, err); /* a key may lie in it as it is */
    if (plain == NULL)
        return NULL;
    EVP_DecodeInit(context); /* it ends by itself where the closing line begins */
    if (EVP_DecodeUpdate(context, mn_secret_data(plain), &first, block == NULL ? data : block,
                         (int)left) < 0 ||
        EVP_DecodeFinal(context, mn_secret_data(plain) + first, &last) < 0)
        return mn_fail_null(err, MAINET_E_NOT_PKCS12, 0, "text that is not base64");
    mn_secret_truncate(plain, (size_t)first + (size_t)last);
    return mn_secret_take(&plain);
}
