/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_BASE_TEXT_H
#define MN_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** Count the bytes of the UTF-8 character at `at` of a NUL-terminated text; 0 when it is not
 *  one (RFC 3629, 4). C1 controls count as none: terminals obey them. */
static inline size_t
mn_text_character_len(const uint8_t *at)
{
    const uint8_t lead = at[0];
    const uint8_t lowest = lead == 0xC2 || lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const uint8_t highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    const size_t len = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    if (len < 2)
        return len;
    if (lead > 0xF4 || at[1] < lowest || at[1] > highest)
        return 0;
    for (size_t i = 2; i < len; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    }
    return len;
}

/** Ask whether nothing but the torn start of one character is left of the text. */
static inline bool
mn_text_is_torn(const uint8_t *at)
{
    const size_t left = strlen((const char *)at);

    if (left > 3 || at[0] < 0xC2)
        return false;
    for (size_t i = 1; i < left; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return false;
    }
    return true;
}

/** Make a text one line of UTF-8 in place, for whoever reads logs: controls become spaces, what
 *  is not UTF-8 becomes '?', and a character torn by a cut at the end goes. */
static inline void
mn_text_tidy(char *text, bool was_cut)
{
    uint8_t *at = (uint8_t *)text;

    while (*at != '\0') {
        const size_t len = mn_text_character_len(at);

        if (len == 0 && was_cut && mn_text_is_torn(at))
            *at = '\0';
        else if (len == 0)
            *at++ = '?';
        else if (*at < 0x20 || *at == 0x7F)
            *at++ = ' ';
        else
            at += len;
    }
}

#endif
