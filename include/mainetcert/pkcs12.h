/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_PKCS12_H
#define MAINETCERT_PKCS12_H

#include "mainetcert/certificate.h"

MAINET_BEGIN

/** An opened PKCS#12 container (RFC 7292). @since 0.1.0 */
typedef struct mainet_pkcs12 mainet_pkcs12;

/**
 * Verify and decrypt a container.
 *
 * The password is tried in the encodings that are found in the wild. The container is
 * authenticated before it is decrypted; iteration counts are added up and refused over
 * 5 million before anything is derived, and so are more than 256 private keys.
 *
 * A container opens whatever it holds: certificates alone, keys alone, several of each, or
 * nothing. What cannot be used is passed over and named, see mainet_pkcs12_skipped().
 * mainet_token_import() wants an identity at least.
 *
 * @param[in]  data          DER or BER of one PFX, or that in base64 with or without PEM's lines;
 *                           not kept.
 * @param[in]  data_len      Number of bytes, up to 1 MiB.
 * @param[in]  password      UTF-8, not NUL-terminated, not kept; NULL is the absent password.
 * @param[in]  password_len  Number of bytes, up to 1024.
 * @param[out] err           Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL: MAINET_E_NOT_PKCS12, MAINET_E_PKCS12_PASSWORD,
 *         MAINET_E_PKCS12_NO_MAC, MAINET_E_PKCS12_UNUSABLE, MAINET_E_CERTIFICATE (one does not
 *         decode, and no identity is left), MAINET_E_NO_MEMORY.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_pkcs12 *
mainet_pkcs12_open(const uint8_t *data, size_t data_len, const uint8_t *password,
                   size_t password_len, mainet_error *err);

/**
 * Wipe and free.
 *
 * @param[in] container  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_pkcs12_free(mainet_pkcs12 *container);

/**
 * Answer how many identities it holds: certificates whose private key is in it.
 *
 * @param[in] container  An opened container.
 *
 * @return 0 or more.
 * @since 0.1.0
 */
MAINET_API size_t
mainet_pkcs12_identity_count(const mainet_pkcs12 *container);

/**
 * Answer how many certificates it holds in all.
 *
 * @param[in] container  An opened container.
 *
 * @return 0 or more; the same certificate twice is one.
 * @since 0.1.0
 */
MAINET_API size_t
mainet_pkcs12_certificate_count(const mainet_pkcs12 *container);

/**
 * Answer how many private keys it holds in all, with a certificate or without.
 *
 * @param[in] container  An opened container.
 *
 * @return 0 or more; the same key twice is one.
 * @since 0.1.0
 */
MAINET_API size_t
mainet_pkcs12_key_count(const mainet_pkcs12 *container);

/**
 * Hand out one certificate: first those of identities, then the others in the
 * container's order.
 *
 * @param[in]  container  An opened container.
 * @param[in]  index      0 to mainet_pkcs12_certificate_count() - 1.
 * @param[out] err        Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL (MAINET_E_ARGUMENT past the end).
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_certificate *
mainet_pkcs12_certificate_at(const mainet_pkcs12 *container, size_t index, mainet_error *err);

/**
 * Answer the friendly name of a certificate (RFC 2985, 5.5.1), UTF-8.
 *
 * @param[in] container  An opened container.
 * @param[in] index      As for mainet_pkcs12_certificate_at().
 *
 * @return Borrowed; that of its key if it has none itself, "" if neither has or past the end.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_pkcs12_friendly_name(const mainet_pkcs12 *container, size_t index);

/**
 * Answer what else the container holds that was passed over: secrets, CRLs, things that are there
 * twice, keys and certificates that cannot be used.
 *
 * @param[in] container  An opened container.
 *
 * @return Borrowed; a list in English, for a log, "" if there is nothing.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_pkcs12_skipped(const mainet_pkcs12 *container);

MAINET_END

#endif
