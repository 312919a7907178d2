/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_MESSAGES_H
#define COMMAND_MESSAGES_H

#include <mainetcert/error.h>
#include <stdbool.h>
#include <stdio.h>

/** What the command says, in messages.def; its help is in help.def. */
typedef enum message {
    MESSAGE_NONE,
#define ROW(name, ja, en) MESSAGE_##name,
#include "help.def"
#include "messages.def"
#include "titles.def"
#undef ROW
    MESSAGE_COUNT
} message;

/** Choose the language of the locale: LC_ALL, LC_MESSAGES, LANG. */
void
message_follow_locale(void);

/** Choose `ja` or `en`; false if it is neither. */
bool
message_set_language(const char *name);

/** Answer the language chosen. */
mainet_lang
message_language(void);

/** Answer the text as it is in the table. */
const char *
message_text(message id);

/** Make the text, with {1} and {2} replaced, cleaned for a terminal. Yours to free. */
char *
message_make(message id, const char *first, const char *second);

/** Print the text, with {1} and {2} replaced, and a line break. */
void
message_print(FILE *out, message id, const char *first, const char *second);

#endif
