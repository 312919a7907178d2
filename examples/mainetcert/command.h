/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include "failure.h"

/** What a command takes; the bits of known_options in options.c. */
enum {
    TAKES_SERVICE = 1 << 0,
    TAKES_ORDER = 1 << 1, /* group ID, certificate number, password */
    TAKES_IMPORT = 1 << 2,
    TAKES_PROXY = 1 << 3,
    TAKES_EXPIRING = 1 << 4,
    TAKES_ALL = 1 << 5,
    TAKES_NEW_TOKEN = 1 << 6,
    TAKES_OPERAND = 1 << 7,
    NEEDS_OPERAND = 1 << 8,
    TAKES_YES = 1 << 9,
    TAKES_REKEY = 1 << 10,
    TAKES_SO_PIN = 1 << 11,
    TAKES_NEW_PIN = 1 << 12,
    TAKES_EXPORT = 1 << 13,
    TAKES_PASSWORD = 1 << 14,
    TAKES_FORCE = 1 << 15,
    TAKES_CONFIRM = 1 << 16,
    TAKES_BACKUP = 1 << 17,
    TAKES_ACCEPT = 1 << 18, /* an issuer */
    IS_DEFAULT = 1 << 19,   /* what the group's word means by itself */
    TAKES_BROWSER = 1 << 24,
    TAKES_BUNDLE = 1 << 25,
    TAKES_ORDERS = 1 << 26 /* a list of them */
};

/** One command: its words, its help, and what does it. */
typedef struct command {
    const char *invocation; /**< With `mainetcert` before it. */
    const char *group;      /**< `token`, `pending`; NULL: a command by itself. */
    const char *name;
    unsigned takes;
    message help;
    mainet_status (*run)(const options *wanted, failure *why);
    message missing; /**< With NEEDS_OPERAND: what to say without one. */
} command;

/** Find a command by its word, within a group or outside of all (NULL). NULL: there is none. */
const command *
command_find(const char *group, const char *name);

/** The commands one after the other; NULL beyond the last. */
const command *
command_at(size_t index);

/** Find what a group's word means by itself. NULL: nothing. */
const command *
command_default(const char *group);

/** Ask whether a word begins commands of two words. */
bool
command_is_group(const char *name);

mainet_status
command_acquire(const options *wanted, failure *why);

mainet_status
command_batch(const options *wanted, failure *why);

mainet_status
command_browser_add(const options *wanted, failure *why);

mainet_status
command_browser_remove(const options *wanted, failure *why);

mainet_status
command_browser_status(const options *wanted, failure *why);

mainet_status
command_confirm(const options *wanted, failure *why);

mainet_status
command_delete(const options *wanted, failure *why);

mainet_status
command_diagnose(const options *wanted, failure *why);

mainet_status
command_explain(const options *wanted, failure *why);

mainet_status
command_export(const options *wanted, failure *why);

mainet_status
command_import(const options *wanted, failure *why);

mainet_status
command_list(const options *wanted, failure *why);

mainet_status
command_pending_discard(const options *wanted, failure *why);

mainet_status
command_pending_list(const options *wanted, failure *why);

mainet_status
command_pending_resume(const options *wanted, failure *why);

mainet_status
command_prune(const options *wanted, failure *why);

mainet_status
command_renew(const options *wanted, failure *why);

mainet_status
command_show(const options *wanted, failure *why);

mainet_status
command_token_backup(const options *wanted, failure *why);

mainet_status
command_token_change_pin(const options *wanted, failure *why);

mainet_status
command_token_check(const options *wanted, failure *why);

mainet_status
command_token_delete(const options *wanted, failure *why);

mainet_status
command_token_info(const options *wanted, failure *why);

mainet_status
command_token_init(const options *wanted, failure *why);

mainet_status
command_token_list(const options *wanted, failure *why);

mainet_status
command_token_rename(const options *wanted, failure *why);

mainet_status
command_token_restore(const options *wanted, failure *why);

mainet_status
command_token_set(const options *wanted, failure *why);

mainet_status
command_token_unblock(const options *wanted, failure *why);

#endif
