/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_INFO_H
#define P11_INFO_H

#include "cryptoki3.h"

/** What C_GetInfo tells, to an application that speaks this version of the standard. */
CK_RV
p11_info(CK_INFO *info, CK_VERSION standard);

/** Our own version: major and minor. */
CK_VERSION
p11_info_version(void);

#endif
