/* SPDX-License-Identifier: BSD-3-Clause */
#include "sign.h"

#include <string.h>

#include "ecdsa.h"
#include "output.h"
#include "session.h"

CK_RV
p11_sign_begin(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return p11_operation_start(session, &session->sign, mechanism, key, CKF_SIGN);
}

CK_RV
p11_sign_recover_begin(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return p11_operation_start(session, &session->sign_recover, mechanism, key, CKF_SIGN_RECOVER);
}

/* Our own input is right by now, so what OpenSSL refuses is the data: a number past the modulus. */
static CK_RV
refused(p11_scheme scheme)
{
    return scheme == P11_SCHEME_RSA_RAW ? CKR_DATA_INVALID : CKR_FUNCTION_FAILED;
}

static CK_RV
sign_rsa(const p11_operation *operation, const uint8_t *data, size_t data_len, CK_BYTE *signature)
{
    size_t len = operation->output_len;

    if (EVP_PKEY_sign(operation->ready->context, signature, &len, data, data_len) != 1)
        return refused(operation->ready->method.mechanism->scheme);
    return CKR_OK;
}

/* OpenSSL wants a number with its leading zeros. */
static CK_RV
sign_rsa_raw(const p11_operation *operation, const p11_input *input, CK_BYTE *signature)
{
    uint8_t block[2048] = {0}; /* RSA of 16384 bits */
    const size_t len = operation->output_len;

    if (len > sizeof block)
        return CKR_KEY_SIZE_RANGE;
    if (input->len != 0)
        memcpy(block + len - input->len, input->data, input->len);
    return sign_rsa(operation, block, len, signature);
}

static CK_RV
sign_ecdsa(const p11_operation *operation, const p11_input *input, CK_BYTE *signature)
{
    uint8_t der[P11_ECDSA_DER_MAX];
    size_t der_len = sizeof der;

    if (EVP_PKEY_sign(operation->ready->context, der, &der_len, input->data, input->len) != 1)
        return refused(P11_SCHEME_ECDSA);
    return p11_ecdsa_from_der(der, der_len, signature, operation->output_len) ? CKR_OK
                                                                              : CKR_FUNCTION_FAILED;
}

static CK_RV
sign_eddsa(const p11_operation *operation, const p11_input *input, CK_BYTE *signature)
{
    mn_auto(EVP_MD_CTX) context = EVP_MD_CTX_new();
    size_t len = operation->output_len;

    if (context == NULL)
        return CKR_HOST_MEMORY;
    if (EVP_DigestSignInit_ex(context, NULL, NULL, mn_crypto_context(), NULL, operation->ready->key,
                              NULL) != 1 ||
        EVP_DigestSign(context, signature, &len, input->data, input->len) != 1)
        return refused(P11_SCHEME_EDDSA);
    return CKR_OK;
}

static CK_RV
make_signature(const p11_operation *operation, const p11_input *input, CK_BYTE *signature)
{
    switch (operation->ready->method.mechanism->scheme) {
    case P11_SCHEME_ECDSA:
        return sign_ecdsa(operation, input, signature);
    case P11_SCHEME_EDDSA:
        return sign_eddsa(operation, input, signature);
    case P11_SCHEME_RSA_RAW:
        return sign_rsa_raw(operation, input, signature);
    default:
        return sign_rsa(operation, input->data, input->len, signature);
    }
}

/* The last step of both ways: whatever comes of it, the operation is over. */
static CK_RV
finish(p11_operation *operation, CK_RV rv, const p11_input *input, CK_BYTE *signature,
       CK_ULONG *signature_len)
{
    if (rv == CKR_OK)
        rv = make_signature(operation, input, signature);
    if (rv == CKR_OK)
        *signature_len = operation->output_len;
    p11_operation_end(operation);
    return rv;
}

static CK_RV
sign(p11_operation *operation, const CK_BYTE *data, CK_ULONG data_len, CK_BYTE *signature,
     CK_ULONG *signature_len)
{
    p11_room room = P11_ROOM_ASKED;
    p11_input input;

    if (!operation->is_active)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (operation->is_multipart)
        return p11_operation_give_up(operation, CKR_OPERATION_NOT_INITIALIZED);
    if (signature_len == NULL || (data == NULL && data_len != 0))
        return p11_operation_give_up(operation, CKR_ARGUMENTS_BAD);
    room = p11_output_room(signature, signature_len, operation->output_len);
    if (room != P11_ROOM_ENOUGH)
        return p11_output_answer(room);
    if (operation->needs_login)
        return p11_operation_give_up(operation, CKR_USER_NOT_LOGGED_IN);
    return finish(operation, p11_operation_input(operation, data, data_len, &input), &input,
                  signature, signature_len);
}

CK_RV
p11_sign(p11_session *session, const CK_BYTE *data, CK_ULONG data_len, CK_BYTE *signature,
         CK_ULONG *signature_len)
{
    return sign(&session->sign, data, data_len, signature, signature_len);
}

CK_RV
p11_sign_recover(p11_session *session, const CK_BYTE *data, CK_ULONG data_len, CK_BYTE *signature,
                 CK_ULONG *signature_len)
{
    return sign(&session->sign_recover, data, data_len, signature, signature_len);
}

CK_RV
p11_sign_update(p11_session *session, const CK_BYTE *part, CK_ULONG part_len)
{
    p11_operation *operation = &session->sign;
    CK_RV rv = CKR_OK;

    if (!operation->is_active)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (part == NULL && part_len != 0)
        return p11_operation_give_up(operation, CKR_ARGUMENTS_BAD);
    if (operation->needs_login)
        return p11_operation_give_up(operation, CKR_USER_NOT_LOGGED_IN);
    rv = p11_operation_update(operation, part, part_len);
    return rv == CKR_OK ? CKR_OK : p11_operation_give_up(operation, rv);
}

CK_RV
p11_sign_end(p11_session *session, CK_BYTE *signature, CK_ULONG *signature_len)
{
    p11_operation *operation = &session->sign;
    p11_room room = P11_ROOM_ASKED;
    p11_input input;

    if (!operation->is_active)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (signature_len == NULL)
        return p11_operation_give_up(operation, CKR_ARGUMENTS_BAD);
    room = p11_output_room(signature, signature_len, operation->output_len);
    if (room != P11_ROOM_ENOUGH)
        return p11_output_answer(room);
    if (operation->needs_login)
        return p11_operation_give_up(operation, CKR_USER_NOT_LOGGED_IN);
    return finish(operation, p11_operation_input_of_parts(operation, &input), &input, signature,
                  signature_len);
}
