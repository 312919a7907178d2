/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_MODULE_H
#define BENCH_MODULE_H

/* The module of MAINETCERT_MODULE, loaded as a program loads it. */

#include <dlfcn.h>

#include "bench.h"
#include "cryptoki3.h"

static CK_FUNCTION_LIST *p11;

/* An assertion of Check writes to a pipe each time: too much to be measured with. */
static inline void
must(CK_RV rv)
{
    if (rv != CKR_OK)
        ck_abort_msg("0x%lx", rv);
}

static void
load_module(void)
{
    CK_C_GetFunctionList get = NULL;
    void *library = dlopen(getenv("MAINETCERT_MODULE"), RTLD_NOW | RTLD_LOCAL);

    ck_assert_msg(library != NULL, "%s", dlerror());
    *(void **)&get = dlsym(library, "C_GetFunctionList");
    ck_assert_uint_eq(get(&p11), CKR_OK);
}

#endif
