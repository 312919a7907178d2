/* SPDX-License-Identifier: BSD-3-Clause */
/* The fault is a file in DIR, which costs little to look at for every connection. */
#include "fault.h"

#include "file.h"

#include <string.h>

#define FILE_NAME "fault"

static const struct {
    const char *name;
    const char *what;
} faults[] = {
    [FAULT_NONE] = {"none", "everything as it should be"},
#define FAULT(enumerator, name, what) [FAULT_##enumerator] = {name, what},
#include "fault.def"
#undef FAULT
};

enum { FAULT_COUNT = sizeof faults / sizeof *faults };

bool
fault_find(const char *name, st_fault *fault)
{
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        if (strcmp(faults[i].name, name) == 0) {
            *fault = (st_fault)i;
            return true;
        }
    }
    return false;
}

bool
fault_set(const st_state *state, st_fault fault)
{
    if (fault != FAULT_NONE)
        return file_write(state, FILE_NAME, faults[fault].name);
    file_remove(state, FILE_NAME);
    return true;
}

st_fault
fault_now(const st_state *state)
{
    st_fault fault = FAULT_NONE;
    char name[64];

    if (file_read(state, FILE_NAME, name, sizeof name))
        (void)fault_find(name, &fault);
    return fault;
}

bool
fault_print_all(void)
{
    for (size_t i = 0; i < FAULT_COUNT; i++)
        if (printf("%-22s %s\n", faults[i].name, faults[i].what) < 0)
            return false;
    return true;
}
