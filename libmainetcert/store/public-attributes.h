/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_PUBLIC_ATTRIBUTES_H
#define MN_STORE_PUBLIC_ATTRIBUTES_H

#include "pkcs12/public-info.h"
#include "store/attributes.h"

/** Set CKA_KEY_TYPE, the public numbers and CKA_PUBLIC_KEY_INFO as a CKO_PUBLIC_KEY has them. */
mainet_status
mn_public_info_set_public(const mn_public_info *info, mn_attributes *attributes, mainet_error *err);

/** The same as a CKO_PRIVATE_KEY has them. */
mainet_status
mn_public_info_set_private(const mn_public_info *info, mn_attributes *attributes,
                           mainet_error *err);

#endif
