/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_IDENTITY_PRIVATE_H
#define MN_STORE_IDENTITY_PRIVATE_H

#include <stdatomic.h>

#include "store/identity.h"
#include "store/issuers.h"
#include "store/key.h"

/* The inside of an identity, for the files of this folder. */
struct mainet_identity {
    atomic_uint references;
    mainet_token *token;
    int64_t row; /* of the certificate */
    int64_t key_row;
    mn_chain chain; /* [0] is its own certificate */
    bool exportable;
    bool is_new; /* added by the call that handed it out */
    char *label;
    char *uri;
    char *certificate_number;
    char *group_id;
    char *service;
    int64_t acquired_at;
    int64_t confirmed_at;
    char superseded_by[65];
};

/** The RFC 7512 URI of the object with this CKA_ID (malloc). */
char *
mn_identity_make_uri(const mainet_token *token, const mn_attribute *id, mainet_error *err);

/** What an identity needs to know of its private key. */
typedef struct mn_key_place {
    int64_t row;
    bool is_exportable;
} mn_key_place;

/** Make an identity of a certificate object, which decodes to `certificate`, and its key. */
mainet_identity *
mn_identity_make(mainet_token *token, const mn_object *object,
                 const mainet_certificate *certificate, const mn_key_place *key,
                 mn_issuers *issuers, mainet_error *err);

/** Decode a certificate object. NULL with MAINET_OK in `*status` for one that does not decode: it
 * is somebody's object, but nobody's identity. */
mainet_certificate *
mn_identity_decode(const mn_object *object, mainet_status *status, mainet_error *err);

/** The identity of the certificate in this row as an open transaction sees it, by a few searches
 *  instead of a list. Chain and successor are found by the DER of names. */
mainet_identity *
mn_identity_read(mainet_token *token, mn_database *database, const mn_keys *keys,
                 mn_issuers *issuers, int64_t row, const mainet_certificate *certificate,
                 mainet_error *err);

/** The identity whose id begins so, by the index of values; `*found` is NULL if there is none.
 *  MAINET_E_IDENTITY_AMBIGUOUS. */
mainet_status
mn_identity_read_prefix(mainet_token *token, mn_database *database, const mn_keys *keys,
                        const char *prefix, mainet_identity **found, mainet_error *err);

#define MN_ID_MAX 256

/** What the objects of one identity share. */
typedef struct mn_identity_names {
    uint8_t public_key[MN_SHA256_LEN]; /**< hash of the key's SubjectPublicKeyInfo */
    uint8_t id[MN_ID_MAX];             /**< CKA_ID */
    size_t id_len;
    char label[512]; /**< CKA_LABEL */
    int64_t row;     /**< of the certificate; 0 if the token does not have it yet */
} mn_identity_names;

/** Choose them: as the token has it already of this key and certificate, whoever wrote that; else
 *  the id that NSS makes, and the friendly name, with the end of validity where the holder has
 *  another certificate of the issuer. */
mainet_status
mn_identity_choose_names(mn_database *database, const mn_keys *keys,
                         const mn_identity_import *import, const mn_public_info *public_key,
                         mn_identity_names *names, mainet_error *err);

/** Begin to read; the head is verified if the token is unlocked. */
mn_database *
mn_identities_access(mainet_token *token, mainet_error *err);

/** List the identities as an open transaction sees them. */
mainet_identity_list *
mn_identities_read(mainet_token *token, mn_database *database, const mn_keys *keys,
                   mainet_error *err);

/** Start a list that has room for so many. */
mainet_identity_list *
mn_identity_list_new(size_t room, mainet_error *err);

/** Borrow one of a list's. */
mainet_identity *
mn_identity_list_get(const mainet_identity_list *list, size_t index);

/** Add an identity, which the list takes over, where there is room. */
void
mn_identity_list_add(mainet_identity_list *list, mainet_identity *identity);

/** The one whose id begins so; MAINET_E_IDENTITY_NOT_FOUND, MAINET_E_IDENTITY_AMBIGUOUS. */
mainet_identity *
mn_identity_find(const mainet_identity_list *list, const char *id, mainet_error *err);

#endif
