/* SPDX-License-Identifier: BSD-3-Clause */
#include "info.h"

#include <stdlib.h>

#include "mainetcert/version.h"
#include "module.h"
#include "output.h"
#include "token.h"

CK_VERSION
p11_info_version(void)
{
    char *rest = NULL;
    const unsigned long major = strtoul(MAINETCERT_VERSION, &rest, 10);
    const unsigned long minor = *rest == '.' ? strtoul(rest + 1, NULL, 10) : 0;

    return (CK_VERSION){(unsigned char)major, (unsigned char)minor};
}

CK_RV
p11_info(CK_INFO *info, CK_VERSION standard)
{
    if (p11_module_current() == NULL)
        return CKR_CRYPTOKI_NOT_INITIALIZED;
    if (info == NULL)
        return CKR_ARGUMENTS_BAD;
    *info = (CK_INFO){.cryptokiVersion = standard, .libraryVersion = p11_info_version()};
    P11_PAD(info->manufacturerID, P11_MANUFACTURER);
    P11_PAD(info->libraryDescription, "MaiNet client certificates");
    return CKR_OK;
}
