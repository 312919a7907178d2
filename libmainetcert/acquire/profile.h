/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_PROFILE_H
#define MN_ACQUIRE_PROFILE_H

#include <stdbool.h>

#include "base/error.h"

/** A list of texts, in the order of the file. */
typedef struct mn_texts {
    char **texts;
    size_t count;
} mn_texts;

/** What a service profile says. Every text is there; "" is what it does not say. */
typedef struct mn_profile {
    char *name;
    char *issuer;        /**< expected common name; "": any has to be decided on */
    char *issuer_sha256; /**< lower-case hex; "": the name is enough */
    char *support;       /**< telephone */

    char *protocol;
    char *retrieve_url;
    char *field_group_id;
    char *field_certificate_number;
    char *field_password;
    char *result_header; /**< "": the service sends none */
    char *result_ok;
    char *result_auth_failed;
    char *result_not_available;
    char *result_busy;
    mn_texts words_auth_failed; /**< of a message that means it */
    mn_texts words_not_available;
    mn_texts words_busy;

    char *confirm_url; /**< "": there is no page */
    char *installed;   /**< text of the page that means all is well */

    char *notice_number; /**< labels of the notice mail */
    char *notice_password;
    char *notice_url; /**< "": the notice names no address */

    mn_texts endpoints; /**< addresses to diagnose */

    char *ca_file; /**< absolute; "": the system's trust */
} mn_profile;

/**
 * Read a profile from the text of its INI file.
 *
 * Unknown sections and keys, keys given twice (lists excepted), and values that
 * are not usable are errors that name their line, so that a slip of the pen does not pass for
 * an entry left out.
 *
 * @param[out] profile  Cleared by the caller, also on failure.
 * @param[in]  text     NUL-terminated.
 * @param[in]  folder   Absolute; relative paths of files count from here.
 * @param[out] err      MAINET_E_SERVICE_PROFILE.
 */
mainet_status
mn_profile_read(mn_profile *profile, const char *text, const char *folder, mainet_error *err);

/** Free all texts. */
void
mn_profile_clear(mn_profile *profile);

/** Whether `common_name` is the profile's issuer; case and blanks do not count, for the manual
 *  spells it in three ways. */
bool
mn_profile_expects(const mn_profile *profile, const char *common_name);

#endif
