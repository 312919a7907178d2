/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_ISSUERS_H
#define MN_STORE_ISSUERS_H

#include "pkcs12/certificate.h"
#include "store/database.h"
#include "store/keys.h"
#include "store/token.h"

#define MN_CHAIN_MAX 16

/** The authorities among a token's certificates, found by name; who issued an authority is worked
 *  out once, however many chains pass through it. */
typedef struct mn_issuers mn_issuers;

/** Start without any. With `database`, authorities are looked up there by the DER of their subject
 *  when a chain first needs them; both are borrowed. Without, there are those that were added. */
mn_issuers *
mn_issuers_new(mn_database *database, const mn_keys *keys, mainet_error *err);

void
mn_issuers_free(mn_issuers *issuers);

/** Add a certificate; one that is no authority is passed over. */
mainet_status
mn_issuers_add(mn_issuers *issuers, const mainet_certificate *certificate, mainet_error *err);

/** From the certificate up, as far as there are issuers. */
typedef struct mn_chain {
    mainet_certificate *certificates[MN_CHAIN_MAX]; /**< own references; [0] is where it begins */
    size_t count;
    bool is_complete; /**< it ends in a root */
} mn_chain;

/** Build the chain of `certificate`; what is in `*chain` after a failure is to be cleared too. */
mainet_status
mn_issuers_chain(mn_issuers *issuers, const mainet_certificate *certificate, mn_chain *chain,
                 mainet_error *err);

void
mn_chain_clear(mn_chain *chain);

/** Build the chain of a certificate, in the token or not, from the token's authorities. The links
 * are what the certificates claim. */
mainet_status
mn_token_chain(mainet_token *token, const mainet_certificate *certificate, mn_chain *chain,
               mainet_error *err);

MN_AUTO_TYPE(mn_issuers, mn_issuers_free)

#endif
