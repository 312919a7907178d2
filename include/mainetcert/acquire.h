/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_ACQUIRE_H
#define MAINETCERT_ACQUIRE_H

#include "mainetcert/identity.h"
#include "mainetcert/log.h"
#include "mainetcert/service.h"
#include "mainetcert/transfer.h"

MAINET_BEGIN

/** What is asked of a service, and who is asked on the way. @since 0.1.0 */
typedef struct mainet_request mainet_request;

/** Where an acquisition is. @since 0.1.0 */
typedef enum mainet_phase {
    MAINET_PHASE_CHECKING = 0,   /**< Proving that the token can take what will come. */
    MAINET_PHASE_ASKING = 1,     /**< Connecting and sending. */
    MAINET_PHASE_RETRIEVING = 2, /**< Receiving; done and total are bytes. */
    MAINET_PHASE_OPENING = 3,    /**< Opening the container. */
    MAINET_PHASE_IMPORTING = 4   /**< Writing to the token. */
} mainet_phase;

/**
 * Hear how far a call is, and cancel it.
 *
 * @param[in] phase      Where it is.
 * @param[in] done       How much of the phase is done.
 * @param[in] total      How much there is; 0 if nobody knows.
 * @param[in] user_data  What was given beside the function.
 *
 * @return MAINET_OK to go on; MAINET_E_CANCELLED or any other failure ends the call with it.
 * @since 0.1.0
 */
typedef mainet_status (*mainet_progress_fn)(mainet_phase phase, int64_t done, int64_t total,
                                            void *user_data);

/** Where a proxy's user name and password go. @since 0.1.0 */
typedef struct mainet_credentials mainet_credentials;

/**
 * Answer a proxy that asks for a user name and password.
 *
 * @param[in]  proxy        Host and port of the proxy.
 * @param[in]  attempt      1 the first time; more after it refused.
 * @param[out] credentials  Answer with mainet_credentials_set().
 * @param[in]  user_data    What was given beside the function.
 *
 * @return MAINET_OK if credentials were set; MAINET_E_PROXY_CANCELLED or any other failure ends
 *         the call with it.
 * @since 0.1.0
 */
typedef mainet_status (*mainet_proxy_fn)(const char *proxy, int32_t attempt,
                                         mainet_credentials *credentials, void *user_data);

/**
 * Answer with a user name and password.
 *
 * @param[in,out] credentials   What the callback was handed.
 * @param[in]     user          UTF-8, copied.
 * @param[in]     password      Bytes, not NUL-terminated, copied to locked memory.
 * @param[in]     password_len  Number of bytes, up to 1024.
 * @param[out]    err           Filled on failure; may be NULL.
 *
 * @retval MAINET_OK             They are set.
 * @retval MAINET_E_ARGUMENT     Too long, or NULL.
 * @retval MAINET_E_NO_MEMORY    No memory.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_credentials_set(mainet_credentials *credentials, const char *user, const uint8_t *password,
                       size_t password_len, mainet_error *err);

/**
 * Make a request to a service.
 *
 * @param[in]  service  The profile; kept alive by the request.
 * @param[out] err      Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL (MAINET_E_ARGUMENT, MAINET_E_NO_MEMORY).
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_request *
mainet_request_new(mainet_service *service, mainet_error *err);

/**
 * Wipe and free.
 *
 * @param[in] request  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_request_free(mainet_request *request);

/**
 * Set the group ID.
 *
 * @param[in,out] request   A request.
 * @param[in]     group_id  1 to 256 bytes of UTF-8, copied; blanks around it are dropped.
 * @param[out]    err       Filled on failure; may be NULL.
 *
 * @retval MAINET_OK           It is set.
 * @retval MAINET_E_ARGUMENT   Empty, too long, or with control characters.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_request_set_group_id(mainet_request *request, const char *group_id, mainet_error *err);

/**
 * Set the certificate number.
 *
 * @param[in,out] request             A request.
 * @param[in]     certificate_number  1 to 256 bytes of UTF-8, copied; blanks around it are dropped.
 * @param[out]    err                 Filled on failure; may be NULL.
 *
 * @retval MAINET_OK           It is set.
 * @retval MAINET_E_ARGUMENT   Empty, too long, or with control characters.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_request_set_certificate_number(mainet_request *request, const char *certificate_number,
                                      mainet_error *err);

/**
 * Set the retrieval password, which opens the container too.
 *
 * @param[in,out] request       A request.
 * @param[in]     password      UTF-8, not NUL-terminated, copied to locked memory.
 * @param[in]     password_len  Number of bytes, 1 to 1024.
 * @param[out]    err           Filled on failure; may be NULL.
 *
 * @retval MAINET_OK             It is set.
 * @retval MAINET_E_ARGUMENT     Empty or too long.
 * @retval MAINET_E_NO_MEMORY    No memory.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_request_set_password(mainet_request *request, const uint8_t *password, size_t password_len,
                            mainet_error *err);

/**
 * Set whether the key may leave the token later. It may unless told otherwise.
 *
 * @param[in,out] request     A request.
 * @param[in]     exportable  false: never exported, wrapped or read.
 * @since 0.1.0
 */
MAINET_API void
mainet_request_set_exportable(mainet_request *request, bool exportable);

/**
 * Set whether mainet_acquire() and mainet_pending_resume() look up the certificate in its issuer's
 * revocation list before they import it. They do not unless told so: it has just been issued.
 *
 * A certificate that is in the list is refused (MAINET_E_REVOKED); a list that cannot be had within
 * 10 seconds is told in the log.
 *
 * @param[in,out] request     A request.
 * @param[in]     is_checked  true: look it up.
 * @since 0.1.0
 */
MAINET_API void
mainet_request_set_revocation_check(mainet_request *request, bool is_checked);

/**
 * Set the proxy, whatever no_proxy says; without it the environment's https_proxy and no_proxy
 * count.
 *
 * @param[in,out] request  A request.
 * @param[in]     proxy    A URL such as `http://proxy:8080`; "": none, whatever the environment
 *                         says. User name and password are not taken from it.
 * @param[out]    err      Filled on failure; may be NULL.
 *
 * @retval MAINET_OK           It is set.
 * @retval MAINET_E_ARGUMENT   Not a URL, or with credentials in it.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_request_set_proxy(mainet_request *request, const char *proxy, mainet_error *err);

/**
 * Set how long the whole call may take, but for what people take to answer and for deriving keys.
 *
 * @param[in,out] request     A request.
 * @param[in]     timeout_ms  Milliseconds, 1 or more; 60,000 unless set.
 * @since 0.1.0
 */
MAINET_API void
mainet_request_set_timeout_ms(mainet_request *request, int32_t timeout_ms);

/**
 * Set who hears the log.
 *
 * @param[in,out] request    A request.
 * @param[in]     fn         Called during calls with this request only; NULL: nobody.
 * @param[in]     user_data  Handed to it.
 * @since 0.1.0
 */
MAINET_API void
mainet_request_set_log(mainet_request *request, mainet_log_fn fn, void *user_data);

/**
 * Set who hears the progress and may cancel.
 *
 * @param[in,out] request    A request.
 * @param[in]     fn         Called during calls with this request only; NULL: nobody.
 * @param[in]     user_data  Handed to it.
 * @since 0.1.0
 */
MAINET_API void
mainet_request_set_progress(mainet_request *request, mainet_progress_fn fn, void *user_data);

/**
 * Set who decides on issuers; without one, the profile's expected issuer is accepted and any
 * other refused.
 *
 * @param[in,out] request    A request.
 * @param[in]     fn         Called during calls with this request only; NULL: nobody.
 * @param[in]     user_data  Handed to it.
 * @since 0.1.0
 */
MAINET_API void
mainet_request_set_issuer_decision(mainet_request *request, mainet_issuer_fn fn, void *user_data);

/**
 * Set who answers proxies that ask for credentials; without one the call ends with
 * MAINET_E_PROXY_CANCELLED.
 *
 * What a proxy let pass is kept in locked memory with the request, and answers that proxy again,
 * for what issuers publish and in later calls, without a question.
 *
 * @param[in,out] request    A request.
 * @param[in]     fn         Called during calls with this request only; NULL: nobody.
 * @param[in]     user_data  Handed to it.
 * @since 0.1.0
 */
MAINET_API void
mainet_request_set_proxy_credentials(mainet_request *request, mainet_proxy_fn fn, void *user_data);

/**
 * Retrieve the certificate and key and put them in the token.
 *
 * The token is proven writable before anything is sent. What the service delivered is sealed
 * to the store's `pending/` before it is opened, so that it survives whatever comes
 * after; the next call for the same number takes it from there and asks nobody. A request
 * that has been sent is not repeated. On failure the token is unchanged.
 *
 * @param[in]     request  With group ID, certificate number and password.
 * @param[in,out] token    Unlocked.
 * @param[out]    err      Filled on failure; may be NULL.
 *
 * @return The identity, yours to free, or NULL with the manual's situation: 1xx while asking, 550
 *         as the service answered, 2xx and 3xx while importing, 990 if cancelled.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_identity *
mainet_acquire(const mainet_request *request, mainet_token *token, mainet_error *err);

/** What a confirmation page answered. @since 0.1.0 */
typedef struct mainet_confirmation mainet_confirmation;

/** Whether the page accepts a certificate, or why not. @since 0.1.0 */
typedef enum mainet_standing {
    MAINET_STANDING_INSTALLED = 0,     /**< All is well. */
    MAINET_STANDING_NOT_ACCEPTED = 1,  /**< No certificate was accepted, nobody says why. */
    MAINET_STANDING_EXPIRED = 2,       /**< Its validity is over. */
    MAINET_STANDING_NOT_YET_VALID = 3, /**< Its validity has not begun. */
    MAINET_STANDING_REVOKED = 4,       /**< Its issuer has revoked it. */
    MAINET_STANDING_TEXT_MISSING = 5   /**< The page does not show the text that it should. */
} mainet_standing;

/** What a revocation list says. @since 0.1.0 */
typedef enum mainet_revocation {
    MAINET_REVOCATION_NONE = 0,    /**< The certificate names no list that is read here. */
    MAINET_REVOCATION_GOOD = 1,    /**< Not revoked. */
    MAINET_REVOCATION_REVOKED = 2, /**< Revoked. */
    MAINET_REVOCATION_UNKNOWN = 3  /**< The list could not be had, or is not usable. */
} mainet_revocation;

/**
 * Log in to the service's confirmation page with an identity (the manual's 2.2.3).
 *
 * That it is installed is kept with the identity, see mainet_identity_confirmed_at(), and forgotten
 * when it is revoked. The
 * issuer's revocation list is looked at too, for 10 seconds at most; a certificate that is in it is
 * not installed, whatever the page says. A list that is kept in the store is read until it
 * expires, but fetched afresh where the page does not accept the certificate.
 *
 * @param[in] request   Its service, proxy, timeout and callbacks count; no number or password
 * needed.
 * @param[in] identity  Of an unlocked token.
 * @param[out] err      Filled on failure; may be NULL.
 *
 * @return Yours to free, also where the answer is 'not installed'; NULL if no answer was had:
 *         1xx as for acquisition, MAINET_E_TOKEN_LOCKED, MAINET_E_SERVICE_PROFILE (no page).
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_confirmation *
mainet_confirm(const mainet_request *request, mainet_identity *identity, mainet_error *err);

/**
 * Answer whether the page says that the certificate is installed.
 *
 * @param[in] confirmation  An answer.
 *
 * @return true if all is well.
 * @since 0.1.0
 */
MAINET_API bool
mainet_confirmation_is_installed(const mainet_confirmation *confirmation);

/**
 * Answer the situation.
 *
 * @param[in] confirmation  An answer.
 *
 * @return MAINET_STANDING_INSTALLED, or why not.
 * @since 0.1.0
 */
MAINET_API mainet_standing
mainet_confirmation_standing(const mainet_confirmation *confirmation);

/**
 * Answer why it is not installed, in a sentence.
 *
 * @param[in] confirmation  An answer.
 * @param[in] lang          Language.
 *
 * @return Borrowed, UTF-8; "" if it is installed.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_confirmation_reason(const mainet_confirmation *confirmation, mainet_lang lang);

/**
 * Answer what the issuer's revocation list says.
 *
 * @param[in] confirmation  An answer.
 *
 * @return Any of mainet_revocation.
 * @since 0.1.0
 */
MAINET_API mainet_revocation
mainet_confirmation_revocation(const mainet_confirmation *confirmation);

/**
 * Answer why the revocation list could not be looked at, in English, for a log.
 *
 * @param[in] confirmation  An answer.
 *
 * @return Borrowed; "" unless mainet_confirmation_revocation() is MAINET_REVOCATION_UNKNOWN.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_confirmation_revocation_detail(const mainet_confirmation *confirmation);

/**
 * Answer the address that was asked.
 *
 * @param[in] confirmation  An answer.
 *
 * @return Borrowed.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_confirmation_url(const mainet_confirmation *confirmation);

/**
 * Free an answer.
 *
 * @param[in] confirmation  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_confirmation_free(mainet_confirmation *confirmation);

MAINET_END

#endif
