/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_SETTING_H
#define MN_STORE_SETTING_H

#include "base/crypto.h"
#include "store/database.h"

/** What a token's owner chose, as the table `setting` has it; the defaults of what is not there.
 *  The limit of wrong PINs is kept beside their count instead, in `wrap`. */
typedef struct mn_settings {
    bool show_superseded; /**< applications see identities that have a successor */
    bool show_expired;    /**< applications see identities whose validity is over */
} mn_settings;

/** Read the settings and the hash over all rows that the head's MAC covers, zeros if there are
 *  none. A file of version 1 has none. */
mainet_status
mn_settings_read(mn_database *database, mn_settings *settings, uint8_t hash[MN_SHA256_LEN],
                 mainet_error *err);

/** Write one, checked, without a MAC: the head is to be read and written afterwards. */
mainet_status
mn_setting_write(mn_database *database, const char *name, const char *value, mainet_error *err);

/** Check a name and a value: MAINET_E_ARGUMENT. */
mainet_status
mn_setting_check(const char *name, const char *value, mainet_error *err);

#endif
