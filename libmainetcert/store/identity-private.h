/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_IDENTITY_PRIVATE_H
#define MN_STORE_IDENTITY_PRIVATE_H

#include <stdatomic.h>

#include "store/database.h"
#include "store/identity.h"

#define MN_CHAIN_MAX 16

/* The inside of an identity, for the files of this folder. */
struct mainet_identity {
    atomic_uint references;
    mainet_token *token;
    int64_t key_row;
    mainet_certificate *chain[MN_CHAIN_MAX]; /* own references; [0] is its own certificate */
    size_t chain_len;
    bool chain_complete;
    bool exportable;
    char *label;
    char *uri;
    char *certificate_number;
    char *group_id;
    char *service;
    int64_t acquired_at;
    char superseded_by[65];
};

/** The RFC 7512 URI of the object with this CKA_ID (malloc). */
char *
mn_identity_make_uri(const mainet_token *token, const mn_attribute *id, mainet_error *err);

/** List the identities as an open transaction sees them. */
mainet_identity_list *
mn_identities_read(mainet_token *token, mn_database *database, const mn_keys *keys,
                   mainet_error *err);

/** The one whose id begins so; MAINET_E_IDENTITY_NOT_FOUND, MAINET_E_IDENTITY_AMBIGUOUS. */
mainet_identity *
mn_identity_find(const mainet_identity_list *list, const char *id, mainet_error *err);

#endif
