/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_SCOPE_H
#define COMMAND_SCOPE_H

#include <jansson.h>
#include <mainetcert.h>
#include <stdlib.h>

/* Scope-bound cleanup: `scoped(T)` declares a `T *` that is freed where its scope ends. */

#define scoped(T) __attribute__((cleanup(T##_release))) T *

#define SCOPED_TYPE(T, free_fn)                                                                    \
    __attribute__((unused)) static inline void T##_release(T **pointer)                            \
    {                                                                                              \
        free_fn(*pointer);                                                                         \
    }                                                                                              \
    __attribute__((unused)) static inline T *T##_take(T **pointer)                                 \
    {                                                                                              \
        T *taken = *pointer;                                                                       \
        *pointer = NULL;                                                                           \
        return taken;                                                                              \
    }

/** Return a failed status to the caller; the one macro that returns. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        mainet_status try_status = (call);                                                         \
        if (try_status != MAINET_OK)                                                               \
            return try_status;                                                                     \
    } while (0)

SCOPED_TYPE(char, free)
SCOPED_TYPE(json_t, json_decref)
SCOPED_TYPE(mainet_batch, mainet_batch_free)
SCOPED_TYPE(mainet_bytes, mainet_bytes_free)
SCOPED_TYPE(mainet_confirmation, mainet_confirmation_free)
SCOPED_TYPE(mainet_diagnosis, mainet_diagnosis_free)
SCOPED_TYPE(mainet_identity, mainet_identity_free)
SCOPED_TYPE(mainet_identity_list, mainet_identity_list_free)
SCOPED_TYPE(mainet_pending, mainet_pending_free)
SCOPED_TYPE(mainet_pending_list, mainet_pending_list_free)
SCOPED_TYPE(mainet_pkcs12, mainet_pkcs12_free)
SCOPED_TYPE(mainet_request, mainet_request_free)
SCOPED_TYPE(mainet_service, mainet_service_free)
SCOPED_TYPE(mainet_store, mainet_store_free)
SCOPED_TYPE(mainet_token, mainet_token_free)
SCOPED_TYPE(mainet_token_list, mainet_token_list_free)

#endif
