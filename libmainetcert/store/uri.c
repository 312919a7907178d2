/* SPDX-License-Identifier: BSD-3-Clause */
/* Apart from identity.c, so that the module, which needs no URIs, does not pull in libp11-kit. */
#include <stdlib.h>
#include <string.h>

#include <p11-kit/uri.h>

#include "store/identity-private.h"

static void
pad(unsigned char *field, size_t field_len, const char *text)
{
    size_t len = strlen(text);

    memset(field, ' ', field_len);
    memcpy(field, text, len < field_len ? len : field_len);
}

static void
free_uri(P11KitUri **uri)
{
    p11_kit_uri_free(*uri);
}

char *
mn_identity_make_uri(const mainet_token *token, const mn_attribute *id, mainet_error *err)
{
    __attribute__((cleanup(free_uri))) P11KitUri *uri = p11_kit_uri_new();
    CK_TOKEN_INFO *info = uri == NULL ? NULL : p11_kit_uri_get_token_info(uri);
    CK_ATTRIBUTE attribute = {CKA_ID, NULL, 0};
    char *text = NULL;

    if (info == NULL)
        return mn_fail_memory_null(err, "URI");
    pad(info->label, sizeof info->label, mainet_token_label(token));
    pad(info->manufacturerID, sizeof info->manufacturerID, MN_TOKEN_MANUFACTURER);
    pad(info->model, sizeof info->model, MN_TOKEN_MODEL);
    pad(info->serialNumber, sizeof info->serialNumber, mainet_token_serial(token));
    if (id != NULL) {
        attribute.pValue = (void *)(uintptr_t)id->value;
        attribute.ulValueLen = id->value_len;
        if (p11_kit_uri_set_attribute(uri, &attribute) != P11_KIT_URI_OK)
            return mn_fail_memory_null(err, "URI");
    }
    if (p11_kit_uri_format(uri, P11_KIT_URI_FOR_OBJECT_ON_TOKEN, &text) != P11_KIT_URI_OK)
        return mn_fail_memory_null(err, "URI");
    return text;
}
