/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_TOKEN_H
#define MN_STORE_TOKEN_H

#include "mainetcert/token.h"
#include "store/object.h"
#include "store/stamp.h"

/* What the PKCS#11 module and identity.c know of a token beyond its public face. A mainet_token
 * counts its references; mainet_token_free gives one back. Apart from unlock and lock, calls on one
 * token from several threads are safe as far as they only read the handle; each call is one access
 * to the file (lock.h) and leaves nothing open. */

/** What the module shows in CK_TOKEN_INFO and the URIs of identities say (RFC 7512). */
#define MN_TOKEN_MANUFACTURER "libmainetcert"
#define MN_TOKEN_MODEL "MaiNet token"

/** Who logs in (PKCS#11 v2.40, 2.4: CKU_USER, CKU_SO). */
typedef enum mn_role {
    MN_ROLE_NONE = 0, /**< the key beside the file: a token without PIN */
    MN_ROLE_USER = 1,
    MN_ROLE_SO = 2
} mn_role;

/** What a token's file says of itself, as of now and without a PIN. */
typedef struct mn_token_info {
    char serial[17]; /**< 16 hex digits */
    char label[33];  /**< UTF-8 */
    uint32_t slot;
    uint64_t generation; /**< Random, another one after every change of an object or the label. */
    mn_stamp stamp;
    bool has_user_pin;
    bool has_so_pin;
    bool without_pin;      /**< role none exists */
    bool is_writable;      /**< as far as file modes tell */
    bool shows_superseded; /**< the setting: identities that have a successor are to be found */
    bool shows_expired;    /**< the setting: identities whose validity is over are to be found */
    int32_t user_failures; /**< wrong PINs since the last right one */
    int32_t user_limit;    /**< 0: no limit */
    int32_t so_failures;
    int32_t so_limit;
} mn_token_info;

mainet_token *
mn_token_ref(mainet_token *token);

/** Read the file's head; updates nothing in the handle. MAINET_E_STORE_OPEN with cause ENOENT if
 * the file is gone; MAINET_E_TOKEN_NOT_FOUND if another token took its place. */
mainet_status
mn_token_read_info(mainet_token *token, mn_token_info *info, mainet_error *err);

/** Prove a PIN and hand out the keys; counts failures and tends the file as mainet_token_unlock
 * does. */
mn_keys *
mn_token_login(mainet_token *token, mn_role role, const uint8_t *pin, size_t pin_len,
               mainet_error *err);

/** Treat a PIN of a length that no PIN has as a wrong one: it counts, unless it is empty, which
 * programs try to learn whether there is a PIN. MAINET_E_PIN_INCORRECT, or what mn_token_login
 * answers without looking at a PIN. */
mainet_status
mn_token_refuse(mainet_token *token, mn_role role, size_t pin_len, mainet_error *err);

/** C_SetPIN: replace the PIN of a role that proves the old one. MAINET_E_PIN_INCORRECT also if
 * another process changed it meanwhile. */
mainet_status
mn_token_set_pin(mainet_token *token, mn_role role, const uint8_t *old_pin, size_t old_pin_len,
                 const uint8_t *new_pin, size_t new_pin_len, mainet_error *err);

/** C_InitPIN: set the user's PIN with the keys of an officer's login, and count afresh. */
mainet_status
mn_token_init_pin(mainet_token *token, const mn_keys *keys, const uint8_t *pin, size_t pin_len,
                  mainet_error *err);

/** C_InitToken on the spare slot: make a token that has an officer's PIN and no user PIN yet, with
 * this slot number. MAINET_E_TOKEN_NOT_FOUND if another process was given the number. */
mainet_token *
mn_token_init(mainet_store *store, const char *label, const uint8_t *so_pin, size_t so_pin_len,
              uint32_t slot, mainet_error *err);

/** C_InitToken on an existing token: with the right officer's PIN, erase every object and the
 * user's PIN in one transaction, under a new token key. MAINET_E_PIN_NOT_SET without an officer. */
mainet_status
mn_token_erase(mainet_token *token, const char *label, const uint8_t *so_pin, size_t so_pin_len,
               mainet_error *err);

/** Borrow the keys of an unlocked handle; NULL if it is locked. */
mn_keys *
mn_token_keys(const mainet_token *token);

/** A list of row ids. */
typedef struct mn_ids {
    int64_t *ids; /**< malloc */
    size_t count;
    uint64_t generation; /**< of the moment they were read */
    mn_stamp stamp;      /**< likewise */
    bool hides;          /**< a setting keeps some identities from applications */
    bool has_several;    /**< they are of more than one key pair, or may be */
    uint64_t key;        /**< which one, if it is one: 64 bits of the hash of the public key */
} mn_ids;

void
mn_ids_clear(mn_ids *ids);

/**
 * Find objects whose plain attributes match all of `wanted`, in the order they were added.
 *
 * CKA_CLASS, CKA_ID, CKA_LABEL, CKA_SUBJECT, CKA_ISSUER with CKA_SERIAL_NUMBER and CKA_VALUE are
 * answered by index. Private objects are found only with `keys`; rows are verified with `keys`.
 */
mainet_status
mn_token_find(mainet_token *token, const mn_keys *keys, const mn_attributes *wanted, mn_ids *found,
              mainet_error *err);

/** The ids of all objects, ascending; of private ones only with `keys`. */
mainet_status
mn_token_ids(mainet_token *token, const mn_keys *keys, mn_ids *found, mainet_error *err);

/** Whether its file is as it was at a stamp (mn_stamp_is_current). */
bool
mn_token_is_unchanged(const mainet_token *token, mn_stamp *stamp);

/** Whether the modes of its file and folder let us write, as of now. */
bool
mn_token_is_writable(const mainet_token *token);

/** Load one object; with `keys` its MAC is checked. MAINET_E_OBJECT_NOT_FOUND if it is gone. */
mn_object *
mn_token_load(mainet_token *token, const mn_keys *keys, int64_t id, mainet_error *err);

/** Load several objects in one access, each as mn_token_load does. The first has to be there; of
 * the others `objects[i]` is NULL for what cannot be had. */
mainet_status
mn_token_load_ahead(mainet_token *token, const mn_keys *keys, const int64_t *ids, size_t count,
                    mn_object **objects, mainet_error *err);

/** An object, in memory and not sealed as a whole, with the CKA_ID that its key, its public half or
 *  a certificate of it has in the token; itself if they have none. Free it. */
mn_object *
mn_token_with_shared_id(mainet_token *token, const mn_keys *keys, mn_object *object,
                        mainet_error *err);

/** Insert objects in one transaction; they get their ids. A missing public-key object is made for a
 *  certificate or private key, and gives way to one that is inserted later. */
mainet_status
mn_token_insert(mainet_token *token, const mn_keys *keys, mn_object *const *objects, size_t count,
                mainet_error *err);

/** Make what an object shall be of what it is in the file now: another one with its id, or itself;
 *  NULL leaves all as it is. The folder is locked meanwhile: touch no file. */
typedef mn_object *(*mn_token_change_fn)(mn_object *now, void *user_data, mainet_error *err);

/** Replace an object's attributes, plain and secret, by those that `change` answers.
 *  MAINET_E_OBJECT_NOT_FOUND if it is gone. */
mainet_status
mn_token_change(mainet_token *token, const mn_keys *keys, int64_t id, mn_token_change_fn change,
                void *user_data, mainet_error *err);

/** Delete one object, and with a private key the public-key object that was made for it;
 *  MAINET_E_OBJECT_NOT_FOUND if it is gone. */
mainet_status
mn_token_delete(mainet_token *token, const mn_keys *keys, int64_t id, mainet_error *err);

/** The folder of the store that the token is in; borrowed. */
const char *
mn_token_folder(const mainet_token *token);

MN_AUTO_TYPE(mainet_token, mainet_token_free)

#endif
