/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CPU_TIME_H
#define CPU_TIME_H

#include <check.h>
#include <time.h>

/** Seconds of processor time, of this process alone: the machine may be busy. */
static double
cpu_seconds(void)
{
    struct timespec now;

    ck_assert_int_eq(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

#endif
