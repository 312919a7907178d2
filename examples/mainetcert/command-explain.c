/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "access.h"
#include "command.h"
#include "json.h"
#include "terminal.h"
#include "text.h"

/* A number stands for several situations sometimes; a name for one. */
static bool
is_wanted(const options *wanted, mainet_status status)
{
    scoped(char) code = text_number(mainet_status_code(status));

    return wanted->all || strcmp(wanted->operand, code) == 0 ||
           strcmp(wanted->operand, mainet_status_name(status)) == 0;
}

static void
print_part(message label, const char *text, size_t columns)
{
    const char *title = message_text(label);
    const size_t cause_width = text_width(message_text(MESSAGE_CAUSE));
    const size_t remedy_width = text_width(message_text(MESSAGE_REMEDY));
    const size_t width = cause_width > remedy_width ? cause_width : remedy_width;

    text_pad(stdout, 2);
    (void)fputs(title, stdout);
    text_pad(stdout, width - text_width(title) + 2);
    text_wrap(stdout, text, width + 4, columns);
}

static void
print_situation(mainet_status status, bool is_first)
{
    const mainet_lang lang = message_language();
    const size_t columns = terminal_columns(stdout);
    scoped(char) code = text_number(mainet_status_code(status));

    if (!is_first)
        (void)fputc('\n', stdout);
    (void)printf("%s (%s)\n", code, mainet_status_name(status));
    text_pad(stdout, 2);
    text_wrap(stdout, mainet_status_text(status, lang), 2, columns);
    print_part(MESSAGE_CAUSE, mainet_status_cause(status, lang), columns);
    print_part(MESSAGE_REMEDY, mainet_status_remedy(status, lang), columns);
}

/* Many a remedy is to call somebody. Without a profile nobody is known. */
static void
print_support(const options *wanted)
{
    failure_init no_matter = {.hint = MESSAGE_NONE};
    scoped(mainet_service) service = access_service(wanted, "", &no_matter);
    scoped(char) support = text_clean(service == NULL ? "" : mainet_service_support(service));

    if (*support != '\0')
        (void)printf("\n%s  %s\n", message_text(MESSAGE_SUPPORT), support);
}

mainet_status
command_explain(const options *wanted, failure *why)
{
    scoped(json_t) array = must_have(json_array());
    size_t count = 0;

    if (!wanted->all && wanted->operand == NULL)
        return fail_usage(why, MESSAGE_NO_CODE, NULL, NULL);
    if (wanted->all && wanted->operand != NULL)
        return fail_usage(why, MESSAGE_UNKNOWN_OPERAND, wanted->operand, NULL);
    for (size_t i = 0; i < mainet_status_count(); i++) {
        const mainet_status status = mainet_status_at(i);

        if (!is_wanted(wanted, status))
            continue;
        if (wanted->json)
            (void)json_array_append_new(array, json_of_situation(status));
        else
            print_situation(status, count == 0);
        count++;
    }
    if (count == 0)
        return fail_usage(why, MESSAGE_UNKNOWN_CODE, wanted->operand, NULL);
    if (wanted->json)
        json_print(array);
    else
        print_support(wanted);
    return MAINET_OK;
}
