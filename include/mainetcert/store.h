/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_STORE_H
#define MAINETCERT_STORE_H

#include "mainetcert/error.h"

MAINET_BEGIN

/** The folder of tokens. @since 0.1.0 */
typedef struct mainet_store mainet_store;

/**
 * Open the folder of tokens, making it (mode 0700) if it is not there.
 *
 * Nothing is kept open or locked between calls, so a process may fork with a store in hand.
 *
 * @param[in]  folder  Its path; NULL: MAINETCERT_STORE of the environment, else
 *                     $XDG_DATA_HOME/mainetcert, else ~/.local/share/mainetcert.
 * @param[out] err     Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL: MAINET_E_STORE_OPEN if it cannot be read, belongs to
 *         another user or may be written by others, MAINET_E_STORE_WRITE if it cannot be made.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_store *
mainet_store_open(const char *folder, mainet_error *err);

/**
 * Let go of a store; tokens opened from it stay usable.
 *
 * @param[in] store  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_store_free(mainet_store *store);

/**
 * Answer the folder, absolute and without links.
 *
 * @param[in] store  A store.
 *
 * @return Borrowed from the store.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_store_path(const mainet_store *store);

MAINET_END

#endif
