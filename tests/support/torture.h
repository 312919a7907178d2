/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TORTURE_H
#define TORTURE_H

/* An allocator that fails at the nth call, for programs linked with
 * -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup. It sees our code and the SQLite
 * that is linked in, not OpenSSL. */

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void *
__real_malloc(size_t size);
void *
__real_calloc(size_t count, size_t size);
void *
__real_realloc(void *block, size_t size);
void *
__wrap_malloc(size_t size);
void *
__wrap_calloc(size_t count, size_t size);
void *
__wrap_realloc(void *block, size_t size);
char *
__wrap_strdup(const char *text);

static size_t torture_left;
static bool torture_armed;
static bool torture_failed;

/** Let the nth allocation from now on fail, once. */
static void
torture_arm(size_t nth)
{
    torture_left = nth;
    torture_failed = false;
    torture_armed = true;
}

/** Stop; whether an allocation failed. */
static bool
torture_disarm(void)
{
    torture_armed = false;
    return torture_failed;
}

static bool
fails(void)
{
    if (!torture_armed || torture_failed || --torture_left != 0)
        return false;
    torture_failed = true;
    return true;
}

void *
__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *block, size_t size)
{
    return fails() ? NULL : __real_realloc(block, size);
}

char *
__wrap_strdup(const char *text)
{
    char *copy = fails() ? NULL : __real_malloc(strlen(text) + 1);

    return copy == NULL ? NULL : strcpy(copy, text);
}

#endif
