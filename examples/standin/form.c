/* SPDX-License-Identifier: BSD-3-Clause */
#include "form.h"

#include <string.h>

static char *
find_field(st_form *self, const char *name)
{
    if (strcmp(name, "group_id") == 0)
        return self->group_id;
    if (strcmp(name, "certificate_number") == 0)
        return self->certificate_number;
    if (strcmp(name, "password") == 0)
        return self->password;
    return NULL;
}

void
form_add(st_form *self, const char *name, const char *data, size_t offset, size_t len)
{
    char *field = find_field(self, name);

    if (field == NULL)
        return;
    if (offset >= FORM_VALUE_SIZE || len >= FORM_VALUE_SIZE - offset) {
        field[0] = '\0';
        return;
    }
    memcpy(field + offset, data, len);
    field[offset + len] = '\0';
}
