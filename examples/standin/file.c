/* SPDX-License-Identifier: BSD-3-Clause */
#include "file.h"

#include "complaint.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = PATH_MAX + 64 };

bool
file_write(const st_state *state, const char *name, const char *text)
{
    char path[PATH_SIZE];
    char aside[PATH_SIZE];
    FILE *out;
    bool done;

    (void)snprintf(path, sizeof path, "%s/%s", state_dir(state), name);
    (void)snprintf(aside, sizeof aside, "%s/.%s.new", state_dir(state), name);
    (void)unlink(aside);
    out = fopen(aside, "wxe");
    if (out == NULL)
        return complain("cannot write %s: %s", aside, strerror(errno));
    done = fputs(text, out) >= 0;
    done = fclose(out) == 0 && done && rename(aside, path) == 0;
    return done || complain("cannot write %s: %s", path, strerror(errno));
}

bool
file_read(const st_state *state, const char *name, char *text, size_t text_size)
{
    char path[PATH_SIZE];
    mn_auto(FILE) in = NULL;
    size_t len;

    (void)snprintf(path, sizeof path, "%s/%s", state_dir(state), name);
    in = fopen(path, "re");
    if (in == NULL)
        return false;
    len = fread(text, 1, text_size, in);
    if (len == text_size || ferror(in) != 0)
        return false;
    text[len] = '\0';
    return true;
}

void
file_remove(const st_state *state, const char *name)
{
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof path, "%s/%s", state_dir(state), name);
    (void)unlink(path);
}
