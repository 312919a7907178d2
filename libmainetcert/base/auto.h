/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_BASE_AUTO_H
#define MN_BASE_AUTO_H

#include <stddef.h>

/* Scope-bound cleanup. `mn_auto(T)` declares a `T *` that T_cleanup frees when its scope
 * ends; T_take hands the pointer on. Both come from MN_AUTO_TYPE beside the type. */

#define mn_auto(T) __attribute__((cleanup(T##_cleanup))) T *

#define MN_AUTO_TYPE(T, free_fn)                                                                   \
    __attribute__((unused)) static inline void T##_cleanup(T **pointer)                            \
    {                                                                                              \
        if (*pointer != NULL)                                                                      \
            free_fn(*pointer);                                                                     \
    }                                                                                              \
    __attribute__((unused)) static inline T *T##_take(T **pointer)                                 \
    {                                                                                              \
        T *taken = *pointer;                                                                       \
        *pointer = NULL;                                                                           \
        return taken;                                                                              \
    }

/** Return a failed status to the caller; the one macro that returns. */
#define MN_TRY(call)                                                                               \
    do {                                                                                           \
        mainet_status mn_try_status = (call);                                                      \
        if (mn_try_status != MAINET_OK)                                                            \
            return mn_try_status;                                                                  \
    } while (0)

#endif
