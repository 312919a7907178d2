/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_SERVICE_H
#define MAINETCERT_SERVICE_H

#include "mainetcert/certificate.h"

MAINET_BEGIN

/** A service profile: where a certificate is retrieved and confirmed, and how. @since 0.1.0 */
typedef struct mainet_service mainet_service;

/**
 * Read a profile from its INI file.
 *
 * @param[in]  path  The file; NULL: MAINETCERT_SERVICE of the environment, else the shipped
 *                   `mainet.conf`.
 * @param[out] err   Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL: MAINET_E_SERVICE_PROFILE with the line that is wrong,
 *         MAINET_E_NO_MEMORY.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_service *
mainet_service_open(const char *path, mainet_error *err);

/**
 * Free a profile.
 *
 * @param[in] service  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_service_free(mainet_service *service);

/**
 * Answer the path of the file that was read.
 *
 * @param[in] service  A profile.
 *
 * @return Borrowed, absolute.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_service_path(const mainet_service *service);

/**
 * Answer the service's name.
 *
 * @param[in] service  A profile.
 *
 * @return Borrowed.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_service_name(const mainet_service *service);

/**
 * Answer the common name of the issuer that is expected.
 *
 * @param[in] service  A profile.
 *
 * @return Borrowed; "" if any issuer has to be decided on.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_service_issuer(const mainet_service *service);

/**
 * Answer whether an issuer is the one that is expected.
 *
 * @param[in] service      A profile.
 * @param[in] certificate  The issuer's certificate, or one that it issued.
 *
 * @return true if the common name is mainet_service_issuer(), compared without case and spaces,
 *         and, where the profile has an `issuer_sha256`, the issuer's certificate has it.
 * @since 0.1.0
 */
MAINET_API bool
mainet_service_expects(const mainet_service *service, const mainet_certificate *certificate);

/**
 * Answer the telephone number of the support desk.
 *
 * @param[in] service  A profile.
 *
 * @return Borrowed; "" if the profile names none.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_service_support(const mainet_service *service);

/**
 * Answer the address a certificate is retrieved from.
 *
 * @param[in] service  A profile.
 *
 * @return Borrowed; always https.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_service_retrieve_url(const mainet_service *service);

/**
 * Answer the address of the confirmation page.
 *
 * @param[in] service  A profile.
 *
 * @return Borrowed; "" if the service has none.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_service_confirm_url(const mainet_service *service);

/**
 * Answer what stands before the certificate number in the notice mail.
 *
 * @param[in] service  A profile.
 *
 * @return Borrowed; never "".
 * @since 0.1.0
 */
MAINET_API const char *
mainet_service_notice_number_label(const mainet_service *service);

/**
 * Answer what stands before the retrieval password in the notice mail.
 *
 * @param[in] service  A profile.
 *
 * @return Borrowed; never "".
 * @since 0.1.0
 */
MAINET_API const char *
mainet_service_notice_password_label(const mainet_service *service);

/**
 * Answer what stands before the address of the retrieval site in the notice mail.
 *
 * @param[in] service  A profile.
 *
 * @return Borrowed; "" if the notice names none.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_service_notice_url_label(const mainet_service *service);

MAINET_END

#endif
