/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_ARRIVAL_H
#define MN_STORE_ARRIVAL_H

#include "base/secret.h"
#include "store/head.h"

/* A token on its way into the folder: its file lies aside, as `.SERIAL.new`, until it is whole. All
 * of this under the folder's lock, held to write. */

/** Room for the name of a file aside. */
#define MN_ARRIVAL_LEN (MN_SERIAL_LEN + sizeof "..restore")

/** The name aside of a token whose serial is known. */
void
mn_arrival_name(const char *serial, char name[MN_ARRIVAL_LEN]);

/** Let the token appear: its key file first, if it has no PIN (`key` is NULL if it has one), then
 *  the file itself. On failure nothing of it is left. */
mainet_status
mn_arrival_publish(int folder, const char *serial, const mn_secret *key, mainet_error *err);

/** Whether a program that was killed left anything aside in the folder. Needs no lock. */
bool
mn_arrivals_left(int folder);

/** Remove what was left: files aside, and the key file of a token that never appeared. */
void
mn_arrivals_sweep(int folder);

#endif
