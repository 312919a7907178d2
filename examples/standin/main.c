/* SPDX-License-Identifier: BSD-3-Clause */
#include "clock.h"
#include "complaint.h"
#include "container.h"
#include "fault.h"
#include "key.h"
#include "member.h"
#include "notice.h"
#include "options.h"
#include "ports.h"
#include "serve.h"

#include <string.h>

enum { EXIT_USAGE = 2 };

static bool
do_order(const st_options *options)
{
    const st_order_request request = {.group_id = options->group_id,
                                      .common_name = options->common_name,
                                      .key = options->key,
                                      .p12 = options->p12,
                                      .days = options->days,
                                      .ready = !options->not_ready};
    mn_auto(st_state) state = state_open(options->dir);
    mn_auto(st_transaction) change = state != NULL ? state_begin(state) : NULL;
    st_order_notice notice;
    uint16_t ports[PORT_DOORS];
    int64_t now;
    bool done;

    if (change == NULL || !ports_choose(change, ports) || !order_place(change, &request, &notice))
        return false;
    now = clock_now(change);
    done = state_commit(&change);
    if (done && options->json)
        done = notice_print_json(&request, &notice, ports[PORT_HTTPS]);
    else if (done)
        notice_print_mail(&request, &notice, ports[PORT_HTTPS], now);
    OPENSSL_cleanse(&notice, sizeof notice);
    return done;
}

static bool
do_clock(const st_options *options)
{
    mn_auto(st_state) state = state_open(options->dir);
    mn_auto(st_transaction) change = state != NULL ? state_begin(state) : NULL;
    int64_t offset = 0;
    char now[32];

    if (change == NULL)
        return false;
    if (options->operand != NULL &&
        (!clock_parse(options->operand, &offset) || !clock_set(change, offset)))
        return false;
    clock_format(clock_now(change), now);
    return state_commit(&change) && puts(now) != EOF;
}

static bool
do_revoke(const st_options *options)
{
    mn_auto(st_state) state = state_open(options->dir);
    mn_auto(st_transaction) change = state != NULL ? state_begin(state) : NULL;

    return change != NULL && member_revoke(change, options->operand) && state_commit(&change);
}

static bool
do_fault(const st_options *options)
{
    mn_auto(st_state) state = NULL;
    st_fault fault;

    if (strcmp(options->operand, "list") == 0)
        return fault_print_all();
    state = state_open(options->dir);
    return state != NULL && fault_find(options->operand, &fault) && fault_set(state, fault);
}

/* What is wrong in the words of the command line, before any file is touched. */
static bool
is_usable(const st_options *options)
{
    int64_t offset;
    st_fault fault;

    if (!key_is_known(options->key))
        return complain("no such kind of key: %s", options->key);
    if (!container_is_known(options->p12))
        return complain("no such form of container: %s", options->p12);
    if (strcmp(options->command, "clock") == 0 && options->operand != NULL &&
        !clock_parse(options->operand, &offset))
        return complain("a clock is set by 'real', or as in +25h or -3d");
    if (strcmp(options->command, "fault") == 0 && strcmp(options->operand, "list") != 0 &&
        !fault_find(options->operand, &fault))
        return complain("no such fault: %s; 'list' names them", options->operand);
    return true;
}

static bool
run(const st_options *options)
{
    if (strcmp(options->command, "serve") == 0)
        return serve(options);
    if (strcmp(options->command, "order") == 0)
        return do_order(options);
    if (strcmp(options->command, "clock") == 0)
        return do_clock(options);
    if (strcmp(options->command, "fault") == 0)
        return do_fault(options);
    return do_revoke(options);
}

int
main(int argc, char **argv)
{
    st_options options;

    if (!options_read(&options, argc, argv))
        return EXIT_USAGE;
    if (options.help)
        return fputs(options_help, stdout) >= 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    if (!is_usable(&options))
        return EXIT_USAGE;
    return run(&options) && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
