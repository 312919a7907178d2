/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_OPTIONS_H
#define STANDIN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/** What the command line asked for; texts are borrowed from argv. */
typedef struct st_options {
    const char *command;
    const char *dir;
    const char *operand; /**< The one word after the options: an offset, a serial, a fault. */
    const char *group_id;
    const char *common_name;
    const char *key;
    const char *p12;
    int64_t days;
    int64_t count;       /**< Of orders. */
    uint16_t https_port; /**< 0: the remembered one, else a free one. */
    uint16_t confirm_port;
    uint16_t http_port;
    bool foreground;
    bool not_ready;
    bool json;
    bool csv;
    bool help;
} st_options;

/** Read the command line. @return False, with the mistake named, where it is wrong. */
bool
options_read(st_options *self, int argc, char *const *argv);

/** The text of --help. */
extern const char options_help[];

#endif
