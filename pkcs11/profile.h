/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_PROFILE_H
#define P11_PROFILE_H

#include "slot.h"

/** Make sure that the token has its profile objects (PKCS#11 v3.0, 4.12), in memory only. */
CK_RV
p11_profiles_add(p11_slot *slot);

#endif
