/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_MAIL_H
#define COMMAND_MAIL_H

#include "secret.h"

/** No mail that tells of a certificate says more. */
#define MAIL_TEXT_MAX 65536

/** What a mail says: UTF-8, on pages as a secret has them, for a password is in it. */
typedef struct mail {
    size_t len;
    char text[MAIL_TEXT_MAX]; /**< NUL-terminated */
} mail;

/** Read the plain texts of a mail file (RFC 5322, MIME), one after the other, whatever their
 *  charsets and encodings. NULL on failure: MAINET_E_FILE, MAINET_E_NOTICE (no mail, no text),
 *  MAINET_E_NO_MEMORY. */
mail *
mail_read(const char *path, mainet_error *err);

/** What mainetcert-mail.so, the library with GMime in it, exports: as mail_read, into an empty one.
 */
typedef mainet_status
mail_fill_fn(mail *self, const char *path, mainet_error *err);

__attribute__((visibility("default"))) mail_fill_fn mail_fill;

/** Wipe and release; NULL is fine. */
void
mail_free(mail *self);

SCOPED_TYPE(mail, mail_free)

#endif
