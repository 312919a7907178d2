/* SPDX-License-Identifier: BSD-3-Clause */
#include "mainetcert/version.h"

const char *
mainet_version(void)
{
    return MAINETCERT_VERSION;
}
