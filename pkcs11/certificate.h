/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_CERTIFICATE_H
#define P11_CERTIFICATE_H

#include "draft.h"

/** Fill in what the certificate in CKA_VALUE says of itself, and finish the draft.
 *  CKR_ATTRIBUTE_VALUE_INVALID if it is no X.509 certificate or the template says otherwise. */
CK_RV
p11_certificate_finish(p11_draft *draft);

#endif
