/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_PARCEL_PRIVATE_H
#define MN_STORE_PARCEL_PRIVATE_H

#include <dirent.h>

#include "base/buffer.h"
#include "store/lock.h"
#include "store/parcel.h"

/* What the files about parcels share. */

#define FOLDER "pending"
#define FRESH ".fresh" /* ends the name of what is sealed under the next token key */

/** SERIAL-ID, hidden where it has an ending. */
void
mn_parcel_name(const char *serial, const char *id, const char *ending,
               char name[MN_PARCEL_NAME_LEN]);

/** Whatever names a parcel is authenticated with it: it cannot be put in another's place. */
mainet_status
mn_parcel_seal(const mn_keys *keys, const char *name, const mn_secret *content, mn_buffer *sealed,
               mainet_error *err);

/** The folder, locked with the store. */
typedef struct mn_parcels_access {
    mn_lock *lock;
    int pending;
} mn_parcels_access;

mainet_status
mn_parcels_begin(mn_parcels_access *access, const mainet_token *token, bool write,
                 mainet_error *err);

void
mn_parcels_end(mn_parcels_access *access);

#define mn_auto_parcels_access __attribute__((cleanup(mn_parcels_end))) mn_parcels_access
#define MN_PARCELS_ACCESS_INIT                                                                     \
    {                                                                                              \
        .pending = -1                                                                              \
    }

mainet_status
mn_parcels_require_keys(const mainet_token *token, mainet_error *err);

#endif
