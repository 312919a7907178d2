/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_CERTIFICATE_H
#define MAINETCERT_CERTIFICATE_H

#include <stdbool.h>

#include "mainetcert/bytes.h"

MAINET_BEGIN

/** A read-only view of one X.509 certificate (RFC 5280). @since 0.1.0 */
typedef struct mainet_certificate mainet_certificate;

/**
 * Read a certificate.
 *
 * @param[in]  der      DER of one Certificate (RFC 5280, 4.1), copied.
 * @param[in]  der_len  Number of bytes, 1 to 65536.
 * @param[out] err      Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL: MAINET_E_CERTIFICATE if it does not decode or bytes are left.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_certificate *
mainet_certificate_parse(const uint8_t *der, size_t der_len, mainet_error *err);

/**
 * Free a certificate.
 *
 * @param[in] certificate  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_certificate_free(mainet_certificate *certificate);

/**
 * Hand out the DER.
 *
 * @param[in]  certificate  A certificate.
 * @param[out] err          Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL (MAINET_E_NO_MEMORY).
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_bytes *
mainet_certificate_der(const mainet_certificate *certificate, mainet_error *err);

/**
 * Answer the subject's distinguished name in the form of RFC 4514, UTF-8.
 *
 * @param[in] certificate  A certificate.
 *
 * @return Borrowed from the certificate.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_certificate_subject(const mainet_certificate *certificate);

/**
 * Answer the issuer's distinguished name in the form of RFC 4514, UTF-8.
 *
 * @param[in] certificate  A certificate.
 *
 * @return Borrowed from the certificate.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_certificate_issuer(const mainet_certificate *certificate);

/**
 * Answer the subject's common name.
 *
 * @param[in] certificate  A certificate.
 *
 * @return Borrowed; the whole subject if it has no common name.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_certificate_common_name(const mainet_certificate *certificate);

/**
 * Answer the subject's organization.
 *
 * @param[in] certificate  A certificate.
 *
 * @return Borrowed; "" if it has none.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_certificate_organization(const mainet_certificate *certificate);

/**
 * Answer the issuer's common name.
 *
 * @param[in] certificate  A certificate.
 *
 * @return Borrowed; the whole issuer if it has no common name.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_certificate_issuer_common_name(const mainet_certificate *certificate);

/**
 * Answer the issuer's organization.
 *
 * @param[in] certificate  A certificate.
 *
 * @return Borrowed; "" if it has none.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_certificate_issuer_organization(const mainet_certificate *certificate);

/**
 * Answer the serial number in lower-case hex, without leading zero bytes.
 *
 * @param[in] certificate  A certificate.
 *
 * @return Borrowed from the certificate.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_certificate_serial(const mainet_certificate *certificate);

/**
 * Answer the SHA-256 of the DER: 64 lower-case hex digits.
 *
 * @param[in] certificate  A certificate.
 *
 * @return Borrowed from the certificate.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_certificate_sha256(const mainet_certificate *certificate);

/**
 * Answer when validity begins.
 *
 * @param[in] certificate  A certificate.
 *
 * @return Seconds since 1970-01-01T00:00:00Z.
 * @since 0.1.0
 */
MAINET_API int64_t
mainet_certificate_not_before(const mainet_certificate *certificate);

/**
 * Answer when validity ends.
 *
 * @param[in] certificate  A certificate.
 *
 * @return Seconds since 1970-01-01T00:00:00Z.
 * @since 0.1.0
 */
MAINET_API int64_t
mainet_certificate_not_after(const mainet_certificate *certificate);

/**
 * Answer the kind of the public key: `RSA`, `EC`, `Ed25519`, or the name OpenSSL gives it.
 *
 * @param[in] certificate  A certificate.
 *
 * @return Borrowed from the certificate.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_certificate_key_type(const mainet_certificate *certificate);

/**
 * Answer the size of the public key.
 *
 * @param[in] certificate  A certificate.
 *
 * @return Bits: modulus of RSA, order of the curve otherwise.
 * @since 0.1.0
 */
MAINET_API int32_t
mainet_certificate_key_bits(const mainet_certificate *certificate);

/**
 * Answer whether it is a certification authority's (RFC 5280, 4.2.1.9).
 *
 * @param[in] certificate  A certificate.
 *
 * @return true if basicConstraints says so.
 * @since 0.1.0
 */
MAINET_API bool
mainet_certificate_is_authority(const mainet_certificate *certificate);

MAINET_END

#endif
