/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_OPTIONS_H
#define COMMAND_OPTIONS_H

#include <mainetcert/error.h>
#include <stdbool.h>
#include <stdint.h>

struct command;
struct failure;

/** What the command line asks for. Texts are borrowed from it; NULL: not given. */
typedef struct options {
    const struct command *command; /**< NULL: --help or --version without one. */
    const char *operand;           /**< ID, CODE, LABEL, FILE or NAME=VALUE. */
    bool help;
    bool version;

    const char *store;
    const char *token;
    const char *pin_source;
    bool json;

    const char *service;
    const char *group_id;
    const char *certificate_number;
    const char *password_source;
    const char *notice;
    int32_t jobs; /**< 0: not given. */
    const char *offline_bundle;
    bool is_not_exportable;
    bool yes;
    char accept_issuer[65]; /**< 64 lower-case hex digits, or "". */
    const char *proxy;
    const char *proxy_user;
    const char *proxy_password_source;

    bool is_expiring;
    int64_t expiring_days;
    bool all;
    bool no_pin;
    bool rekey;
    const char *out;
    bool leaf_only;
    bool legacy;
    bool certificate;
    bool pem;
    bool force;
    const char *backup;
    bool confirm;
    bool check_revocation;
    bool no_confirm;
    const char *so_pin_source;
    const char *new_pin_source;

    bool firefox;
    bool chromium;
    bool policy;
    bool auto_select;
} options;

/** What the value of an option is. */
typedef enum option_kind {
    KIND_FLAG, /**< There is none. */
    KIND_TEXT,
    KIND_SOURCE,
    KIND_LANGUAGE,
    KIND_DAYS,
    KIND_JOBS,
    KIND_SHA256
} option_kind;

/** The name of an option that a command takes, one after the other; NULL beyond the last. A global
 *  one is taken by every command and by none (NULL). `index` goes up to the next. */
const char *
options_next(const struct command *by, size_t *index, option_kind *kind);

/** Read the command line. MAINET_E_ARGUMENT with a usage failure if it is wrong; what was read up
 *  to there is in `self`. */
mainet_status
options_read(options *self, int argc, char **argv, struct failure *why);

/** Answer what to put before --help: `mainetcert acquire`. */
const char *
options_invocation(const options *self);

#endif
