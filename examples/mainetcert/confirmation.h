/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_CONFIRMATION_H
#define COMMAND_CONFIRMATION_H

#include "consent.h"

/** Ask a service's confirmation page about an identity of an unlocked token; 0 ms: as long as any
 *  request may take. NULL and the failure's error if there was no answer. */
mainet_confirmation *
confirmation_ask(mainet_service *service, consent *answers, mainet_identity *identity,
                 int32_t timeout_ms);

/** MAINET_OK, or the situation of a certificate that is not installed. */
mainet_status
confirmation_status(const mainet_confirmation *answer);

/** Print the answer, a line; on standard error, that it could not be looked up. */
void
confirmation_print(FILE *out, const mainet_confirmation *answer, const mainet_identity *identity);

#endif
