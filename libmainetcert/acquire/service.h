/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_SERVICE_H
#define MN_ACQUIRE_SERVICE_H

#include "acquire/profile.h"
#include "base/auto.h"
#include "mainetcert/service.h"

/* A mainet_service counts its references: mainet_service_free gives one back. */

/** Take another reference. */
mainet_service *
mn_service_ref(mainet_service *service);

/** Borrow what the profile says. */
const mn_profile *
mn_service_profile(const mainet_service *service);

MN_AUTO_TYPE(mainet_service, mainet_service_free)

#endif
