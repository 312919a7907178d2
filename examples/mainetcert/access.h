/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_ACCESS_H
#define COMMAND_ACCESS_H

#include "failure.h"
#include "secret.h"

/* How every command gets at the service, the store, its tokens and their identities. */

/** Open the profile of --service, MAINETCERT_SERVICE, `fallback` ("": none) or the shipped one, in
 *  this order; from here on its support telephone is shown with failures. */
mainet_service *
access_service(const options *wanted, const char *fallback, failure *why);

/** Open the store that the options name. */
mainet_store *
access_store(const options *wanted, failure *why);

/** Open the token that the options name. */
mainet_token *
access_token(const options *wanted, mainet_store *store, failure *why);

/** Tokens: the one that the options name, else all of the store. */
typedef struct tokens {
    mainet_token **items;
    size_t count;
} tokens;

/** Release them. */
void
tokens_clear(tokens *self);

#define tokens_init __attribute__((cleanup(tokens_clear))) tokens

/** Open them. */
mainet_status
access_tokens(const options *wanted, mainet_store *store, tokens *found, failure *why);

/** Find an identity in them; `token` is borrowed from `all`. */
mainet_identity *
access_identity(const tokens *all, const char *id, mainet_token **token, failure *why);

/** Unlock a token, with its PIN if it has one. */
mainet_status
access_unlock(const options *wanted, mainet_token *token, failure *why);

/** Make a token with the PIN of a source, or of the terminal, which is asked twice. */
mainet_token *
access_new_token(const options *wanted, mainet_store *store, const char *pin_source, failure *why);

/** Open the token that the options name and unlock it; made if there is none. */
mainet_token *
access_token_or_new(const options *wanted, mainet_store *store, failure *why);

/** Read a new PIN from its source, else ask for it twice. */
secret *
access_new_pin(const char *source, const char *option, const char *label, failure *why);

/** Read a new password for a file from its source, else ask for it twice. */
secret *
access_new_password(const options *wanted, const char *file, failure *why);

/** Fail as wrong usage if neither a source is given nor a terminal can be asked. */
mainet_status
access_check_source(const char *source, const char *option, failure *why);

/** Read a secret from its source, else ask for it. */
secret *
access_secret(const char *source, const char *option, message question, const char *about,
              failure *why);

#endif
