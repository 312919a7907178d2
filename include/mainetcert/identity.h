/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_IDENTITY_H
#define MAINETCERT_IDENTITY_H

#include "mainetcert/certificate.h"
#include "mainetcert/token.h"

MAINET_BEGIN

/** A certificate whose private key is in the token, with its chain; as it was when
 *  it was listed. @since 0.1.0 */
typedef struct mainet_identity mainet_identity;

/** The identities of a token at one moment. @since 0.1.0 */
typedef struct mainet_identity_list mainet_identity_list;

/**
 * List the identities of a token, ordered by the end of validity, latest first.
 *
 * Certificate and key are paired by public key, whoever wrote them. Needs no PIN.
 *
 * @param[in]  token  A token, locked or not.
 * @param[out] err    Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL: MAINET_E_STORE_OPEN, MAINET_E_STORE_BUSY,
 *         MAINET_E_STORE_TAMPERED (unlocked tokens only).
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_identity_list *
mainet_token_identities(mainet_token *token, mainet_error *err);

/**
 * Answer how many identities a list has.
 *
 * @param[in] list  A list.
 *
 * @return 0 or more.
 * @since 0.1.0
 */
MAINET_API size_t
mainet_identity_list_count(const mainet_identity_list *list);

/**
 * Hand out one identity of a list.
 *
 * @param[in]  list   A list.
 * @param[in]  index  0 to mainet_identity_list_count() - 1.
 * @param[out] err    Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL (MAINET_E_ARGUMENT past the end).
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_identity *
mainet_identity_list_at(const mainet_identity_list *list, size_t index, mainet_error *err);

/**
 * Free a list; identities taken from it stay usable.
 *
 * @param[in] list  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_identity_list_free(mainet_identity_list *list);

/**
 * Find one identity.
 *
 * @param[in]  token  A token.
 * @param[in]  id     SHA-256 of the certificate in hex, either case, or a unique prefix of it.
 * @param[out] err    Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL: MAINET_E_IDENTITY_NOT_FOUND, MAINET_E_IDENTITY_AMBIGUOUS, and
 *         as mainet_token_identities().
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_identity *
mainet_token_identity(mainet_token *token, const char *id, mainet_error *err);

/**
 * Answer the identity's id: SHA-256 of its certificate, 64 lower-case hex digits.
 *
 * @param[in] identity  An identity.
 *
 * @return Borrowed.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_identity_id(const mainet_identity *identity);

/**
 * Answer the label (CKA_LABEL of the certificate), UTF-8.
 *
 * @param[in] identity  An identity.
 *
 * @return Borrowed.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_identity_label(const mainet_identity *identity);

/**
 * Answer the PKCS#11 URI (RFC 7512) that names certificate and key alike.
 *
 * @param[in] identity  An identity.
 *
 * @return Borrowed.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_identity_uri(const mainet_identity *identity);

/**
 * Answer the certificate.
 *
 * @param[in] identity  An identity.
 *
 * @return Borrowed; lives as long as the identity.
 * @since 0.1.0
 */
MAINET_API const mainet_certificate *
mainet_identity_certificate(const mainet_identity *identity);

/**
 * Answer how many certificates its chain has, its own counted.
 *
 * @param[in] identity  An identity.
 *
 * @return At least 1.
 * @since 0.1.0
 */
MAINET_API size_t
mainet_identity_chain_length(const mainet_identity *identity);

/**
 * Answer one certificate of the chain.
 *
 * @param[in] identity  An identity.
 * @param[in] index     0: its own, then its issuer's, and so on.
 *
 * @return Borrowed; NULL past the end.
 * @since 0.1.0
 */
MAINET_API const mainet_certificate *
mainet_identity_chain_at(const mainet_identity *identity, size_t index);

/**
 * Answer whether the chain ends in a self-signed certificate.
 *
 * @param[in] identity  An identity.
 *
 * @return true if it does.
 * @since 0.1.0
 */
MAINET_API bool
mainet_identity_is_chain_complete(const mainet_identity *identity);

/**
 * Answer whether the key may leave the token (CKA_EXTRACTABLE).
 *
 * @param[in] identity  An identity.
 *
 * @return true if it may.
 * @since 0.1.0
 */
MAINET_API bool
mainet_identity_is_exportable(const mainet_identity *identity);

/**
 * Answer how many days it is still valid, by the clock of this machine.
 *
 * @param[in] identity  An identity.
 *
 * @return Whole days, rounded down: 0 on the last one; negative once its validity has ended.
 * @since 0.1.0
 */
MAINET_API int32_t
mainet_identity_days_left(const mainet_identity *identity);

/**
 * Answer which identity of the same subject and issuer expires later than this one and takes its
 * place.
 *
 * It does so from the beginning of its validity, by the clock of this machine, or once the
 * service's confirmation page has accepted it: until then the older one is what logs in.
 *
 * @param[in] identity  An identity.
 *
 * @return Borrowed id of the latest such; "" if there is none.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_identity_superseded_by(const mainet_identity *identity);

/**
 * Answer the certificate number it was acquired with.
 *
 * @param[in] identity  An identity.
 *
 * @return Borrowed; "" if it was not acquired by this library.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_identity_certificate_number(const mainet_identity *identity);

/**
 * Answer the group ID it was acquired with.
 *
 * @param[in] identity  An identity.
 *
 * @return Borrowed; "" if it was not acquired by this library.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_identity_group_id(const mainet_identity *identity);

/**
 * Answer the path of the service profile it was acquired with.
 *
 * @param[in] identity  An identity.
 *
 * @return Borrowed; "" if it was not acquired by this library.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_identity_service(const mainet_identity *identity);

/**
 * Answer when it was acquired.
 *
 * @param[in] identity  An identity.
 *
 * @return Seconds since 1970-01-01T00:00:00Z; 0 if it was not acquired by this library.
 * @since 0.1.0
 */
MAINET_API int64_t
mainet_identity_acquired_at(const mainet_identity *identity);

/**
 * Answer when the service's confirmation page last said that it is installed.
 *
 * @param[in] identity  An identity.
 *
 * @return Seconds since 1970-01-01T00:00:00Z; 0: never.
 * @since 0.1.0
 */
MAINET_API int64_t
mainet_identity_confirmed_at(const mainet_identity *identity);

/**
 * Answer whether the call that handed out this identity has added it to its token.
 *
 * @param[in] identity  An identity.
 *
 * @return true after mainet_acquire() and mainet_token_import(), unless certificate and key were
 *         there already; false if it was listed or found.
 * @since 0.1.0
 */
MAINET_API bool
mainet_identity_is_new(const mainet_identity *identity);

/**
 * Free an identity.
 *
 * @param[in] identity  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_identity_free(mainet_identity *identity);

MAINET_END

#endif
