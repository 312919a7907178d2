/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_RESUME_H
#define MN_ACQUIRE_RESUME_H

#include "acquire/pending.h"
#include "acquire/transport.h"
#include "store/identity.h"

/** As mainet_pending_resume, over any transport. */
mainet_identity *
mn_resume(const mainet_pending *pending, const mainet_request *request,
          const mn_transport *transport, mainet_error *err);

#endif
