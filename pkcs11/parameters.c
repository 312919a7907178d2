/* SPDX-License-Identifier: BSD-3-Clause */
#include "parameters.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LOWEST_ADDRESS 4096 /* below are numbers that somebody took for a pointer */
#define BLANKS " \t\r\n"

/* The value up to its closing quote or blank; NULL if it is not closed. */
static const char *
value_end(const char **value)
{
    const char quote = **value;

    if (quote != '"' && quote != '\'')
        return *value + strcspn(*value, BLANKS);
    (*value)++;
    return strchr(*value, quote);
}

CK_RV
p11_parameters_read(const void *reserved, char **folder)
{
    static const char name[] = "store=";
    const char *text = reserved;
    const char *end = NULL;

    *folder = NULL;
    if (reserved == NULL)
        return CKR_OK;
    if ((uintptr_t)reserved < LOWEST_ADDRESS)
        return CKR_ARGUMENTS_BAD;
    text += strspn(text, BLANKS);
    if (*text == '\0')
        return CKR_OK;
    if (strncmp(text, name, sizeof name - 1) != 0)
        return CKR_ARGUMENTS_BAD;
    text += sizeof name - 1;
    end = value_end(&text);
    if (end == NULL || end == text || (*end != '\0' && end[1 + strspn(end + 1, BLANKS)] != '\0'))
        return CKR_ARGUMENTS_BAD;
    *folder = strndup(text, (size_t)(end - text));
    return *folder == NULL ? CKR_HOST_MEMORY : CKR_OK;
}
