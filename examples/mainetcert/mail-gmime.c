/* SPDX-License-Identifier: BSD-3-Clause */
/* The library that reads mails, by GMime. What that copies on its way lies on the ordinary heap;
 * what we hand out does not. */
#include "mail.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmime/gmime.h>

#include "fail.h"

#define FILE_MAX (16 * 1024 * 1024)

static void
unref(void *object)
{
    if (*(void **)object != NULL)
        g_object_unref(*(void **)object);
}

#define scoped_object(T) __attribute__((cleanup(unref))) T *

SCOPED_TYPE(GMimePartIter, g_mime_part_iter_free)

/* A line break of CR and LF becomes LF; a NUL would hide what follows it. */
static mainet_status
append(mail *self, const char *text, size_t len, mainet_error *err)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\r')
            continue;
        if (self->len == sizeof self->text - 2)
            return fail(err, MAINET_E_NOTICE, 0, "the mail's text is longer than %d bytes",
                        MAIL_TEXT_MAX);
        self->text[self->len++] = text[i];
        if (text[i] == '\0')
            self->text[self->len - 1] = ' ';
    }
    self->text[self->len++] = '\n';
    return MAINET_OK;
}

/* Mails that name no charset, or a wrong one, are there; ISO-2022-JP has nothing but ASCII bytes.
 */
static mainet_status
append_converted(mail *self, const GByteArray *bytes, const char *charset, mainet_error *err)
{
    const char *const candidates[] = {
        charset, memchr(bytes->data, 0x1b, bytes->len) != NULL ? "ISO-2022-JP" : "UTF-8", "CP932"};

    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        gsize len = 0;
        char *text = NULL;
        mainet_status status = MAINET_OK;

        if (candidates[i] == NULL)
            continue;
        text = g_convert((const char *)bytes->data, bytes->len, "UTF-8",
                         g_mime_charset_iconv_name(candidates[i]), NULL, &len, NULL);
        if (text == NULL)
            continue;
        status = append(self, text, len, err);
        explicit_bzero(text, len);
        g_free(text);
        return status;
    }
    return fail(err, MAINET_E_NOTICE, 0, "the mail's text is not %s",
                charset != NULL ? charset : "UTF-8");
}

static mainet_status
append_part(mail *self, GMimeObject *part, size_t file_len, mainet_error *err)
{
    GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(part));
    GByteArray *bytes = g_byte_array_sized_new((guint)file_len + 1); /* never moved: wiped whole */
    mainet_status status = MAINET_OK;
    scoped_object(GMimeStream) stream = g_mime_stream_mem_new_with_byte_array(bytes);

    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    if (content != NULL && g_mime_data_wrapper_write_to_stream(content, stream) >= 0 &&
        bytes->len != 0)
        status = append_converted(self, bytes,
                                  g_mime_object_get_content_type_parameter(part, "charset"), err);
    if (bytes->len != 0)
        explicit_bzero(bytes->data, bytes->len);
    g_byte_array_unref(bytes);
    return status;
}

/* Also what is within multipart/alternative, multipart/signed and a forwarded message/rfc822. */
static mainet_status
append_parts(mail *self, GMimeMessage *received, size_t file_len, mainet_error *err)
{
    scoped(GMimePartIter) iterator = g_mime_part_iter_new(GMIME_OBJECT(received));

    for (bool more = g_mime_part_iter_is_valid(iterator); more;
         more = g_mime_part_iter_next(iterator)) {
        GMimeObject *part = g_mime_part_iter_get_current(iterator);
        GMimeContentType *type = g_mime_object_get_content_type(part);

        if (GMIME_IS_PART(part) && g_mime_content_type_is_type(type, "text", "plain"))
            TRY(append_part(self, part, file_len, err));
    }
    return self->len != 0 ? MAINET_OK : fail(err, MAINET_E_NOTICE, 0, "the mail has no plain text");
}

static mainet_status
parse(mail *self, int descriptor, size_t file_len, mainet_error *err)
{
    scoped_object(GMimeStream) stream = g_mime_stream_fs_new(descriptor);
    scoped_object(GMimeParser) parser = g_mime_parser_new_with_stream(stream);
    scoped_object(GMimeMessage) received = NULL;

    g_mime_stream_fs_set_owner(GMIME_STREAM_FS(stream), FALSE);
    received = g_mime_parser_construct_message(parser, NULL);
    /* RFC 5322, 3.6: the parser takes any text for the body of one that says nothing of itself */
    if (received == NULL || g_mime_object_get_header(GMIME_OBJECT(received), "From") == NULL)
        return fail(err, MAINET_E_NOTICE, 0, "the file is not a mail");
    return append_parts(self, received, file_len, err);
}

/* An editor's byte order mark is not part of the mail. */
static void
skip_mark(int descriptor)
{
    static const char mark[] = "\xef\xbb\xbf";
    char first[sizeof mark - 1] = "";

    if (pread(descriptor, first, sizeof first, 0) == (ssize_t)sizeof first &&
        memcmp(first, mark, sizeof first) == 0)
        (void)lseek(descriptor, (off_t)sizeof first, SEEK_SET);
}

static mainet_status
read_descriptor(mail *self, int descriptor, const char *path, mainet_error *err)
{
    mainet_error inner = {0};
    struct stat info;

    if (fstat(descriptor, &info) != 0)
        return fail(err, MAINET_E_FILE, errno, "%s: %s", path, strerror(errno));
    if (!S_ISREG(info.st_mode) || info.st_size > FILE_MAX)
        return fail(err, MAINET_E_NOTICE, 0, "%s: not a file of at most 16 MiB", path);
    g_mime_init();
    skip_mark(descriptor);
    if (parse(self, descriptor, (size_t)info.st_size, &inner) != MAINET_OK)
        return fail(err, inner.status, inner.cause, "%s: %s", path, inner.detail);
    return MAINET_OK;
}

mainet_status
mail_fill(mail *self, const char *path, mainet_error *err)
{
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    mainet_status status = MAINET_OK;

    if (descriptor < 0)
        return fail(err, MAINET_E_FILE, errno, "%s: %s", path, strerror(errno));
    status = read_descriptor(self, descriptor, path, err);
    (void)close(descriptor);
    return status;
}
