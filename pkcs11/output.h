/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_OUTPUT_H
#define P11_OUTPUT_H

#include <stdbool.h>

#include "cryptoki3.h"

/** What to do about an output of `needed` elements (PKCS#11 v2.40, 5.2). */
typedef enum p11_room {
    P11_ROOM_ASKED,  /**< only the length was asked: answer CKR_OK, produce nothing */
    P11_ROOM_SMALL,  /**< answer CKR_BUFFER_TOO_SMALL, produce nothing */
    P11_ROOM_ENOUGH, /**< produce, then set `*len` to what was produced */
} p11_room;

/** Judge the caller's buffer; `*len` tells what is needed unless there is room enough. */
p11_room
p11_output_room(const void *out, CK_ULONG *len, CK_ULONG needed);

/** The answer to a call that produced nothing; not for P11_ROOM_ENOUGH. */
CK_RV
p11_output_answer(p11_room room);

/** Hand out `data` by the rule of lengths. */
CK_RV
p11_output_bytes(CK_BYTE *out, CK_ULONG *len, const CK_BYTE *data, CK_ULONG data_len);

/** Fill a field of `field_len` bytes with text and blanks; a UTF-8 character is not torn. */
void
p11_output_padded(CK_UTF8CHAR *field, size_t field_len, const char *text);

/** Pad an array: `P11_PAD(info->label, "MaiNet")`. */
#define P11_PAD(field, text) p11_output_padded((field), sizeof(field), (text))

#endif
