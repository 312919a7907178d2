/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_BASE_PROCESS_H
#define MN_BASE_PROCESS_H

#include <stdint.h>

/* Which process this is, asked wherever something is that a fork must not hand on. The kernel is
 * asked once a process, for on some machines a call of it costs a tenth of a P-256 signature. */

/** Prepare to remember the answer; whoever calls it more than once changes nothing, and whoever
 *  does not call it asks the kernel each time. */
void
mn_process_prepare(void);

/** getpid(). */
uint64_t
mn_process_id(void);

#endif
