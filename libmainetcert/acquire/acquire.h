/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_ACQUIRE_H
#define MN_ACQUIRE_ACQUIRE_H

#include "acquire/transport.h"
#include "store/identity.h"

/** As mainet_acquire, over any transport. */
mainet_identity *
mn_acquire(const mainet_request *request, mainet_token *token, const mn_transport *transport,
           mainet_error *err);

#endif
