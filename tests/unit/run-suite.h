/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef RUN_SUITE_H
#define RUN_SUITE_H

#include <check.h>

/** Run a suite, tell meson in TAP, free the suite; the answer is main's exit status. */
static int
run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed = 0;

    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

#endif
