/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <mainetcert/batch.h>
#include <string.h>

#include "command.h"
#include "source.h"

#define EVERY 0U /* a global option: before the command and after it */

static const struct known {
    const char *name;
    option_kind kind;
    unsigned takes; /* a command that takes one of these has it */
    size_t offset;
} known_options[] = {
    {"help", KIND_FLAG, EVERY, offsetof(options, help)},
    {"version", KIND_FLAG, EVERY, offsetof(options, version)},
    {"store", KIND_TEXT, EVERY, offsetof(options, store)},
    {"token", KIND_TEXT, EVERY, offsetof(options, token)},
    {"lang", KIND_LANGUAGE, EVERY, 0},
    {"json", KIND_FLAG, EVERY, offsetof(options, json)},
    {"pin-source", KIND_SOURCE, EVERY, offsetof(options, pin_source)},
    {"service", KIND_TEXT, TAKES_SERVICE, offsetof(options, service)},
    {"group-id", KIND_TEXT, TAKES_ORDER | TAKES_ORDERS, offsetof(options, group_id)},
    {"certificate-number", KIND_TEXT, TAKES_ORDER, offsetof(options, certificate_number)},
    {"notice", KIND_TEXT, TAKES_ORDER, offsetof(options, notice)},
    {"jobs", KIND_JOBS, TAKES_ORDERS, offsetof(options, jobs)},
    {"password-source", KIND_SOURCE, TAKES_ORDER | TAKES_PASSWORD,
     offsetof(options, password_source)},
    {"not-exportable", KIND_FLAG, TAKES_IMPORT, offsetof(options, is_not_exportable)},
    {"yes", KIND_FLAG, TAKES_IMPORT | TAKES_YES, offsetof(options, yes)},
    {"accept-issuer", KIND_SHA256, TAKES_IMPORT | TAKES_ACCEPT, offsetof(options, accept_issuer)},
    {"proxy", KIND_TEXT, TAKES_PROXY, offsetof(options, proxy)},
    {"proxy-user", KIND_TEXT, TAKES_PROXY, offsetof(options, proxy_user)},
    {"proxy-password-source", KIND_SOURCE, TAKES_PROXY, offsetof(options, proxy_password_source)},
    {"expiring", KIND_DAYS, TAKES_EXPIRING, offsetof(options, expiring_days)},
    {"all", KIND_FLAG, TAKES_ALL, offsetof(options, all)},
    {"no-pin", KIND_FLAG, TAKES_NEW_TOKEN, offsetof(options, no_pin)},
    {"rekey", KIND_FLAG, TAKES_REKEY, offsetof(options, rekey)},
    {"out", KIND_TEXT, TAKES_EXPORT | TAKES_ORDERS, offsetof(options, out)},
    {"leaf-only", KIND_FLAG, TAKES_EXPORT, offsetof(options, leaf_only)},
    {"legacy", KIND_FLAG, TAKES_EXPORT | TAKES_ORDERS, offsetof(options, legacy)},
    {"certificate", KIND_FLAG, TAKES_EXPORT, offsetof(options, certificate)},
    {"pem", KIND_FLAG, TAKES_EXPORT, offsetof(options, pem)},
    {"force", KIND_FLAG, TAKES_FORCE, offsetof(options, force)},
    {"backup", KIND_TEXT, TAKES_BACKUP, offsetof(options, backup)},
    {"check-revocation", KIND_FLAG, TAKES_IMPORT | TAKES_ACCEPT,
     offsetof(options, check_revocation)},
    {"confirm", KIND_FLAG, TAKES_CONFIRM, offsetof(options, confirm)},
    {"no-confirm", KIND_FLAG, TAKES_CONFIRM, offsetof(options, no_confirm)},
    {"offline-bundle", KIND_TEXT, TAKES_BUNDLE, offsetof(options, offline_bundle)},
    {"so-pin-source", KIND_SOURCE, TAKES_NEW_TOKEN | TAKES_SO_PIN,
     offsetof(options, so_pin_source)},
    {"new-pin-source", KIND_SOURCE, TAKES_NEW_TOKEN | TAKES_NEW_PIN,
     offsetof(options, new_pin_source)},
    {"firefox", KIND_FLAG, TAKES_BROWSER, offsetof(options, firefox)},
    {"chromium", KIND_FLAG, TAKES_BROWSER, offsetof(options, chromium)},
    {"policy", KIND_FLAG, TAKES_BROWSER, offsetof(options, policy)},
    {"auto-select", KIND_FLAG, TAKES_BROWSER, offsetof(options, auto_select)},
};
enum { KNOWN_COUNT = sizeof known_options / sizeof *known_options };

/* getopt_long answers an option as KNOWN_BASE + its row, beyond all characters. */
enum { KNOWN_BASE = 256 };

const char *
options_invocation(const options *self)
{
    return self->command == NULL ? "mainetcert" : self->command->invocation;
}

static bool
is_taken(const struct known *option, const command *by)
{
    return option->takes == EVERY || (by != NULL && (option->takes & by->takes) != 0);
}

const char *
options_next(const command *by, size_t *index, option_kind *kind)
{
    while (*index < KNOWN_COUNT) {
        const struct known *option = &known_options[(*index)++];

        *kind = option->kind;
        if (is_taken(option, by))
            return option->name;
    }
    return NULL;
}

/* 64 hex digits, also as other programs print them: upper case, with colons. */
static bool
read_sha256(char *digits, const char *text)
{
    size_t len = 0;

    for (; *text != '\0'; text++) {
        if (*text == ':' && len % 2 == 0 && len != 0)
            continue;
        if (!isxdigit((unsigned char)*text) || len == 64)
            return false;
        digits[len++] = (char)tolower((unsigned char)*text);
    }
    digits[len] = '\0';
    return len == 64;
}

static bool
read_days(options *self, const char *text)
{
    char *end = NULL;

    errno = 0;
    self->expiring_days = strtoll(text, &end, 10);
    self->is_expiring = true;
    return errno == 0 && end != text && *end == '\0' && self->expiring_days >= 0 &&
           self->expiring_days <= 36500;
}

static bool
read_jobs(options *self, const char *text)
{
    char *end = NULL;
    const long number = strtol(text, &end, 10);

    self->jobs = number >= 1 && number <= MAINET_BATCH_JOBS_MAX ? (int32_t)number : 0;
    return end != text && *end == '\0' && self->jobs != 0;
}

static mainet_status
set_value(options *self, const struct known *option, const char *value, failure *why)
{
    char *field = (char *)self + option->offset;
    bool is_valid = true;

    switch (option->kind) {
    case KIND_FLAG:
        *(bool *)field = true;
        break;
    case KIND_TEXT:
        memcpy(field, &value, sizeof value);
        break;
    case KIND_SOURCE:
        is_valid = source_is_valid(value);
        memcpy(field, &value, sizeof value);
        break;
    case KIND_LANGUAGE:
        is_valid = message_set_language(value);
        break;
    case KIND_DAYS:
        is_valid = read_days(self, value);
        break;
    case KIND_JOBS:
        is_valid = read_jobs(self, value);
        break;
    case KIND_SHA256:
        is_valid = read_sha256(field, value);
        break;
    }
    if (is_valid)
        return MAINET_OK;
    switch (option->kind) {
    case KIND_LANGUAGE:
        return fail_usage(why, MESSAGE_BAD_LANGUAGE, option->name, NULL);
    case KIND_DAYS:
        return fail_usage(why, MESSAGE_BAD_DAYS, option->name, NULL);
    case KIND_JOBS:
        return fail_usage(why, MESSAGE_BAD_JOBS, option->name, NULL);
    case KIND_SHA256:
        return fail_usage(why, MESSAGE_BAD_SHA256, option->name, NULL);
    default:
        return fail_usage(why, MESSAGE_BAD_SOURCE, option->name, NULL);
    }
}

/* What follows `=` is left out: it may be a secret. */
static mainet_status
refuse_option(const char *argument, failure *why)
{
    char name[64] = "";
    const size_t len = strcspn(argument, "=");

    (void)snprintf(name, sizeof name, "%.*s", (int)(len < 60 ? len : 60), argument);
    return fail_usage(why, MESSAGE_UNKNOWN_OPTION, name, NULL);
}

/* Read options up to the first word that is none, or with `is_whole` all of them. */
static mainet_status
read_options(options *self, int argc, char **argv, bool is_whole, failure *why)
{
    struct option known[KNOWN_COUNT + 1] = {{NULL, 0, NULL, 0}};
    size_t count = 0;
    int found = 0;

    for (int i = 0; i < KNOWN_COUNT; i++) {
        const struct known *option = &known_options[i];

        if (is_taken(option, self->command))
            known[count++] = (struct option){
                option->name, option->kind == KIND_FLAG ? no_argument : required_argument, NULL,
                KNOWN_BASE + i};
    }
    optind = 0; /* begin anew */
    opterr = 0;
    for (;;) {
        found = getopt_long(argc, argv, is_whole ? ":h" : "+:h", known, NULL);
        if (found == -1)
            return MAINET_OK;
        if (found == 'h')
            self->help = true;
        else if (found == ':')
            return fail_usage(why, MESSAGE_VALUE_MISSING, known_options[optopt - KNOWN_BASE].name,
                              NULL);
        else if (found == '?' && optopt >= KNOWN_BASE)
            return fail_usage(why, MESSAGE_VALUE_FORBIDDEN, known_options[optopt - KNOWN_BASE].name,
                              NULL);
        else if (found == '?')
            return refuse_option(argv[optind > 1 ? optind - 1 : 1], why);
        else
            TRY(set_value(self, &known_options[found - KNOWN_BASE], optarg, why));
    }
}

/* Find the command, step over its words, and leave the last of them at argv[0]. */
static mainet_status
read_command(options *self, int *argc, char ***argv, failure *why)
{
    const char *group = NULL;

    for (;;) {
        TRY(read_options(self, *argc, *argv, false, why));
        if (self->help || self->version)
            return MAINET_OK;
        self->command = optind < *argc || group == NULL ? NULL : command_default(group);
        if (self->command != NULL)
            return MAINET_OK;
        if (optind >= *argc)
            return fail_usage(why, MESSAGE_NO_COMMAND, NULL, NULL);
        *argc -= optind;
        *argv += optind;
        if (group != NULL || !command_is_group((*argv)[0]))
            break;
        group = (*argv)[0];
    }
    self->command = command_find(group, (*argv)[0]);
    if (self->command == NULL)
        return fail_usage(why, group == NULL ? MESSAGE_UNKNOWN_COMMAND : MESSAGE_UNKNOWN_SUBCOMMAND,
                          (*argv)[0], group);
    return MAINET_OK;
}

static mainet_status
read_operand(options *self, int argc, char **argv, failure *why)
{
    const unsigned takes = self->command->takes;
    const bool takes_operand = (takes & (TAKES_OPERAND | NEEDS_OPERAND)) != 0;

    if (optind < argc && takes_operand)
        self->operand = argv[optind++];
    if (optind < argc)
        return fail_usage(why, MESSAGE_UNKNOWN_OPERAND, argv[optind], NULL);
    if (self->operand == NULL && (takes & NEEDS_OPERAND) != 0)
        return fail_usage(why, self->command->missing, NULL, NULL);
    return MAINET_OK;
}

/* Standard input has one line for one of them. */
static mainet_status
check_sources(const options *self, failure *why)
{
    const char *const sources[] = {self->pin_source, self->password_source,
                                   self->proxy_password_source, self->so_pin_source,
                                   self->new_pin_source};
    size_t inputs = 0;

    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        inputs += sources[i] != NULL && source_is_input(sources[i]);
    if (inputs > 1)
        return fail_usage(why, MESSAGE_TWO_INPUTS, NULL, NULL);
    return MAINET_OK;
}

mainet_status
options_read(options *self, int argc, char **argv, failure *why)
{
    TRY(read_command(self, &argc, &argv, why));
    if (self->command == NULL)
        return MAINET_OK;
    TRY(read_options(self, argc, argv, true, why));
    if (self->help || self->version)
        return MAINET_OK;
    TRY(read_operand(self, argc, argv, why));
    return check_sources(self, why);
}
