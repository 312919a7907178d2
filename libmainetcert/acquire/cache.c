/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/file.h"

#define FOLDER "cache"
#define VERSION 1
#define HEAD_CEILING 2048 /* version, expiry, address */
#define NAME_LEN 33
#define LIFE_S (INT64_C(30) * 86400)

/* The address is in the file, too: a name is a hash. */
static mainet_status
make_name(const char *url, char name[NAME_LEN], mainet_error *err)
{
    uint8_t digest[MN_SHA256_LEN];

    MN_TRY(mn_sha256((const uint8_t *)url, strlen(url), digest, err));
    mn_hex(digest, NAME_LEN / 2, name);
    return MAINET_OK;
}

static mainet_status
open_folder(const char *store, bool make, int *fd, mainet_error *err)
{
    mn_auto_fd parent = -1;

    MN_TRY(mn_folder_open(store, &parent, err));
    return mn_folder_open_below(parent, FOLDER, make, fd, err);
}

static mainet_bytes *
decode(const mainet_bytes *file, const char *url, size_t ceiling)
{
    mn_reader in = MN_READER_INIT(mainet_bytes_data(file), mainet_bytes_len(file));
    mn_auto_buffer(body, 0);
    mainet_error no_matter = {0};
    uint8_t version = mn_read_u8(&in);
    int64_t expires_at = (int64_t)mn_read_u64(&in);
    int64_t now = (int64_t)time(NULL);
    uint32_t url_len = mn_read_u32(&in);
    const uint8_t *named = mn_read_span(&in, url_len);
    uint32_t len = mn_read_u32(&in);
    const uint8_t *data = mn_read_span(&in, len);

    /* a clock that was wrong when it was written is no reason to believe it for ever */
    if (in.failed || in.left != 0 || version != VERSION || len > ceiling ||
        url_len != strlen(url) || memcmp(named, url, url_len) != 0 || expires_at <= now ||
        expires_at > now + LIFE_S)
        return NULL;
    mn_buffer_append(&body, data, len);
    return mn_buffer_take(&body, &no_matter);
}

mainet_bytes *
mn_cache_find(const char *store, const char *url, size_t ceiling)
{
    mn_auto_fd folder = -1;
    mn_auto(mainet_bytes) file = NULL;
    mainet_error no_matter = {0};
    char name[NAME_LEN];

    if (make_name(url, name, &no_matter) != MAINET_OK ||
        open_folder(store, false, &folder, &no_matter) != MAINET_OK)
        return NULL;
    file = mn_file_read(folder, name, HEAD_CEILING + ceiling, &no_matter);
    return file == NULL ? NULL : decode(file, url, ceiling);
}

/* Nothing lives longer than LIFE_S from when it was written, and nobody asks for most of it again.
 */
static void
sweep(int folder)
{
    mn_auto_dir *stream = mn_folder_stream(folder);
    int64_t now = (int64_t)time(NULL);
    struct stat info;

    for (struct dirent *entry = stream == NULL ? NULL : readdir(stream); entry != NULL;
         entry = readdir(stream))
        if (fstatat(folder, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(info.st_mode) && (int64_t)info.st_mtim.tv_sec < now - LIFE_S)
            (void)unlinkat(folder, entry->d_name, 0);
}

void
mn_cache_keep(const char *store, const char *url, const mainet_bytes *bytes, int64_t expires_at)
{
    int64_t latest = (int64_t)time(NULL) + LIFE_S;
    mn_auto_fd folder = -1;
    mn_auto_buffer(file, 0);
    mainet_error no_matter = {0};
    char name[NAME_LEN];

    mn_buffer_append_u8(&file, VERSION);
    mn_buffer_append_u64(&file, (uint64_t)(expires_at < latest ? expires_at : latest));
    mn_buffer_append_span(&file, url, strlen(url));
    mn_buffer_append_span(&file, mainet_bytes_data(bytes), mainet_bytes_len(bytes));
    if (file.failed || make_name(url, name, &no_matter) != MAINET_OK ||
        open_folder(store, true, &folder, &no_matter) != MAINET_OK)
        return;
    sweep(folder);
    (void)mn_file_write(folder, name, file.data, file.len, &no_matter);
}
