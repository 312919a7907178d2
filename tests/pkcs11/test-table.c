/* SPDX-License-Identifier: BSD-3-Clause */
/* What each function of the function list answers when it is called too early, with pointers that
 * are not there, with handles of nothing, out of turn, and with too little room. */
#include <sys/wait.h>

#include "fixture.h"
#include "unit/run-suite.h"

#define NOWHERE 99999                         /* neither a slot, nor a session, nor an object */
#define HUGE_COUNT CK_UNAVAILABLE_INFORMATION /* of attributes */

typedef CK_RV (*get_interface_fn)(CK_UTF8CHAR *, CK_VERSION *, CK_INTERFACE **, CK_FLAGS);

/* What the rows below speak of. */
static CK_FUNCTION_LIST_3_0 *f;
static CK_SESSION_HANDLE rw; /* the user is logged in */
static CK_SESSION_HANDLE ro;
static CK_OBJECT_HANDLE rsa;
static CK_OBJECT_HANDLE rsa_public;
static CK_OBJECT_HANDLE ec;
static CK_OBJECT_HANDLE certificate;
static CK_BBOOL yes = CK_TRUE;
static CK_OBJECT_CLASS data_class = CKO_DATA;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE aes = CKK_AES;
static CK_ULONG sixteen = 16;
static CK_ULONG bits = 2048;
static CK_BYTE p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static CK_BYTE bytes[512];
static CK_BYTE point[65] = {4};
static CK_ULONG len;
static CK_ULONG count;
static CK_OBJECT_HANDLE made;
static CK_OBJECT_HANDLE made_too;
static CK_SESSION_HANDLE opened;
static CK_SLOT_ID slots[8];
static CK_MECHANISM_TYPE types[128];
static CK_INTERFACE interfaces[4];
static CK_INTERFACE *interface;
static CK_SLOT_INFO slot_info;
static CK_TOKEN_INFO token_info;
static CK_SESSION_INFO session_info;
static CK_MECHANISM_INFO mechanism_info;
static CK_UTF8CHAR label[32] = "                               ";
static CK_ECDH1_DERIVE_PARAMS ecdh = {CKD_NULL, 0, NULL, sizeof point, point};
static CK_MECHANISM pkcs = {CKM_RSA_PKCS, NULL, 0};
static CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0};
static CK_MECHANISM unknown = {CKM_MD5_RSA_PKCS, NULL, 0};
static CK_MECHANISM sha256 = {CKM_SHA256, NULL, 0};
static CK_MECHANISM with_parameter = {CKM_RSA_PKCS, bytes, 1};
static CK_MECHANISM generate_aes = {CKM_AES_KEY_GEN, NULL, 0};
static CK_MECHANISM generate_rsa = {CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0};
static CK_MECHANISM generate_ec = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
static CK_MECHANISM derive = {CKM_ECDH1_DERIVE, &ecdh, sizeof ecdh};
static CK_ATTRIBUTE data[] = {{CKA_CLASS, &data_class, sizeof data_class}};
static CK_ATTRIBUTE token_data[] = {{CKA_CLASS, &data_class, sizeof data_class},
                                    {CKA_TOKEN, &yes, 1}};
static CK_ATTRIBUTE secret[] = {{CKA_CLASS, &secret_class, sizeof secret_class},
                                {CKA_KEY_TYPE, &aes, sizeof aes},
                                {CKA_VALUE_LEN, &sixteen, sizeof sixteen}};
static CK_ATTRIBUTE length[] = {{CKA_VALUE_LEN, &sixteen, sizeof sixteen}};
static CK_ATTRIBUTE modulus_bits[] = {{CKA_MODULUS_BITS, &bits, sizeof bits}};
static CK_ATTRIBUTE curve[] = {{CKA_EC_PARAMS, p256, sizeof p256}};
static CK_ATTRIBUTE new_label[] = {{CKA_LABEL, bytes, 3}};
static CK_ATTRIBUTE on_token[] = {{CKA_EC_PARAMS, p256, sizeof p256}, {CKA_TOKEN, &yes, 1}};

/* Every function that takes a session, with whatever else it takes being nothing. */
#define SESSION_FUNCTIONS(ROW, s)                                                                  \
    ROW(C_InitPIN(s, NULL, 0))                                                                     \
    ROW(C_SetPIN(s, NULL, 0, NULL, 0))                                                             \
    ROW(C_CloseSession(s))                                                                         \
    ROW(C_GetSessionInfo(s, NULL))                                                                 \
    ROW(C_Login(s, CKU_USER, NULL, 0))                                                             \
    ROW(C_Login(s, CKU_CONTEXT_SPECIFIC, NULL, 0))                                                 \
    ROW(C_LoginUser(s, CKU_USER, NULL, 0, NULL, 0))                                                \
    ROW(C_LoginUser(s, CKU_USER, NULL, 0, bytes, 4))                                               \
    ROW(C_Logout(s))                                                                               \
    ROW(C_SessionCancel(s, 0))                                                                     \
    ROW(C_CreateObject(s, NULL, 0, NULL))                                                          \
    ROW(C_CopyObject(s, 0, NULL, 0, NULL))                                                         \
    ROW(C_DestroyObject(s, 0))                                                                     \
    ROW(C_GetObjectSize(s, 0, NULL))                                                               \
    ROW(C_GetAttributeValue(s, 0, NULL, 0))                                                        \
    ROW(C_SetAttributeValue(s, 0, NULL, 0))                                                        \
    ROW(C_FindObjectsInit(s, NULL, 0))                                                             \
    ROW(C_FindObjects(s, NULL, 0, NULL))                                                           \
    ROW(C_FindObjectsFinal(s))                                                                     \
    ROW(C_EncryptInit(s, NULL, 0))                                                                 \
    ROW(C_Encrypt(s, NULL, 0, NULL, NULL))                                                         \
    ROW(C_EncryptUpdate(s, NULL, 0, NULL, NULL))                                                   \
    ROW(C_EncryptFinal(s, NULL, NULL))                                                             \
    ROW(C_DecryptInit(s, NULL, 0))                                                                 \
    ROW(C_Decrypt(s, NULL, 0, NULL, NULL))                                                         \
    ROW(C_DecryptUpdate(s, NULL, 0, NULL, NULL))                                                   \
    ROW(C_DecryptFinal(s, NULL, NULL))                                                             \
    ROW(C_DigestInit(s, NULL))                                                                     \
    ROW(C_Digest(s, NULL, 0, NULL, NULL))                                                          \
    ROW(C_DigestUpdate(s, NULL, 0))                                                                \
    ROW(C_DigestKey(s, 0))                                                                         \
    ROW(C_DigestFinal(s, NULL, NULL))                                                              \
    ROW(C_SignInit(s, NULL, 0))                                                                    \
    ROW(C_Sign(s, NULL, 0, NULL, NULL))                                                            \
    ROW(C_SignUpdate(s, NULL, 0))                                                                  \
    ROW(C_SignFinal(s, NULL, NULL))                                                                \
    ROW(C_SignRecoverInit(s, NULL, 0))                                                             \
    ROW(C_SignRecover(s, NULL, 0, NULL, NULL))                                                     \
    ROW(C_VerifyInit(s, NULL, 0))                                                                  \
    ROW(C_Verify(s, NULL, 0, NULL, 0))                                                             \
    ROW(C_VerifyUpdate(s, NULL, 0))                                                                \
    ROW(C_VerifyFinal(s, NULL, 0))                                                                 \
    ROW(C_VerifyRecoverInit(s, NULL, 0))                                                           \
    ROW(C_VerifyRecover(s, NULL, 0, NULL, NULL))                                                   \
    ROW(C_GenerateKey(s, NULL, NULL, 0, NULL))                                                     \
    ROW(C_GenerateKeyPair(s, NULL, NULL, 0, NULL, 0, NULL, NULL))                                  \
    ROW(C_WrapKey(s, NULL, 0, 0, NULL, NULL))                                                      \
    ROW(C_UnwrapKey(s, NULL, 0, NULL, 0, NULL, 0, NULL))                                           \
    ROW(C_DeriveKey(s, NULL, 0, NULL, 0, NULL))                                                    \
    ROW(C_SeedRandom(s, NULL, 0))                                                                  \
    ROW(C_GenerateRandom(s, NULL, 0))

/* Every function that takes none. */
#define OTHER_FUNCTIONS(ROW)                                                                       \
    ROW(C_Finalize(NULL))                                                                          \
    ROW(C_GetInfo(NULL))                                                                           \
    ROW(C_GetSlotList(0, NULL, NULL))                                                              \
    ROW(C_GetSlotInfo(0, NULL))                                                                    \
    ROW(C_GetTokenInfo(0, NULL))                                                                   \
    ROW(C_WaitForSlotEvent(0, NULL, NULL))                                                         \
    ROW(C_GetMechanismList(0, NULL, NULL))                                                         \
    ROW(C_GetMechanismInfo(0, 0, NULL))                                                            \
    ROW(C_InitToken(0, NULL, 0, NULL))                                                             \
    ROW(C_OpenSession(0, 0, NULL, NULL, NULL))                                                     \
    ROW(C_CloseAllSessions(0))

/* Every function that we refuse, whatever it is given. */
#define REFUSED_FUNCTIONS(ROW)                                                                     \
    ROW(C_GetOperationState(rw, NULL, NULL))                                                       \
    ROW(C_SetOperationState(rw, NULL, 0, 0, 0))                                                    \
    ROW(C_DigestEncryptUpdate(rw, NULL, 0, NULL, NULL))                                            \
    ROW(C_DecryptDigestUpdate(rw, NULL, 0, NULL, NULL))                                            \
    ROW(C_SignEncryptUpdate(rw, NULL, 0, NULL, NULL))                                              \
    ROW(C_DecryptVerifyUpdate(rw, NULL, 0, NULL, NULL))                                            \
    ROW(C_MessageEncryptInit(rw, NULL, 0))                                                         \
    ROW(C_EncryptMessage(rw, NULL, 0, NULL, 0, NULL, 0, NULL, NULL))                               \
    ROW(C_EncryptMessageBegin(rw, NULL, 0, NULL, 0))                                               \
    ROW(C_EncryptMessageNext(rw, NULL, 0, NULL, 0, NULL, NULL, 0))                                 \
    ROW(C_MessageEncryptFinal(rw))                                                                 \
    ROW(C_MessageDecryptInit(rw, NULL, 0))                                                         \
    ROW(C_DecryptMessage(rw, NULL, 0, NULL, 0, NULL, 0, NULL, NULL))                               \
    ROW(C_DecryptMessageBegin(rw, NULL, 0, NULL, 0))                                               \
    ROW(C_DecryptMessageNext(rw, NULL, 0, NULL, 0, NULL, NULL, 0))                                 \
    ROW(C_MessageDecryptFinal(rw))                                                                 \
    ROW(C_MessageSignInit(rw, NULL, 0))                                                            \
    ROW(C_SignMessage(rw, NULL, 0, NULL, 0, NULL, NULL))                                           \
    ROW(C_SignMessageBegin(rw, NULL, 0))                                                           \
    ROW(C_SignMessageNext(rw, NULL, 0, NULL, 0, NULL, NULL))                                       \
    ROW(C_MessageSignFinal(rw))                                                                    \
    ROW(C_MessageVerifyInit(rw, NULL, 0))                                                          \
    ROW(C_VerifyMessage(rw, NULL, 0, NULL, 0, NULL, 0))                                            \
    ROW(C_VerifyMessageBegin(rw, NULL, 0))                                                         \
    ROW(C_VerifyMessageNext(rw, NULL, 0, NULL, 0, NULL, 0))                                        \
    ROW(C_MessageVerifyFinal(rw))

/* Pointers that must be there, one at a time. An operation that is given none is over. */
#define MISSING_POINTERS(ROW)                                                                      \
    ROW(C_GetFunctionList(NULL))                                                                   \
    ROW(C_GetInterfaceList(NULL, NULL))                                                            \
    ROW(C_GetInterfaceList(interfaces, NULL))                                                      \
    ROW(C_GetInterface(NULL, NULL, NULL, 0))                                                       \
    ROW(C_Finalize(&len))                                                                          \
    ROW(C_GetInfo(NULL))                                                                           \
    ROW(C_GetSlotList(CK_FALSE, slots, NULL))                                                      \
    ROW(C_GetSlotInfo(SLOT, NULL))                                                                 \
    ROW(C_GetTokenInfo(SLOT, NULL))                                                                \
    ROW(C_WaitForSlotEvent(CKF_DONT_BLOCK, NULL, NULL))                                            \
    ROW(C_WaitForSlotEvent(CKF_DONT_BLOCK, slots, &len))                                           \
    ROW(C_GetMechanismList(SLOT, types, NULL))                                                     \
    ROW(C_GetMechanismInfo(SLOT, CKM_RSA_PKCS, NULL))                                              \
    ROW(C_InitToken(SPARE_SLOT, NULL, 7, label))                                                   \
    ROW(C_InitToken(SPARE_SLOT, OFFICER_PIN, NULL))                                                \
    ROW(C_InitPIN(rw, NULL, 8))                                                                    \
    ROW(C_SetPIN(rw, NULL, 8, USER_PIN))                                                           \
    ROW(C_SetPIN(rw, USER_PIN, NULL, 8))                                                           \
    ROW(C_OpenSession(SLOT, CKF_SERIAL_SESSION, NULL, NULL, NULL))                                 \
    ROW(C_GetSessionInfo(rw, NULL))                                                                \
    ROW(C_Login(rw, CKU_USER, NULL, 8))                                                            \
    ROW(C_LoginUser(rw, CKU_USER, NULL, 8, NULL, 0))                                               \
    ROW(C_LoginUser(rw, CKU_USER, USER_PIN, bytes, 4))                                             \
    ROW(C_CreateObject(rw, NULL, 1, &made))                                                        \
    ROW(C_CreateObject(rw, data, 1, NULL))                                                         \
    ROW(C_CreateObject(rw, data, HUGE_COUNT, &made))                                               \
    ROW(C_CopyObject(rw, certificate, NULL, 1, &made))                                             \
    ROW(C_CopyObject(rw, certificate, NULL, 0, NULL))                                              \
    ROW(C_CopyObject(rw, certificate, new_label, HUGE_COUNT, &made))                               \
    ROW(C_GetObjectSize(rw, certificate, NULL))                                                    \
    ROW(C_GetAttributeValue(rw, certificate, NULL, 1))                                             \
    ROW(C_GetAttributeValue(rw, certificate, new_label, HUGE_COUNT))                               \
    ROW(C_SetAttributeValue(rw, certificate, NULL, 1))                                             \
    ROW(C_SetAttributeValue(rw, certificate, new_label, HUGE_COUNT))                               \
    ROW(C_FindObjectsInit(rw, NULL, 1))                                                            \
    ROW(C_FindObjectsInit(rw, data, HUGE_COUNT))                                                   \
    ROW(C_FindObjects(rw, NULL, 1, &count))                                                        \
    ROW(C_FindObjects(rw, &made, 1, NULL))                                                         \
    ROW(C_EncryptInit(rw, NULL, rsa_public))                                                       \
    ROW(C_DecryptInit(rw, NULL, rsa))                                                              \
    ROW(C_DigestInit(rw, NULL))                                                                    \
    ROW(C_SignInit(rw, NULL, rsa))                                                                 \
    ROW(C_SignRecoverInit(rw, NULL, rsa))                                                          \
    ROW(C_VerifyInit(rw, NULL, rsa_public))                                                        \
    ROW(C_VerifyRecoverInit(rw, NULL, rsa_public))                                                 \
    ROW(C_GenerateKey(rw, NULL, length, 1, &made))                                                 \
    ROW(C_GenerateKey(rw, &generate_aes, NULL, 1, &made))                                          \
    ROW(C_GenerateKey(rw, &generate_aes, length, 1, NULL))                                         \
    ROW(C_GenerateKey(rw, &generate_aes, length, HUGE_COUNT, &made))                               \
    ROW(C_GenerateKeyPair(rw, NULL, curve, 1, NULL, 0, &made, &made_too))                          \
    ROW(C_GenerateKeyPair(rw, &generate_ec, NULL, 1, NULL, 0, &made, &made_too))                   \
    ROW(C_GenerateKeyPair(rw, &generate_ec, curve, 1, NULL, 1, &made, &made_too))                  \
    ROW(C_GenerateKeyPair(rw, &generate_ec, curve, 1, NULL, 0, NULL, &made_too))                   \
    ROW(C_GenerateKeyPair(rw, &generate_ec, curve, 1, NULL, 0, &made, NULL))                       \
    ROW(C_GenerateKeyPair(rw, &generate_ec, curve, HUGE_COUNT, NULL, 0, &made, &made))             \
    ROW(C_GenerateKeyPair(rw, &generate_ec, curve, 1, curve, HUGE_COUNT, &made, &made))            \
    ROW(C_WrapKey(rw, NULL, rsa_public, rsa, bytes, &len))                                         \
    ROW(C_WrapKey(rw, &pkcs, rsa_public, rsa, bytes, NULL))                                        \
    ROW(C_UnwrapKey(rw, NULL, rsa, bytes, 256, secret, 2, &made))                                  \
    ROW(C_UnwrapKey(rw, &pkcs, rsa, NULL, 256, secret, 2, &made))                                  \
    ROW(C_UnwrapKey(rw, &pkcs, rsa, bytes, 256, NULL, 2, &made))                                   \
    ROW(C_UnwrapKey(rw, &pkcs, rsa, bytes, 256, secret, 2, NULL))                                  \
    ROW(C_UnwrapKey(rw, &pkcs, rsa, bytes, 256, secret, HUGE_COUNT, &made))                        \
    ROW(C_DeriveKey(rw, NULL, ec, secret, 2, &made))                                               \
    ROW(C_DeriveKey(rw, &derive, ec, NULL, 2, &made))                                              \
    ROW(C_DeriveKey(rw, &derive, ec, secret, 2, NULL))                                             \
    ROW(C_DeriveKey(rw, &derive, ec, secret, HUGE_COUNT, &made))                                   \
    ROW(C_GenerateRandom(rw, NULL, 1))                                                             \
    ROW(C_SeedRandom(rw, NULL, 1))

/* Handles of nothing, mechanisms that are not for this, templates that do not do, sessions that may
 * not. */
#define WRONG_CALLS(ROW)                                                                           \
    ROW(C_Initialize(NULL), CKR_CRYPTOKI_ALREADY_INITIALIZED)                                      \
    ROW(C_GetSlotInfo(NOWHERE, &slot_info), CKR_SLOT_ID_INVALID)                                   \
    ROW(C_GetTokenInfo(NOWHERE, &token_info), CKR_SLOT_ID_INVALID)                                 \
    ROW(C_GetTokenInfo(SPARE_SLOT, &token_info), CKR_TOKEN_NOT_PRESENT)                            \
    ROW(C_WaitForSlotEvent(CKF_DONT_BLOCK, slots, NULL), CKR_NO_EVENT)                             \
    ROW(C_GetMechanismList(NOWHERE, types, &len), CKR_SLOT_ID_INVALID)                             \
    ROW(C_GetMechanismList(SPARE_SLOT, types, &len), CKR_TOKEN_NOT_PRESENT)                        \
    ROW(C_GetMechanismInfo(NOWHERE, CKM_RSA_PKCS, &mechanism_info), CKR_SLOT_ID_INVALID)           \
    ROW(C_GetMechanismInfo(SPARE_SLOT, CKM_RSA_PKCS, &mechanism_info), CKR_TOKEN_NOT_PRESENT)      \
    ROW(C_GetMechanismInfo(SLOT, CKM_MD5, &mechanism_info), CKR_MECHANISM_INVALID)                 \
    ROW(C_InitToken(NOWHERE, OFFICER_PIN, label), CKR_SLOT_ID_INVALID)                             \
    ROW(C_InitToken(SLOT, OFFICER_PIN, label), CKR_SESSION_EXISTS)                                 \
    ROW(C_InitPIN(ro, USER_PIN), CKR_USER_NOT_LOGGED_IN)                                           \
    ROW(C_SetPIN(ro, USER_PIN, USER_PIN), CKR_SESSION_READ_ONLY)                                   \
    ROW(C_OpenSession(NOWHERE, CKF_SERIAL_SESSION, NULL, NULL, &opened), CKR_SLOT_ID_INVALID)      \
    ROW(C_OpenSession(SPARE_SLOT, CKF_SERIAL_SESSION, NULL, NULL, &opened), CKR_TOKEN_NOT_PRESENT) \
    ROW(C_OpenSession(SLOT, CKF_RW_SESSION, NULL, NULL, &opened),                                  \
        CKR_SESSION_PARALLEL_NOT_SUPPORTED)                                                        \
    ROW(C_CloseAllSessions(NOWHERE), CKR_SLOT_ID_INVALID)                                          \
    ROW(C_Login(rw, CKU_USER, USER_PIN), CKR_USER_ALREADY_LOGGED_IN)                               \
    ROW(C_Login(rw, CKU_SO, OFFICER_PIN), CKR_USER_ANOTHER_ALREADY_LOGGED_IN)                      \
    ROW(C_Login(rw, 7, USER_PIN), CKR_USER_TYPE_INVALID)                                           \
    ROW(C_Login(rw, CKU_CONTEXT_SPECIFIC, USER_PIN), CKR_OPERATION_NOT_INITIALIZED)                \
    ROW(C_GetFunctionStatus(rw), CKR_FUNCTION_NOT_PARALLEL)                                        \
    ROW(C_CancelFunction(rw), CKR_FUNCTION_NOT_PARALLEL)                                           \
    ROW(C_CreateObject(rw, NULL, 0, &made), CKR_TEMPLATE_INCOMPLETE)                               \
    ROW(C_CreateObject(rw, secret, 2, &made), CKR_TEMPLATE_INCOMPLETE)                             \
    ROW(C_CreateObject(rw, length, 1, &made), CKR_TEMPLATE_INCOMPLETE)                             \
    ROW(C_CreateObject(ro, token_data, 2, &made), CKR_SESSION_READ_ONLY)                           \
    ROW(C_CopyObject(rw, NOWHERE, NULL, 0, &made), CKR_OBJECT_HANDLE_INVALID)                      \
    ROW(C_CopyObject(ro, certificate, NULL, 0, &made), CKR_SESSION_READ_ONLY)                      \
    ROW(C_CopyObject(rw, certificate, length, 1, &made), CKR_ATTRIBUTE_TYPE_INVALID)               \
    ROW(C_DestroyObject(rw, NOWHERE), CKR_OBJECT_HANDLE_INVALID)                                   \
    ROW(C_DestroyObject(ro, certificate), CKR_SESSION_READ_ONLY)                                   \
    ROW(C_GetObjectSize(rw, NOWHERE, &len), CKR_OBJECT_HANDLE_INVALID)                             \
    ROW(C_GetAttributeValue(rw, NOWHERE, new_label, 1), CKR_OBJECT_HANDLE_INVALID)                 \
    ROW(C_GetAttributeValue(rw, certificate, modulus_bits, 1), CKR_ATTRIBUTE_TYPE_INVALID)         \
    ROW(C_SetAttributeValue(rw, NOWHERE, new_label, 1), CKR_OBJECT_HANDLE_INVALID)                 \
    ROW(C_SetAttributeValue(rw, NOWHERE, new_label, 0), CKR_OBJECT_HANDLE_INVALID)                 \
    ROW(C_SetAttributeValue(ro, certificate, new_label, 0), CKR_SESSION_READ_ONLY)                 \
    ROW(C_SetAttributeValue(ro, certificate, new_label, 1), CKR_SESSION_READ_ONLY)                 \
    ROW(C_SetAttributeValue(rw, certificate, modulus_bits, 1), CKR_ATTRIBUTE_TYPE_INVALID)         \
    ROW(C_SetAttributeValue(rw, certificate, data, 1), CKR_ATTRIBUTE_READ_ONLY)                    \
    ROW(C_FindObjects(rw, &made, 1, &count), CKR_OPERATION_NOT_INITIALIZED)                        \
    ROW(C_FindObjectsFinal(rw), CKR_OPERATION_NOT_INITIALIZED)                                     \
    ROW(C_EncryptInit(rw, &unknown, rsa_public), CKR_MECHANISM_INVALID)                            \
    ROW(C_EncryptInit(rw, &ecdsa, rsa_public), CKR_MECHANISM_INVALID)                              \
    ROW(C_EncryptInit(rw, &with_parameter, rsa_public), CKR_MECHANISM_PARAM_INVALID)               \
    ROW(C_EncryptInit(rw, &pkcs, NOWHERE), CKR_KEY_HANDLE_INVALID)                                 \
    ROW(C_EncryptInit(rw, &pkcs, certificate), CKR_KEY_HANDLE_INVALID)                             \
    ROW(C_EncryptInit(rw, &pkcs, rsa), CKR_KEY_TYPE_INCONSISTENT)                                  \
    ROW(C_Encrypt(rw, bytes, 1, bytes, &len), CKR_OPERATION_NOT_INITIALIZED)                       \
    ROW(C_EncryptUpdate(rw, bytes, 1, bytes, &len), CKR_OPERATION_NOT_INITIALIZED)                 \
    ROW(C_EncryptFinal(rw, bytes, &len), CKR_OPERATION_NOT_INITIALIZED)                            \
    ROW(C_DecryptInit(rw, &unknown, rsa), CKR_MECHANISM_INVALID)                                   \
    ROW(C_DecryptInit(rw, &with_parameter, rsa), CKR_MECHANISM_PARAM_INVALID)                      \
    ROW(C_DecryptInit(rw, &pkcs, NOWHERE), CKR_KEY_HANDLE_INVALID)                                 \
    ROW(C_DecryptInit(rw, &pkcs, ec), CKR_KEY_TYPE_INCONSISTENT)                                   \
    ROW(C_DecryptInit(rw, &pkcs, rsa_public), CKR_KEY_TYPE_INCONSISTENT)                           \
    ROW(C_Decrypt(rw, bytes, 1, bytes, &len), CKR_OPERATION_NOT_INITIALIZED)                       \
    ROW(C_DecryptUpdate(rw, bytes, 1, bytes, &len), CKR_OPERATION_NOT_INITIALIZED)                 \
    ROW(C_DecryptFinal(rw, bytes, &len), CKR_OPERATION_NOT_INITIALIZED)                            \
    ROW(C_DigestInit(rw, &sha256), CKR_MECHANISM_INVALID)                                          \
    ROW(C_Digest(rw, bytes, 1, bytes, &len), CKR_OPERATION_NOT_INITIALIZED)                        \
    ROW(C_DigestUpdate(rw, bytes, 1), CKR_OPERATION_NOT_INITIALIZED)                               \
    ROW(C_DigestKey(rw, rsa), CKR_OPERATION_NOT_INITIALIZED)                                       \
    ROW(C_DigestFinal(rw, bytes, &len), CKR_OPERATION_NOT_INITIALIZED)                             \
    ROW(C_SignInit(rw, &unknown, rsa), CKR_MECHANISM_INVALID)                                      \
    ROW(C_SignInit(rw, &generate_rsa, rsa), CKR_MECHANISM_INVALID)                                 \
    ROW(C_SignInit(rw, &with_parameter, rsa), CKR_MECHANISM_PARAM_INVALID)                         \
    ROW(C_SignInit(rw, &pkcs, NOWHERE), CKR_KEY_HANDLE_INVALID)                                    \
    ROW(C_SignInit(rw, &pkcs, certificate), CKR_KEY_HANDLE_INVALID)                                \
    ROW(C_SignInit(rw, &pkcs, rsa_public), CKR_KEY_TYPE_INCONSISTENT)                              \
    ROW(C_SignInit(rw, &pkcs, ec), CKR_KEY_TYPE_INCONSISTENT)                                      \
    ROW(C_SignInit(rw, &ecdsa, rsa), CKR_KEY_TYPE_INCONSISTENT)                                    \
    ROW(C_Sign(rw, bytes, 1, bytes, &len), CKR_OPERATION_NOT_INITIALIZED)                          \
    ROW(C_SignUpdate(rw, bytes, 1), CKR_OPERATION_NOT_INITIALIZED)                                 \
    ROW(C_SignFinal(rw, bytes, &len), CKR_OPERATION_NOT_INITIALIZED)                               \
    ROW(C_SignRecoverInit(rw, &ecdsa, ec), CKR_MECHANISM_INVALID)                                  \
    ROW(C_SignRecoverInit(rw, &pkcs, NOWHERE), CKR_KEY_HANDLE_INVALID)                             \
    ROW(C_SignRecover(rw, bytes, 1, bytes, &len), CKR_OPERATION_NOT_INITIALIZED)                   \
    ROW(C_VerifyInit(rw, &unknown, rsa_public), CKR_MECHANISM_INVALID)                             \
    ROW(C_VerifyInit(rw, &with_parameter, rsa_public), CKR_MECHANISM_PARAM_INVALID)                \
    ROW(C_VerifyInit(rw, &pkcs, NOWHERE), CKR_KEY_HANDLE_INVALID)                                  \
    ROW(C_VerifyInit(rw, &pkcs, rsa), CKR_KEY_TYPE_INCONSISTENT)                                   \
    ROW(C_Verify(rw, bytes, 1, bytes, 256), CKR_OPERATION_NOT_INITIALIZED)                         \
    ROW(C_VerifyUpdate(rw, bytes, 1), CKR_OPERATION_NOT_INITIALIZED)                               \
    ROW(C_VerifyFinal(rw, bytes, 256), CKR_OPERATION_NOT_INITIALIZED)                              \
    ROW(C_VerifyRecoverInit(rw, &ecdsa, rsa_public), CKR_MECHANISM_INVALID)                        \
    ROW(C_VerifyRecoverInit(rw, &pkcs, NOWHERE), CKR_KEY_HANDLE_INVALID)                           \
    ROW(C_VerifyRecover(rw, bytes, 256, bytes, &len), CKR_OPERATION_NOT_INITIALIZED)               \
    ROW(C_GenerateKey(rw, &unknown, length, 1, &made), CKR_MECHANISM_INVALID)                      \
    ROW(C_GenerateKey(rw, &generate_rsa, length, 1, &made), CKR_MECHANISM_INVALID)                 \
    ROW(C_GenerateKey(rw, &generate_aes, NULL, 0, &made), CKR_TEMPLATE_INCOMPLETE)                 \
    ROW(C_GenerateKey(rw, &generate_aes, data, 1, &made), CKR_TEMPLATE_INCONSISTENT)               \
    ROW(C_GenerateKeyPair(rw, &generate_aes, curve, 1, NULL, 0, &made, &made_too),                 \
        CKR_MECHANISM_INVALID)                                                                     \
    ROW(C_GenerateKeyPair(rw, &generate_rsa, NULL, 0, NULL, 0, &made, &made_too),                  \
        CKR_TEMPLATE_INCOMPLETE)                                                                   \
    ROW(C_GenerateKeyPair(ro, &generate_ec, on_token, 2, NULL, 0, &made, &made_too),               \
        CKR_SESSION_READ_ONLY)                                                                     \
    ROW(C_WrapKey(rw, &unknown, rsa_public, rsa, bytes, &len), CKR_MECHANISM_INVALID)              \
    ROW(C_WrapKey(rw, &pkcs, NOWHERE, rsa, bytes, &len), CKR_WRAPPING_KEY_HANDLE_INVALID)          \
    ROW(C_WrapKey(rw, &pkcs, rsa_public, NOWHERE, bytes, &len), CKR_KEY_HANDLE_INVALID)            \
    ROW(C_UnwrapKey(rw, &unknown, rsa, bytes, 256, secret, 2, &made), CKR_MECHANISM_INVALID)       \
    ROW(C_UnwrapKey(rw, &pkcs, NOWHERE, bytes, 256, secret, 2, &made),                             \
        CKR_UNWRAPPING_KEY_HANDLE_INVALID)                                                         \
    ROW(C_DeriveKey(rw, &unknown, ec, secret, 2, &made), CKR_MECHANISM_INVALID)                    \
    ROW(C_DeriveKey(rw, &derive, NOWHERE, secret, 2, &made), CKR_KEY_HANDLE_INVALID)               \
    ROW(C_DeriveKey(rw, &derive, rsa, secret, 2, &made), CKR_KEY_TYPE_INCONSISTENT)

#define EXPECT(call, expected)                                                                     \
    do {                                                                                           \
        const CK_RV rv = f->call;                                                                  \
        ck_assert_msg(rv == (expected), "%s: 0x%lx instead of %s", #call, rv, #expected);          \
    } while (0);

static void
load(void)
{
    get_interface_fn get = NULL;

    load_module();
    *(void **)&get = dlsym(library, "C_GetInterface");
    ck_assert_rv(get(NULL, NULL, &interface, 0), CKR_OK);
    f = interface->pFunctionList;
    ck_assert_uint_eq(f->version.major, 3);
}

static void
start(void)
{
    load();
    ck_assert_rv(f->C_Initialize(arguments()), CKR_OK);
    rw = open_session(SLOT, CKF_RW_SESSION);
    ro = open_session(SLOT, 0);
    ck_assert_rv(f->C_Login(rw, CKU_USER, USER_PIN), CKR_OK);
    rsa = find_one(rw, CKO_PRIVATE_KEY, "RSA");
    rsa_public = find_one(rw, CKO_PUBLIC_KEY, "RSA");
    ec = find_one(rw, CKO_PRIVATE_KEY, "EC");
    certificate = find_one(rw, CKO_CERTIFICATE, "RSA");
}

#define IS_TOO_EARLY(call) EXPECT(call, CKR_CRYPTOKI_NOT_INITIALIZED)

START_TEST(everything_waits_for_initialize){
    SESSION_FUNCTIONS(IS_TOO_EARLY, 0) OTHER_FUNCTIONS(IS_TOO_EARLY) REFUSED_FUNCTIONS(IS_TOO_EARLY)
        IS_TOO_EARLY(C_GetFunctionStatus(0)) IS_TOO_EARLY(C_CancelFunction(0))} END_TEST

    /* A child may initialize at once, and until then has nothing of its parent's. */
    static int count_what_a_child_is_told(void)
{
    int wrong = 0;

#define IS_ANOTHERS(call) wrong += f->call != CKR_CRYPTOKI_NOT_INITIALIZED;
    SESSION_FUNCTIONS(IS_ANOTHERS, rw)
    OTHER_FUNCTIONS(IS_ANOTHERS)
    REFUSED_FUNCTIONS(IS_ANOTHERS)
    wrong += f->C_Initialize(arguments()) != CKR_OK;
    wrong += f->C_GetSessionInfo(rw, &session_info) != CKR_SESSION_HANDLE_INVALID;
    wrong += f->C_Finalize(NULL) != CKR_OK;
    return wrong;
}

START_TEST(everything_waits_for_initialize_in_a_child_too)
{
    int status = 0;
    const pid_t child = fork();

    if (child == 0)
        _exit(count_what_a_child_is_told());
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    ck_assert_rv(f->C_GetSessionInfo(rw, &session_info), CKR_OK);
}
END_TEST

#define HAS_NO_SESSION(call) EXPECT(call, CKR_SESSION_HANDLE_INVALID)

START_TEST(everything_wants_a_session)
{
    SESSION_FUNCTIONS(HAS_NO_SESSION, 0)
    SESSION_FUNCTIONS(HAS_NO_SESSION, NOWHERE)
    ck_assert_rv(f->C_CloseSession(ro), CKR_OK);
    SESSION_FUNCTIONS(HAS_NO_SESSION, ro)
}
END_TEST

#define IS_REFUSED(call) EXPECT(call, CKR_FUNCTION_NOT_SUPPORTED)
#define LACKS_A_POINTER(call) EXPECT(call, CKR_ARGUMENTS_BAD)

START_TEST(what_is_not_supported_says_so){REFUSED_FUNCTIONS(IS_REFUSED)} END_TEST

    START_TEST(a_pointer_that_is_missing_is_a_bad_argument)
{
    ck_assert_rv(f->C_FindObjectsInit(rw, NULL, 0), CKR_OK); /* for C_FindObjects */
    ck_assert_rv(f->C_FindObjectsFinal(rw), CKR_OK);
    MISSING_POINTERS(LACKS_A_POINTER)
}
END_TEST

START_TEST(a_wrong_call_is_told_what_is_wrong){WRONG_CALLS(EXPECT)} END_TEST

/* One operation of a kind at a time, and one that failed is over. */
#define OPERATIONS(ROW)                                                                            \
    ROW(C_SignInit(rw, &pkcs, rsa), C_Sign(rw, NULL, 1, bytes, &len), CKR_ARGUMENTS_BAD)           \
    ROW(C_SignInit(rw, &pkcs, rsa), C_Sign(rw, bytes, 1, bytes, NULL), CKR_ARGUMENTS_BAD)          \
    ROW(C_SignInit(rw, &pkcs, rsa), C_Sign(rw, bytes, 246, bytes, &len), CKR_DATA_LEN_RANGE)       \
    ROW(C_SignInit(rw, &pkcs, rsa), C_SignUpdate(rw, NULL, 1), CKR_ARGUMENTS_BAD)                  \
    ROW(C_SignInit(rw, &pkcs, rsa), C_SignFinal(rw, bytes, NULL), CKR_ARGUMENTS_BAD)               \
    ROW(C_SignRecoverInit(rw, &pkcs, rsa), C_SignRecover(rw, NULL, 1, bytes, &len),                \
        CKR_ARGUMENTS_BAD)                                                                         \
    ROW(C_VerifyInit(rw, &pkcs, rsa_public), C_Verify(rw, NULL, 1, bytes, 256), CKR_ARGUMENTS_BAD) \
    ROW(C_VerifyInit(rw, &pkcs, rsa_public), C_Verify(rw, bytes, 1, NULL, 256), CKR_ARGUMENTS_BAD) \
    ROW(C_VerifyInit(rw, &pkcs, rsa_public), C_Verify(rw, bytes, 1, bytes, 255),                   \
        CKR_SIGNATURE_LEN_RANGE)                                                                   \
    ROW(C_VerifyInit(rw, &pkcs, rsa_public), C_VerifyUpdate(rw, NULL, 1), CKR_ARGUMENTS_BAD)       \
    ROW(C_VerifyInit(rw, &pkcs, rsa_public), C_VerifyFinal(rw, NULL, 256), CKR_ARGUMENTS_BAD)      \
    ROW(C_VerifyRecoverInit(rw, &pkcs, rsa_public), C_VerifyRecover(rw, NULL, 256, bytes, &len),   \
        CKR_ARGUMENTS_BAD)                                                                         \
    ROW(C_VerifyRecoverInit(rw, &pkcs, rsa_public), C_VerifyRecover(rw, bytes, 256, bytes, NULL),  \
        CKR_ARGUMENTS_BAD)                                                                         \
    ROW(C_EncryptInit(rw, &pkcs, rsa_public), C_Encrypt(rw, NULL, 1, bytes, &len),                 \
        CKR_ARGUMENTS_BAD)                                                                         \
    ROW(C_EncryptInit(rw, &pkcs, rsa_public), C_Encrypt(rw, bytes, 246, bytes, &len),              \
        CKR_DATA_LEN_RANGE)                                                                        \
    ROW(C_EncryptInit(rw, &pkcs, rsa_public), C_EncryptUpdate(rw, bytes, 1, bytes, &len),          \
        CKR_FUNCTION_NOT_SUPPORTED)                                                                \
    ROW(C_EncryptInit(rw, &pkcs, rsa_public), C_EncryptFinal(rw, bytes, &len),                     \
        CKR_FUNCTION_NOT_SUPPORTED)                                                                \
    ROW(C_DecryptInit(rw, &pkcs, rsa), C_Decrypt(rw, NULL, 256, bytes, &len), CKR_ARGUMENTS_BAD)   \
    ROW(C_DecryptInit(rw, &pkcs, rsa), C_Decrypt(rw, bytes, 255, bytes, &len),                     \
        CKR_ENCRYPTED_DATA_LEN_RANGE)                                                              \
    ROW(C_DecryptInit(rw, &pkcs, rsa), C_DecryptUpdate(rw, bytes, 1, bytes, &len),                 \
        CKR_FUNCTION_NOT_SUPPORTED)                                                                \
    ROW(C_DecryptInit(rw, &pkcs, rsa), C_DecryptFinal(rw, bytes, &len), CKR_FUNCTION_NOT_SUPPORTED)

#define FAILS_FOR_GOOD(init, call, expected)                                                       \
    len = sizeof bytes;                                                                            \
    EXPECT(init, CKR_OK)                                                                           \
    EXPECT(init, CKR_OPERATION_ACTIVE)                                                             \
    EXPECT(call, expected)                                                                         \
    len = sizeof bytes;                                                                            \
    EXPECT(call, CKR_OPERATION_NOT_INITIALIZED)

    START_TEST(an_operation_that_failed_is_over){OPERATIONS(FAILS_FOR_GOOD)} END_TEST

    START_TEST(an_operation_is_given_up_by_asking_for_none){
        EXPECT(C_SignInit(rw, &pkcs, rsa), CKR_OK) EXPECT(C_SignInit(rw, NULL, 0), CKR_OK)
            EXPECT(C_SignFinal(rw, bytes, &len), CKR_OPERATION_NOT_INITIALIZED)
                EXPECT(C_DecryptInit(rw, &pkcs, rsa), CKR_OK)
                    EXPECT(C_FindObjectsInit(rw, NULL, 0), CKR_OK)
                        EXPECT(C_FindObjectsInit(rw, NULL, 0), CKR_OPERATION_ACTIVE)
                            EXPECT(C_SessionCancel(rw, CKF_DECRYPT | CKF_FIND_OBJECTS), CKR_OK)
                                EXPECT(C_Decrypt(rw, bytes, 256, bytes, &len),
                                       CKR_OPERATION_NOT_INITIALIZED)
                                    EXPECT(C_FindObjects(rw, &made, 1, &count),
                                           CKR_OPERATION_NOT_INITIALIZED)} END_TEST

/* Asked without a buffer, with one that is a byte or element short, with one that fits: an
 * operation goes on until the answer is out. */
#define IN_TWO_CALLS(init, call_with, expected_len)                                                \
    EXPECT(init, CKR_OK)                                                                           \
    len = 0;                                                                                       \
    EXPECT(call_with(NULL), CKR_OK)                                                                \
    ck_assert_uint_eq(len, expected_len);                                                          \
    len = (expected_len)-1;                                                                        \
    EXPECT(call_with(bytes), CKR_BUFFER_TOO_SMALL)                                                 \
    ck_assert_uint_eq(len, expected_len);                                                          \
    EXPECT(call_with(bytes), CKR_OK)                                                               \
    ck_assert_uint_eq(len, expected_len);

#define SIGN(out) C_Sign(rw, input, 20, out, &len)
#define SIGN_FINAL(out) C_SignFinal(rw, out, &len)
#define SIGN_RECOVER(out) C_SignRecover(rw, input, 20, out, &len)
#define VERIFY_RECOVER(out) C_VerifyRecover(rw, signature, 256, out, &len)
#define ENCRYPT(out) C_Encrypt(rw, input, 20, out, &len)
#define WRAP(out) C_WrapKey(rw, &pkcs, rsa_public, made, out, &len)
#define NOTHING C_GetSessionInfo(rw, &session_info)

    START_TEST(answers_obey_the_rule_of_lengths)
{
    CK_BYTE input[20] = {1};
    CK_BYTE signature[256];
    CK_BYTE encrypted[256];

    IN_TWO_CALLS(C_SignInit(rw, &pkcs, rsa), SIGN, 256)
    memcpy(signature, bytes, sizeof signature);
    IN_TWO_CALLS(C_SignInit(rw, &ecdsa, ec), SIGN, 64)
    EXPECT(C_SignInit(rw, &pkcs, rsa), CKR_OK)
    IN_TWO_CALLS(C_SignUpdate(rw, input, 20), SIGN_FINAL, 256)
    ck_assert_mem_eq(bytes, signature, sizeof signature);
    IN_TWO_CALLS(C_SignRecoverInit(rw, &pkcs, rsa), SIGN_RECOVER, 256)
    IN_TWO_CALLS(C_VerifyRecoverInit(rw, &pkcs, rsa_public), VERIFY_RECOVER, 20)
    ck_assert_mem_eq(bytes, input, sizeof input);
    IN_TWO_CALLS(C_EncryptInit(rw, &pkcs, rsa_public), ENCRYPT, 256)
    memcpy(encrypted, bytes, sizeof encrypted);
    EXPECT(C_DecryptInit(rw, &pkcs, rsa), CKR_OK)
    EXPECT(C_Decrypt(rw, encrypted, 256, NULL, &len), CKR_OK)
    ck_assert_uint_ge(len, 20); /* how long it is shows when it is open */
    len = 19;
    EXPECT(C_Decrypt(rw, encrypted, 256, bytes, &len), CKR_BUFFER_TOO_SMALL)
    ck_assert_uint_eq(len, 20);
    EXPECT(C_Decrypt(rw, encrypted, 256, bytes, &len), CKR_OK)
    ck_assert_mem_eq(bytes, input, sizeof input);
    EXPECT(C_GenerateKey(rw, &generate_aes, length, 1, &made), CKR_OK)
    EXPECT(C_DestroyObject(rw, made), CKR_OK)
}
END_TEST

START_TEST(a_wrapped_key_obeys_the_rule_of_lengths)
{
    CK_BBOOL extractable = CK_TRUE;
    CK_ATTRIBUTE template[] = {{CKA_VALUE_LEN, &sixteen, sizeof sixteen},
                               {CKA_EXTRACTABLE, &extractable, 1}};

    EXPECT(C_GenerateKey(rw, &generate_aes, template, 2, &made), CKR_OK)
    IN_TWO_CALLS(NOTHING, WRAP, 256)
}
END_TEST

#define SLOT_LIST(out) C_GetSlotList(CK_FALSE, (out) == NULL ? NULL : slots, &len)
#define MECHANISM_LIST(out) C_GetMechanismList(SLOT, (out) == NULL ? NULL : types, &len)
#define INTERFACE_LIST(out) C_GetInterfaceList((out) == NULL ? NULL : interfaces, &len)

START_TEST(lists_obey_the_rule_of_lengths)
{
    CK_ULONG mechanism_count = 0;

    IN_TWO_CALLS(NOTHING, SLOT_LIST, 3)
    IN_TWO_CALLS(NOTHING, INTERFACE_LIST, 2)
    EXPECT(C_GetMechanismList(SLOT, NULL, &mechanism_count), CKR_OK)
    IN_TWO_CALLS(NOTHING, MECHANISM_LIST, mechanism_count)
}
END_TEST

/* Only what is public without a login, and a second logout has nobody to log out. */
START_TEST(a_login_is_wanted_where_it_matters){
    EXPECT(C_SignInit(rw, &pkcs, rsa), CKR_OK) EXPECT(C_Logout(rw), CKR_OK)
        EXPECT(C_Logout(rw), CKR_USER_NOT_LOGGED_IN) EXPECT(C_Sign(rw, bytes, 20, bytes, &len),
                                                            CKR_OPERATION_NOT_INITIALIZED)
            EXPECT(C_SignInit(rw, &pkcs, rsa), CKR_USER_NOT_LOGGED_IN)
                EXPECT(C_GetObjectSize(rw, rsa, &len), CKR_OBJECT_HANDLE_INVALID)
                    EXPECT(C_GetObjectSize(rw, certificate, &len),
                           CKR_OK) EXPECT(C_DestroyObject(rw, certificate), CKR_USER_NOT_LOGGED_IN)
                        EXPECT(C_SetAttributeValue(rw, certificate, new_label, 1),
                               CKR_USER_NOT_LOGGED_IN)
                            EXPECT(C_CreateObject(rw, token_data, 2, &made), CKR_USER_NOT_LOGGED_IN)
                                EXPECT(C_GenerateKeyPair(rw, &generate_ec, on_token, 2, NULL, 0,
                                                         &made, &made_too),
                                       CKR_USER_NOT_LOGGED_IN)
                                    EXPECT(C_CreateObject(ro, data, 1, &made),
                                           CKR_OK) /* its own, public */
    EXPECT(C_VerifyInit(rw, &pkcs, rsa_public), CKR_OK)
        EXPECT(C_Login(rw, CKU_SO, OFFICER_PIN), CKR_SESSION_READ_ONLY_EXISTS)
            EXPECT(C_CloseSession(ro), CKR_OK) EXPECT(C_Login(rw, CKU_SO, OFFICER_PIN), CKR_OK)
                EXPECT(C_OpenSession(SLOT, CKF_SERIAL_SESSION, NULL, NULL, &opened),
                       CKR_SESSION_READ_WRITE_SO_EXISTS)} END_TEST

    static Suite *make_suite(void)
{
    Suite *suite = suite_create("table");
    TCase *before = tcase_create("before");
    TCase *after = tcase_create("after");

    tcase_add_unchecked_fixture(before, make_store, remove_store);
    tcase_add_checked_fixture(before, load, stop_module);
    tcase_add_test(before, everything_waits_for_initialize);
    suite_add_tcase(suite, before);
    tcase_set_timeout(after, 60);
    tcase_add_unchecked_fixture(after, make_store, remove_store);
    tcase_add_checked_fixture(after, start, stop_module);
    tcase_add_test(after, everything_waits_for_initialize_in_a_child_too);
    tcase_add_test(after, everything_wants_a_session);
    tcase_add_test(after, what_is_not_supported_says_so);
    tcase_add_test(after, a_pointer_that_is_missing_is_a_bad_argument);
    tcase_add_test(after, a_wrong_call_is_told_what_is_wrong);
    tcase_add_test(after, an_operation_that_failed_is_over);
    tcase_add_test(after, an_operation_is_given_up_by_asking_for_none);
    tcase_add_test(after, answers_obey_the_rule_of_lengths);
    tcase_add_test(after, a_wrapped_key_obeys_the_rule_of_lengths);
    tcase_add_test(after, lists_obey_the_rule_of_lengths);
    tcase_add_test(after, a_login_is_wanted_where_it_matters);
    suite_add_tcase(suite, after);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
