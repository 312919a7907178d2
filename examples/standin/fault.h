/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_FAULT_H
#define STANDIN_FAULT_H

#include "state.h"

/** What is made wrong; each is told in fault.def. */
typedef enum st_fault {
    FAULT_NONE,
#define FAULT(enumerator, name, what) FAULT_##enumerator,
#include "fault.def"
#undef FAULT
} st_fault;

/** Find a fault by its name; `none` is one. @return False where there is none of that name. */
bool
fault_find(const char *name, st_fault *fault);

/** Make every reply wrong in this way from now on. @return False when named on stderr. */
bool
fault_set(const st_state *state, st_fault fault);

/** What is wrong now. */
st_fault
fault_now(const st_state *state);

/** Print the names, and what each does. @return False when it could not be written. */
bool
fault_print_all(void);

#endif
