/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_IDENTITY_H
#define MN_STORE_IDENTITY_H

#include "mainetcert/identity.h"
#include "pkcs12/certificate.h"
#include "store/token.h"

/* Attributes of our own on a certificate object: where it was acquired. */
#define MN_CKA_CERTIFICATE_NUMBER 0x804d4e01u /**< UTF-8 */
#define MN_CKA_GROUP_ID 0x804d4e02u           /**< UTF-8 */
#define MN_CKA_SERVICE 0x804d4e03u            /**< UTF-8, absolute path of the profile */
#define MN_CKA_ACQUIRED_AT 0x804d4e04u        /**< number, seconds since 1970 */
#define MN_CKA_CONFIRMED_AT 0x804d4e06u       /**< number, seconds since 1970; not there: never */

/** Set what a CKO_CERTIFICATE object says of a certificate: its value, names and dates, and as
 *  CKA_ID the one that NSS makes of its key. */
mainet_status
mn_certificate_attributes(const mainet_certificate *certificate, mn_attributes *plain,
                          mainet_error *err);

/** One identity on its way into a token; everything is borrowed. */
typedef struct mn_identity_import {
    EVP_PKEY *key;
    const mainet_certificate *certificate;
    const mainet_certificate *const *chain; /**< issuers, in any order */
    size_t chain_count;
    const char *label; /**< NULL or "": the common name */
    bool exportable;
    const char *certificate_number; /**< NULL: not acquired */
    const char *group_id;
    const char *service;
    int64_t acquired_at;
} mn_identity_import;

/**
 * Put key, certificate, chain and public key into the token in one transaction.
 *
 * What is there already (same certificate, or same key) is not added twice; `*was_there` tells
 * whether the certificate and key both were.
 */
mainet_identity *
mn_identity_import_one(mainet_token *token, const mn_identity_import *import, bool *was_there,
                       mainet_error *err);

/** What became of one identity of many: exactly one of `identity` and `error` is there. */
typedef struct mn_identity_result {
    mainet_identity *identity; /**< free it; NULL if it was refused */
    int64_t row;               /**< of the certificate */
    bool was_there;
    mainet_error
        error; /**< why it was refused: MAINET_E_PKCS12_UNUSABLE, MAINET_E_CERTIFICATE, … */
} mn_identity_result;

/**
 * As mn_identity_import_one, for many in one transaction: twenty times faster than one by one
 * and more, the slower the disk.
 *
 * One that is unusable in itself is left out and named in its result; any other failure (store,
 * memory) is everybody's, nothing is imported then, and the results are empty.
 */
mainet_status
mn_identity_import_many(mainet_token *token, const mn_identity_import *imports, size_t count,
                        mn_identity_result *results, mainet_error *err);

/** As mn_identity_import_many, but one that is unusable is everybody's failure too. */
mainet_status
mn_identity_import_whole(mainet_token *token, const mn_identity_import *imports, size_t count,
                         mn_identity_result *results, mainet_error *err);

/** Whether a CA certificate of this SHA-256 id, or a certificate it issued, is in the token: the
 * issuer has been decided on before. */
mainet_status
mn_token_knows_issuer(mainet_token *token, const mainet_certificate *issuer, bool *known,
                      mainet_error *err);

/** Build the identity's private key; MAINET_E_TOKEN_LOCKED unless its token is unlocked. */
EVP_PKEY *
mn_identity_key(mainet_identity *identity, mainet_error *err);

/** Keep that a service has accepted the identity at this moment. */
mainet_status
mn_identity_set_confirmed(mainet_identity *identity, int64_t when, mainet_error *err);

/** Take another reference. */
mainet_identity *
mn_identity_ref(mainet_identity *identity);

/** The token it is in; borrowed. */
mainet_token *
mn_identity_token(const mainet_identity *identity);

MN_AUTO_TYPE(mainet_identity, mainet_identity_free)
MN_AUTO_TYPE(mainet_identity_list, mainet_identity_list_free)

#endif
