/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SUPPORT_DATA_H
#define SUPPORT_DATA_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/** A fixture of tests/data, whole. */
typedef struct data {
    uint8_t *bytes;
    size_t len;
} data;

/** Read a fixture, such as "pkcs12/modern-ec.p12". Free the bytes. */
__attribute__((unused)) static data
read_data(const char *name)
{
    char path[512];
    data read = {NULL, 0};
    FILE *file = NULL;
    long len = 0;

    ck_assert_int_lt(snprintf(path, sizeof path, "%s/%s", TEST_DATA, name), (int)sizeof path);
    file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is missing", path);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    len = ftell(file);
    ck_assert_int_gt((int)len, 0);
    rewind(file);
    read.bytes = malloc((size_t)len);
    ck_assert_ptr_nonnull(read.bytes);
    read.len = fread(read.bytes, 1, (size_t)len, file);
    ck_assert_uint_eq(read.len, (size_t)len);
    (void)fclose(file);
    return read;
}

#endif
