/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/succession.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <p11-kit/pkcs11.h>

#include "store/identity-private.h"
#include "store/rows.h"

int
mn_certificate_compare_ends(const mainet_certificate *first, const mainet_certificate *second)
{
    int64_t first_end = mainet_certificate_not_after(first);
    int64_t second_end = mainet_certificate_not_after(second);

    if (first_end != second_end)
        return first_end > second_end ? -1 : 1;
    return strcmp(mainet_certificate_sha256(first), mainet_certificate_sha256(second));
}

typedef const uint8_t *(*name_fn)(const mainet_certificate *, size_t *);

static int
compare_names(name_fn name, const mainet_certificate *first, const mainet_certificate *second)
{
    size_t first_len = 0;
    size_t second_len = 0;
    const uint8_t *first_der = name(first, &first_len);
    const uint8_t *second_der = name(second, &second_len);

    if (first_len != second_len)
        return first_len < second_len ? -1 : 1;
    return memcmp(first_der, second_der, first_len);
}

static int
compare_holders(const mainet_certificate *first, const mainet_certificate *second)
{
    int order = compare_names(mn_certificate_subject_der, first, second);

    return order != 0 ? order : compare_names(mn_certificate_issuer_der, first, second);
}

bool
mn_certificate_has_holder_of(const mainet_certificate *first, const mainet_certificate *second)
{
    return compare_holders(first, second) == 0;
}

bool
mn_certificate_supersedes(const mainet_certificate *newer, const mainet_certificate *older)
{
    return mainet_certificate_not_after(newer) > mainet_certificate_not_after(older) &&
           mn_certificate_has_holder_of(newer, older);
}

bool
mn_certificate_has_begun(const mainet_certificate *certificate, int64_t confirmed_at)
{
    return confirmed_at != 0 || mainet_certificate_not_before(certificate) <= (int64_t)time(NULL);
}

/* One holder's certificates side by side, the latest first. */
static int
by_holder(const void *a, const void *b)
{
    const mn_place *first = a;
    const mn_place *second = b;
    int order = compare_holders(first->certificate, second->certificate);

    return order != 0 ? order
                      : mn_certificate_compare_ends(first->certificate, second->certificate);
}

void
mn_successors(mn_place *places, size_t count)
{
    const mainet_certificate *holder = NULL;
    const mainet_certificate *latest = NULL;

    if (count != 0)
        qsort(places, count, sizeof *places, by_holder);
    for (size_t i = 0; i < count; i++) {
        const mainet_certificate *own = places[i].certificate;

        if (holder == NULL || !mn_certificate_has_holder_of(holder, own)) {
            holder = own;
            latest = NULL;
        }
        if (latest == NULL && places[i].has_begun)
            latest = own;
        *places[i].successor =
            latest != NULL && mn_certificate_supersedes(latest, own) ? latest : NULL;
    }
}

static mainet_status
has_key(mn_database *database, const mn_object *object, bool *has, mainet_error *err)
{
    const uint8_t *public_key = mn_object_public_key_hash(object);
    mn_auto_ids ids = {.count = 0};

    if (public_key != NULL)
        MN_TRY(mn_rows_with_public_key(database, public_key, CKO_PRIVATE_KEY, &ids, err));
    *has = ids.count != 0;
    return MAINET_OK;
}

/* Put the later of `*latest` and the certificate of a row in `*latest`, if that is an identity's
 * and has begun. */
static mainet_status
consider(mn_database *database, const mn_keys *keys, int64_t row, mainet_certificate **latest,
         mainet_error *err)
{
    mn_auto(mn_object) object = mn_rows_load(database, keys, row, err);
    mn_auto(mainet_certificate) certificate = NULL;
    mainet_status status = MAINET_OK;
    bool is_identity = false;

    if (object == NULL)
        return mn_failure(err);
    certificate = mn_identity_decode(object, &status, err);
    if (certificate == NULL || mn_certificate_compare_ends(*latest, certificate) <= 0 ||
        !mn_certificate_has_begun(
            certificate,
            (int64_t)mn_attributes_number(mn_object_attributes(object), MN_CKA_CONFIRMED_AT, 0)))
        return status;
    MN_TRY(has_key(database, object, &is_identity, err));
    if (is_identity) {
        mainet_certificate_free(*latest);
        *latest = mainet_certificate_take(&certificate);
    }
    return MAINET_OK;
}

mainet_status
mn_successor_read(mn_database *database, const mn_keys *keys, const mainet_certificate *certificate,
                  mainet_certificate **successor, mainet_error *err)
{
    mn_auto(mainet_certificate) latest = mn_certificate_ref(certificate);
    mn_auto(mn_attributes) wanted = mn_attributes_new(err);
    mn_auto_ids ids = {.count = 0};
    size_t len = 0;
    const uint8_t *der = mn_certificate_subject_der(certificate, &len);

    *successor = NULL;
    if (wanted == NULL)
        return mn_failure(err);
    MN_TRY(mn_attributes_set_number(wanted, CKA_CLASS, CKO_CERTIFICATE, err));
    MN_TRY(mn_attributes_set(wanted, CKA_SUBJECT, der, len, err));
    der = mn_certificate_issuer_der(certificate, &len);
    MN_TRY(mn_attributes_set(wanted, CKA_ISSUER, der, len, err));
    MN_TRY(mn_rows_find(database, keys, wanted, &ids, err));
    for (size_t i = 0; ids.count > 1 && i < ids.count; i++)
        MN_TRY(consider(database, keys, ids.ids[i], &latest, err));
    if (mn_certificate_supersedes(latest, certificate))
        *successor = mainet_certificate_take(&latest);
    return MAINET_OK;
}
