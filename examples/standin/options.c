/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"

#include "complaint.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char options_help[] =
    "mainet-standin: a local certificate retrieval site, to try and test against\n"
    "\n"
    "  mainet-standin serve --dir DIR [--https-port N] [--confirm-port N] [--http-port N]\n"
    "                       [--foreground]\n"
    "  mainet-standin order --dir DIR --group-id G --common-name CN [--key KEY] [--days N]\n"
    "                       [--p12 legacy|modern|legacy-leaf|modern-leaf] [--not-ready] [--json]\n"
    "                       [--csv] [--count N]\n"
    "  mainet-standin clock --dir DIR [+25h|-3d|real]\n"
    "  mainet-standin revoke --dir DIR SERIAL\n"
    "  mainet-standin fault --dir DIR NAME|none|list\n"
    "  mainet-standin --help\n"
    "\n"
    "DIR holds the whole state. serve returns when the site answers, and goes on in the\n"
    "background; with --foreground it stays. Port 0, the default, takes a free port and\n"
    "keeps it for the next start. SIGTERM to the process in DIR/pid stops it.\n"
    "\n"
    "order prints the notice mail, with --json one object. KEY is rsa:2048 (the default),\n"
    "rsa:3072, rsa:4096, ec:P-256, ec:P-384, ec:P-521 or ed25519. --days counts from the\n"
    "first retrieval; 0 or less gives a certificate that has expired already. --count places\n"
    "so many orders, whose common names end in 1 to N; --csv prints them as 'mainetcert batch'\n"
    "reads them.\n"
    "\n"
    "clock sets the site's clock ahead of or behind the machine's (s, m, h, d).\n"
    "A container of the form ...-leaf holds key and certificate alone, without the issuers.\n"
    "revoke takes the serial number in hexadecimal, as the confirmation page shows it.\n"
    "fault makes every reply wrong in one way until it is told none; list names the ways.\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage.\n";

enum value_kind { VALUE_TEXT, VALUE_PORT, VALUE_DAYS, VALUE_COUNT, VALUE_NONE };

static const struct known {
    const char *command; /* NULL: every one */
    const char *name;
    enum value_kind kind;
    size_t offset;
} known_options[] = {
    {NULL, "dir", VALUE_TEXT, offsetof(st_options, dir)},
    {NULL, "help", VALUE_NONE, offsetof(st_options, help)},
    {"serve", "https-port", VALUE_PORT, offsetof(st_options, https_port)},
    {"serve", "confirm-port", VALUE_PORT, offsetof(st_options, confirm_port)},
    {"serve", "http-port", VALUE_PORT, offsetof(st_options, http_port)},
    {"serve", "foreground", VALUE_NONE, offsetof(st_options, foreground)},
    {"order", "group-id", VALUE_TEXT, offsetof(st_options, group_id)},
    {"order", "common-name", VALUE_TEXT, offsetof(st_options, common_name)},
    {"order", "key", VALUE_TEXT, offsetof(st_options, key)},
    {"order", "days", VALUE_DAYS, offsetof(st_options, days)},
    {"order", "p12", VALUE_TEXT, offsetof(st_options, p12)},
    {"order", "not-ready", VALUE_NONE, offsetof(st_options, not_ready)},
    {"order", "json", VALUE_NONE, offsetof(st_options, json)},
    {"order", "csv", VALUE_NONE, offsetof(st_options, csv)},
    {"order", "count", VALUE_COUNT, offsetof(st_options, count)},
};

static const struct known *
find_option(const char *command, const char *name, size_t name_len)
{
    for (size_t i = 0; i < sizeof known_options / sizeof *known_options; i++) {
        const struct known *option = &known_options[i];

        if (strlen(option->name) == name_len && memcmp(option->name, name, name_len) == 0 &&
            (option->command == NULL || strcmp(option->command, command) == 0))
            return option;
    }
    return NULL;
}

static bool
read_number(const char *name, const char *text, long long low, long long high, long long *number)
{
    char *end = NULL;

    errno = 0;
    *number = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *number < low || *number > high)
        return complain("--%s takes a number from %lld to %lld", name, low, high);
    return true;
}

static bool
set_value(st_options *self, const struct known *option, const char *value)
{
    char *field = (char *)self + option->offset;
    long long number = 0;

    switch (option->kind) {
    case VALUE_TEXT:
        memcpy(field, &value, sizeof value);
        return true;
    case VALUE_PORT:
        if (!read_number(option->name, value, 0, UINT16_MAX, &number))
            return false;
        memcpy(field, &(uint16_t){(uint16_t)number}, sizeof(uint16_t));
        return true;
    case VALUE_DAYS:
        if (!read_number(option->name, value, -36500, 36500, &number))
            return false;
        memcpy(field, &(int64_t){number}, sizeof(int64_t));
        return true;
    case VALUE_COUNT:
        if (!read_number(option->name, value, 1, 100000, &number))
            return false;
        memcpy(field, &(int64_t){number}, sizeof(int64_t));
        return true;
    case VALUE_NONE:
        memcpy(field, &(bool){true}, sizeof(bool));
        return true;
    }
    return false;
}

/* `--name value` or `--name=value`; *at is moved past what was used. */
static bool
read_option(st_options *self, int argc, char *const *argv, int *at)
{
    const char *name = argv[*at] + 2;
    size_t name_len = strcspn(name, "=");
    const struct known *option = find_option(self->command, name, name_len);
    const char *value = name[name_len] == '=' ? name + name_len + 1 : NULL;

    if (option == NULL)
        return complain("%s has no option --%.*s", self->command, (int)name_len, name);
    if (option->kind == VALUE_NONE && value != NULL)
        return complain("--%s takes no value", option->name);
    if (option->kind != VALUE_NONE && value == NULL) {
        if (*at + 1 >= argc)
            return complain("--%s needs a value", option->name);
        value = argv[++*at];
    }
    return set_value(self, option, value);
}

static bool
check_whole(const st_options *self)
{
    bool needs_operand =
        strcmp(self->command, "revoke") == 0 || strcmp(self->command, "fault") == 0;
    bool takes_operand = needs_operand || strcmp(self->command, "clock") == 0;

    if (self->dir == NULL || *self->dir == '\0')
        return complain("%s needs --dir DIR", self->command);
    if (self->operand != NULL && !takes_operand)
        return complain("%s does not take '%s'", self->command, self->operand);
    if (self->operand == NULL && needs_operand)
        return complain(*self->command == 'r' ? "revoke needs a serial number"
                                              : "fault needs a name, 'none' or 'list'");
    if (strcmp(self->command, "order") == 0 &&
        (self->group_id == NULL || self->common_name == NULL))
        return complain("order needs --group-id and --common-name");
    if (self->json && self->csv)
        return complain("--json and --csv exclude each other");
    return true;
}

bool
options_read(st_options *self, int argc, char *const *argv)
{
    static const char *const commands[] = {"serve", "order", "clock", "revoke", "fault"};

    *self = (st_options){.key = "rsa:2048", .p12 = "legacy", .days = 365, .count = 1};
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return self->help = true;
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i]) == 0)
            self->command = commands[i];
    if (self->command == NULL)
        return complain("the first word is a command; see --help");

    for (int at = 2; at < argc; at++) {
        /* `-3d` is an operand: only two dashes make an option. */
        if (strncmp(argv[at], "--", 2) == 0) {
            if (!read_option(self, argc, argv, &at))
                return false;
        } else if (self->operand == NULL) {
            self->operand = argv[at];
        } else {
            return complain("'%s' is one word too many", argv[at]);
        }
    }
    return self->help || check_whole(self);
}
