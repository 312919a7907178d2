/* SPDX-License-Identifier: BSD-3-Clause */
#include "secret.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "failure.h"

#ifndef MADV_DONTDUMP
#define MADV_DONTDUMP MADV_NOCORE /* the BSDs' name */
#endif

void *
secret_pages_new(size_t size, mainet_error *err)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED) {
        (void)fail(err, MAINET_E_NO_MEMORY, errno, "no memory for a secret");
        return NULL;
    }
    /* Neither is an error: a small limit on locked memory must not keep anyone from their key. */
    (void)mlock(pages, size);
    (void)madvise(pages, size, MADV_DONTDUMP);
    return pages;
}

void
secret_pages_free(void *pages, size_t size)
{
    if (pages == NULL)
        return;
    explicit_bzero(pages, size);
    (void)munmap(pages, size);
}

secret *
secret_new(mainet_error *err)
{
    return secret_pages_new(sizeof(secret), err);
}

void
secret_free(secret *self)
{
    secret_pages_free(self, sizeof *self);
}

void
secret_clear(secret *self)
{
    explicit_bzero(self, sizeof *self);
}

bool
secret_equal(const secret *a, const secret *b)
{
    uint8_t difference = a->len != b->len;

    for (size_t i = 0; i < SECRET_MAX; i++) /* unused bytes are zero */
        difference = (uint8_t)(difference | (a->data[i] ^ b->data[i]));
    return difference == 0;
}
