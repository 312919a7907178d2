/* SPDX-License-Identifier: BSD-3-Clause */
#include "failure.h"

#include <string.h>

#include "json.h"
#include "terminal.h"
#include "text.h"

void
failure_clear(failure *self)
{
    json_decref(self->partial);
    free(self->usage);
}

mainet_status
fail_usage(failure *self, message what, const char *first, const char *second)
{
    free(self->usage);
    self->usage = message_make(what, first, second);
    return fail(&self->error, MAINET_E_ARGUMENT, 0, "wrong usage");
}

/* `  Label  text`, the texts of one report below each other. */
static void
print_paragraph(message label, const char *text, size_t label_width, size_t columns)
{
    const char *title = message_text(label);

    if (*text == '\0')
        return;
    text_pad(stderr, 2);
    (void)fputs(title, stderr);
    text_pad(stderr, label_width - text_width(title) + 2);
    text_wrap(stderr, text, label_width + 4, columns);
}

static void
print_error(const failure *self)
{
    static const message labels[] = {MESSAGE_CAUSE, MESSAGE_REMEDY, MESSAGE_SUPPORT,
                                     MESSAGE_DETAIL};
    const mainet_lang lang = message_language();
    const mainet_status status = self->error.status;
    const size_t columns = terminal_columns(stderr);
    scoped(char) code = text_number(mainet_status_code(status));
    scoped(char) detail = text_clean(self->error.detail);
    scoped(char) support = text_clean(self->support);
    scoped(char) remedy = failure_remedy(self);
    size_t label_width = 0;

    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        const size_t width = text_width(message_text(labels[i]));

        label_width = width > label_width ? width : label_width;
    }
    terminal_alarm(stderr, true);
    message_print(stderr, MESSAGE_ERROR, code, mainet_status_text(status, lang));
    terminal_alarm(stderr, false);
    print_paragraph(MESSAGE_CAUSE, mainet_status_cause(status, lang), label_width, columns);
    print_paragraph(MESSAGE_REMEDY, remedy, label_width, columns);
    print_paragraph(MESSAGE_SUPPORT, support, label_width, columns);
    print_paragraph(MESSAGE_DETAIL, detail, label_width, columns);
}

char *
failure_remedy(const failure *self)
{
    const char *remedy = mainet_status_remedy(self->error.status, message_language());
    const char *hint = message_text(self->hint);
    const char *between = *hint == '\0' || message_language() == MAINET_LANG_JA ? "" : " ";
    const size_t len = strlen(remedy) + strlen(between) + strlen(hint) + 1;
    char *text = must_have(malloc(len));

    (void)snprintf(text, len, "%s%s%s", remedy, between, hint);
    return text;
}

int
failure_report(const failure *self, const options *wanted)
{
    /* A value that the library refused was typed by the user. */
    if (self->usage != NULL || self->error.status == MAINET_E_ARGUMENT) {
        scoped(char) text = text_clean(self->usage != NULL ? self->usage : self->error.detail);

        (void)fprintf(stderr, "mainetcert: %s\n", text);
        message_print(stderr, MESSAGE_SEE_HELP, options_invocation(wanted), NULL);
        return OUTCOME_USAGE;
    }
    print_error(self);
    if (wanted->json) {
        scoped(json_t) document = json_of_failure(self);

        json_print(document);
    }
    return OUTCOME_FAILED;
}
