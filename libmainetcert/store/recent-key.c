/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/recent-key.h"

#include <fcntl.h>
#include <stdlib.h>

struct mn_recent_key {
    mn_stamp stamp;
    int64_t row;
    EVP_PKEY *key;
};

static void
put(mn_recent_place *place, mn_recent_key *recent)
{
    mn_recent_key *const old = atomic_exchange(place, recent);

    if (old == NULL)
        return;
    EVP_PKEY_free(old->key);
    free(old);
}

EVP_PKEY *
mn_recent_key_find(mn_recent_place *place, const char *path, int64_t row)
{
    mn_recent_key *const recent = atomic_exchange(place, NULL);
    EVP_PKEY *key = NULL;

    if (recent == NULL)
        return NULL;
    if (recent->row == row && mn_stamp_is_current(&recent->stamp, AT_FDCWD, path) &&
        EVP_PKEY_up_ref(recent->key) == 1)
        key = recent->key;
    put(place, recent);
    return key;
}

void
mn_recent_key_keep(mn_recent_place *place, const mn_stamp *stamp, int64_t row, EVP_PKEY *key)
{
    mn_recent_key *const recent = malloc(sizeof *recent);

    if (recent == NULL)
        return;
    if (EVP_PKEY_up_ref(key) != 1) {
        free(recent);
        return;
    }
    *recent = (mn_recent_key){.stamp = *stamp, .row = row, .key = key};
    put(place, recent);
}

void
mn_recent_key_forget(mn_recent_place *place)
{
    put(place, NULL);
}
