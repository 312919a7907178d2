/* SPDX-License-Identifier: BSD-3-Clause */
#include "cipher.h"

#include <string.h>

#include "ckr.h"
#include "output.h"
#include "session.h"

CK_RV
p11_encrypt_begin(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return p11_operation_start(session, &session->encrypt, mechanism, key, CKF_ENCRYPT);
}

CK_RV
p11_decrypt_begin(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return p11_operation_start(session, &session->decrypt, mechanism, key, CKF_DECRYPT);
}

static CK_ULONG
most(const p11_operation *operation)
{
    return p11_method_most(&operation->ready->method, operation->output_len);
}

static CK_RV
encrypt(const p11_operation *operation, const CK_BYTE *data, CK_ULONG data_len, CK_BYTE *out,
        CK_ULONG *out_len)
{
    mainet_error err = {0};
    size_t len = operation->output_len;
    const bool is_raw = operation->ready->method.mechanism->scheme == P11_SCHEME_RSA_RAW;
    mn_auto(mn_secret) block = mn_secret_new(is_raw ? len : data_len, &err);

    if (block == NULL)
        return CKR_HOST_MEMORY;
    if (data_len != 0)
        memcpy(mn_secret_data(block) + mn_secret_len(block) - data_len, data, data_len);
    if (EVP_PKEY_encrypt(operation->ready->context, out, &len, mn_secret_bytes(block),
                         mn_secret_len(block)) != 1)
        return is_raw ? CKR_DATA_INVALID : CKR_FUNCTION_FAILED; /* a number past the modulus */
    *out_len = len;
    return CKR_OK;
}

CK_RV
p11_encrypt(p11_session *session, const CK_BYTE *data, CK_ULONG data_len, CK_BYTE *out,
            CK_ULONG *out_len)
{
    p11_operation *operation = &session->encrypt;
    p11_room room = P11_ROOM_ASKED;

    if (!operation->is_active)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (out_len == NULL || (data == NULL && data_len != 0))
        return p11_operation_give_up(operation, CKR_ARGUMENTS_BAD);
    room = p11_output_room(out, out_len, operation->output_len);
    if (room != P11_ROOM_ENOUGH)
        return p11_output_answer(room);
    if (data_len > most(operation))
        return p11_operation_give_up(operation, CKR_DATA_LEN_RANGE);
    return p11_operation_give_up(operation, encrypt(operation, data, data_len, out, out_len));
}

/* One answer for whatever was wrong inside: which byte it was would help whoever guesses. */
static CK_RV
decrypt(const p11_operation *operation, const CK_BYTE *data, CK_ULONG data_len, mn_secret *plain)
{
    size_t len = mn_secret_len(plain);

    if (EVP_PKEY_decrypt(operation->ready->context, mn_secret_data(plain), &len, data, data_len) !=
        1)
        return CKR_ENCRYPTED_DATA_INVALID;
    mn_secret_truncate(plain, len);
    return CKR_OK;
}

CK_RV
p11_decrypt(p11_session *session, const CK_BYTE *data, CK_ULONG data_len, CK_BYTE *out,
            CK_ULONG *out_len)
{
    p11_operation *operation = &session->decrypt;
    mn_auto(mn_secret) plain = NULL;
    mainet_error err = {0};
    CK_RV rv = CKR_OK;

    if (!operation->is_active)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (out_len == NULL || (data == NULL && data_len != 0))
        return p11_operation_give_up(operation, CKR_ARGUMENTS_BAD);
    if (out == NULL)
        return p11_output_bytes(NULL, out_len, NULL, most(operation));
    if (operation->needs_login)
        return p11_operation_give_up(operation, CKR_USER_NOT_LOGGED_IN);
    if (data_len != operation->output_len)
        return p11_operation_give_up(operation, CKR_ENCRYPTED_DATA_LEN_RANGE);
    plain = mn_secret_new(operation->output_len, &err);
    rv = plain == NULL ? p11_ckr(err.status) : decrypt(operation, data, data_len, plain);
    if (rv == CKR_OK)
        rv = p11_output_bytes(out, out_len, mn_secret_bytes(plain), mn_secret_len(plain));
    return rv == CKR_BUFFER_TOO_SMALL ? rv : p11_operation_give_up(operation, rv);
}

static CK_RV
refuse_part(p11_operation *operation)
{
    return operation->is_active ? p11_operation_give_up(operation, CKR_FUNCTION_NOT_SUPPORTED)
                                : CKR_OPERATION_NOT_INITIALIZED;
}

CK_RV
p11_encrypt_part(p11_session *session)
{
    return refuse_part(&session->encrypt);
}

CK_RV
p11_decrypt_part(p11_session *session)
{
    return refuse_part(&session->decrypt);
}
