/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_DIAGNOSE_H
#define MAINETCERT_DIAGNOSE_H

#include "mainetcert/acquire.h"

MAINET_BEGIN

/** How far a connection came. @since 0.1.0 */
typedef enum mainet_stage {
    MAINET_STAGE_NAME = 1,        /**< The name is not known to the DNS. */
    MAINET_STAGE_CONNECT = 2,     /**< Nothing answers at the address. */
    MAINET_STAGE_PROXY = 3,       /**< The proxy is not there, or refuses. */
    MAINET_STAGE_TLS = 4,         /**< The handshake is broken off. */
    MAINET_STAGE_CERTIFICATE = 5, /**< The certificate shown is not trusted. */
    MAINET_STAGE_HTTP = 6,        /**< No answer, or that of a filter. */
    MAINET_STAGE_DONE = 7         /**< The server answered. */
} mainet_stage;

/** What was found out about each endpoint of a service. @since 0.1.0 */
typedef struct mainet_diagnosis mainet_diagnosis;

/**
 * Connect to every endpoint of a service and find out where it fails (the manual's 6.1.1).
 *
 * The endpoints are the addresses of retrieval and confirmation and those of `[network]`, one for
 * each host and port. They are asked for a page; nothing that anybody entered is sent to them. A
 * proxy is logged in to as for an acquisition; once its question was cancelled, or three answers
 * were refused, the caller is not asked again, and that is the finding. Progress tells
 * MAINET_PHASE_ASKING with the number of endpoints that are done.
 *
 * @param[in]  request  Its service, proxy, timeout (of each endpoint, at most 20 s) and callbacks
 *                      count; no number or password needed.
 * @param[out] err      Filled on failure; may be NULL.
 *
 * @return Yours to free, also where nothing is reachable; NULL: MAINET_E_ARGUMENT,
 *         MAINET_E_HTTP_CLIENT, MAINET_E_NO_MEMORY, or what a callback answered.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_diagnosis *
mainet_diagnose(const mainet_request *request, mainet_error *err);

/**
 * Free a diagnosis.
 *
 * @param[in] diagnosis  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_diagnosis_free(mainet_diagnosis *diagnosis);

/**
 * Answer the number of endpoints.
 *
 * @param[in] diagnosis  A diagnosis.
 *
 * @return At least 1.
 * @since 0.1.0
 */
MAINET_API size_t
mainet_diagnosis_count(const mainet_diagnosis *diagnosis);

/**
 * Answer the address of an endpoint.
 *
 * @param[in] diagnosis  A diagnosis.
 * @param[in] index      Less than the count.
 *
 * @return Borrowed.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_diagnosis_url(const mainet_diagnosis *diagnosis, size_t index);

/**
 * Answer where the connection to an endpoint failed.
 *
 * @param[in] diagnosis  A diagnosis.
 * @param[in] index      Less than the count.
 *
 * @return MAINET_STAGE_DONE if it did not.
 * @since 0.1.0
 */
MAINET_API mainet_stage
mainet_diagnosis_stage(const mainet_diagnosis *diagnosis, size_t index);

/**
 * Answer what the failure is in the catalogue.
 *
 * @param[in] diagnosis  A diagnosis.
 * @param[in] index      Less than the count.
 *
 * @return MAINET_OK if the endpoint is reachable, else for example MAINET_E_UNREACHABLE.
 * @since 0.1.0
 */
MAINET_API mainet_status
mainet_diagnosis_status(const mainet_diagnosis *diagnosis, size_t index);

/**
 * Answer the HTTP status of the endpoint, or of the proxy that refused.
 *
 * @param[in] diagnosis  A diagnosis.
 * @param[in] index      Less than the count.
 *
 * @return 0 if there was none.
 * @since 0.1.0
 */
MAINET_API int32_t
mainet_diagnosis_http_status(const mainet_diagnosis *diagnosis, size_t index);

/**
 * Answer the proxy that was used.
 *
 * @param[in] diagnosis  A diagnosis.
 * @param[in] index      Less than the count.
 *
 * @return Host and port, borrowed; "" if none was.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_diagnosis_proxy(const mainet_diagnosis *diagnosis, size_t index);

/**
 * Answer who issued the certificate that was shown.
 *
 * @param[in] diagnosis  A diagnosis.
 * @param[in] index      Less than the count.
 *
 * @return The issuer's distinguished name, borrowed; "" if no certificate was seen.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_diagnosis_issuer(const mainet_diagnosis *diagnosis, size_t index);

/**
 * Answer whether somebody on the way seems to decrypt the connection.
 *
 * @param[in] diagnosis  A diagnosis.
 * @param[in] index      Less than the count.
 *
 * @return true if the certificate is for the right host, but issued by somebody who is not trusted,
 *         as a proxy or a security program that looks into TLS does.
 * @since 0.1.0
 */
MAINET_API bool
mainet_diagnosis_is_intercepted(const mainet_diagnosis *diagnosis, size_t index);

/**
 * Answer the particulars, in English.
 *
 * @param[in] diagnosis  A diagnosis.
 * @param[in] index      Less than the count.
 *
 * @return Borrowed; "" if the endpoint is reachable.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_diagnosis_detail(const mainet_diagnosis *diagnosis, size_t index);

MAINET_END

#endif
