/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_SHOW_H
#define P11_SHOW_H

#include "slot.h"

/**
 * Bring what a search found into the order in which applications are to meet it: first what is
 * current, then what has a successor, then what has expired. Many take the first of several. What
 * the token's settings hide is left out, certificate and keys alike; a handle that somebody has
 * stays good. `io` is held; the file is read only if order or settings matter and it has changed.
 */
CK_RV
p11_show(p11_slot *slot, const mn_keys *keys, mn_ids *found);

#endif
