/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_FORM_H
#define STANDIN_FORM_H

#include <stddef.h>

enum { FORM_VALUE_SIZE = 257, FORM_BODY_MAX = 8192 };

/** The three fields of a retrieval; what is missing, or too long to be true, is empty. */
typedef struct st_form {
    char group_id[FORM_VALUE_SIZE];
    char certificate_number[FORM_VALUE_SIZE];
    char password[FORM_VALUE_SIZE];
} st_form;

/** Take a piece of a field's value; unknown fields are passed over. */
void
form_add(st_form *self, const char *name, const char *data, size_t offset, size_t len);

#endif
