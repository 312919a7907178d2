/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_SCAN_H
#define MN_STORE_SCAN_H

#include "store/head.h"

#define MN_NEXT_SLOT_FILE "next-slot"

/** The heads of all tokens of a folder, ordered by slot, and the number the next token gets. */
typedef struct mn_scan {
    mn_head *heads; /**< malloc */
    size_t count;
    uint32_t next_slot;
    char broken[MN_SERIAL_LEN + 1]; /**< a file that was left out; "" if none */
} mn_scan;

#define MN_SCAN_INIT                                                                               \
    {                                                                                              \
        .next_slot = 1                                                                             \
    }

/** Read the folder under a lock that is handed back, still held. Files that are no readable
 *  tokens are left out. */
mainet_status
mn_scan_read(mn_scan *scan, mn_lock **lock, const char *folder, mainet_error *err);

/** Write down that a slot number is given out. The folder is locked to write. */
mainet_status
mn_scan_consume_slot(int folder, uint32_t slot, mainet_error *err);

void
mn_scan_clear(mn_scan *scan);

#define mn_auto_scan __attribute__((cleanup(mn_scan_clear))) mn_scan

#endif
