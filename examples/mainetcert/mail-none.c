/* SPDX-License-Identifier: BSD-3-Clause */
/* Built without GMime. */
#include "mail.h"

#include "failure.h"

mail *
mail_read(const char *path, mainet_error *err)
{
    (void)fail(err, MAINET_E_NOTICE, 0, "%s: this mainetcert was built without GMime", path);
    return NULL;
}

void
mail_free(mail *self)
{
    secret_pages_free(self, sizeof *self);
}
