/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_REMOVAL_H
#define MAINETCERT_REMOVAL_H

#include "mainetcert/identity.h"

MAINET_BEGIN

/** How identities are deleted; bits. @since 0.1.0 */
typedef enum mainet_delete_flags {
    MAINET_DELETE_DEFAULT = 0, /**< A newer one takes its place only if it was ever confirmed. */
    MAINET_DELETE_FORCE = 1    /**< A newer one need not have been confirmed. */
} mainet_delete_flags;

/**
 * Delete an identity: its certificate, and its key with the last certificate that uses it.
 *
 * What is deleted is overwritten in the token's file. Issuers' certificates stay. The handle keeps
 * answering what it knew.
 *
 * @param[in]  identity  An identity of an unlocked token.
 * @param[in]  flags     Bits of mainet_delete_flags.
 * @param[out] err       Filled on failure; may be NULL.
 *
 * @retval MAINET_OK                    It is gone.
 * @retval MAINET_E_NOT_CONFIRMED       It is superseded, but none of the newer ones was ever
 *                                      confirmed, and MAINET_DELETE_FORCE is not given.
 * @retval MAINET_E_IDENTITY_NOT_FOUND  It was deleted meanwhile.
 * @retval MAINET_E_TOKEN_LOCKED        The token is locked.
 * @retval MAINET_E_STORE_WRITE         The token cannot be written; nothing is deleted.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_identity_delete(mainet_identity *identity, uint32_t flags, mainet_error *err);

/**
 * List the superseded identities that nobody needs any more (the manual's chapter 5).
 *
 * These are the ones that are older than a newer identity of the same subject and issuer whose key
 * signs and which was confirmed once. With MAINET_DELETE_FORCE its validity has to have begun.
 *
 * @param[in]  token  Unlocked.
 * @param[in]  flags  Bits of mainet_delete_flags.
 * @param[out] err    Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL: MAINET_E_TOKEN_LOCKED, and as mainet_token_identities().
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_identity_list *
mainet_token_prunable(mainet_token *token, uint32_t flags, mainet_error *err);

/**
 * Delete superseded identities, all of them or none.
 *
 * Each is looked at once more in the transaction that deletes them.
 *
 * @param[in,out] token       Unlocked.
 * @param[in]     identities  What mainet_token_prunable() answered, or some of it.
 * @param[in]     flags       Bits of mainet_delete_flags.
 * @param[out]    err         Filled on failure; may be NULL.
 *
 * @retval MAINET_OK                    They are gone.
 * @retval MAINET_E_NOT_SUPERSEDED      One has no newer identity whose key signs and whose validity
 *                                      has begun.
 * @retval MAINET_E_NOT_CONFIRMED       None of the newer ones was ever confirmed.
 * @retval MAINET_E_IDENTITY_NOT_FOUND  One was deleted meanwhile.
 * @retval MAINET_E_TOKEN_LOCKED        The token is locked.
 * @retval MAINET_E_STORE_WRITE         The token cannot be written; nothing is deleted.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_token_prune(mainet_token *token, const mainet_identity_list *identities, uint32_t flags,
                   mainet_error *err);

MAINET_END

#endif
