/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/secret.h"

#include <assert.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_DONTDUMP
#define MADV_DONTDUMP MADV_NOCORE /* the BSDs' name */
#endif

/* One mapping holds all: this head, the bytes, and a page that nobody may touch. The bytes end
 * where that page begins, so that one byte too far is a fault. */
struct mn_secret {
    size_t len;
    uint8_t *data;
    size_t usable_len; /* whole pages before the guard page */
    size_t guard_len;
};

/* What a thread has freed between hold and release: wiped, still locked, of one page each. */
#define HELD_MAX 16

static _Thread_local struct {
    unsigned depth;
    size_t count;
    mn_secret *pages[HELD_MAX];
} held;

static mn_secret *
map_pages(size_t usable_len, size_t guard_len)
{
    uint8_t *pages = mmap(NULL, usable_len + guard_len, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED)
        return NULL;
    if (mprotect(pages + usable_len, guard_len, PROT_NONE) != 0) {
        (void)munmap(pages, usable_len + guard_len);
        return NULL;
    }
    /* Neither is an error: a small limit on locked memory must not keep anyone from their key. */
    (void)mlock(pages, usable_len);
    (void)madvise(pages, usable_len, MADV_DONTDUMP);
    return (mn_secret *)(void *)pages;
}

mn_secret *
mn_secret_new(size_t len, mainet_error *err)
{
    const size_t page_len = (size_t)sysconf(_SC_PAGESIZE);
    size_t usable_len = 0;
    mn_secret *secret = NULL;

    if (len > SIZE_MAX / 2)
        return mn_fail_null(err, MAINET_E_NO_MEMORY, ENOMEM, "no memory for a secret");
    usable_len = (sizeof *secret + len + page_len - 1) / page_len * page_len;
    secret = usable_len == page_len && held.count != 0 ? held.pages[--held.count]
                                                       : map_pages(usable_len, page_len);
    if (secret == NULL)
        return mn_fail_null(err, MAINET_E_NO_MEMORY, errno, "no memory for a secret");
    secret->len = len;
    secret->data = (uint8_t *)secret + usable_len - len;
    secret->usable_len = usable_len;
    secret->guard_len = page_len;
    return secret;
}

mn_secret *
mn_secret_copy(const uint8_t *data, size_t data_len, mainet_error *err)
{
    mn_secret *secret = mn_secret_new(data_len, err);

    if (secret != NULL && data_len != 0)
        memcpy(secret->data, data, data_len);
    return secret;
}

void
mn_secret_free(mn_secret *secret)
{
    size_t usable_len = 0;
    size_t guard_len = 0;

    if (secret == NULL)
        return;
    usable_len = secret->usable_len;
    guard_len = secret->guard_len;
    OPENSSL_cleanse(secret, usable_len);
    if (held.depth != 0 && held.count < HELD_MAX && usable_len == guard_len)
        held.pages[held.count++] = secret;
    else
        (void)munmap(secret, usable_len + guard_len);
}

void
mn_secret_hold_pages(void)
{
    held.depth++;
}

void
mn_secret_release_pages(void)
{
    const size_t page_len = (size_t)sysconf(_SC_PAGESIZE);

    assert(held.depth != 0);
    if (--held.depth != 0)
        return;
    while (held.count != 0)
        (void)munmap(held.pages[--held.count], 2 * page_len);
}

uint8_t *
mn_secret_data(mn_secret *secret)
{
    return secret->data;
}

const uint8_t *
mn_secret_bytes(const mn_secret *secret)
{
    return secret->data;
}

size_t
mn_secret_len(const mn_secret *secret)
{
    return secret->len;
}

void
mn_secret_truncate(mn_secret *secret, size_t len)
{
    assert(len <= secret->len);
    OPENSSL_cleanse(secret->data + len, secret->len - len);
    secret->len = len;
}

bool
mn_secret_equal(const mn_secret *a, const mn_secret *b)
{
    return a->len == b->len && CRYPTO_memcmp(a->data, b->data, a->len) == 0;
}
