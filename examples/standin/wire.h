/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_WIRE_H
#define STANDIN_WIRE_H

#include "fault.h"
#include "http.h"

/** What follows the last byte. */
typedef enum st_wire_end {
    WIRE_CLOSE, /**< A clean end of TLS and TCP. */
    WIRE_RESET, /**< The connection is torn down. */
    WIRE_HOLD,  /**< Nothing, until the client or the site ends. */
} st_wire_end;

/** A reply as the bytes that are sent. */
typedef struct st_wire {
    char *bytes; /**< From malloc. */
    size_t len;
    size_t head_len;    /**< Status line and headers. */
    unsigned pieces;    /**< How many the rest is sent in, with a pause after each; 0: at once. */
    bool is_repeatable; /**< The rest is sent again and again. */
    st_wire_end end;
} st_wire;

/** Write a true reply with a fault in it. @return False when out of memory. */
bool
wire_make(st_fault fault, const st_reply *reply, st_wire *wire);

#endif
