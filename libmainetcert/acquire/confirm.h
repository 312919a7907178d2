/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_CONFIRM_H
#define MN_ACQUIRE_CONFIRM_H

#include "acquire/transport.h"
#include "store/identity.h"

/** As mainet_confirm, over any transport. */
mainet_confirmation *
mn_confirm(const mainet_request *request, mainet_identity *identity, const mn_transport *transport,
           mainet_error *err);

MN_AUTO_TYPE(mainet_confirmation, mainet_confirmation_free)

#endif
