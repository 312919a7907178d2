/* SPDX-License-Identifier: BSD-3-Clause */
#include "clock.h"

#include <string.h>
#include <time.h>

int64_t
clock_now(st_transaction *change)
{
    return (int64_t)time(NULL) + state_setting(change, "clock_offset", 0);
}

static int64_t
unit_seconds(const char *unit)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(unit, units[i].name) == 0)
            return units[i].seconds;
    return 0;
}

bool
clock_parse(const char *text, int64_t *offset)
{
    char *end = NULL;
    long long number;

    *offset = 0;
    if (strcmp(text, "real") == 0)
        return true;
    if ((*text != '+' && *text != '-') || text[1] < '0' || text[1] > '9')
        return false;
    number = strtoll(text, &end, 10);
    if (number > 1000000 || number < -1000000 || unit_seconds(end) == 0)
        return false;
    *offset = number * unit_seconds(end);
    return *offset <= INT64_C(86400) * 36500 && *offset >= INT64_C(-86400) * 18250;
}

bool
clock_set(st_transaction *change, int64_t offset)
{
    return state_set_setting(change, "clock_offset", offset);
}

void
clock_format(int64_t seconds, char text[static 32])
{
    time_t when = (time_t)seconds;
    struct tm parts;

    if (gmtime_r(&when, &parts) == NULL || strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        *text = '\0';
}
