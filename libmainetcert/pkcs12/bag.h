/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_BAG_H
#define MN_PKCS12_BAG_H

#include "pkcs12/asn1.h"

/** Refuse a bag whose friendlyName is not text or whose localKeyID is not bytes (RFC 2985, 5.5):
 *  whoever expects them as they ought to be has been led astray by such. Other attributes may be
 *  anything. MAINET_E_PKCS12_UNUSABLE. */
mainet_status
mn_bag_check_attributes(const mn_bag *bag, mainet_error *err);

/** Read the friendly name as one line of UTF-8 (malloc); NULL if there is none that can be read. */
char *
mn_bag_name(const mn_bag *bag);

/** Decode the bags that a bag of SafeContents holds; NULL if it holds something else. */
mn_bags *
mn_bag_nested(const mn_bag *bag);

/** Decode an encrypted key (RFC 5208, 6); NULL if it is something else. */
X509_SIG *
mn_bag_shrouded(const mn_bag *bag);

#endif
