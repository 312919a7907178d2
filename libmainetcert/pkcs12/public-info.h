/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_PUBLIC_INFO_H
#define MN_PKCS12_PUBLIC_INFO_H

#include "base/buffer.h"

/* The SubjectPublicKeyInfo (RFC 5280, 4.1) pairs keys with certificates, so one key has one form,
 * the plain one (mn_key_public_info makes it): named curve, uncompressed point, no
 * restriction to PSS. All that PKCS#11 wants to know of a public key can be read from it. */

#define MN_KEY_ID_LEN 20
#define MN_ED25519_POINT_LEN 32

typedef enum mn_info_kind { MN_INFO_RSA, MN_INFO_EC, MN_INFO_ED25519 } mn_info_kind;

/** A plain info taken apart; what it points to is borrowed from its DER. */
typedef struct mn_public_info {
    mn_info_kind kind;
    mn_reader der;      /**< the whole */
    mn_reader modulus;  /**< of RSA, big-endian without leading zeros */
    mn_reader exponent; /**< of RSA, the same */
    mn_reader curve;    /**< of EC, a DER OBJECT IDENTIFIER */
    mn_reader point;    /**< of EC 04 || X || Y, of Ed25519 its 32 bytes */
} mn_public_info;

/** AlgorithmIdentifiers of RSA and Ed25519; of EC what stands before the curve. */
extern const uint8_t mn_rsa_algorithm[15];
extern const uint8_t mn_ed25519_algorithm[7];
extern const uint8_t mn_ec_oid[9];

/** Find the info in the DER of a certificate; borrowed, NULL if that does not look like one. */
const uint8_t *
mn_certificate_find_info(const uint8_t *der, size_t der_len, size_t *info_len);

/** Take an info apart; false unless it is plain, as almost every one is. Whether its point is on
 *  its curve is not looked at. */
bool
mn_public_info_read(const uint8_t *der, size_t der_len, mn_public_info *info);

/** The length of the modulus or the curve in bits; 0 for a curve out of the ordinary. */
int32_t
mn_public_info_bits(const mn_public_info *info);

/** The CKA_ID that NSS makes: SHA-1 of the RSA modulus or of the raw point. */
mainet_status
mn_public_info_id(const mn_public_info *info, uint8_t id[MN_KEY_ID_LEN], mainet_error *err);

#endif
