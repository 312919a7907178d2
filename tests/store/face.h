/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STORE_FACE_H
#define STORE_FACE_H

#include <dlfcn.h>
#include <stddef.h>

/** Begin a function that stands before the C library's of that name, for the program and for what
 *  it loads; real_NAME is the C library's. The function has another name in C, because the headers
 *  have their own of it. */
#define FACE(type, name, parameters, arguments)                                                    \
    type face_##name parameters __asm__(#name);                                                    \
    static type real_##name parameters                                                             \
    {                                                                                              \
        static type(*real) parameters;                                                             \
                                                                                                   \
        if (real == NULL)                                                                          \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                             \
        return real arguments;                                                                     \
    }                                                                                              \
    type face_##name parameters

#endif
