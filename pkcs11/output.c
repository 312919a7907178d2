/* SPDX-License-Identifier: BSD-3-Clause */
#include "output.h"

#include <string.h>

p11_room
p11_output_room(const void *out, CK_ULONG *len, CK_ULONG needed)
{
    const CK_ULONG room = *len;

    if (out != NULL && room >= needed)
        return P11_ROOM_ENOUGH;
    *len = needed;
    return out == NULL ? P11_ROOM_ASKED : P11_ROOM_SMALL;
}

CK_RV
p11_output_answer(p11_room room)
{
    return room == P11_ROOM_SMALL ? CKR_BUFFER_TOO_SMALL : CKR_OK;
}

CK_RV
p11_output_bytes(CK_BYTE *out, CK_ULONG *len, const CK_BYTE *data, CK_ULONG data_len)
{
    const p11_room room = p11_output_room(out, len, data_len);

    if (room != P11_ROOM_ENOUGH)
        return p11_output_answer(room);
    if (data_len != 0)
        memcpy(out, data, data_len);
    *len = data_len;
    return CKR_OK;
}

void
p11_output_padded(CK_UTF8CHAR *field, size_t field_len, const char *text)
{
    size_t len = strlen(text);

    if (len > field_len) {
        len = field_len;
        while (len > 0 && ((CK_UTF8CHAR)text[len] & 0xC0) == 0x80)
            len--;
    }
    memset(field, ' ', field_len);
    memcpy(field, text, len);
}
