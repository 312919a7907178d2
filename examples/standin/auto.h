/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_AUTO_H
#define STANDIN_AUTO_H

#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Scope-bound cleanup. `mn_auto(T)` declares a `T *` that T_cleanup frees when its scope
 * ends; T_take hands the pointer on. Both come from MN_AUTO_TYPE beside the type. */

#define mn_auto(T) __attribute__((cleanup(T##_cleanup))) T *

#define MN_AUTO_TYPE(T, free_fn)                                                                   \
    __attribute__((unused)) static inline void T##_cleanup(T **pointer)                            \
    {                                                                                              \
        if (*pointer != NULL)                                                                      \
            free_fn(*pointer);                                                                     \
    }                                                                                              \
    __attribute__((unused)) static inline T *T##_take(T **pointer)                                 \
    {                                                                                              \
        T *taken = *pointer;                                                                       \
        *pointer = NULL;                                                                           \
        return taken;                                                                              \
    }

MN_AUTO_TYPE(char, free)
MN_AUTO_TYPE(uint8_t, free)
MN_AUTO_TYPE(FILE, fclose)
MN_AUTO_TYPE(json_t, json_decref)
MN_AUTO_TYPE(sqlite3_stmt, sqlite3_finalize)
MN_AUTO_TYPE(BIGNUM, BN_free)
MN_AUTO_TYPE(BIO, BIO_free_all)
MN_AUTO_TYPE(EVP_PKEY, EVP_PKEY_free)
MN_AUTO_TYPE(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
MN_AUTO_TYPE(OSSL_LIB_CTX, OSSL_LIB_CTX_free)
MN_AUTO_TYPE(OSSL_PROVIDER, OSSL_PROVIDER_unload)
MN_AUTO_TYPE(PKCS12, PKCS12_free)
MN_AUTO_TYPE(X509, X509_free)
MN_AUTO_TYPE(X509_CRL, X509_CRL_free)
MN_AUTO_TYPE(X509_EXTENSION, X509_EXTENSION_free)
MN_AUTO_TYPE(X509_NAME, X509_NAME_free)
MN_AUTO_TYPE(X509_REVOKED, X509_REVOKED_free)

#endif
