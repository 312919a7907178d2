/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_PROCESS_H
#define P11_PROCESS_H

#include <stdint.h>

/* Which process this is, asked by every C_ function: after a fork the answer is another. The kernel
 * is asked once a process, for on some machines a call of it costs a tenth of a P-256 signature. */

/** Prepare to remember the answer; whoever calls it more than once changes nothing. */
void
p11_process_prepare(void);

uint64_t
p11_process_id(void);

#endif
