/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_READ_H
#define MN_PKCS12_READ_H

#include "base/openssl.h"
#include "mainetcert/pkcs12.h"
#include "pkcs12/certificate.h"

/** Borrow the private key of an identity, in the private context; NULL past the end. */
EVP_PKEY *
mn_pkcs12_key(const mainet_pkcs12 *container, size_t index);

/** Put a certificate beside those of the container, for chains to be built with. */
mainet_status
mn_pkcs12_add(mainet_pkcs12 *container, const mainet_certificate *certificate, mainet_error *err);

/** Borrow a certificate that was put beside; NULL past the end. */
const mainet_certificate *
mn_pkcs12_added(const mainet_pkcs12 *container, size_t index);

/** Borrow a certificate in the order of mainet_pkcs12_certificate_at; NULL past the end. */
const mainet_certificate *
mn_pkcs12_certificate(const mainet_pkcs12 *container, size_t index);

/** MAINET_E_NO_KEY_PAIR, with what there is instead, unless the container holds an identity. */
mainet_status
mn_pkcs12_require_identity(const mainet_pkcs12 *container, mainet_error *err);

MN_AUTO_TYPE(mainet_pkcs12, mainet_pkcs12_free)

#endif
