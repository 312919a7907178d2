/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_PARCEL_H
#define MN_STORE_PARCEL_H

#include "store/keys.h"
#include "store/token.h"

/* The store's folder `pending/` as far as it concerns the token: files that are sealed under its
 * pending key, each bound to its name. What is in them is acquire's (acquire/pending.h). A token
 * key that is replaced seals them again in the same step. */

/** No parcel is larger. */
#define MN_PARCEL_CEILING ((size_t)512 * 1024)

/** Hex digits that tell a token's parcels apart. */
#define MN_PARCEL_ID_LEN 32

/** Room for SERIAL-ID. */
#define MN_PARCEL_NAME_LEN 64

/** The ids of a token's parcels, ascending. */
typedef struct mn_parcels {
    char (*ids)[MN_PARCEL_ID_LEN + 1]; /**< malloc */
    size_t count;
} mn_parcels;

void
mn_parcels_clear(mn_parcels *parcels);

#define mn_auto_parcels __attribute__((cleanup(mn_parcels_clear))) mn_parcels

/** List a token's parcels; needs no keys. Other files are passed over. */
mainet_status
mn_parcels_list(const mainet_token *token, mn_parcels *found, mainet_error *err);

/** The file's name in the store's folder, for people. */
void
mn_parcel_path(const mainet_token *token, const char *id, char *out, size_t out_len);

/** Open one; MAINET_E_PENDING_NOT_FOUND if there is none, MAINET_E_STORE_TAMPERED if it is not as
 * it was written, MAINET_E_TOKEN_LOCKED without keys. */
mn_secret *
mn_parcel_read(const mainet_token *token, const char *id, mainet_error *err);

/**
 * Prove that parcels of that size can be written, and take the room for them now: a file without a
 * name, which is gone with its descriptor. A disk that is full by the time they are there does not
 * matter then. `*room` is -1 where the file system has no such files; that is no failure.
 */
mainet_status
mn_parcel_reserve(const mainet_token *token, size_t size, int *room, mainet_error *err);

/** Seal and write one, in the place of an older one; in the room that was reserved for it, if it is
 *  not -1. */
mainet_status
mn_parcel_write(const mainet_token *token, const char *id, int room, const mn_secret *content,
                mainet_error *err);

/** No more are written in one step. */
#define MN_PARCELS_TOGETHER 128

/** One of several that are written in one step. */
typedef struct mn_parcel {
    const char *id;
    const mn_secret *content;
} mn_parcel;

/** Seal and write several, each in the place of an older one: on disk once this answers MAINET_OK,
 * and in much less time than one by one. On failure some of them may be. */
mainet_status
mn_parcels_write(const mainet_token *token, const mn_parcel *parcels, size_t count,
                 mainet_error *err);

/** Remove those of these ids, in one step; fine if there are none. Needs no keys. */
mainet_status
mn_parcels_remove(const mainet_token *token, const char *const *ids, size_t count,
                  mainet_error *err);

/** MAINET_E_PENDING_EXISTS if the token has any. `folder` is the store's, locked. */
mainet_status
mn_parcels_refuse(int folder, const char *serial, mainet_error *err);

/** Before a new token key is committed: seal every parcel under it, beside what is there. One that
 *  the old key does not open is damaged already and stays as it is. `folder` is the store's, locked
 *  to write. */
mainet_status
mn_parcels_reseal(int folder, const char *serial, const mn_keys *old_keys, const mn_keys *new_keys,
                  mainet_error *err);

/** After the commit: put what mn_parcels_reseal wrote in its place. Until then, and for ever if it
 *  fails, it is found where it lies. */
void
mn_parcels_settle(int folder, const char *serial);

#endif
