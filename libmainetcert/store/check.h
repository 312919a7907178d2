/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_CHECK_H
#define MN_STORE_CHECK_H

#include "store/database.h"

/** MAINET_E_STORE_OPEN unless SQLite finds every page of the file in order. */
mainet_status
mn_check_pages(mn_database *database, mainet_error *err);

#endif
