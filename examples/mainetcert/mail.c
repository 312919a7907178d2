/* SPDX-License-Identifier: BSD-3-Clause */
/* GMime and what it brings along are a fifth of what it takes to start a command, and most of them
 * read no mail: so it is in a library of its own, and this loads it. */
#include "mail.h"

#include <dlfcn.h>

#include "failure.h"

#define LIBRARY "mainetcert-mail.so" /* in this program's RUNPATH */

void
mail_free(mail *self)
{
    secret_pages_free(self, sizeof *self);
}

/* It stays: GLib cannot be unloaded. */
static mail_fill_fn *
load(mainet_error *err)
{
    void *const loaded = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    mail_fill_fn *fill = NULL;

    if (loaded != NULL)
        *(void **)&fill = dlsym(loaded, "mail_fill");
    if (fill == NULL)
        (void)fail(err, MAINET_E_NOTICE, 0, "mails are read by " LIBRARY ", which is not there: %s",
                   dlerror());
    return fill;
}

mail *
mail_read(const char *path, mainet_error *err)
{
    mail_fill_fn *const fill = load(err);
    scoped(mail) self = fill == NULL ? NULL : secret_pages_new(sizeof *self, err);

    if (self == NULL || fill(self, path, err) != MAINET_OK)
        return NULL;
    return mail_take(&self);
}
