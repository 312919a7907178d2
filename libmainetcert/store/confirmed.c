/* SPDX-License-Identifier: BSD-3-Clause */
/* When a service last said that it accepts an identity, kept beside its certificate. */
#include <p11-kit/pkcs11.h>

#include "store/identity-private.h"
#include "store/token-private.h"
#include "store/transaction.h"

mainet_status
mn_identity_set_confirmed(mainet_identity *identity, int64_t when, mainet_error *err)
{
    const mn_keys *keys = mn_token_keys(identity->token);
    mn_auto(mn_database) database = NULL;
    mn_auto(mn_object) object = NULL;
    mn_auto(mn_object) stamped = NULL;
    mn_auto(mn_attributes) plain = NULL;
    mn_head head;

    database = mn_transaction_begin(identity->token, keys, &head, err);
    object = database == NULL ? NULL : mn_rows_load(database, keys, identity->row, err);
    plain = object == NULL ? NULL : mn_attributes_copy(mn_object_attributes(object), err);
    if (plain == NULL)
        return mn_failure(err);
    MN_TRY(mn_attributes_set_number(plain, MN_CKA_CONFIRMED_AT, (uint64_t)when, err));
    stamped = mn_object_with(object, plain, err);
    if (stamped == NULL)
        return mn_failure(err);
    MN_TRY(mn_rows_update(database, keys, &head, stamped, err));
    MN_TRY(mn_transaction_commit(database, keys, &head, err));
    identity->confirmed_at = when;
    return MAINET_OK;
}
