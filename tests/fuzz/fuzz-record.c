/* SPDX-License-Identifier: BSD-3-Clause */
/* The attributes of an object, as a row holds them. */
#include <string.h>

#include "fuzz.h"
#include "store/attributes.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mainet_error err = {0};
    mn_buffer again = MN_BUFFER_INIT(0);
    mn_attributes *attributes = mn_attributes_decode(data, size, &err);

    HOLDS((attributes != NULL) == (err.status == MAINET_OK));
    if (attributes != NULL) { /* every byte is accounted for, in one way only */
        HOLDS(mn_attributes_encode(attributes, &again, &err) == MAINET_OK);
        HOLDS(again.len == size && memcmp(again.data, data, size) == 0);
    }
    mn_buffer_clear(&again);
    mn_attributes_free(attributes);
    return 0;
}
