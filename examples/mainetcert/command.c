/* SPDX-License-Identifier: BSD-3-Clause */
#include "command.h"

#include <string.h>

static const command commands[] = {
    {"mainetcert acquire", NULL, "acquire",
     TAKES_SERVICE | TAKES_ORDER | TAKES_IMPORT | TAKES_PROXY, MESSAGE_HELP_ACQUIRE,
     command_acquire},
    {"mainetcert list", NULL, "list", TAKES_EXPIRING, MESSAGE_HELP_LIST, command_list},
    {"mainetcert show", NULL, "show", NEEDS_OPERAND, MESSAGE_HELP_SHOW, command_show,
     MESSAGE_NO_OPERAND},
    {"mainetcert confirm", NULL, "confirm", TAKES_SERVICE | TAKES_PROXY | TAKES_OPERAND,
     MESSAGE_HELP_CONFIRM, command_confirm},
    {"mainetcert batch", NULL, "batch",
     NEEDS_OPERAND | TAKES_ORDERS | TAKES_SERVICE | TAKES_IMPORT | TAKES_PROXY, MESSAGE_HELP_BATCH,
     command_batch, MESSAGE_NO_ORDERS},
    {"mainetcert diagnose", NULL, "diagnose",
     TAKES_SERVICE | TAKES_PROXY | TAKES_BUNDLE | TAKES_FORCE, MESSAGE_HELP_DIAGNOSE,
     command_diagnose},
    {"mainetcert explain", NULL, "explain", TAKES_ALL | TAKES_OPERAND, MESSAGE_HELP_EXPLAIN,
     command_explain},
    {"mainetcert export", NULL, "export",
     NEEDS_OPERAND | TAKES_EXPORT | TAKES_PASSWORD | TAKES_FORCE, MESSAGE_HELP_EXPORT,
     command_export, MESSAGE_NO_OPERAND},
    {"mainetcert import", NULL, "import",
     NEEDS_OPERAND | TAKES_SERVICE | TAKES_IMPORT | TAKES_PASSWORD | TAKES_PROXY | TAKES_CONFIRM,
     MESSAGE_HELP_IMPORT, command_import, MESSAGE_NO_FILE},
    {"mainetcert delete", NULL, "delete",
     NEEDS_OPERAND | TAKES_BACKUP | TAKES_PASSWORD | TAKES_YES | TAKES_FORCE, MESSAGE_HELP_DELETE,
     command_delete, MESSAGE_NO_OPERAND},
    {"mainetcert prune", NULL, "prune", TAKES_YES | TAKES_FORCE, MESSAGE_HELP_PRUNE, command_prune},
    {"mainetcert renew", NULL, "renew",
     NEEDS_OPERAND | TAKES_SERVICE | TAKES_ORDER | TAKES_IMPORT | TAKES_PROXY | TAKES_FORCE,
     MESSAGE_HELP_RENEW, command_renew, MESSAGE_NO_OPERAND},
    {"mainetcert pending list", "pending", "list", IS_DEFAULT, MESSAGE_HELP_PENDING_LIST,
     command_pending_list},
    {"mainetcert pending resume", "pending", "resume",
     TAKES_OPERAND | TAKES_SERVICE | TAKES_ACCEPT | TAKES_YES | TAKES_PROXY,
     MESSAGE_HELP_PENDING_RESUME, command_pending_resume},
    {"mainetcert pending discard", "pending", "discard", TAKES_OPERAND | TAKES_YES,
     MESSAGE_HELP_PENDING_DISCARD, command_pending_discard},
    {"mainetcert token init", "token", "init", TAKES_NEW_TOKEN, MESSAGE_HELP_TOKEN_INIT,
     command_token_init},
    {"mainetcert token list", "token", "list", 0, MESSAGE_HELP_TOKEN_LIST, command_token_list},
    {"mainetcert token info", "token", "info", 0, MESSAGE_HELP_TOKEN_INFO, command_token_info},
    {"mainetcert token rename", "token", "rename", NEEDS_OPERAND, MESSAGE_HELP_TOKEN_RENAME,
     command_token_rename, MESSAGE_NO_LABEL},
    {"mainetcert token delete", "token", "delete", TAKES_YES, MESSAGE_HELP_TOKEN_DELETE,
     command_token_delete},
    {"mainetcert token set", "token", "set", NEEDS_OPERAND, MESSAGE_HELP_TOKEN_SET,
     command_token_set, MESSAGE_NO_SETTING},
    {"mainetcert token backup", "token", "backup", NEEDS_OPERAND, MESSAGE_HELP_TOKEN_BACKUP,
     command_token_backup, MESSAGE_NO_FILE},
    {"mainetcert token restore", "token", "restore", NEEDS_OPERAND, MESSAGE_HELP_TOKEN_RESTORE,
     command_token_restore, MESSAGE_NO_FILE},
    {"mainetcert token check", "token", "check", 0, MESSAGE_HELP_TOKEN_CHECK, command_token_check},
    {"mainetcert token change-pin", "token", "change-pin",
     TAKES_REKEY | TAKES_SO_PIN | TAKES_NEW_PIN, MESSAGE_HELP_TOKEN_CHANGE_PIN,
     command_token_change_pin},
    {"mainetcert token unblock", "token", "unblock", TAKES_SO_PIN | TAKES_NEW_PIN,
     MESSAGE_HELP_TOKEN_UNBLOCK, command_token_unblock},
    {"mainetcert browser add", "browser", "add", TAKES_BROWSER | TAKES_SERVICE,
     MESSAGE_HELP_BROWSER_ADD, command_browser_add},
    {"mainetcert browser status", "browser", "status", TAKES_BROWSER | TAKES_SERVICE,
     MESSAGE_HELP_BROWSER_STATUS, command_browser_status},
    {"mainetcert browser remove", "browser", "remove", TAKES_BROWSER | TAKES_SERVICE,
     MESSAGE_HELP_BROWSER_REMOVE, command_browser_remove},
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

const command *
command_at(size_t index)
{
    return index < sizeof commands / sizeof *commands ? &commands[index] : NULL;
}

const command *
command_default(const char *group)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        const command *self = &commands[i];

        if ((self->takes & IS_DEFAULT) != 0 && strcmp(self->group, group) == 0)
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
