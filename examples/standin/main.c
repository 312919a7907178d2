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

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 2 };

/* Room for 64 characters of UTF-8, and a number. */
enum { ORDER_NAME_SIZE = 320 };

/* The common name of one order of several ends in its number. */
static bool
place(st_transaction *change, const st_options *options, int64_t number, st_order_notice *notice,
      char *common_name, size_t common_name_size)
{
    const st_order_request request = {.group_id = options->group_id,
                                      .common_name = common_name,
                                      .key = options->key,
                                      .p12 = options->p12,
                                      .days = options->days,
                                      .ready = !options->not_ready};
    int len =
        options->count == 1
            ? snprintf(common_name, common_name_size, "%s", options->common_name)
            : snprintf(common_name, common_name_size, "%s %" PRId64, options->common_name, number);

    return len >= 0 && (size_t)len < common_name_size ? order_place(change, &request, notice)
                                                      : complain("the common name is too long");
}

static bool
print_order(const st_options *options, const st_order_notice *notice, const char *common_name,
            uint16_t port, int64_t now)
{
    const st_order_request request = {.group_id = options->group_id, .common_name = common_name};

    if (options->csv)
        return notice_print_csv(&request, notice);
    if (options->json)
        return notice_print_json(&request, notice, port);
    notice_print_mail(&request, notice, port, now);
    return true;
}

/* All in one transaction: they are placed before any is printed. */
static bool
place_all(const st_options *options, st_order_notice *notices, char (*names)[ORDER_NAME_SIZE],
          uint16_t ports[static PORT_DOORS], int64_t *now)
{
    mn_auto(st_state) state = state_open(options->dir);
    mn_auto(st_transaction) change = state != NULL ? state_begin(state) : NULL;

    if (change == NULL || !ports_choose(change, ports))
        return false;
    for (int64_t i = 0; i < options->count; i++)
        if (!place(change, options, i + 1, &notices[i], names[i], sizeof names[i]))
            return false;
    *now = clock_now(change);
    return state_commit(&change);
}

static bool
do_order(const st_options *options)
{
    const size_t count = (size_t)options->count;
    st_order_notice *notices = calloc(count, sizeof *notices);
    char(*names)[ORDER_NAME_SIZE] = calloc(count, sizeof *names);
    uint16_t ports[PORT_DOORS];
    int64_t now = 0;
    bool done = notices != NULL && names != NULL && place_all(options, notices, names, ports, &now);

    if (done && options->csv)
        done = notice_print_csv_head();
    for (size_t i = 0; done && i < count; i++)
        done = print_order(options, &notices[i], names[i], ports[PORT_HTTPS], now);
    if (notices != NULL)
        OPENSSL_cleanse(notices, count * sizeof *notices);
    free(notices);
    free(names);
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
