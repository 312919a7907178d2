/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOST_ERRORS_H
#define HOST_ERRORS_H

/* A host has OpenSSL's queue of errors in use, whatever it calls meanwhile. */

#include <check.h>
#include <openssl/err.h>

#define HOST_REASON 77 /* of an error that the host has in its queue */

/** How the host's queue looks before each call, and so after it. */
static enum host_queue { HOST_EMPTY, HOST_ONE_ERROR, HOST_MARKED } host_queue;

static void
host_plant(void)
{
    ERR_clear_error();
    if (host_queue == HOST_EMPTY)
        return;
    ERR_raise(ERR_LIB_USER, HOST_REASON);
    if (host_queue == HOST_MARKED)
        ERR_set_mark();
}

/** Look whether `call` left the queue as it was planted. */
static void
host_look(const char *call)
{
    const unsigned long first = ERR_peek_error();

    if (host_queue == HOST_MARKED)
        ck_assert_msg(ERR_pop_to_mark() == 1, "%s took the host's mark", call);
    ck_assert_msg(first == ERR_peek_error() && first == ERR_peek_last_error(),
                  "%s left an error of its own: %lx", call, ERR_peek_last_error());
    ck_assert_msg(ERR_GET_REASON(first) == (host_queue == HOST_EMPTY ? 0 : HOST_REASON),
                  "%s changed the host's errors", call);
}

#endif
