/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_BROWSER_MODULE_H
#define COMMAND_BROWSER_MODULE_H

#include <stdbool.h>
#include <stddef.h>

/** What a browser sees through a module. */
typedef struct browser_view {
    bool is_found;     /**< The module is there and loads. */
    size_t tokens;     /**< It shows so many, */
    size_t identities; /**< and so many certificates whose public key is told without a PIN. */
} browser_view;

/** Load a module as a browser does, with the parameters of its entry, and look. */
void
browser_module_look(const char *library, const char *parameters, browser_view *seen);

/** The module of this installation: MAINETCERT_MODULE, else where it was installed. */
const char *
browser_module_path(void);

#endif
