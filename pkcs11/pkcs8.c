/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs8.h"

#include "ckr.h"
#include "pkcs12/private-key.h"

CK_RV
p11_pkcs8_write(EVP_PKEY *key, mn_secret **der)
{
    mn_auto(PKCS8_PRIV_KEY_INFO) info = mn_private_key_info(key);
    mn_auto(mn_secret) made = NULL;
    mainet_error err = {0};
    uint8_t *out = NULL;
    const int len = info == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(info, NULL);

    if (len <= 0)
        return CKR_FUNCTION_FAILED;
    made = mn_secret_new((size_t)len, &err);
    if (made == NULL)
        return p11_ckr(err.status);
    out = mn_secret_data(made);
    if (i2d_PKCS8_PRIV_KEY_INFO(info, &out) != len)
        return CKR_FUNCTION_FAILED;
    *der = mn_secret_take(&made);
    return CKR_OK;
}

CK_RV
p11_pkcs8_read(const mn_secret *der, EVP_PKEY **key)
{
    const uint8_t *at = mn_secret_bytes(der);
    mn_auto(PKCS8_PRIV_KEY_INFO) info =
        d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)mn_secret_len(der));

    *key = NULL;
    if (info != NULL && at == mn_secret_bytes(der) + mn_secret_len(der))
        *key = mn_private_key(info);
    return *key == NULL ? CKR_WRAPPED_KEY_INVALID : CKR_OK;
}
