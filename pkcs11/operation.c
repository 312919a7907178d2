/* SPDX-License-Identifier: BSD-3-Clause */
#include "operation.h"

#include <string.h>

#include <openssl/rsa.h>

#include "base/guest.h"
#include "session.h"
#include "token.h"

#define PARTS_MAX (16U << 20) /* what can be signed in parts without hashing on the way */

void
p11_ready_clear(p11_ready *ready)
{
    EVP_PKEY_CTX_free(ready->context);
    EVP_PKEY_free(ready->key);
    *ready = (p11_ready){0};
}

void
p11_operation_end(p11_operation *operation)
{
    operation->is_active = false;
    operation->is_multipart = false;
    operation->needs_login = false;
    operation->ready = NULL;
    if (operation->parts.len != 0 || operation->parts.failed)
        mn_buffer_clear(&operation->parts);
}

CK_RV
p11_operation_give_up(p11_operation *operation, CK_RV rv)
{
    p11_operation_end(operation);
    return rv;
}

void
p11_operation_clear(p11_operation *operation)
{
    p11_operation_end(operation);
    operation->again = (p11_again){0};
    EVP_MD_CTX_free(operation->digest);
    operation->digest = NULL;
    for (size_t i = 0; i < P11_READY_MAX; i++)
        p11_ready_clear(&operation->readies[i]);
}

bool
p11_operation_is_active(const p11_operation *operation)
{
    return operation->is_active;
}

/* A handle that was once given out and is none now is most likely that of a private key. */
static CK_RV
explain_missing(p11_slot *slot, CK_OBJECT_HANDLE handle)
{
    bool is_public = false;

    p11_mutex_lock(&slot->lock);
    is_public = slot->who == P11_WHO_NOBODY;
    p11_mutex_unlock(&slot->lock);
    return is_public && handle != CK_INVALID_HANDLE &&
                   handle <= atomic_load(&slot->module->last_object)
               ? CKR_USER_NOT_LOGGED_IN
               : CKR_KEY_HANDLE_INVALID;
}

/* NSS calls a key that it made of a password a generic one, and wraps by AES with it. */
static bool
has_type(const p11_object *object, const p11_mechanism *mechanism)
{
    const uint64_t len =
        mn_attributes_number(mn_object_attributes(object->stored), CKA_VALUE_LEN, 0);

    return object->key_type == mechanism->key_type ||
           (object->key_type == CKK_GENERIC_SECRET && mechanism->scheme == P11_SCHEME_AES_CBC_PAD &&
            (len == 16 || len == 24 || len == 32));
}

CK_RV
p11_operation_key(p11_session *session, CK_OBJECT_HANDLE handle, const p11_method *method,
                  CK_OBJECT_CLASS class, CK_FLAGS purpose, p11_object **object)
{
    const CK_RV rv = p11_token_object(session->slot, handle, object);

    if (rv == CKR_OBJECT_HANDLE_INVALID)
        return explain_missing(session->slot, handle);
    if (rv != CKR_OK)
        return rv;
    if ((*object)->key_type == CK_UNAVAILABLE_INFORMATION)
        return CKR_KEY_HANDLE_INVALID;
    if ((*object)->class != class || !has_type(*object, method->mechanism))
        return CKR_KEY_TYPE_INCONSISTENT;
    if (((*object)->usage & purpose) == 0)
        return CKR_KEY_FUNCTION_NOT_PERMITTED;
    return p11_object_allows(*object, method->mechanism->type) ? CKR_OK : CKR_MECHANISM_INVALID;
}

static bool
is_ready(const p11_ready *ready, const p11_method *method, const EVP_PKEY *key)
{
    return ready->key == key && ready->method.mechanism == method->mechanism &&
           ready->method.digest == method->digest &&
           ready->method.mgf_digest == method->mgf_digest &&
           ready->method.salt_len == method->salt_len && ready->method.label_len == 0 &&
           method->label_len == 0;
}

static bool
set_label(EVP_PKEY_CTX *context, const p11_method *method)
{
    void *copy = NULL;

    if (method->label_len == 0)
        return true;
    copy = OPENSSL_memdup(method->label, method->label_len);
    if (copy != NULL &&
        EVP_PKEY_CTX_set0_rsa_oaep_label(context, copy, (int)method->label_len) == 1)
        return true;
    OPENSSL_free(copy);
    return false;
}

static bool
set_rsa(EVP_PKEY_CTX *context, const p11_method *method)
{
    switch (method->mechanism->scheme) {
    case P11_SCHEME_RSA_PKCS:
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
               (method->digest == P11_DIGEST_NONE ||
                EVP_PKEY_CTX_set_signature_md(context, p11_digest_get(method->digest)) == 1);
    case P11_SCHEME_RSA_RAW:
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1;
    case P11_SCHEME_RSA_PSS:
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_signature_md(context, p11_digest_get(method->digest)) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md(context, p11_digest_get(method->mgf_digest)) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(context, method->salt_len) == 1;
    case P11_SCHEME_RSA_OAEP:
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_oaep_md(context, p11_digest_get(method->digest)) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md(context, p11_digest_get(method->mgf_digest)) == 1 &&
               set_label(context, method);
    default:
        break;
    }
    return true;
}

static int
begin_context(EVP_PKEY_CTX *context, CK_FLAGS purpose)
{
    switch (purpose) {
    case CKF_SIGN:
    case CKF_SIGN_RECOVER:
        return EVP_PKEY_sign_init(context);
    case CKF_VERIFY:
        return EVP_PKEY_verify_init(context);
    case CKF_VERIFY_RECOVER:
        return EVP_PKEY_verify_recover_init(context);
    case CKF_ENCRYPT:
    case CKF_WRAP:
        return EVP_PKEY_encrypt_init(context);
    case CKF_DECRYPT:
    case CKF_UNWRAP:
        return EVP_PKEY_decrypt_init(context);
    default:
        return 0;
    }
}

bool
p11_ready_make(p11_ready *ready, const p11_method *method, EVP_PKEY *key, CK_FLAGS purpose)
{
    ready->method = *method;
    ready->method.label = NULL; /* it is in the context, and the caller's to take away */
    if (method->mechanism->scheme != P11_SCHEME_EDDSA) {
        ready->context = EVP_PKEY_CTX_new_from_pkey(mn_crypto_context(), key, NULL);
        if (ready->context == NULL || begin_context(ready->context, purpose) != 1 ||
            !set_rsa(ready->context, method))
            return false;
    }
    (void)EVP_PKEY_up_ref(key);
    ready->key = key;
    return true;
}

static const p11_ready *
find_ready(p11_operation *operation, const p11_method *method, EVP_PKEY *key, CK_FLAGS purpose)
{
    p11_ready *ready = NULL;

    for (size_t i = 0; i < P11_READY_MAX; i++) {
        if (is_ready(&operation->readies[i], method, key))
            return &operation->readies[i];
    }
    ready = &operation->readies[operation->next_ready++ % P11_READY_MAX];
    p11_ready_clear(ready);
    if (p11_ready_make(ready, method, key, purpose))
        return ready;
    p11_ready_clear(ready);
    return NULL;
}

/* RFC 8017, 9.1.1: the salt and the hash must fit. */
static bool
has_room_for_salt(const p11_method *method, const EVP_PKEY *key)
{
    const CK_ULONG encoded_len = ((CK_ULONG)EVP_PKEY_get_bits(key) - 1 + 7) / 8;

    return method->mechanism->scheme != P11_SCHEME_RSA_PSS ||
           p11_digest_len(method->digest) + (CK_ULONG)method->salt_len + 2 <= encoded_len;
}

static bool
make_digest(p11_operation *operation, p11_digest digest)
{
    mn_auto_guest guest = mn_guest_enter();

    if (operation->digest == NULL)
        operation->digest = EVP_MD_CTX_new();
    return operation->digest != NULL &&
           EVP_DigestInit_ex2(operation->digest, p11_digest_get(digest), NULL) == 1;
}

static bool
begin_digest(p11_operation *operation, p11_digest digest)
{
    return digest == P11_DIGEST_NONE || make_digest(operation, digest);
}

static CK_RV
begin(p11_operation *operation, const p11_method *method, EVP_PKEY *key, CK_FLAGS purpose)
{
    if (!has_room_for_salt(method, key))
        return CKR_MECHANISM_PARAM_INVALID;
    operation->ready = find_ready(operation, method, key, purpose);
    if (operation->ready == NULL || !begin_digest(operation, method->mechanism->digest))
        return CKR_FUNCTION_FAILED;
    operation->output_len = method->mechanism->scheme == P11_SCHEME_ECDSA
                                ? 2 * (((CK_ULONG)EVP_PKEY_get_bits(key) + 7) / 8)
                                : (CK_ULONG)EVP_PKEY_get_size(key);
    operation->is_active = true;
    return CKR_OK;
}

static CK_OBJECT_CLASS
class_for(CK_FLAGS purpose)
{
    return (purpose & (CKF_SIGN | CKF_SIGN_RECOVER | CKF_DECRYPT)) != 0 ? CKO_PRIVATE_KEY
                                                                        : CKO_PUBLIC_KEY;
}

static CK_RV
start_anew(p11_session *session, p11_operation *operation, const CK_MECHANISM *mechanism,
           CK_OBJECT_HANDLE key, CK_FLAGS purpose)
{
    mn_auto_guest guest = mn_guest_enter();
    mn_auto(p11_object) object = NULL;
    p11_method method = {0};
    EVP_PKEY *usable = NULL;
    const unsigned long changes = atomic_load(&session->slot->handles.changes);
    CK_RV rv = p11_method_read(&method, mechanism, purpose);

    operation->again = (p11_again){0};
    if (rv == CKR_OK)
        rv = p11_operation_key(session, key, &method, class_for(purpose), purpose, &object);
    if (rv == CKR_OK)
        rv = p11_token_key(session->slot, object, &usable);
    if (rv == CKR_OK)
        rv = begin(operation, &method, usable, purpose);
    if (rv != CKR_OK)
        return rv;
    operation->again =
        (p11_again){.key = mechanism->ulParameterLen == 0 ? key : CK_INVALID_HANDLE,
                    .mechanism = mechanism->mechanism,
                    .changes = changes,
                    .ready = operation->ready,
                    .is_private = object->class == CKO_PRIVATE_KEY,
                    .needs_login = object->class == CKO_PRIVATE_KEY && object->always_authenticate};
    return CKR_OK;
}

/* Nothing that is asked about a key has changed while its handle stands for the same object. */
static bool
is_again(const p11_session *session, const p11_again *last, const CK_MECHANISM *mechanism,
         CK_OBJECT_HANDLE key)
{
    return last->key == key && key != CK_INVALID_HANDLE &&
           last->mechanism == mechanism->mechanism && mechanism->ulParameterLen == 0 &&
           last->changes == atomic_load(&session->slot->handles.changes);
}

static CK_RV
start_again(p11_operation *operation)
{
    const p11_ready *ready = operation->again.ready;

    if (!begin_digest(operation, ready->method.mechanism->digest))
        return CKR_FUNCTION_FAILED;
    operation->ready = ready;
    operation->is_active = true;
    return CKR_OK;
}

CK_RV
p11_operation_start(p11_session *session, p11_operation *operation, const CK_MECHANISM *mechanism,
                    CK_OBJECT_HANDLE key, CK_FLAGS purpose)
{
    CK_RV rv = CKR_OK;

    if (mechanism == NULL)
        return p11_operation_give_up(operation, operation->is_active ? CKR_OK : CKR_ARGUMENTS_BAD);
    if (operation->is_active)
        return CKR_OPERATION_ACTIVE;
    if (is_again(session, &operation->again, mechanism, key))
        rv = start_again(operation);
    else
        rv = start_anew(session, operation, mechanism, key, purpose);
    if (rv == CKR_OK && operation->again.is_private) {
        operation->needs_login = operation->again.needs_login;
        session->asking = operation;
    }
    return rv;
}

CK_RV
p11_operation_update(p11_operation *operation, const uint8_t *part, CK_ULONG part_len)
{
    operation->is_multipart = true;
    if (operation->ready->method.mechanism->digest != P11_DIGEST_NONE)
        return EVP_DigestUpdate(operation->digest, part, part_len) == 1 ? CKR_OK
                                                                        : CKR_FUNCTION_FAILED;
    operation->parts.ceiling = PARTS_MAX;
    mn_buffer_append(&operation->parts, part, part_len);
    return operation->parts.failed ? CKR_DATA_LEN_RANGE : CKR_OK;
}

/* Whether data that is signed as it is has a length that the method can sign. */
static bool
has_length(const p11_operation *operation, CK_ULONG len)
{
    const CK_ULONG key_len = operation->output_len;

    switch (operation->ready->method.mechanism->scheme) {
    case P11_SCHEME_RSA_PKCS:
        return len <= key_len && key_len - len >= P11_PKCS1_OVERHEAD;
    case P11_SCHEME_RSA_RAW:
        return len <= key_len;
    case P11_SCHEME_RSA_PSS:
        return len == p11_digest_len(operation->ready->method.digest);
    case P11_SCHEME_ECDSA:
        return len != 0;
    default:
        break;
    }
    return true;
}

static CK_RV
take_hash(p11_operation *operation, p11_input *input)
{
    unsigned int len = 0;

    if (EVP_DigestFinal_ex(operation->digest, input->hash, &len) != 1)
        return CKR_FUNCTION_FAILED;
    input->data = input->hash;
    input->len = len;
    return CKR_OK;
}

CK_RV
p11_operation_input(p11_operation *operation, const uint8_t *data, CK_ULONG data_len,
                    p11_input *input)
{
    if (operation->ready->method.mechanism->digest != P11_DIGEST_NONE)
        return EVP_DigestUpdate(operation->digest, data, data_len) == 1
                   ? take_hash(operation, input)
                   : CKR_FUNCTION_FAILED;
    input->data = data;
    input->len = data_len;
    return has_length(operation, data_len) ? CKR_OK : CKR_DATA_LEN_RANGE;
}

CK_RV
p11_operation_input_of_parts(p11_operation *operation, p11_input *input)
{
    if (operation->ready->method.mechanism->digest != P11_DIGEST_NONE)
        return take_hash(operation, input);
    return p11_operation_input(operation, operation->parts.data, operation->parts.len, input);
}
