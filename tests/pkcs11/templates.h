/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PKCS11_TEMPLATES_H
#define PKCS11_TEMPLATES_H

/* Templates as tables have them. */

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

/* A variable as a value. */
#define OF(type, value)                                                                            \
    {                                                                                              \
        type, &(value), sizeof(value)                                                              \
    }

/* So many of the file's own `bytes`. */
#define BYTES(type, len)                                                                           \
    {                                                                                              \
        type, bytes, len                                                                           \
    }

/* Behind the last one where a table's templates differ in length. */
#define END                                                                                        \
    {                                                                                              \
        CK_UNAVAILABLE_INFORMATION, NULL, 0                                                        \
    }

__attribute__((unused)) static CK_ULONG
length(const CK_ATTRIBUTE *template)
{
    CK_ULONG count = 0;

    while (template[count].type != CK_UNAVAILABLE_INFORMATION)
        count++;
    return count;
}

#endif
