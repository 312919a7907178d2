/* SPDX-License-Identifier: BSD-3-Clause */
#include "memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <check.h>

#define MASK 0xa5
#define NEEDLE_MAX 32
#define NEEDLES_MAX 96
#define CHUNK (1 << 20)

typedef struct needle {
    const char *what;
    size_t len;
    uint8_t masked[NEEDLE_MAX];
} needle;

/* Shared, so that a child that has the secrets can leave them masked to a parent that never had
 * them. */
static struct {
    size_t count;
    needle all[NEEDLES_MAX];
} * noted;

static uint8_t *chunk; /* what is read of the memory; masked before anybody looks */

static void
prepare(void)
{
    const int access = PROT_READ | PROT_WRITE;

    if (noted != NULL)
        return;
    noted = mmap(NULL, sizeof *noted, access, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    chunk = mmap(NULL, CHUNK, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert(noted != MAP_FAILED && chunk != MAP_FAILED);
}

void
memory_note(const char *what, const uint8_t *bytes, size_t len)
{
    needle *one = NULL;

    prepare();
    ck_assert_uint_lt(noted->count, NEEDLES_MAX);
    one = &noted->all[noted->count++];
    one->what = what;
    one->len = len < NEEDLE_MAX ? len : NEEDLE_MAX;
    for (size_t i = 0; i < one->len; i++)
        one->masked[i] = bytes[i] ^ MASK;
}

size_t
memory_noted(void)
{
    prepare();
    return noted->count;
}

static size_t
count_in_chunk(size_t len, const needle *one)
{
    const uint8_t *from = chunk;
    size_t count = 0;

    while ((from = memmem(from, len - (size_t)(from - chunk), one->masked, one->len)) != NULL) {
        from++;
        count++;
    }
    return count;
}

typedef struct search {
    const char *what; /* NULL: anything */
    const char *found;
    size_t count;
} search;

/* Chunks overlap, so that nothing is missed between two; something may so be counted twice. */
static void
look_between(search *self, int memory, uintptr_t from, uintptr_t end)
{
    while (from < end) {
        size_t wanted = end - from < CHUNK ? end - from : CHUNK;
        ssize_t len = pread(memory, chunk, wanted, (off_t)from);

        if (len <= 0)
            return;
        for (ssize_t i = 0; i < len; i++)
            chunk[i] ^= MASK;
        for (size_t i = 0; i < noted->count; i++) {
            const needle *one = &noted->all[i];
            size_t count = self->what == NULL || strcmp(self->what, one->what) == 0
                               ? count_in_chunk((size_t)len, one)
                               : 0;

            self->count += count;
            if (count != 0)
                self->found = one->what;
        }
        if (from + (size_t)len >= end)
            return;
        from += (size_t)len - NEEDLE_MAX;
    }
}

/* Everything that can be written to: heaps, stacks, data, and pages of a secret's own. */
static search
look_everywhere(const char *what)
{
    search self = {.what = what};
    FILE *maps = NULL;
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    char line[512];

    prepare();
    maps = fopen("/proc/self/maps", "re");
    ck_assert(memory >= 0 && maps != NULL);
    while (fgets(line, sizeof line, maps) != NULL) {
        char *rest = NULL;
        uintptr_t from = (uintptr_t)strtoull(line, &rest, 16);
        uintptr_t end = (uintptr_t)strtoull(rest + 1, &rest, 16);

        if (strncmp(rest, " rw", 3) == 0)
            look_between(&self, memory, from, end);
    }
    (void)fclose(maps);
    (void)close(memory);
    return self;
}

size_t
memory_count(const char *what)
{
    return look_everywhere(what).count;
}

const char *
memory_finds(void)
{
    return look_everywhere(NULL).found;
}
