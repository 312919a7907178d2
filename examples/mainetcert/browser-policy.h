/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_BROWSER_POLICY_H
#define COMMAND_BROWSER_POLICY_H

#include "scope.h"

/* What an administrator settles for every user of the machine. Files of policies that are there are
 * edited, never replaced. */

/** A policy, and where it stands. */
typedef struct browser_policy {
    char path[4096];
    char library[4096]; /**< Firefox: our module, "" if it is not loaded. */
    bool is_set;
} browser_policy;

/** The one file of policies that Firefox reads, or would read if it were there. */
const char *
browser_policy_firefox_file(void);

/** The folders of Chromium's and Chrome's, one after the other; NULL past the last. */
const char *
browser_policy_chromium_folder(size_t index);

/** Let every Firefox load a module (SecurityDevices). */
mainet_status
browser_policy_add_module(const char *library, browser_policy *policy, mainet_error *err);

/** Look for it. */
mainet_status
browser_policy_find_module(browser_policy *policy, mainet_error *err);

/** Take it back. */
mainet_status
browser_policy_remove_module(browser_policy *policy, mainet_error *err);

/** Let Chromium and Chrome choose the certificate of an issuer, by its common name, for the sites
 * of some addresses without asking (AutoSelectCertificateForUrls). Adds to `paths`, an array, where
 *  that stands. */
mainet_status
browser_policy_add_choice(const char *const urls[], const char *issuer, json_t *paths,
                          mainet_error *err);

/** Take back what was chosen for an issuer. */
mainet_status
browser_policy_remove_choice(const char *issuer, json_t *paths, mainet_error *err);

/** Add to `paths` where something is chosen for an issuer. */
mainet_status
browser_policy_find_choice(const char *issuer, json_t *paths, mainet_error *err);

#endif
