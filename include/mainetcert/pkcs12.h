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
 * 5 million before anything is derived.
 *
 * @param[in]  data          DER or BER of one PFX, copied.
 * @param[in]  data_len      Number of bytes, up to 1 MiB.
 * @param[in]  password      UTF-8, not NUL-terminated, not kept; NULL is the absent password.
 * @param[in]  password_len  Number of bytes, up to 1024.
 * @param[out] err           Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL: MAINET_E_NOT_PKCS12, MAINET_E_PKCS12_PASSWORD,
 *         MAINET_E_PKCS12_NO_MAC, MAINET_E_PKCS12_UNUSABLE, MAINET_E_NO_KEY_PAIR (no
 *         certificate matches a private key), MAINET_E_NO_MEMORY.
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
 * @return At least 1.
 * @since 0.1.0
 */
MAINET_API size_t
mainet_pkcs12_identity_count(const mainet_pkcs12 *container);

/**
 * Answer how many certificates it holds in all.
 *
 * @param[in] container  An opened container.
 *
 * @return At least 1.
 * @since 0.1.0
 */
MAINET_API size_t
mainet_pkcs12_certificate_count(const mainet_pkcs12 *container);

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
 * Answer the friendly name of an identity (RFC 2985, 5.5.1), UTF-8.
 *
 * @param[in] container  An opened container.
 * @param[in] index      0 to mainet_pkcs12_identity_count() - 1.
 *
 * @return Borrowed; "" if it has none or past the end.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_pkcs12_friendly_name(const mainet_pkcs12 *container, size_t index);

MAINET_END

#endif
