/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STORE_TROUBLE_H
#define STORE_TROUBLE_H

/* One call after another goes wrong for good. */

#include <errno.h>

#include "faults.h"

/* What happens to the nth call after the reply. */
typedef enum trouble { DIES, DIES_HALFWAY, IS_FULL, IS_READ_ONLY } trouble;

static size_t nth;
static trouble what;

static void
arm(void)
{
    if (what == DIES || what == DIES_HALFWAY)
        faults_die(nth, what == DIES_HALFWAY);
    else
        faults_fail(nth, what == IS_FULL ? ENOSPC : EROFS, true);
}

#endif
