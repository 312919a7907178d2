/* SPDX-License-Identifier: BSD-3-Clause */
#include "ckr.h"

#include <errno.h>

CK_RV
p11_ckr(mainet_status status)
{
    switch (status) { /* no default: a new status must be given an answer here */
    case MAINET_OK:
        return CKR_OK;
    case MAINET_E_NO_MEMORY:
        return CKR_HOST_MEMORY;
    case MAINET_E_ARGUMENT:
        return CKR_ARGUMENTS_BAD;
    case MAINET_E_PIN_INCORRECT:
        return CKR_PIN_INCORRECT;
    case MAINET_E_PIN_LOCKED:
        return CKR_PIN_LOCKED;
    case MAINET_E_PIN_LENGTH:
        return CKR_PIN_LEN_RANGE;
    case MAINET_E_PIN_NOT_SET:
        return CKR_USER_PIN_NOT_INITIALIZED;
    case MAINET_E_TOKEN_LOCKED:
        return CKR_USER_NOT_LOGGED_IN;
    case MAINET_E_TOKEN_NOT_FOUND:
        return CKR_DEVICE_REMOVED;
    case MAINET_E_OBJECT_NOT_FOUND:
    case MAINET_E_IDENTITY_NOT_FOUND:
        return CKR_OBJECT_HANDLE_INVALID;
    case MAINET_E_STORE_WRITE:
        return CKR_TOKEN_WRITE_PROTECTED;
    case MAINET_E_NOT_EXPORTABLE:
    case MAINET_E_NOT_CONFIRMED:
    case MAINET_E_NOT_SUPERSEDED:
        return CKR_KEY_UNEXTRACTABLE;
    case MAINET_E_CERTIFICATE:
    case MAINET_E_NO_KEY_PAIR:
        return CKR_ATTRIBUTE_VALUE_INVALID;
    case MAINET_E_CANCELLED:
        return CKR_FUNCTION_CANCELED;
    case MAINET_E_STORE_OPEN:
    case MAINET_E_STORE_VERSION:
    case MAINET_E_STORE_TAMPERED:
        return CKR_DEVICE_ERROR;
    case MAINET_E_STORE_BUSY:
    case MAINET_E_FILE:
    case MAINET_E_FILE_EXISTS:
    case MAINET_E_CRYPTO:
    case MAINET_E_TOKEN_EXISTS:
    case MAINET_E_TOKEN_AMBIGUOUS:
    case MAINET_E_IDENTITY_AMBIGUOUS:
    case MAINET_E_PENDING_EXISTS:
    case MAINET_E_PENDING_NOT_FOUND:
        return CKR_FUNCTION_FAILED;
    case MAINET_E_NOT_PKCS12: /* the rest does not come from base, pkcs12 or store */
    case MAINET_E_PKCS12_PASSWORD:
    case MAINET_E_PKCS12_NO_MAC:
    case MAINET_E_PKCS12_UNUSABLE:
    case MAINET_E_HTTP_CLIENT:
    case MAINET_E_CONNECTION_HANDLE:
    case MAINET_E_REQUEST_HANDLE:
    case MAINET_E_UNREACHABLE:
    case MAINET_E_TLS_TRUST:
    case MAINET_E_TLS_INTERCEPTED:
    case MAINET_E_PROXY_CANCELLED:
    case MAINET_E_PROXY_CREDENTIALS:
    case MAINET_E_HTTP_STATUS:
    case MAINET_E_NO_HTTP_STATUS:
    case MAINET_E_REPLY_TOO_LARGE:
    case MAINET_E_CONTENT_TYPE:
    case MAINET_E_CONTENT_TYPE_MISSING:
    case MAINET_E_RESULT_HEADER:
    case MAINET_E_SERVICE_PROFILE:
    case MAINET_E_NOTICE:
    case MAINET_E_NOTICE_ADDRESS:
    case MAINET_E_ORDER_LIST:
    case MAINET_E_AUTH_FAILED:
    case MAINET_E_NOT_AVAILABLE:
    case MAINET_E_BUSY:
    case MAINET_E_NOT_INSTALLED:
    case MAINET_E_REVOKED:
    case MAINET_E_UNKNOWN_ASKING:
    case MAINET_E_UNKNOWN_RETRIEVING:
    case MAINET_E_UNKNOWN_IMPORTING:
    case MAINET_E_BROWSER_RUNNING:
    case MAINET_E_BROWSER_NOT_FOUND:
        return CKR_GENERAL_ERROR;
    }
    return CKR_GENERAL_ERROR;
}

CK_RV
p11_ckr_of(const mainet_error *err)
{
    if (err->status == MAINET_E_STORE_OPEN && err->cause == ENOENT)
        return CKR_DEVICE_REMOVED;
    if (err->status == MAINET_E_STORE_WRITE && (err->cause == ENOSPC || err->cause == EDQUOT))
        return CKR_DEVICE_MEMORY;
    return p11_ckr(err->status);
}
