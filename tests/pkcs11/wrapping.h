/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PKCS11_WRAPPING_H
#define PKCS11_WRAPPING_H

/* Secret keys that wrap and are wrapped. Behind fixture.h and templates.h. */

/* A secret key of these bytes; with `extra` if that is not NULL. */
__attribute__((unused)) static CK_OBJECT_HANDLE
create(CK_SESSION_HANDLE session, CK_KEY_TYPE type, const CK_BYTE *value, CK_ULONG len,
       const CK_ATTRIBUTE *extra)
{
    static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    static CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class},
                               {CKA_KEY_TYPE, &type, sizeof type},
                               {CKA_VALUE, (CK_BYTE *)(uintptr_t)value, len},
                               {CKA_WRAP, &yes, 1},
                               {CKA_UNWRAP, &yes, 1},
                               {CKA_EXTRACTABLE, &yes, 1},
                               {0}};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

    if (extra != NULL && extra->type == CKA_EXTRACTABLE)
        template[5] = *extra;
    else if (extra != NULL)
        template[6] = *extra;
    ck_assert_rv(p11->C_CreateObject(session, template,
                                     extra != NULL && extra->type != CKA_EXTRACTABLE ? 7 : 6, &key),
                 CKR_OK);
    return key;
}

/* Unwrap a secret key that may be read. */
__attribute__((unused)) static CK_RV
unwrap_secret(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key,
              CK_KEY_TYPE type, CK_BYTE *wrapped, CK_ULONG len, CK_OBJECT_HANDLE *unwrapped)
{
    static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    static CK_BBOOL yes = CK_TRUE;
    static CK_BBOOL no = CK_FALSE;
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class},
                               {CKA_KEY_TYPE, &type, sizeof type},
                               {CKA_SENSITIVE, &no, 1},
                               {CKA_EXTRACTABLE, &yes, 1}};

    return p11->C_UnwrapKey(session, mechanism, key, wrapped, len, template, COUNT(template),
                            unwrapped);
}

#endif
