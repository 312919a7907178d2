/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_STORE_H
#define MN_STORE_STORE_H

#include "mainetcert/store.h"
#include "store/token.h"

/** Open the folder if it is there; never makes it. NULL and MAINET_E_STORE_OPEN with cause ENOENT
 *  if it is not. For the module, whose C_Initialize and searches change nothing on disk. */
mainet_store *
mn_store_open_existing(const char *folder, mainet_error *err);

mainet_store *
mn_store_ref(mainet_store *store);

/** One line of a scan. */
typedef struct mn_store_entry {
    char serial[17];
    uint32_t slot;
} mn_store_entry;

/** What tokens there are, ordered by slot, and which slot number the next token gets. One access.
 *  `*stamp` is that of the folder; zeroed, and so never current, if a file could not be read: it
 * may be mended without a trace in the folder. */
mainet_status
mn_store_scan(mainet_store *store, mn_store_entry **entries /* malloc */, size_t *count,
              uint32_t *next_slot, mn_stamp *stamp, mainet_error *err);

/** Open a token by serial. */
mainet_token *
mn_store_token(mainet_store *store, const char *serial, mainet_error *err);

/** The default folder of the environment, not resolved (malloc). */
char *
mn_store_default_folder(mainet_error *err);

MN_AUTO_TYPE(mainet_store, mainet_store_free)

#endif
