/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/key-data.h"

#include <assert.h>

#include <openssl/objects.h>

void
mn_key_data_clear(mn_key_data *data)
{
    for (size_t i = 0; i < data->count; i++)
        mn_secret_free(data->owned[i]);
    data->count = 0;
}

void
mn_key_data_add(mn_key_data *data, OSSL_PARAM param)
{
    assert(data->count < MN_KEY_DATA_MAX);
    data->params[data->count] = param;
    data->owned[data->count++] = NULL;
    data->params[data->count] = OSSL_PARAM_construct_end();
}

/* OSSL_PARAM integers are in the machine's order. */
void
mn_key_data_add_number(mn_key_data *data, const char *name, mn_secret **number)
{
    uint8_t *bytes = mn_secret_data(*number);
    size_t len = mn_secret_len(*number);

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (size_t i = 0; i < len / 2; i++) {
        uint8_t swapped = bytes[i];

        bytes[i] = bytes[len - 1 - i];
        bytes[len - 1 - i] = swapped;
    }
#endif
    mn_key_data_add(data, OSSL_PARAM_construct_BN(name, bytes, len));
    data->owned[data->count - 1] = mn_secret_take(number);
}

mainet_status
mn_key_data_copy_number(mn_key_data *data, const char *name, const uint8_t *number, size_t len,
                        mainet_error *err)
{
    mn_auto(mn_secret) copy = mn_secret_copy(number, len, err);

    if (copy == NULL)
        return mn_failure(err);
    mn_key_data_add_number(data, name, &copy);
    return MAINET_OK;
}

void
mn_key_data_add_curve(mn_key_data *data, const char *curve)
{
    mn_key_data_add(data, OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                                           (char *)(uintptr_t)curve, 0));
}

void
mn_key_data_add_point(mn_key_data *data, const uint8_t *point, size_t len)
{
    mn_key_data_add(data, OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                                            (void *)(uintptr_t)point, len));
}

ASN1_OBJECT *
mn_key_curve(const EVP_PKEY *key)
{
    char group[80];

    return EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                          NULL) == 1
               ? OBJ_txt2obj(group, 0)
               : NULL;
}

EVP_PKEY *
mn_key_data_build(mn_key_data *data, const char *type, int selection, mainet_error *err)
{
    mn_auto(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(mn_crypto_context(), type, NULL);
    EVP_PKEY *key = NULL;

    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, selection, data->params) != 1)
        return mn_fail_crypto_null(err, type);
    return key;
}
