/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_CRYPTOKI3_H
#define P11_CRYPTOKI3_H

/* The Cryptoki we speak: p11-kit's header, which is PKCS#11 v2.40, and what v3.0 adds to it. The
 * C_ functions are the only names that the module shows, so they are declared visible here. */

#pragma GCC visibility push(default)
#include <p11-kit/pkcs11.h>

#define CKO_PROFILE 0x9UL
#define CKA_UNIQUE_ID 0x4UL
#define CKA_PROFILE_ID 0x601UL
#define CKP_BASELINE_PROVIDER 0x1UL
#define CKP_EXTENDED_PROVIDER 0x2UL
#define CKP_AUTHENTICATION_TOKEN 0x3UL
#define CKP_PUBLIC_CERTIFICATES_TOKEN 0x4UL

#define CKF_INTERFACE_FORK_SAFE 0x1UL
#define CKF_FIND_OBJECTS 0x40UL

#define CKM_SHA3_256_RSA_PKCS 0x60UL
#define CKM_SHA3_384_RSA_PKCS 0x61UL
#define CKM_SHA3_512_RSA_PKCS 0x62UL
#define CKM_SHA3_256_RSA_PKCS_PSS 0x63UL
#define CKM_SHA3_384_RSA_PKCS_PSS 0x64UL
#define CKM_SHA3_512_RSA_PKCS_PSS 0x65UL
#define CKM_SHA3_224_RSA_PKCS 0x66UL
#define CKM_SHA3_224_RSA_PKCS_PSS 0x67UL
#define CKM_SHA3_256 0x2B0UL
#define CKM_SHA3_224 0x2B5UL
#define CKM_SHA3_384 0x2C0UL
#define CKM_SHA3_512 0x2D0UL
#define CKM_ECDSA_SHA3_224 0x1047UL
#define CKM_ECDSA_SHA3_256 0x1048UL
#define CKM_ECDSA_SHA3_384 0x1049UL
#define CKM_ECDSA_SHA3_512 0x104AUL
#define CKM_AES_KEY_WRAP_KWP 0x210BUL
#define CKG_MGF1_SHA3_224 0x6UL
#define CKG_MGF1_SHA3_256 0x7UL
#define CKG_MGF1_SHA3_384 0x8UL
#define CKG_MGF1_SHA3_512 0x9UL

#define CKD_SHA3_224_KDF 0xAUL
#define CKD_SHA3_256_KDF 0xBUL
#define CKD_SHA3_384_KDF 0xCUL
#define CKD_SHA3_512_KDF 0xDUL

typedef struct CK_EDDSA_PARAMS {
    CK_BBOOL phFlag;
    CK_ULONG ulContextDataLen;
    CK_BYTE_PTR pContextData;
} CK_EDDSA_PARAMS;

typedef struct CK_INTERFACE {
    CK_CHAR *pInterfaceName;
    CK_VOID_PTR pFunctionList;
    CK_FLAGS flags;
} CK_INTERFACE;

typedef CK_INTERFACE *CK_INTERFACE_PTR;
typedef CK_INTERFACE **CK_INTERFACE_PTR_PTR;

/* The functions that v3.0 adds, in the order of its function list (PKCS#11 v3.0, 3.6). */
#define P11_FUNCTIONS_3_0(ROW)                                                                     \
    ROW(C_GetInterfaceList, (CK_INTERFACE_PTR interfaces, CK_ULONG_PTR count))                     \
    ROW(C_GetInterface, (CK_UTF8CHAR_PTR name, CK_VERSION_PTR version,                             \
                         CK_INTERFACE_PTR_PTR interface, CK_FLAGS flags))                          \
    ROW(C_LoginUser, (CK_SESSION_HANDLE session, CK_USER_TYPE user_type, CK_UTF8CHAR_PTR pin,      \
                      CK_ULONG pin_len, CK_UTF8CHAR_PTR username, CK_ULONG username_len))          \
    ROW(C_SessionCancel, (CK_SESSION_HANDLE session, CK_FLAGS flags))                              \
    ROW(C_MessageEncryptInit,                                                                      \
        (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key))             \
    ROW(C_EncryptMessage,                                                                          \
        (CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,                 \
         CK_BYTE_PTR associated, CK_ULONG associated_len, CK_BYTE_PTR plain, CK_ULONG plain_len,   \
         CK_BYTE_PTR encrypted, CK_ULONG_PTR encrypted_len))                                       \
    ROW(C_EncryptMessageBegin,                                                                     \
        (CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,                 \
         CK_BYTE_PTR associated, CK_ULONG associated_len))                                         \
    ROW(C_EncryptMessageNext, (CK_SESSION_HANDLE session, CK_VOID_PTR parameter,                   \
                               CK_ULONG parameter_len, CK_BYTE_PTR plain, CK_ULONG plain_len,      \
                               CK_BYTE_PTR encrypted, CK_ULONG_PTR encrypted_len, CK_FLAGS flags)) \
    ROW(C_MessageEncryptFinal, (CK_SESSION_HANDLE session))                                        \
    ROW(C_MessageDecryptInit,                                                                      \
        (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key))             \
    ROW(C_DecryptMessage,                                                                          \
        (CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,                 \
         CK_BYTE_PTR associated, CK_ULONG associated_len, CK_BYTE_PTR encrypted,                   \
         CK_ULONG encrypted_len, CK_BYTE_PTR plain, CK_ULONG_PTR plain_len))                       \
    ROW(C_DecryptMessageBegin,                                                                     \
        (CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,                 \
         CK_BYTE_PTR associated, CK_ULONG associated_len))                                         \
    ROW(C_DecryptMessageNext,                                                                      \
        (CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,                 \
         CK_BYTE_PTR encrypted, CK_ULONG encrypted_len, CK_BYTE_PTR plain, CK_ULONG_PTR plain_len, \
         CK_FLAGS flags))                                                                          \
    ROW(C_MessageDecryptFinal, (CK_SESSION_HANDLE session))                                        \
    ROW(C_MessageSignInit,                                                                         \
        (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key))             \
    ROW(C_SignMessage,                                                                             \
        (CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,                 \
         CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG_PTR signature_len))  \
    ROW(C_SignMessageBegin,                                                                        \
        (CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len))                \
    ROW(C_SignMessageNext,                                                                         \
        (CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,                 \
         CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG_PTR signature_len))  \
    ROW(C_MessageSignFinal, (CK_SESSION_HANDLE session))                                           \
    ROW(C_MessageVerifyInit,                                                                       \
        (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key))             \
    ROW(C_VerifyMessage,                                                                           \
        (CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,                 \
         CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG signature_len))      \
    ROW(C_VerifyMessageBegin,                                                                      \
        (CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len))                \
    ROW(C_VerifyMessageNext,                                                                       \
        (CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,                 \
         CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG signature_len))      \
    ROW(C_MessageVerifyFinal, (CK_SESSION_HANDLE session))

#define P11_DECLARE(name, parameters) CK_RV name parameters;
P11_FUNCTIONS_3_0(P11_DECLARE)
#undef P11_DECLARE
#pragma GCC visibility pop

/* The functions of v2.40, in the order of its function list (PKCS#11 v2.40, 3.6). */
#define P11_FUNCTIONS_BEFORE_INFO(ROW)                                                             \
    ROW(C_Initialize)                                                                              \
    ROW(C_Finalize)

#define P11_FUNCTIONS_AFTER_INFO(ROW)                                                              \
    ROW(C_GetFunctionList)                                                                         \
    ROW(C_GetSlotList)                                                                             \
    ROW(C_GetSlotInfo)                                                                             \
    ROW(C_GetTokenInfo)                                                                            \
    ROW(C_GetMechanismList)                                                                        \
    ROW(C_GetMechanismInfo)                                                                        \
    ROW(C_InitToken)                                                                               \
    ROW(C_InitPIN)                                                                                 \
    ROW(C_SetPIN)                                                                                  \
    ROW(C_OpenSession)                                                                             \
    ROW(C_CloseSession)                                                                            \
    ROW(C_CloseAllSessions)                                                                        \
    ROW(C_GetSessionInfo)                                                                          \
    ROW(C_GetOperationState)                                                                       \
    ROW(C_SetOperationState)                                                                       \
    ROW(C_Login)                                                                                   \
    ROW(C_Logout)                                                                                  \
    ROW(C_CreateObject)                                                                            \
    ROW(C_CopyObject)                                                                              \
    ROW(C_DestroyObject)                                                                           \
    ROW(C_GetObjectSize)                                                                           \
    ROW(C_GetAttributeValue)                                                                       \
    ROW(C_SetAttributeValue)                                                                       \
    ROW(C_FindObjectsInit)                                                                         \
    ROW(C_FindObjects)                                                                             \
    ROW(C_FindObjectsFinal)                                                                        \
    ROW(C_EncryptInit)                                                                             \
    ROW(C_Encrypt)                                                                                 \
    ROW(C_EncryptUpdate)                                                                           \
    ROW(C_EncryptFinal)                                                                            \
    ROW(C_DecryptInit)                                                                             \
    ROW(C_Decrypt)                                                                                 \
    ROW(C_DecryptUpdate)                                                                           \
    ROW(C_DecryptFinal)                                                                            \
    ROW(C_DigestInit)                                                                              \
    ROW(C_Digest)                                                                                  \
    ROW(C_DigestUpdate)                                                                            \
    ROW(C_DigestKey)                                                                               \
    ROW(C_DigestFinal)                                                                             \
    ROW(C_SignInit)                                                                                \
    ROW(C_Sign)                                                                                    \
    ROW(C_SignUpdate)                                                                              \
    ROW(C_SignFinal)                                                                               \
    ROW(C_SignRecoverInit)                                                                         \
    ROW(C_SignRecover)                                                                             \
    ROW(C_VerifyInit)                                                                              \
    ROW(C_Verify)                                                                                  \
    ROW(C_VerifyUpdate)                                                                            \
    ROW(C_VerifyFinal)                                                                             \
    ROW(C_VerifyRecoverInit)                                                                       \
    ROW(C_VerifyRecover)                                                                           \
    ROW(C_DigestEncryptUpdate)                                                                     \
    ROW(C_DecryptDigestUpdate)                                                                     \
    ROW(C_SignEncryptUpdate)                                                                       \
    ROW(C_DecryptVerifyUpdate)                                                                     \
    ROW(C_GenerateKey)                                                                             \
    ROW(C_GenerateKeyPair)                                                                         \
    ROW(C_WrapKey)                                                                                 \
    ROW(C_UnwrapKey)                                                                               \
    ROW(C_DeriveKey)                                                                               \
    ROW(C_SeedRandom)                                                                              \
    ROW(C_GenerateRandom)                                                                          \
    ROW(C_GetFunctionStatus)                                                                       \
    ROW(C_CancelFunction)                                                                          \
    ROW(C_WaitForSlotEvent)

#define P11_FUNCTIONS_2_40(ROW)                                                                    \
    P11_FUNCTIONS_BEFORE_INFO(ROW)                                                                 \
    ROW(C_GetInfo)                                                                                 \
    P11_FUNCTIONS_AFTER_INFO(ROW)

/** The function list of v3.0: that of v2.40, then what is new. */
typedef struct CK_FUNCTION_LIST_3_0 {
    CK_VERSION version;
#define P11_MEMBER(name) CK_##name name;
    P11_FUNCTIONS_2_40(P11_MEMBER)
#undef P11_MEMBER
#define P11_MEMBER(name, parameters) CK_RV(*name) parameters;
    P11_FUNCTIONS_3_0(P11_MEMBER)
#undef P11_MEMBER
} CK_FUNCTION_LIST_3_0;

#endif
