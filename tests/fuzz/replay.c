/* SPDX-License-Identifier: BSD-3-Clause */
/* Run a harness over files: what once broke it stays mended, whatever the compiler. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

#define FILE_CEILING ((size_t)1024 * 1024 + 2)

static int count;

/* The bytes get a block of their own, so that a read past them is found. */
static void
replay(const char *folder, const char *name)
{
    char path[4096];
    uint8_t *bytes = malloc(FILE_CEILING);
    uint8_t *exact = NULL;
    FILE *file = NULL;
    size_t len = 0;

    if (bytes == NULL || snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        abort();
    file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        abort();
    }
    len = fread(bytes, 1, FILE_CEILING, file);
    (void)fclose(file);
    exact = malloc(len + (len == 0));
    if (exact == NULL)
        abort();
    memcpy(exact, bytes, len);
    free(bytes);
    (void)LLVMFuzzerTestOneInput(exact, len);
    free(exact);
    printf("ok %d - %s\n", ++count, name);
    (void)fflush(stdout);
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        struct dirent *entry = NULL;

        if (folder == NULL) {
            perror(argv[i]);
            return 1;
        }
        while ((entry = readdir(folder)) != NULL) {
            if (entry->d_name[0] != '.')
                replay(argv[i], entry->d_name);
        }
        (void)closedir(folder);
    }
    printf("1..%d\n", count);
    return count == 0;
}
