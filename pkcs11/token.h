/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_TOKEN_H
#define P11_TOKEN_H

#include "slot.h"

#define P11_MANUFACTURER "libmainetcert"
#define P11_MODEL "MaiNet token"

/* The token in a slot: its file, and the handles of its objects. */

CK_RV
p11_token_info(p11_slot *slot, CK_TOKEN_INFO *info);

/** Make sure that there is a handle on the token, and read its head. CKR_TOKEN_NOT_PRESENT for a
 *  slot without one. `io` is held. */
CK_RV
p11_token_open(p11_slot *slot, mn_token_info *info);

/** Read the head: handles of what another process deleted end here. */
void
p11_token_look(p11_slot *slot);

/** Compare the handles with what whoever is logged in can see now. `io` is held. */
void
p11_token_refresh(p11_slot *slot);

/** As p11_token_refresh, unless the file is still of the generation that was seen last. */
void
p11_token_notice(p11_slot *slot, uint64_t generation);

/** The index in memory, if it is of the file as it is now; NULL: ask the file, and say so to
 *  p11_token_searched. Borrowed; `io` is held. */
const mn_roster *
p11_token_roster(p11_slot *slot, const mn_keys *keys);

/** Remember how the file was when it was searched. `io` is held. */
void
p11_token_searched(p11_slot *slot, const mn_ids *found);

/** The keys that open private objects, NULL unless a user is logged in; free them. */
mn_keys *
p11_token_keys(p11_slot *slot);

/** The handle of a row, a new one if it has none yet; CK_INVALID_HANDLE without memory. */
CK_OBJECT_HANDLE
p11_token_handle(p11_slot *slot, int64_t row);

/** Let a handle stand for this object from now on, which is taken; NULL: for what is in the file,
 *  which is read when it is asked for. */
void
p11_token_replace(p11_slot *slot, CK_OBJECT_HANDLE handle, p11_object *object);

/** Find what a handle stands for, loading it if it is not in memory; free it. */
CK_RV
p11_token_object(p11_slot *slot, CK_OBJECT_HANDLE handle, p11_object **object);

/** The key of an object for OpenSSL; borrowed from the object. */
CK_RV
p11_token_key(p11_slot *slot, p11_object *object, EVP_PKEY **key);

#endif
