/* SPDX-License-Identifier: BSD-3-Clause */
/* Making a token: everything is written to a file aside, which then gets its name. */
#include <string.h>

#include "base/guest.h"
#include "store/arrival.h"
#include "store/scan.h"
#include "store/token-private.h"

#define DEFAULT_LABEL "MaiNet"

/* All that a new token consists of, before anything is on disk. */
typedef struct draft {
    mn_head head;
    mn_keys *keys;
    mn_wrap wraps[3];
    size_t wrap_count;
    uint32_t wanted_slot; /* 0: whichever is next */
    mn_secret *key_file;  /* NULL if the token has a PIN */
    mainet_token *token;  /* the handle, made before the commit so that nothing fails after it */
} draft;

static void
draft_clear(draft *made)
{
    mn_keys_free(made->keys);
    mn_secret_free(made->key_file);
    mainet_token_free(made->token);
}

static mainet_status
start(draft *made, const char *label, mainet_error *err)
{
    mn_auto(mn_secret) token_key = NULL;

    label = label == NULL ? DEFAULT_LABEL : label;
    MN_TRY(mn_label_check(label, err));
    memcpy(made->head.label, label, strlen(label) + 1);
    MN_TRY(mn_random(made->head.token_id, sizeof made->head.token_id, err));
    mn_hex(made->head.token_id, MN_SERIAL_LEN / 2, made->head.serial);
    token_key = mn_random_secret(MN_SEAL_KEY_LEN, err);
    if (token_key == NULL)
        return mn_failure(err);
    made->keys = mn_keys_new(&token_key, made->head.token_id, err);
    return made->keys == NULL ? mn_failure(err) : MAINET_OK;
}

static mainet_status
add_role(draft *made, mn_role role, const uint8_t *pin, size_t pin_len, int32_t limit,
         mainet_error *err)
{
    mn_wrap *wrap = &made->wraps[made->wrap_count];

    MN_TRY(mn_wrap_make(wrap, role, pin, pin_len, mn_keys_token(made->keys), made->head.token_id,
                        err));
    wrap->limit = limit;
    made->wrap_count++;
    return MAINET_OK;
}

/* The label must be free and the slot number nobody's, both under the lock that we keep. */
static mainet_status
claim_slot(draft *made, mn_lock **lock, const char *folder, mainet_error *err)
{
    mn_auto_scan scan = MN_SCAN_INIT;

    MN_TRY(mn_scan_read(&scan, lock, folder, err));
    for (size_t i = 0; i < scan.count; i++)
        if (strcmp(scan.heads[i].label, made->head.label) == 0)
            return mn_fail(err, MAINET_E_TOKEN_EXISTS, 0, "token %s has this label",
                           scan.heads[i].serial);
    if (made->wanted_slot != 0 && made->wanted_slot != scan.next_slot)
        return mn_fail(err, MAINET_E_TOKEN_NOT_FOUND, 0, "slot %u is given out, %u is next",
                       made->wanted_slot, scan.next_slot);
    made->head.slot = scan.next_slot;
    return mn_scan_consume_slot(mn_lock_folder(*lock), made->head.slot, err);
}

static mainet_status
fill(draft *made, mainet_store *store, mn_database *database, mainet_error *err)
{
    made->head.version = mn_database_version(database);
    MN_TRY(mn_settings_read(database, &made->head.settings, made->head.settings_hash, err));
    MN_TRY(mn_head_write(database, &made->head, made->keys, true, err));
    for (size_t i = 0; i < made->wrap_count; i++)
        MN_TRY(mn_wrap_write(database, &made->wraps[i], err));
    made->token = mn_token_handle(store, database, &made->head, err);
    if (made->token == NULL)
        return mn_failure(err);
    return mn_database_commit(database, err);
}

static mainet_status
write_aside(draft *made, mn_lock **lock, mainet_store *store, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    char aside[MN_ARRIVAL_LEN];
    mainet_status status = MAINET_OK;

    mn_arrival_name(made->head.serial, aside);
    database =
        mn_database_open_locked(lock, mainet_store_path(store), aside, MN_ACCESS_CREATE, err);
    if (database == NULL)
        return mn_failure(err);
    status = fill(made, store, database, err);
    *lock = mn_database_close(&database);
    return status;
}

/* A token that could not be finished leaves nothing behind. */
static mainet_status
write_token(draft *made, mainet_store *store, mainet_error *err)
{
    const char *folder = mainet_store_path(store);
    mn_auto(mn_lock) lock = mn_lock_new(folder, true, err);
    mainet_status status = MAINET_OK;

    if (lock == NULL)
        return mn_failure(err);
    MN_TRY(claim_slot(made, &lock, folder, err));
    status = write_aside(made, &lock, store, err);
    if (status == MAINET_OK)
        return mn_arrival_publish(mn_lock_folder(lock), made->head.serial, made->key_file, err);
    mn_arrivals_sweep(mn_lock_folder(lock));
    return status;
}

static mainet_token *
finish(draft *made, mainet_store *store, mainet_error *err)
{
    if (write_token(made, store, err) != MAINET_OK)
        return NULL;
    mn_token_set_keys(made->token, mn_keys_take(&made->keys));
    return mainet_token_take(&made->token);
}

mainet_token *
mainet_token_create(mainet_store *store, const char *label, const uint8_t *pin, size_t pin_len,
                    const uint8_t *so_pin, size_t so_pin_len, mainet_error *err)
{
    __attribute__((cleanup(draft_clear))) draft made = {.wrap_count = 0};

    MN_PUBLIC(err);
    if (store == NULL || pin == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "store and pin are required");
    if (start(&made, label, err) != MAINET_OK)
        return NULL;
    /* without an officer who can unblock, ten guesses would destroy the only copy of a key */
    if (add_role(&made, MN_ROLE_USER, pin, pin_len, so_pin == NULL ? 0 : MN_WRAP_LIMIT, err) !=
        MAINET_OK)
        return NULL;
    if (so_pin != NULL &&
        add_role(&made, MN_ROLE_SO, so_pin, so_pin_len, MN_WRAP_LIMIT, err) != MAINET_OK)
        return NULL;
    return finish(&made, store, err);
}

mainet_token *
mn_token_init(mainet_store *store, const char *label, const uint8_t *so_pin, size_t so_pin_len,
              uint32_t slot, mainet_error *err)
{
    __attribute__((cleanup(draft_clear))) draft made = {.wanted_slot = slot};
    mainet_token *token = NULL;

    if (start(&made, label, err) != MAINET_OK ||
        add_role(&made, MN_ROLE_SO, so_pin, so_pin_len, MN_WRAP_LIMIT, err) != MAINET_OK)
        return NULL;
    token = finish(&made, store, err);
    if (token == NULL)
        return NULL;
    mn_token_set_keys(token, NULL); /* nobody has logged in */
    return token;
}

mainet_token *
mainet_token_create_without_pin(mainet_store *store, const char *label, mainet_error *err)
{
    __attribute__((cleanup(draft_clear))) draft made = {.wrap_count = 0};

    MN_PUBLIC(err);
    if (store == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a store is required");
    if (start(&made, label, err) != MAINET_OK)
        return NULL;
    made.key_file = mn_random_secret(MN_SEAL_KEY_LEN, err);
    if (made.key_file == NULL || add_role(&made, MN_ROLE_NONE, mn_secret_bytes(made.key_file),
                                          mn_secret_len(made.key_file), 0, err) != MAINET_OK)
        return NULL;
    return finish(&made, store, err);
}
