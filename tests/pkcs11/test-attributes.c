/* SPDX-License-Identifier: BSD-3-Clause */
/* Which attributes an object of each class has whose maker said as little as can be, and what they
 * are then (PKCS#11 v3.1, 4.2 to 4.11 and the tables of its mechanisms). */
#include "fixture.h"
#include "unit/run-suite.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    DATA = 1 << 0,
    CERTIFICATE = 1 << 1, /* the identity's */
    EC_PUBLIC = 1 << 2,
    EC_PRIVATE = 1 << 3,
    RSA_PUBLIC = 1 << 4,
    RSA_PRIVATE = 1 << 5,
    SECRET = 1 << 6,
    OBJECT_COUNT = 7,
    PUBLIC = EC_PUBLIC | RSA_PUBLIC,
    PRIVATE = EC_PRIVATE | RSA_PRIVATE,
    PAIRS = PUBLIC | PRIVATE,
    KEYS = PAIRS | SECRET,
    ALL = DATA | CERTIFICATE | KEYS
};

/* How a value looks. */
typedef enum form { IS_FALSE, IS_TRUE, IS_NUMBER, IS_EMPTY, IS_BYTES, IS_HIDDEN } form;

#define NO_MECHANISM CK_UNAVAILABLE_INFORMATION

/* No two rows of a type are about the same object. */
static const struct {
    CK_ATTRIBUTE_TYPE type;
    int objects;
    form form;
    CK_ULONG number;
} rows[] = {
    {CKA_CLASS, DATA, IS_NUMBER, CKO_DATA},
    {CKA_CLASS, CERTIFICATE, IS_NUMBER, CKO_CERTIFICATE},
    {CKA_CLASS, PUBLIC, IS_NUMBER, CKO_PUBLIC_KEY},
    {CKA_CLASS, PRIVATE, IS_NUMBER, CKO_PRIVATE_KEY},
    {CKA_CLASS, SECRET, IS_NUMBER, CKO_SECRET_KEY},
    {CKA_TOKEN, CERTIFICATE, IS_TRUE, 0},
    {CKA_TOKEN, DATA | KEYS, IS_FALSE, 0},
    {CKA_PRIVATE, PRIVATE | SECRET, IS_TRUE, 0},
    {CKA_PRIVATE, DATA | CERTIFICATE | PUBLIC, IS_FALSE, 0},
    {CKA_LABEL, CERTIFICATE, IS_BYTES, 0},
    {CKA_LABEL, DATA | KEYS, IS_EMPTY, 0},
    {CKA_UNIQUE_ID, ALL, IS_BYTES, 0},
    {CKA_MODIFIABLE, ALL, IS_TRUE, 0},
    {CKA_COPYABLE, ALL, IS_TRUE, 0},
    {CKA_DESTROYABLE, ALL, IS_TRUE, 0},
    /* 4.5 */
    {CKA_APPLICATION, DATA, IS_EMPTY, 0},
    {CKA_OBJECT_ID, DATA, IS_EMPTY, 0},
    {CKA_VALUE, DATA, IS_EMPTY, 0},
    /* 4.6 */
    {CKA_CERTIFICATE_TYPE, CERTIFICATE, IS_NUMBER, CKC_X_509},
    {CKA_CERTIFICATE_CATEGORY, CERTIFICATE, IS_NUMBER, 1},
    {CKA_CHECK_VALUE, CERTIFICATE | SECRET, IS_BYTES, 0},
    {CKA_ISSUER, CERTIFICATE, IS_BYTES, 0},
    {CKA_SERIAL_NUMBER, CERTIFICATE, IS_BYTES, 0},
    {CKA_VALUE, CERTIFICATE, IS_BYTES, 0},
    {CKA_URL, CERTIFICATE, IS_EMPTY, 0},
    {CKA_HASH_OF_SUBJECT_PUBLIC_KEY, CERTIFICATE, IS_EMPTY, 0},
    {CKA_HASH_OF_ISSUER_PUBLIC_KEY, CERTIFICATE, IS_EMPTY, 0},
    {CKA_JAVA_MIDP_SECURITY_DOMAIN, CERTIFICATE, IS_NUMBER, 0},
    {CKA_NAME_HASH_ALGORITHM, CERTIFICATE, IS_NUMBER, CKM_SHA_1},
    {CKA_TRUSTED, CERTIFICATE | PUBLIC | SECRET, IS_FALSE, 0},
    {CKA_PUBLIC_KEY_INFO, CERTIFICATE, IS_EMPTY, 0},
    {CKA_PUBLIC_KEY_INFO, PAIRS, IS_BYTES, 0},
    /* 4.7 */
    {CKA_KEY_TYPE, EC_PUBLIC | EC_PRIVATE, IS_NUMBER, CKK_EC},
    {CKA_KEY_TYPE, RSA_PUBLIC | RSA_PRIVATE, IS_NUMBER, CKK_RSA},
    {CKA_KEY_TYPE, SECRET, IS_NUMBER, CKK_AES},
    {CKA_ID, CERTIFICATE | PAIRS, IS_BYTES, 0},
    {CKA_ID, SECRET, IS_EMPTY, 0},
    {CKA_START_DATE, CERTIFICATE, IS_BYTES, 0},
    {CKA_START_DATE, KEYS, IS_EMPTY, 0},
    {CKA_END_DATE, CERTIFICATE, IS_BYTES, 0},
    {CKA_END_DATE, KEYS, IS_EMPTY, 0},
    {CKA_DERIVE, KEYS & ~EC_PRIVATE, IS_FALSE, 0},
    {CKA_DERIVE, EC_PRIVATE, IS_TRUE, 0},
    {CKA_LOCAL, PAIRS, IS_TRUE, 0},
    {CKA_LOCAL, SECRET, IS_FALSE, 0},
    {CKA_KEY_GEN_MECHANISM, EC_PUBLIC | EC_PRIVATE, IS_NUMBER, CKM_EC_KEY_PAIR_GEN},
    {CKA_KEY_GEN_MECHANISM, RSA_PUBLIC | RSA_PRIVATE, IS_NUMBER, CKM_RSA_PKCS_KEY_PAIR_GEN},
    {CKA_KEY_GEN_MECHANISM, SECRET, IS_NUMBER, NO_MECHANISM},
    /* 4.8 to 4.10 */
    {CKA_SUBJECT, CERTIFICATE, IS_BYTES, 0},
    {CKA_SUBJECT, PAIRS, IS_EMPTY, 0},
    {CKA_ENCRYPT, RSA_PUBLIC, IS_TRUE, 0},
    {CKA_ENCRYPT, EC_PUBLIC | SECRET, IS_FALSE, 0},
    {CKA_DECRYPT, RSA_PRIVATE, IS_TRUE, 0},
    {CKA_DECRYPT, EC_PRIVATE | SECRET, IS_FALSE, 0},
    {CKA_WRAP, RSA_PUBLIC, IS_TRUE, 0},
    {CKA_WRAP, EC_PUBLIC | SECRET, IS_FALSE, 0},
    {CKA_UNWRAP, RSA_PRIVATE, IS_TRUE, 0},
    {CKA_UNWRAP, EC_PRIVATE | SECRET, IS_FALSE, 0},
    {CKA_VERIFY, PUBLIC, IS_TRUE, 0},
    {CKA_VERIFY, SECRET, IS_FALSE, 0},
    {CKA_VERIFY_RECOVER, RSA_PUBLIC, IS_TRUE, 0},
    {CKA_VERIFY_RECOVER, EC_PUBLIC, IS_FALSE, 0},
    {CKA_SIGN, PRIVATE, IS_TRUE, 0},
    {CKA_SIGN, SECRET, IS_FALSE, 0},
    {CKA_SIGN_RECOVER, RSA_PRIVATE, IS_TRUE, 0},
    {CKA_SIGN_RECOVER, EC_PRIVATE, IS_FALSE, 0},
    {CKA_SENSITIVE, PRIVATE, IS_TRUE, 0},
    {CKA_SENSITIVE, SECRET, IS_FALSE, 0},
    {CKA_EXTRACTABLE, PRIVATE, IS_FALSE, 0},
    {CKA_EXTRACTABLE, SECRET, IS_TRUE, 0},
    {CKA_ALWAYS_SENSITIVE, PRIVATE, IS_TRUE, 0},
    {CKA_ALWAYS_SENSITIVE, SECRET, IS_FALSE, 0},
    {CKA_NEVER_EXTRACTABLE, PRIVATE, IS_TRUE, 0},
    {CKA_NEVER_EXTRACTABLE, SECRET, IS_FALSE, 0},
    {CKA_WRAP_WITH_TRUSTED, PRIVATE | SECRET, IS_FALSE, 0},
    {CKA_ALWAYS_AUTHENTICATE, PRIVATE, IS_FALSE, 0},
    {CKA_ALLOWED_MECHANISMS, KEYS, IS_EMPTY, 0},
    {CKA_WRAP_TEMPLATE, PUBLIC | SECRET, IS_EMPTY, 0},
    {CKA_UNWRAP_TEMPLATE, PRIVATE | SECRET, IS_EMPTY, 0},
    {CKA_DERIVE_TEMPLATE, PRIVATE | SECRET, IS_EMPTY, 0},
    /* 6.1, 6.3, 6.10 */
    {CKA_MODULUS, RSA_PUBLIC | RSA_PRIVATE, IS_BYTES, 0},
    {CKA_MODULUS_BITS, RSA_PUBLIC, IS_NUMBER, 1024},
    {CKA_PUBLIC_EXPONENT, RSA_PUBLIC | RSA_PRIVATE, IS_BYTES, 0},
    {CKA_PRIVATE_EXPONENT, RSA_PRIVATE, IS_HIDDEN, 0},
    {CKA_PRIME_1, RSA_PRIVATE, IS_HIDDEN, 0},
    {CKA_PRIME_2, RSA_PRIVATE, IS_HIDDEN, 0},
    {CKA_EXPONENT_1, RSA_PRIVATE, IS_HIDDEN, 0},
    {CKA_EXPONENT_2, RSA_PRIVATE, IS_HIDDEN, 0},
    {CKA_COEFFICIENT, RSA_PRIVATE, IS_HIDDEN, 0},
    {CKA_EC_PARAMS, EC_PUBLIC | EC_PRIVATE, IS_BYTES, 0},
    {CKA_EC_POINT, EC_PUBLIC, IS_BYTES, 0},
    {CKA_VALUE, EC_PRIVATE, IS_HIDDEN, 0},
    {CKA_VALUE, SECRET, IS_BYTES, 0},
    {CKA_VALUE_LEN, SECRET, IS_NUMBER, 16},
    /* of other objects, and of none of ours */
    {CKA_PROFILE_ID, 0, IS_EMPTY, 0},
    {CKA_PRIME, 0, IS_EMPTY, 0},
    {CKA_BASE, 0, IS_EMPTY, 0},
    {CKA_HAS_RESET, 0, IS_EMPTY, 0},
    {CKA_VENDOR_DEFINED, 0, IS_EMPTY, 0},
};

static void
make_data_and_secret(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE made[OBJECT_COUNT])
{
    CK_OBJECT_CLASS class = CKO_DATA;
    CK_KEY_TYPE aes = CKK_AES;
    CK_BYTE value[16] = {1};
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class},
                               {CKA_KEY_TYPE, &aes, sizeof aes},
                               {CKA_VALUE, value, sizeof value}};

    ck_assert_rv(p11->C_CreateObject(session, template, 1, &made[0]), CKR_OK);
    class = CKO_SECRET_KEY;
    ck_assert_rv(p11->C_CreateObject(session, template, 3, &made[6]), CKR_OK);
}

static void
make_objects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE made[OBJECT_COUNT])
{
    CK_BYTE p256[] = {0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
    CK_ULONG bits = 1024;
    CK_ATTRIBUTE params = {CKA_EC_PARAMS, p256, sizeof p256};
    CK_ATTRIBUTE modulus = {CKA_MODULUS_BITS, &bits, sizeof bits};
    CK_MECHANISM ec = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    CK_MECHANISM rsa = {CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0};

    make_data_and_secret(session, made);
    made[1] = find_one(session, CKO_CERTIFICATE, "open");
    ck_assert_rv(p11->C_GenerateKeyPair(session, &ec, &params, 1, NULL, 0, &made[2], &made[3]),
                 CKR_OK);
    ck_assert_rv(p11->C_GenerateKeyPair(session, &rsa, &modulus, 1, NULL, 0, &made[4], &made[5]),
                 CKR_OK);
}

static bool
looks_so(const CK_ATTRIBUTE *told, form expected, CK_ULONG number)
{
    const CK_ULONG len = told->ulValueLen;
    const CK_BYTE *value = told->pValue;

    switch (expected) {
    case IS_FALSE:
    case IS_TRUE:
        return len == sizeof(CK_BBOOL) && *value == (expected == IS_TRUE ? CK_TRUE : CK_FALSE);
    case IS_NUMBER:
        return len == sizeof number && memcmp(value, &number, len) == 0;
    case IS_EMPTY:
        return len == 0;
    case IS_BYTES:
        return len != 0 && len != CK_UNAVAILABLE_INFORMATION;
    case IS_HIDDEN:
        return len == CK_UNAVAILABLE_INFORMATION;
    }
    return false;
}

/* What some row of a type says of an object; NULL if none does. */
static const form *
row_of(CK_ATTRIBUTE_TYPE type, int object, CK_ULONG *number)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].type != type || (rows[i].objects & object) == 0)
            continue;
        *number = rows[i].number;
        return &rows[i].form;
    }
    return NULL;
}

START_TEST(an_object_has_the_attributes_of_its_class)
{
    const CK_SESSION_HANDLE session = open_session(OPEN_SLOT, 0);
    CK_OBJECT_HANDLE made[OBJECT_COUNT] = {0};

    make_objects(session, made);
    for (size_t i = 0; i < COUNT(rows) * OBJECT_COUNT; i++) {
        const CK_ATTRIBUTE_TYPE type = rows[i / OBJECT_COUNT].type;
        const size_t object = i % OBJECT_COUNT;
        CK_BYTE value[2048];
        CK_ATTRIBUTE template = {type, value, sizeof value};
        const CK_RV rv = p11->C_GetAttributeValue(session, made[object], &template, 1);
        CK_ULONG number = 0;
        const form *expected = row_of(type, 1 << object, &number);
        CK_RV expected_rv = CKR_ATTRIBUTE_TYPE_INVALID;

        if (expected != NULL)
            expected_rv = *expected == IS_HIDDEN ? CKR_ATTRIBUTE_SENSITIVE : CKR_OK;
        ck_assert_msg(rv == expected_rv, "attribute %lx of object %zu: 0x%lx", type, object, rv);
        ck_assert_msg(expected == NULL || looks_so(&template, *expected, number),
                      "attribute %lx of object %zu: %lu bytes", type, object, template.ulValueLen);
    }
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("attributes");
    TCase *all = tcase_create("attributes");

    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, start_module, stop_module);
    tcase_add_test(all, an_object_has_the_attributes_of_its_class);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
