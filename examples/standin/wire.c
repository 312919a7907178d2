/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire.h"

#include <inttypes.h>
#include <string.h>

#define LARGE ((size_t)1024 * 1024)
#define LONG_HEADER (200 * 1024)
#define PIECES 16

/* How the body goes into the reply. */
typedef enum st_framing { BY_LENGTH, BY_CHUNKS, BY_BROKEN_CHUNKS, BY_UNKNOWN_CODING } st_framing;

/* What the head says, before it is written. */
typedef struct st_head {
    const char *status; /* NULL: nothing is written at all */
    const char *type;
    const char *result;
    const char *more; /* whole lines */
    int64_t length;
    st_framing framing;
    bool is_bare; /* no header */
} st_head;

/* A wrong answer in the place of the true one. */
static void
change_head(st_fault fault, st_head *head)
{
    switch ((int)fault) {
    case FAULT_HTTP_STATUS:
        head->status = "503 Service Unavailable";
        break;
    case FAULT_CONTENT_TYPE:
        head->type = "text/html; charset=utf-8";
        break;
    case FAULT_CONTENT_TYPE_MISSING:
        head->type = NULL;
        break;
    case FAULT_RESULT_HEADER:
        head->result = NULL;
        break;
    case FAULT_RESULT_TWICE:
        head->more = "X-MaiNet-Result: BUSY\r\n";
        break;
    case FAULT_REDIRECTED:
        head->status = "302 Found";
        head->more = "Location: /download\r\n";
        break;
    case FAULT_REDIRECTED_ELSEWHERE:
        head->status = "307 Temporary Redirect";
        head->more = "Location: https://127.0.0.1/retrieve\r\n";
        break;
    case FAULT_COMPRESSED:
        head->more = "Content-Encoding: gzip\r\n";
        break;
    case FAULT_HEADERLESS:
        head->is_bare = true;
        break;
    case FAULT_LENGTH_SHORT:
        head->length /= 2;
        break;
    case FAULT_LENGTH_INVALID:
        head->length = -1;
        break;
    case FAULT_CHUNKED:
    case FAULT_OVERSIZED:
        head->framing = BY_CHUNKS;
        break;
    case FAULT_CHUNK_BROKEN:
        head->framing = BY_BROKEN_CHUNKS;
        break;
    case FAULT_UNKNOWN_RETRIEVING:
        head->framing = BY_UNKNOWN_CODING;
        break;
    default:
        break;
    }
}

static void
write_head(FILE *out, st_fault fault, const st_head *head)
{
    (void)fprintf(out, "HTTP/1.1 %s\r\n", head->status);
    if (!head->is_bare && head->type != NULL)
        (void)fprintf(out, "Content-Type: %s\r\n", head->type);
    if (!head->is_bare && head->result != NULL)
        (void)fprintf(out, "X-MaiNet-Result: %s\r\n", head->result);
    if (head->more != NULL)
        (void)fputs(head->more, out);
    if (fault == FAULT_HEADER_TOO_LONG)
        (void)fprintf(out, "X-Long: %0*d\r\n", LONG_HEADER, 0);
    if (head->framing == BY_UNKNOWN_CODING)
        (void)fputs("Transfer-Encoding: rot13\r\n", out);
    else if (head->framing != BY_LENGTH)
        (void)fputs("Transfer-Encoding: chunked\r\n", out);
    else if (!head->is_bare)
        (void)fprintf(out, "Content-Length: %" PRId64 "\r\n", head->length);
    (void)fputs("\r\n", out);
}

static void
write_chunk(FILE *out, const uint8_t *data, size_t len)
{
    (void)fprintf(out, "%zx\r\n", len);
    (void)fwrite(data, 1, len, out);
    (void)fputs("\r\n", out);
}

static void
write_body(FILE *out, st_fault fault, const st_head *head, const uint8_t *body, size_t len)
{
    if (head->framing == BY_LENGTH || head->framing == BY_UNKNOWN_CODING) {
        (void)fwrite(body, 1, len, out);
        return;
    }
    write_chunk(out, body, len / 2);
    if (head->framing == BY_BROKEN_CHUNKS)
        (void)fputs("no size\r\n", out);
    write_chunk(out, body + len / 2, len - len / 2);
    if (fault != FAULT_OVERSIZED)
        (void)fputs("0\r\n\r\n", out);
}

static uint32_t
checksum(const uint8_t *data, size_t len)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (UINT32_C(0xedb88320) & (0 - (crc & 1)));
    }
    return ~crc;
}

static void
write_little(FILE *out, uint32_t value, int bytes)
{
    for (; bytes > 0; bytes--, value >>= 8)
        (void)fputc((int)(value & 0xff), out);
}

/* RFC 1952 around one stored block of RFC 1951: the body is shorter than 64 KiB. */
static void
write_compressed(FILE *out, const uint8_t *body, size_t len)
{
    (void)fwrite("\x1f\x8b\x08\0\0\0\0\0\0\x03\x01", 1, 11, out);
    write_little(out, (uint32_t)len, 2);
    write_little(out, ~(uint32_t)len, 2);
    (void)fwrite(body, 1, len, out);
    write_little(out, checksum(body, len), 4);
    write_little(out, (uint32_t)len, 4);
}

/* @return The body that the fault wants; *fresh is to be freed after it was written. */
static const uint8_t *
choose_body(st_fault fault, const st_reply *reply, size_t *len, char **fresh)
{
    FILE *out;

    *len = reply->body_len;
    if (fault != FAULT_COMPRESSED && fault != FAULT_REPLY_TOO_LARGE)
        return reply->body;
    out = open_memstream(fresh, len);
    if (out == NULL)
        return NULL;
    if (fault == FAULT_COMPRESSED)
        write_compressed(out, reply->body, reply->body_len);
    else
        (void)fprintf(out, "%0*d", (int)LARGE, 0);
    return fclose(out) == 0 ? (const uint8_t *)*fresh : NULL;
}

static void
write_reply(FILE *out, st_fault fault, const st_reply *reply, size_t *head_len)
{
    st_head head = {.status = "200 OK", .type = reply->type, .result = reply->result};
    mn_auto(char) fresh = NULL;
    size_t len = 0;
    const uint8_t *body = choose_body(fault, reply, &len, &fresh);

    if (body == NULL)
        return;
    head.length = (int64_t)len;
    change_head(fault, &head);
    write_head(out, fault, &head);
    (void)fflush(out);
    *head_len = (size_t)ftell(out);
    write_body(out, fault, &head, body, len);
}

/* How the bytes are sent, and how it ends. */
static void
choose_sending(st_fault fault, st_wire *wire)
{
    switch ((int)fault) {
    case FAULT_UNREACHABLE:
    case FAULT_CUT_OFF:
        wire->end = WIRE_RESET;
        break;
    case FAULT_SILENT:
    case FAULT_STALLED:
        wire->end = WIRE_HOLD;
        break;
    case FAULT_SLOW:
        wire->pieces = PIECES;
        break;
    case FAULT_OVERSIZED:
        wire->is_repeatable = true;
        break;
    default:
        break;
    }
    if (fault == FAULT_UNREACHABLE || fault == FAULT_SILENT || fault == FAULT_NO_HTTP_STATUS)
        wire->len = wire->head_len = 0;
    if (fault == FAULT_CUT_SHORT || fault == FAULT_CUT_OFF || fault == FAULT_STALLED)
        wire->len -= (wire->len - wire->head_len) / 2;
}

bool
wire_make(st_fault fault, const st_reply *reply, st_wire *wire)
{
    FILE *out;

    *wire = (st_wire){.end = WIRE_CLOSE};
    out = open_memstream(&wire->bytes, &wire->len);
    if (out == NULL)
        return false;
    if (fault == FAULT_GARBAGE)
        (void)fputs("220 mail.example.jp ESMTP\r\n", out);
    else
        write_reply(out, fault, reply, &wire->head_len);
    if (fault == FAULT_REPEATED)
        write_reply(out, fault, reply, &(size_t){0});
    if (fclose(out) != 0)
        return false;
    choose_sending(fault, wire);
    return true;
}
