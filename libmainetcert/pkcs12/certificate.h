/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_CERTIFICATE_H
#define MN_PKCS12_CERTIFICATE_H

#include "base/openssl.h"
#include "mainetcert/certificate.h"

/* A mainet_certificate counts its references: mainet_certificate_free gives one back. */

/** Take another reference. */
mainet_certificate *
mn_certificate_ref(const mainet_certificate *certificate);

/** Borrow the OpenSSL object, for its names, numbers and extensions: it has no key that could be
 *  used, and verifies nothing. */
X509 *
mn_certificate_x509(const mainet_certificate *certificate);

/** Decode it once more with its key, for what takes nothing else; free it. */
X509 *
mn_certificate_decode(const mainet_certificate *certificate, mainet_error *err);

/** Borrow the public key, which is decoded when it is first asked for; NULL for one that OpenSSL
 *  does not know. Leaves OpenSSL's errors behind. */
EVP_PKEY *
mn_certificate_key(const mainet_certificate *certificate);

/** Borrow the DER. */
const uint8_t *
mn_certificate_der(const mainet_certificate *certificate, size_t *len);

/** Borrow DER parts for PKCS#11 attributes; valid as long as the certificate. */
const uint8_t *
mn_certificate_subject_der(const mainet_certificate *certificate, size_t *len);

const uint8_t *
mn_certificate_issuer_der(const mainet_certificate *certificate, size_t *len);

/** The whole DER INTEGER of the serial number, as CKA_SERIAL_NUMBER wants it. */
const uint8_t *
mn_certificate_serial_der(const mainet_certificate *certificate, size_t *len);

/** The DER SubjectPublicKeyInfo. */
const uint8_t *
mn_certificate_public_key_der(const mainet_certificate *certificate, size_t *len);

MN_AUTO_TYPE(mainet_certificate, mainet_certificate_free)

#endif
