/* SPDX-License-Identifier: BSD-3-Clause */
/* A server's reply: two bytes of status, lines of headers, an empty line, the body. */
#include <string.h>

#include "acquire/profile.h"
#include "acquire/reply.h"
#include "fuzz.h"

#define PROFILE                                                                                    \
    "[service]\nname=n\n[retrieve]\nurl=https://h/\nresult_header=X-MaiNet-Result\n"               \
    "words_busy=混み合って\n"

/* In the form that the transport hands on: each line with a zero behind it. */
static size_t
split_headers(mn_reply *reply, const uint8_t *data, size_t size)
{
    size_t at = 0;

    while (at < size && data[at] != '\n') {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        const size_t len = end == NULL ? size - at : (size_t)(end - data) - at;

        if (memchr(data + at, '\0', len) != NULL)
            break;
        mn_buffer_append(&reply->headers, data + at, len);
        mn_buffer_append_u8(&reply->headers, 0);
        at += len + (end != NULL);
    }
    return at < size ? at + 1 : size;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mn_auto_reply reply = MN_REPLY_INIT;
    mn_profile profile = {0};
    mainet_error err = {0};
    size_t at = 2;

    if (size < 2 || size > 60000)
        return 0;
    HOLDS(mn_profile_read(&profile, PROFILE, "/", &err) == MAINET_OK);
    reply.status = data[0] == 0 ? 200 : data[0] << 8 | data[1];
    at += split_headers(&reply, data + 2, size - 2);
    reply.body = mn_secret_copy(data + at, size - at, &err);
    HOLDS(reply.body != NULL);
    if (mn_reply_judge(&profile, &reply, &err) == MAINET_OK) {
        HOLDS(reply.status == 200);
        HOLDS(mn_reply_header(&reply, "content-type") != NULL);
    }
    (void)mn_reply_says(&reply, "正しくインストールされています");
    mn_profile_clear(&profile);
    return 0;
}
