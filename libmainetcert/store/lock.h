/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_LOCK_H
#define MN_STORE_LOCK_H

#include <stdbool.h>

#include "base/error.h"

/** One access to a store's folder: our mutex, the checked folder, and a flock on it. Taken for one
 *  call and given back before it returns, so that fork is safe and nobody waits for us. */
typedef struct mn_lock mn_lock;

/** Take the lock, shared to read or exclusive to write; MAINET_E_STORE_BUSY after 5 s,
 *  MAINET_E_STORE_OPEN for an unsafe folder or a file system without flock. Not recursive. */
mn_lock *
mn_lock_new(const char *folder, bool exclusive, mainet_error *err);

/** Make a shared lock exclusive. Not atomic: look at the files afresh afterwards. */
mainet_status
mn_lock_upgrade(mn_lock *lock, mainet_error *err);

/** Borrow the folder's descriptor. */
int
mn_lock_folder(const mn_lock *lock);

void
mn_lock_free(mn_lock *lock);

MN_AUTO_TYPE(mn_lock, mn_lock_free)

#endif
