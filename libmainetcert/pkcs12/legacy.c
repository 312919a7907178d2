/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/legacy.h"

#include <stdatomic.h>

#include <openssl/err.h>
#include <openssl/provider.h>

#include "pkcs12/algorithm.h"
#include "pkcs12/bygone.h"

static _Atomic(OSSL_LIB_CTX *) shared;

OSSL_LIB_CTX *
mn_legacy_context(mainet_error *err)
{
    OSSL_LIB_CTX *nobody = NULL;
    OSSL_LIB_CTX *made = atomic_load(&shared);

    if (made != NULL)
        return made;
    made = OSSL_LIB_CTX_new();
    if (made == NULL)
        return (void)mn_fail_memory(err, "crypto context"), NULL;
    if (OSSL_PROVIDER_load(made, "default") == NULL) {
        OSSL_LIB_CTX_free(made);
        return (void)mn_fail_crypto(err, "default provider"), NULL;
    }
    ERR_set_mark();
    (void)mn_bygone_add(made); /* who needs it and lacks it is told so there */
    (void)OSSL_PROVIDER_load(made, "legacy");
    ERR_pop_to_mark();
    if (atomic_compare_exchange_strong(&shared, &nobody, made))
        return made;
    OSSL_LIB_CTX_free(made); /* another thread was faster */
    return nobody;
}

mainet_status
mn_legacy_refuse(const ASN1_OBJECT *algorithm, mainet_error *err)
{
    OSSL_LIB_CTX *library = mn_legacy_context(err);
    char dotted[MN_DOTTED_LEN];

    if (library == NULL)
        return mn_failure(err);
    return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "%s is not supported%s",
                   mn_object_name(algorithm, dotted, sizeof dotted),
                   OSSL_PROVIDER_available(library, "legacy") == 1
                       ? ""
                       : ", and OpenSSL's legacy provider (legacy.so) cannot be loaded");
}
