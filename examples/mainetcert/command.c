/* SPDX-License-Identifier: BSD-3-Clause */
#include "command.h"

#include <string.h>

static const command commands[] = {
    {"mainetcert acquire", NULL, "acquire",
     TAKES_SERVICE | TAKES_ORDER | TAKES_IMPORT | TAKES_PROXY, MESSAGE_HELP_ACQUIRE,
     command_acquire},
    {"mainetcert list", NULL, "list", TAKES_EXPIRING, MESSAGE_HELP_LIST, command_list},
    {"mainetcert show", NULL, "show", NEEDS_OPERAND, MESSAGE_HELP_SHOW, command_show},
    {"mainetcert confirm", NULL, "confirm", TAKES_SERVICE | TAKES_PROXY | TAKES_OPERAND,
     MESSAGE_HELP_CONFIRM, command_confirm},
    {"mainetcert explain", NULL, "explain", TAKES_ALL | TAKES_OPERAND, MESSAGE_HELP_EXPLAIN,
     command_explain},
    {"mainetcert token init", "token", "init", TAKES_NEW_TOKEN, MESSAGE_HELP_TOKEN_INIT,
     command_token_init},
    {"mainetcert token list", "token", "list", 0, MESSAGE_HELP_TOKEN_LIST, command_token_list},
    {"mainetcert token info", "token", "info", 0, MESSAGE_HELP_TOKEN_INFO, command_token_info},
};

const command *
command_find(const char *group, const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        const command *self = &commands[i];
        const bool is_in_group = group == NULL || self->group == NULL
                                     ? group == self->group
                                     : strcmp(group, self->group) == 0;

        if (is_in_group && strcmp(self->name, name) == 0)
            return self;
    }
    return NULL;
}

bool
command_is_group(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (commands[i].group != NULL && strcmp(commands[i].group, name) == 0)
            return true;
    }
    return false;
}
