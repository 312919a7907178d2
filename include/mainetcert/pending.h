/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_PENDING_H
#define MAINETCERT_PENDING_H

#include "mainetcert/acquire.h"

MAINET_BEGIN

/** What a service delivered and is not imported yet, sealed in the store; as it was when it was
 *  listed. @since 0.1.0 */
typedef struct mainet_pending mainet_pending;

/** The pending deliveries of a token at one moment. @since 0.1.0 */
typedef struct mainet_pending_list mainet_pending_list;

/**
 * List what was delivered for a token and is not imported yet.
 *
 * An acquisition that was interrupted after the service's reply leaves one. What is damaged, and
 * what is sealed while the token is locked, is in the list too: see mainet_pending_status().
 *
 * @param[in]  token  A token, locked or not.
 * @param[out] err    Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL: MAINET_E_STORE_OPEN, MAINET_E_STORE_BUSY, MAINET_E_NO_MEMORY.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_pending_list *
mainet_token_pending(mainet_token *token, mainet_error *err);

/**
 * Answer how many deliveries a list has.
 *
 * @param[in] list  A list.
 *
 * @return 0 or more.
 * @since 0.1.0
 */
MAINET_API size_t
mainet_pending_list_count(const mainet_pending_list *list);

/**
 * Hand out one delivery of a list.
 *
 * @param[in]  list   A list.
 * @param[in]  index  0 to mainet_pending_list_count() - 1.
 * @param[out] err    Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL (MAINET_E_ARGUMENT past the end).
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_pending *
mainet_pending_list_at(const mainet_pending_list *list, size_t index, mainet_error *err);

/**
 * Free a list; deliveries taken from it stay usable.
 *
 * @param[in] list  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_pending_list_free(mainet_pending_list *list);

/**
 * Answer the delivery's id: 32 lower-case hex digits, which its file's name ends with.
 *
 * @param[in] pending  A delivery.
 *
 * @return Borrowed.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_pending_id(const mainet_pending *pending);

/**
 * Answer whether the delivery could be read.
 *
 * @param[in] pending  A delivery.
 *
 * @return MAINET_OK; MAINET_E_TOKEN_LOCKED if it was listed of a locked token;
 *         MAINET_E_STORE_TAMPERED, MAINET_E_STORE_OPEN or MAINET_E_STORE_VERSION if it is damaged,
 *         unsafe or a newer version's. What else is asked of such a one is answered by "", 0 or
 *         false.
 * @since 0.1.0
 */
MAINET_API mainet_status
mainet_pending_status(const mainet_pending *pending);

/**
 * Answer what is wrong with a delivery that could not be read, in English, with the name of its
 * file.
 *
 * @param[in] pending  A delivery.
 *
 * @return Borrowed; "" if it could be read.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_pending_damage(const mainet_pending *pending);

/**
 * Answer the address that delivered it.
 *
 * @param[in] pending  A delivery.
 *
 * @return Borrowed.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_pending_url(const mainet_pending *pending);

/**
 * Answer the path of the service profile it was asked for with.
 *
 * @param[in] pending  A delivery.
 *
 * @return Borrowed.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_pending_service(const mainet_pending *pending);

/**
 * Answer the group ID it was asked for with.
 *
 * @param[in] pending  A delivery.
 *
 * @return Borrowed.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_pending_group_id(const mainet_pending *pending);

/**
 * Answer the certificate number it was asked for with.
 *
 * @param[in] pending  A delivery.
 *
 * @return Borrowed.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_pending_certificate_number(const mainet_pending *pending);

/**
 * Answer when it was delivered.
 *
 * @param[in] pending  A delivery.
 *
 * @return Seconds since 1970-01-01T00:00:00Z.
 * @since 0.1.0
 */
MAINET_API int64_t
mainet_pending_delivered_at(const mainet_pending *pending);

/**
 * Answer whether the key may leave the token once it is imported.
 *
 * @param[in] pending  A delivery.
 *
 * @return false: never exported, wrapped or read.
 * @since 0.1.0
 */
MAINET_API bool
mainet_pending_is_exportable(const mainet_pending *pending);

/**
 * Import a pending delivery, as the call that was interrupted would have.
 *
 * Asks the service nothing: container and retrieval password are in the delivery. The
 * delivery is removed once its identity is in the token; what is in the token already is not
 * imported twice. On failure token and delivery stay as they are.
 *
 * @param[in] pending  Of a token that is unlocked now.
 * @param[in] request  Its service tells the issuer that is expected; its callbacks, proxy and
 *                     timeout count. Group ID, number, password and exportable are the delivery's.
 * @param[out] err     Filled on failure; may be NULL.
 *
 * @return The identity, yours to free, or NULL: MAINET_E_TOKEN_LOCKED, MAINET_E_PENDING_NOT_FOUND
 *         if somebody else resumed or discarded it, MAINET_E_STORE_TAMPERED, and 2xx, 3xx and 990
 *         as mainet_acquire().
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_identity *
mainet_pending_resume(const mainet_pending *pending, const mainet_request *request,
                      mainet_error *err);

/**
 * Delete a pending delivery.
 *
 * The service may not hand it out again: ask before. Needs no PIN, so that a delivery for
 * a token whose PIN is forgotten is not in the way for ever.
 *
 * @param[in]  pending  A delivery.
 * @param[out] err      Filled on failure; may be NULL.
 *
 * @retval MAINET_OK             It is gone.
 * @retval MAINET_E_STORE_WRITE  The folder cannot be written; the delivery is still there.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_pending_discard(const mainet_pending *pending, mainet_error *err);

/**
 * Free a delivery's handle; the delivery stays.
 *
 * @param[in] pending  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_pending_free(mainet_pending *pending);

MAINET_END

#endif
