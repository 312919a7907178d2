/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_REPLY_H
#define MN_ACQUIRE_REPLY_H

#include "acquire/transport.h"

/** Borrow the value of a header, whose name is compared without case; NULL if it is missing. */
const char *
mn_reply_header(const mn_reply *reply, const char *name);

/** Whether the body says `text` (UTF-8), whatever charset the reply names; without one, UTF-8. */
bool
mn_reply_says(const mn_reply *reply, const char *text);

/**
 * Judge a reply to a retrieval. Pure.
 *
 * In this order: HTTP status 200; a content type; the result as the header states it, else as
 * the words of the message do; the content type that belongs to the result.
 *
 * @retval MAINET_OK                      The body is a container.
 * @retval MAINET_E_HTTP_STATUS           Another status than 200.
 * @retval MAINET_E_CONTENT_TYPE_MISSING  No content type.
 * @retval MAINET_E_RESULT_HEADER         A result that is missing or unknown.
 * @retval MAINET_E_CONTENT_TYPE          A type that does not belong to the result.
 * @retval MAINET_E_AUTH_FAILED           The service's own answers.
 * @retval MAINET_E_NOT_AVAILABLE         ”
 * @retval MAINET_E_BUSY                  ”
 */
mainet_status
mn_reply_judge(const mn_profile *profile, const mn_reply *reply, mainet_error *err);

#endif
