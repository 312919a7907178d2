/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_BUNDLE_H
#define COMMAND_BUNDLE_H

#include "failure.h"

/**
 * Write what the support desk wants to know to a file of mode 0600: `document`, to which versions,
 * profile, store and tokens are added; no PIN, password, key or certificate number.
 *
 * MAINET_E_FILE_EXISTS if the file is there and `replace` is not set. Written whole or not at all.
 */
mainet_status
bundle_write(const options *wanted, const mainet_service *service, json_t *document, failure *why);

#endif
