/* SPDX-License-Identifier: BSD-3-Clause */
#include "verify.h"

#include <string.h>

#include "ecdsa.h"
#include "output.h"
#include "session.h"

CK_RV
p11_verify_begin(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return p11_operation_start(session, &session->verify, mechanism, key, CKF_VERIFY);
}

static bool
is_right_eddsa(const p11_operation *operation, const p11_input *input, const CK_BYTE *signature)
{
    mn_auto(EVP_MD_CTX) context = EVP_MD_CTX_new();

    return context != NULL &&
           EVP_DigestVerifyInit_ex(context, NULL, NULL, mn_crypto_context(), NULL,
                                   operation->ready->key, NULL) == 1 &&
           EVP_DigestVerify(context, signature, operation->output_len, input->data, input->len) ==
               1;
}

/* Of nothing, and so nothing is recovered: EVP_PKEY_verify takes that for a failure. */
static bool
is_right_of_nothing(const p11_operation *operation, const CK_BYTE *signature, size_t len)
{
    mn_auto(EVP_PKEY_CTX) context =
        EVP_PKEY_CTX_new_from_pkey(mn_crypto_context(), operation->ready->key, NULL);
    uint8_t block[2048]; /* RSA of 16384 bits */
    size_t recovered_len = sizeof block;

    return context != NULL && len <= sizeof block && EVP_PKEY_verify_recover_init(context) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_verify_recover(context, block, &recovered_len, signature, len) == 1 &&
           recovered_len == 0;
}

static bool
is_right(const p11_operation *operation, const p11_input *input, const CK_BYTE *signature,
         size_t len)
{
    const p11_ready *ready = operation->ready;
    uint8_t block[2048] = {0}; /* RSA of 16384 bits */
    uint8_t der[P11_ECDSA_DER_MAX];

    switch (ready->method.mechanism->scheme) {
    case P11_SCHEME_EDDSA:
        return is_right_eddsa(operation, input, signature);
    case P11_SCHEME_ECDSA:
        len = p11_ecdsa_to_der(signature, len, der);
        return EVP_PKEY_verify(ready->context, der, len, input->data, input->len) == 1;
    case P11_SCHEME_RSA_RAW:
        if (len > sizeof block)
            return false;
        if (input->len != 0)
            memcpy(block + len - input->len, input->data, input->len);
        return EVP_PKEY_verify(ready->context, signature, len, block, len) == 1;
    case P11_SCHEME_RSA_PKCS:
        if (input->len == 0)
            return is_right_of_nothing(operation, signature, len);
        break;
    default:
        break;
    }
    return EVP_PKEY_verify(ready->context, signature, len, input->data, input->len) == 1;
}

/* r and s may lack leading zeros, as long as both have one length (PKCS#11 v3.0, 2.3.1; Java). */
static bool
is_length(const p11_operation *operation, CK_ULONG len)
{
    if (operation->ready->method.mechanism->scheme == P11_SCHEME_ECDSA)
        return len != 0 && len % 2 == 0 && len <= operation->output_len;
    return len == operation->output_len;
}

/* The last step of both ways: whatever comes of it, the operation is over. */
static CK_RV
finish(p11_operation *operation, CK_RV rv, const p11_input *input, const CK_BYTE *signature,
       CK_ULONG signature_len)
{
    if (rv == CKR_OK && !is_length(operation, signature_len))
        rv = CKR_SIGNATURE_LEN_RANGE;
    if (rv == CKR_OK && !is_right(operation, input, signature, signature_len))
        rv = CKR_SIGNATURE_INVALID;
    p11_operation_end(operation);
    return rv;
}

CK_RV
p11_verify(p11_session *session, const CK_BYTE *data, CK_ULONG data_len, const CK_BYTE *signature,
           CK_ULONG signature_len)
{
    p11_operation *operation = &session->verify;
    p11_input input;

    if (!operation->is_active)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (operation->is_multipart)
        return p11_operation_give_up(operation, CKR_OPERATION_NOT_INITIALIZED);
    if (signature == NULL || (data == NULL && data_len != 0))
        return p11_operation_give_up(operation, CKR_ARGUMENTS_BAD);
    return finish(operation, p11_operation_input(operation, data, data_len, &input), &input,
                  signature, signature_len);
}

CK_RV
p11_verify_update(p11_session *session, const CK_BYTE *part, CK_ULONG part_len)
{
    p11_operation *operation = &session->verify;
    CK_RV rv = CKR_OK;

    if (!operation->is_active)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (part == NULL && part_len != 0)
        return p11_operation_give_up(operation, CKR_ARGUMENTS_BAD);
    rv = p11_operation_update(operation, part, part_len);
    return rv == CKR_OK ? CKR_OK : p11_operation_give_up(operation, rv);
}

CK_RV
p11_verify_end(p11_session *session, const CK_BYTE *signature, CK_ULONG signature_len)
{
    p11_operation *operation = &session->verify;
    p11_input input;

    if (!operation->is_active)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (signature == NULL)
        return p11_operation_give_up(operation, CKR_ARGUMENTS_BAD);
    return finish(operation, p11_operation_input_of_parts(operation, &input), &input, signature,
                  signature_len);
}

CK_RV
p11_verify_recover_begin(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return p11_operation_start(session, &session->verify_recover, mechanism, key,
                               CKF_VERIFY_RECOVER);
}

static CK_RV
recover(const p11_operation *operation, const CK_BYTE *signature, CK_BYTE *data, CK_ULONG *data_len)
{
    uint8_t block[2048]; /* RSA of 16384 bits; what was signed is no secret */
    size_t len = sizeof block;

    if (operation->output_len > sizeof block)
        return CKR_KEY_SIZE_RANGE;
    if (EVP_PKEY_verify_recover(operation->ready->context, block, &len, signature,
                                operation->output_len) != 1)
        return CKR_SIGNATURE_INVALID;
    return p11_output_bytes(data, data_len, block, len);
}

CK_RV
p11_verify_recover(p11_session *session, const CK_BYTE *signature, CK_ULONG signature_len,
                   CK_BYTE *data, CK_ULONG *data_len)
{
    p11_operation *operation = &session->verify_recover;
    CK_RV rv = CKR_OK;

    if (!operation->is_active)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (signature == NULL || data_len == NULL)
        return p11_operation_give_up(operation, CKR_ARGUMENTS_BAD);
    rv = signature_len == operation->output_len ? recover(operation, signature, data, data_len)
                                                : CKR_SIGNATURE_LEN_RANGE;
    return (rv == CKR_OK && data == NULL) || rv == CKR_BUFFER_TOO_SMALL
               ? rv
               : p11_operation_give_up(operation, rv);
}
