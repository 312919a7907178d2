/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_OPERATION_H
#define P11_OPERATION_H

#include <stdbool.h>

#include "base/buffer.h"
#include "method.h"
#include "module.h"
#include "object.h"

#define P11_READY_MAX 4
#define P11_DIGEST_MAX 64

/** A key made ready for one method: kept, for the next operation is likely to be the same, and to
 *  make a context costs as much as a tenth of a P-256 signature. */
typedef struct p11_ready {
    p11_method method;
    EVP_PKEY *key;
    EVP_PKEY_CTX *context; /**< NULL: EdDSA, which signs by EVP_DigestSign */
} p11_ready;

/** Make a key ready; false if OpenSSL refuses. Clear it in any case. */
bool
p11_ready_make(p11_ready *ready, const p11_method *method, EVP_PKEY *key, CK_FLAGS purpose);

void
p11_ready_clear(p11_ready *ready);

/** What was started last, by a mechanism without parameters: the next one is likely to be the same,
 *  and then it starts with few questions. */
typedef struct p11_again {
    CK_OBJECT_HANDLE key; /**< CK_INVALID_HANDLE: nothing was */
    CK_MECHANISM_TYPE mechanism;
    unsigned long changes; /**< of the slot's handles, when this was found out */
    const p11_ready *ready;
    bool is_private;
    bool needs_login;
} p11_again;

/** Signing, verifying, encrypting or decrypting, at most one of each a session. Starts zeroed;
 *  ended, it keeps what it made ready. */
typedef struct p11_operation {
    bool is_active;
    bool is_multipart;
    bool needs_login; /**< CKA_ALWAYS_AUTHENTICATE, and nobody did yet */
    const p11_ready *ready;
    CK_ULONG output_len; /**< of a signature, or of what is encrypted */
    EVP_MD_CTX *digest;  /**< of hash-and-sign methods */
    mn_buffer parts;     /**< of the others: all that came by Update */
    p11_ready readies[P11_READY_MAX];
    size_t next_ready;
    p11_again again;
} p11_operation;

/** What is to be signed or was signed: a hash, or the caller's data. */
typedef struct p11_input {
    const uint8_t *data;
    size_t len;
    uint8_t hash[P11_DIGEST_MAX];
} p11_input;

/** Find the key that a handle names and check that it may do this: `class` is what it must be,
 *  `purpose` CKF_SIGN, CKF_DECRYPT, …. Free the object. */
CK_RV
p11_operation_key(p11_session *session, CK_OBJECT_HANDLE handle, const p11_method *method,
                  CK_OBJECT_CLASS class, CK_FLAGS purpose, p11_object **object);

/** Start what C_SignInit and its like start. `purpose` is always the same for one operation.
 *  `mechanism` NULL gives up an active operation (PKCS#11 v3.0, 5.2). */
CK_RV
p11_operation_start(p11_session *session, p11_operation *operation, const CK_MECHANISM *mechanism,
                    CK_OBJECT_HANDLE key, CK_FLAGS purpose);

bool
p11_operation_is_active(const p11_operation *operation);

CK_RV
p11_operation_update(p11_operation *operation, const uint8_t *part, CK_ULONG part_len);

/** What a single-part call signs. CKR_DATA_LEN_RANGE if it does not fit the method. */
CK_RV
p11_operation_input(p11_operation *operation, const uint8_t *data, CK_ULONG data_len,
                    p11_input *input);

/** What all parts together sign. */
CK_RV
p11_operation_input_of_parts(p11_operation *operation, p11_input *input);

/** The operation is over. */
void
p11_operation_end(p11_operation *operation);

/** It is over, and this is the answer. */
CK_RV
p11_operation_give_up(p11_operation *operation, CK_RV rv);

/** It is over, and so is all that was kept. */
void
p11_operation_clear(p11_operation *operation);

#endif
