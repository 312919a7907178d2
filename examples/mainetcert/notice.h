/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_NOTICE_H
#define COMMAND_NOTICE_H

#include "failure.h"

/**
 * Fill a request's certificate number and password from the mail that tells of the certificate.
 *
 * The profile's [notice] names what stands before the values. The address in the mail has to be of
 * the profile's retrieval site: what a forged mail asks for is sent nowhere.
 *
 * @return MAINET_OK, MAINET_E_FILE, MAINET_E_NOTICE or MAINET_E_NOTICE_ADDRESS.
 */
mainet_status
notice_fill(mainet_request *request, const char *path, const mainet_service *service,
            mainet_error *err);

#endif
