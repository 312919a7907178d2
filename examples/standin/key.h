/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_KEY_H
#define STANDIN_KEY_H

#include "auto.h"

#include <stdbool.h>

/** Whether a kind of key, such as `rsa:2048` or `ec:P-256`, can be ordered. */
bool
key_is_known(const char *kind);

/** Make a key of this kind. @return NULL when named on stderr. */
EVP_PKEY *
key_make(const char *kind);

#endif
