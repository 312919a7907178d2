/* SPDX-License-Identifier: BSD-3-Clause */
#include "page.h"

static const char style[] =
    "body { font-family: sans-serif; line-height: 1.6; max-width: 42rem; margin: 0 auto;\n"
    "       padding: 1rem; color: #222; background: #fff; }\n"
    "header { border-bottom: 3px solid #0b4f8a; }\n"
    "h1 { font-size: 1.4rem; margin: 0.5rem 0 0; }\n"
    "[lang=en] { color: #555; font-size: 0.9rem; margin-top: 0; font-weight: normal; }\n"
    "p { margin-bottom: 0; }\n"
    "p > a { display: inline-block; padding: 0.2rem 0; }\n"
    "label { display: block; margin-top: 1rem; font-weight: bold; }\n"
    "input { font-size: 1rem; padding: 0.5rem; width: 100%; box-sizing: border-box; }\n"
    "button { font-size: 1rem; margin-top: 1.5rem; padding: 0.6rem 2rem; color: #fff;\n"
    "         background: #0b4f8a; border: 0; border-radius: 4px; }\n"
    "button [lang=en] { color: inherit; }\n"
    ":focus-visible { outline: 3px solid #e08a00; outline-offset: 2px; }\n"
    ".good { color: #0a6b2d; } .bad { color: #b00020; }\n"
    "dt { font-weight: bold; margin-top: 0.7rem; }\n"
    "dd { margin: 0; overflow-wrap: anywhere; font-family: monospace; }\n";

void
page_escaped(st_page *self, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            (void)fputs("&amp;", self->out);
            break;
        case '<':
            (void)fputs("&lt;", self->out);
            break;
        case '>':
            (void)fputs("&gt;", self->out);
            break;
        case '"':
            (void)fputs("&quot;", self->out);
            break;
        default:
            (void)fputc(*text, self->out);
        }
    }
}

void
page_begin(st_page *self, const char *title, const char *title_en)
{
    *self = (st_page){0};
    self->out = open_memstream(&self->text, &self->len);
    if (self->out == NULL)
        return;
    (void)fprintf(self->out,
                  "<!DOCTYPE html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<title>%s - MaiNet stand-in</title>\n"
                  "<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\n"
                  "<header>\n<h1>%s</h1>\n<p lang=\"en\">%s</p>\n</header>\n<main>\n",
                  title, title, title_en);
}

void
page_paragraph(st_page *self, const char *text, const char *text_en)
{
    if (self->out != NULL)
        (void)fprintf(self->out, "<p>%s</p>\n<p lang=\"en\">%s</p>\n", text, text_en);
}

void
page_entry(st_page *self, const char *id, const char *label, const char *value)
{
    if (self->out == NULL)
        return;
    (void)fprintf(self->out, "<dt>%s</dt><dd id=\"%s\">", label, id);
    page_escaped(self, value);
    (void)fputs("</dd>\n", self->out);
}

void
page_end(st_page *self, st_reply *reply, unsigned status)
{
    if (self->out == NULL)
        return;
    (void)fputs("</main>\n</body>\n</html>\n", self->out);
    if (fclose(self->out) != 0)
        return;
    reply->status = status;
    reply->type = "text/html; charset=utf-8";
    reply->body = self->text;
    reply->body_len = self->len;
}

void
page_style(void *site, struct MHD_Connection *connection, const st_form *form, st_reply *reply)
{
    (void)site, (void)connection, (void)form;
    reply_text(reply, MHD_HTTP_OK, "text/css; charset=utf-8", style);
}
