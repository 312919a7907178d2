/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_TEMPLATE_H
#define P11_TEMPLATE_H

#include <stdbool.h>

#include "attribute.h"
#include "serial.h"
#include "store/attributes.h"

/** What a search is after, and where it can be. */
typedef struct p11_wanted {
    mn_attributes *stored;                /**< the part that the store compares */
    p11_serial serials[P11_SERIAL_FORMS]; /**< what its serial number may be */
    size_t serial_count;
    bool needs_sifting; /**< there is another part */
    bool is_impossible; /**< no object can be like that */
    bool is_profile;    /**< only the built-in profile object will do */
    bool on_token;      /**< the file may have some */
    bool in_memory;     /**< so may the sessions */
} p11_wanted;

/** Keep an attribute, whose length is right for its kind, as the store does. */
CK_RV
p11_template_keep(mn_attributes *stored, const CK_ATTRIBUTE *attribute, p11_kind kind);

/** Judge a template. What no object of ours can have costs no access to the file. */
CK_RV
p11_wanted_read(p11_wanted *wanted, const CK_ATTRIBUTE *template, CK_ULONG count);

/** Let `stored` have the next form of the serial number; false if all were tried. A search that
 *  wants none has one form. */
bool
p11_wanted_next(p11_wanted *wanted, size_t form, CK_RV *rv);

void
p11_wanted_clear(p11_wanted *wanted);

/** Whether no attribute has two values. One that is said twice alike is as good as said once, which
 *  the standard asks for (PKCS#11 v3.0, 4.1.1). */
bool
p11_template_is_consistent(const CK_ATTRIBUTE *template, CK_ULONG count);

/** An attribute of a template; NULL if it is not there. */
const CK_ATTRIBUTE *
p11_template_find(const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type);

/** A number of a template that was checked; false if it is not there. */
bool
p11_template_number(const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type,
                    CK_ULONG *number);

#endif
