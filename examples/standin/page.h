/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_PAGE_H
#define STANDIN_PAGE_H

#include "http.h"

#include <stdio.h>

/** An HTML page being written. */
typedef struct st_page {
    FILE *out;
    char *text;
    size_t len;
} st_page;

/** Begin a page; the Japanese title is its heading, with the English one below. */
void
page_begin(st_page *self, const char *title, const char *title_en);

/** A paragraph, and the same in English. */
void
page_paragraph(st_page *self, const char *text, const char *text_en);

/** Text with what HTML would take for markup escaped. */
void
page_escaped(st_page *self, const char *text);

/** One name and value of an open <dl>; the value can be found by its id. */
void
page_entry(st_page *self, const char *id, const char *label, const char *value);

/** Close the page and make it the reply. */
void
page_end(st_page *self, st_reply *reply, unsigned status);

/** The style sheet of all pages, as an answer. */
void
page_style(void *site, struct MHD_Connection *connection, const st_form *form, st_reply *reply);

#endif
