/* SPDX-License-Identifier: BSD-3-Clause */
/* Objects are created, copied, changed and destroyed. */
#include <sys/wait.h>

#include "fixture.h"
#include "pkcs12/certificate.h"
#include "store/key.h"
#include "unit/run-suite.h"

static CK_OBJECT_CLASS data_class = CKO_DATA, certificate_class = CKO_CERTIFICATE,
                       public_class = CKO_PUBLIC_KEY, private_class = CKO_PRIVATE_KEY,
                       secret_class = CKO_SECRET_KEY, profile_class = CKO_PROFILE;
static CK_KEY_TYPE rsa = CKK_RSA, ec = CKK_EC, aes = CKK_AES, generic = CKK_GENERIC_SECRET,
                   des = CKK_DES, des3 = CKK_DES3, cast128 = CKK_CAST128;
static CK_BBOOL yes = CK_TRUE, no = CK_FALSE, neither = 7;
static CK_ULONG sixteen = 16, wrong_len = 24;
static CK_BYTE bytes[64] = {1, 2, 3};
static CK_BYTE p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

#define OF(type, value)                                                                            \
    {                                                                                              \
        type, &(value), sizeof(value)                                                              \
    }
#define BYTES(type, len)                                                                           \
    {                                                                                              \
        type, bytes, len                                                                           \
    }
#define END                                                                                        \
    {                                                                                              \
        CK_UNAVAILABLE_INFORMATION, NULL, 0                                                        \
    }

static CK_ULONG
length(const CK_ATTRIBUTE *template)
{
    CK_ULONG count = 0;

    while (template[count].type != CK_UNAVAILABLE_INFORMATION)
        count++;
    return count;
}

static CK_SESSION_HANDLE
user_session(CK_FLAGS flags)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, flags);

    ck_assert_rv(p11->C_Login(session, CKU_USER, USER_PIN), CKR_OK);
    return session;
}

static const struct {
    CK_ATTRIBUTE template[8];
    CK_RV expected;
} creations[] = {
    {{END}, CKR_TEMPLATE_INCOMPLETE},
    {{OF(CKA_CLASS, data_class), END}, CKR_OK},
    {{OF(CKA_CLASS, data_class), OF(CKA_CLASS, certificate_class), END}, CKR_TEMPLATE_INCONSISTENT},
    {{OF(CKA_CLASS, data_class), BYTES(CKA_LABEL, 3), BYTES(CKA_LABEL, 4), END},
     CKR_TEMPLATE_INCONSISTENT},
    {{OF(CKA_CLASS, data_class), OF(CKA_TOKEN, sixteen), END}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, data_class), OF(CKA_PRIVATE, neither), END}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, data_class), {CKA_VALUE, NULL, 5}, END}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, data_class), BYTES(CKA_MODULUS, 5), END}, CKR_ATTRIBUTE_TYPE_INVALID},
    {{OF(CKA_CLASS, data_class), BYTES(0x87654321, 5), END}, CKR_ATTRIBUTE_TYPE_INVALID},
    {{OF(CKA_CLASS, profile_class), END}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, certificate_class), END}, CKR_TEMPLATE_INCOMPLETE},
    {{OF(CKA_CLASS, certificate_class), BYTES(CKA_VALUE, 20), END}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, secret_class), END}, CKR_TEMPLATE_INCOMPLETE},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), END}, CKR_TEMPLATE_INCOMPLETE},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), BYTES(CKA_VALUE, 15), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), BYTES(CKA_VALUE, 16), END}, CKR_OK},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), BYTES(CKA_VALUE, 16),
      OF(CKA_VALUE_LEN, sixteen), END},
     CKR_OK},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), BYTES(CKA_VALUE, 16),
      OF(CKA_VALUE_LEN, wrong_len), END},
     CKR_TEMPLATE_INCONSISTENT},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, generic), BYTES(CKA_VALUE, 15), END}, CKR_OK},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, des3), BYTES(CKA_VALUE, 24), END}, CKR_OK},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, des3), BYTES(CKA_VALUE, 16), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, des), BYTES(CKA_VALUE, 8), END}, CKR_OK},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, des), BYTES(CKA_VALUE, 7), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, cast128), BYTES(CKA_VALUE, 8), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), BYTES(CKA_VALUE, 16), OF(CKA_LOCAL, no),
      END},
     CKR_ATTRIBUTE_READ_ONLY},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), BYTES(CKA_VALUE, 16),
      OF(CKA_TRUSTED, yes), END},
     CKR_ATTRIBUTE_READ_ONLY},
    {{OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, rsa), BYTES(CKA_MODULUS, 64), END},
     CKR_TEMPLATE_INCOMPLETE},
    {{OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, rsa), BYTES(CKA_MODULUS, 64),
      BYTES(CKA_PUBLIC_EXPONENT, 3), BYTES(CKA_PRIVATE_EXPONENT, 64), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, ec), OF(CKA_EC_PARAMS, p256),
      BYTES(CKA_VALUE, 32), END},
     CKR_OK},
    {{OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, ec), OF(CKA_EC_PARAMS, p256),
      BYTES(CKA_VALUE, 33), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, ec), BYTES(CKA_EC_PARAMS, 3),
      BYTES(CKA_VALUE, 32), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, public_class), OF(CKA_KEY_TYPE, ec), OF(CKA_EC_PARAMS, p256),
      BYTES(CKA_EC_POINT, 64), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
};

START_TEST(a_template_is_judged)
{
    const CK_SESSION_HANDLE session = user_session(0);
    CK_ATTRIBUTE template[8];
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    memcpy(template, creations[_i].template, sizeof template);
    ck_assert_rv(p11->C_CreateObject(session, template, length(template), &made),
                 creations[_i].expected);
    ck_assert((made != CK_INVALID_HANDLE) == (creations[_i].expected == CKR_OK));
}
END_TEST

/* Who may make what where. */
static const struct {
    CK_FLAGS flags;
    bool login;
    CK_BBOOL *token;
    CK_BBOOL *private;
    CK_RV expected;
} places[] = {
    {0, false, &no, &no, CKR_OK},
    {0, false, &no, &yes, CKR_USER_NOT_LOGGED_IN},
    {0, false, &yes, &no, CKR_SESSION_READ_ONLY},
    {CKF_RW_SESSION, false, &yes, &no, CKR_USER_NOT_LOGGED_IN},
    {0, true, &no, &yes, CKR_OK},
    {0, true, &yes, &no, CKR_SESSION_READ_ONLY},
    {CKF_RW_SESSION, true, &yes, &yes, CKR_OK},
    {CKF_RW_SESSION, true, &yes, &no, CKR_OK},
};

START_TEST(a_session_may_make_what_it_may)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, places[_i].flags);
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, data_class),
                               {CKA_TOKEN, places[_i].token, 1},
                               {CKA_PRIVATE, places[_i].private, 1},
                               BYTES(CKA_VALUE, 40)};
    CK_BYTE value[64];
    CK_ATTRIBUTE read = {CKA_VALUE, value, sizeof value};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    if (places[_i].login)
        ck_assert_rv(p11->C_Login(session, CKU_USER, USER_PIN), CKR_OK);
    ck_assert_rv(p11->C_CreateObject(session, template, 4, &made), places[_i].expected);
    if (places[_i].expected != CKR_OK)
        return;
    ck_assert_rv(p11->C_GetAttributeValue(session, made, &read, 1), CKR_OK);
    ck_assert_uint_eq(read.ulValueLen, 40);
    ck_assert_mem_eq(value, bytes, 40);
}
END_TEST

START_TEST(the_officer_makes_no_objects)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, CKF_RW_SESSION);
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, data_class), OF(CKA_TOKEN, yes)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_Login(session, CKU_SO, OFFICER_PIN), CKR_OK);
    ck_assert_rv(p11->C_CreateObject(session, template, 2, &made), CKR_USER_NOT_LOGGED_IN);
}
END_TEST

/* What a session made ends with it, and is seen by the process's other sessions until then. */
START_TEST(session_objects_end_with_their_session)
{
    const CK_SESSION_HANDLE one = open_session(SLOT, 0);
    const CK_SESSION_HANDLE two = open_session(SLOT, 0);
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, data_class), BYTES(CKA_LABEL, 3), OF(CKA_TOKEN, no)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE found[16];
    CK_ULONG size = 0;

    ck_assert_rv(p11->C_CreateObject(one, template, 3, &made), CKR_OK);
    ck_assert_uint_eq(find(two, template, 3, found), 1);
    ck_assert_uint_eq(found[0], made);
    ck_assert_rv(p11->C_GetObjectSize(two, made, &size), CKR_OK);
    ck_assert_rv(p11->C_CloseSession(one), CKR_OK);
    ck_assert_uint_eq(find(two, template, 3, found), 0);
    ck_assert_rv(p11->C_GetObjectSize(two, made, &size), CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

/* The numbers of an RSA key in memory, by their types. */
static CK_ULONG
rsa_numbers(CK_ATTRIBUTE *out, uint8_t room[][512])
{
    static const struct {
        CK_ATTRIBUTE_TYPE type;
        const char *name;
    } numbers[] = {
        {CKA_MODULUS, "n"},           {CKA_PUBLIC_EXPONENT, "e"},   {CKA_PRIVATE_EXPONENT, "d"},
        {CKA_PRIME_1, "rsa-factor1"}, {CKA_PRIME_2, "rsa-factor2"},
    };

    for (CK_ULONG i = 0; i < 5; i++) {
        BIGNUM *number = NULL;

        ck_assert_int_eq(EVP_PKEY_get_bn_param(keys[0], numbers[i].name, &number), 1);
        out[i] = (CK_ATTRIBUTE){numbers[i].type, room[i], (CK_ULONG)BN_bn2bin(number, room[i])};
        BN_clear_free(number);
    }
    return 5;
}

static void
expect_signature(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BYTE signature[512];
    CK_ULONG len = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    ck_assert_rv(p11->C_SignInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_Sign(session, bytes, sizeof bytes, signature, &len), CKR_OK);
    ck_assert_int_eq(EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, keys[0], NULL),
                     1);
    ck_assert_int_eq(EVP_DigestVerify(context, signature, len, bytes, sizeof bytes), 1);
    EVP_MD_CTX_free(context);
}

/* 3: without primes, which are worked out; 4: with one alone. */
START_TEST(an_rsa_key_is_made_of_its_numbers)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    uint8_t room[5][512];
    CK_ATTRIBUTE template[9] = {OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, rsa),
                                OF(CKA_TOKEN, yes), BYTES(CKA_LABEL, 3)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_BBOOL is_extractable = CK_FALSE;
    CK_BBOOL is_local = CK_TRUE;
    CK_BYTE id[32];
    CK_ATTRIBUTE read[] = {OF(CKA_EXTRACTABLE, is_extractable), OF(CKA_LOCAL, is_local),
                           OF(CKA_ID, id)};

    (void)rsa_numbers(template + 4, room);
    ck_assert_rv(p11->C_CreateObject(session, template, 4 + (CK_ULONG)_i, &made), CKR_OK);
    expect_signature(session, made);
    ck_assert_rv(p11->C_GetAttributeValue(session, made, read, 3), CKR_OK);
    ck_assert(is_extractable == CK_TRUE && is_local == CK_FALSE);
    ck_assert_uint_eq(read[2].ulValueLen, 20);
    room[2][100] ^= 1; /* a private exponent of no key */
    ck_assert_rv(p11->C_CreateObject(session, template, 4 + (CK_ULONG)_i, &made),
                 CKR_ATTRIBUTE_VALUE_INVALID);
}
END_TEST

/* Points that begin like the OCTET STRING that most writers put around them: 04, then the number of
 * bytes that follow. */
static CK_BYTE p256_point[] = {0x04, 0x3f, 0xc4, 0x24, 0x06, 0x7a, 0x1f, 0x67, 0x9b, 0x0f, 0xe2,
                               0xc0, 0xae, 0x10, 0x93, 0x72, 0x4f, 0x62, 0x33, 0x00, 0x2b, 0xe8,
                               0x06, 0x3c, 0xb1, 0xca, 0xd2, 0xcc, 0xcd, 0xb8, 0x5b, 0x08, 0x9e,
                               0x5b, 0xb2, 0x43, 0x00, 0x9e, 0x58, 0x1b, 0xe5, 0x2a, 0xed, 0xbb,
                               0x47, 0xed, 0xa9, 0x8d, 0x26, 0xcf, 0x9f, 0xc8, 0x00, 0xf7, 0x93,
                               0x4c, 0x94, 0x66, 0xaa, 0xae, 0xf8, 0xc6, 0x62, 0x9e, 0xcf};
static CK_BYTE edwards_params[] = {0x06, 0x03, 0x2b, 0x65, 0x70};
static CK_BYTE edwards_point[] = {0x04, 0x1e, 0xb1, 0x6b, 0xa4, 0xbc, 0xff, 0xd9, 0x16, 0x58, 0x0a,
                                  0x9b, 0x73, 0x9f, 0xbd, 0xdb, 0x44, 0xa3, 0x44, 0x31, 0x1c, 0xfa,
                                  0x52, 0x72, 0xc6, 0x2d, 0x17, 0x2b, 0x3e, 0xd1, 0xbf, 0x60};
static CK_KEY_TYPE edwards = MN_CKK_EC_EDWARDS;

static void
expect_point(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, const CK_BYTE *point, CK_ULONG len)
{
    CK_BYTE value[2 + sizeof p256_point];
    CK_ATTRIBUTE read = OF(CKA_EC_POINT, value);

    ck_assert_rv(p11->C_GetAttributeValue(session, key, &read, 1), CKR_OK);
    ck_assert_uint_eq(read.ulValueLen, 2 + len);
    ck_assert(value[0] == 0x04 && value[1] == len);
    ck_assert_mem_eq(value + 2, point, len);
}

START_TEST(a_point_may_look_wrapped)
{
    const CK_SESSION_HANDLE session = user_session(0);
    CK_ATTRIBUTE of_p256[] = {OF(CKA_CLASS, public_class), OF(CKA_KEY_TYPE, ec),
                              OF(CKA_EC_PARAMS, p256), OF(CKA_EC_POINT, p256_point)};
    CK_ATTRIBUTE of_edwards[] = {OF(CKA_CLASS, public_class), OF(CKA_KEY_TYPE, edwards),
                                 OF(CKA_EC_PARAMS, edwards_params),
                                 OF(CKA_EC_POINT, edwards_point)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_CreateObject(session, of_p256, 4, &made), CKR_OK);
    expect_point(session, made, p256_point, sizeof p256_point);
    ck_assert_rv(p11->C_CreateObject(session, of_edwards, 4, &made), CKR_OK);
    expect_point(session, made, edwards_point, sizeof edwards_point);
}
END_TEST

/* Its private key, 111, comes without its point, which is worked out. */
START_TEST(a_private_key_may_have_such_a_point)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    CK_BYTE scalar[32] = {[31] = 111};
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, ec),
                               OF(CKA_EC_PARAMS, p256), OF(CKA_TOKEN, yes), OF(CKA_VALUE, scalar)};
    CK_BYTE id[20];
    CK_ATTRIBUTE public_half[] = {OF(CKA_CLASS, public_class), OF(CKA_ID, id)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE found[16];

    ck_assert_rv(p11->C_CreateObject(session, template, 5, &made), CKR_OK);
    ck_assert_rv(p11->C_GetAttributeValue(session, made, &public_half[1], 1), CKR_OK);
    ck_assert_uint_eq(find(session, public_half, 2, found), 1);
    expect_point(session, found[0], p256_point, sizeof p256_point);
}
END_TEST

/* Written by another program, it is an identity like an acquired one; with its key goes the public
 * key that was made for it. */
START_TEST(a_certificate_and_its_key_are_an_identity)
{
    const CK_SESSION_HANDLE session = open_session(OPEN_SLOT, CKF_RW_SESSION);
    size_t len = 0;
    const uint8_t *der = mn_certificate_der(certificates[0], &len);
    uint8_t room[5][512];
    CK_ATTRIBUTE key[9] = {OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, rsa), OF(CKA_TOKEN, yes)};
    CK_ATTRIBUTE certificate[] = {OF(CKA_CLASS, certificate_class),
                                  OF(CKA_TOKEN, yes),
                                  {CKA_VALUE, (uint8_t *)(uintptr_t)der, len}};
    CK_ATTRIBUTE public_keys[] = {OF(CKA_CLASS, public_class), OF(CKA_KEY_TYPE, rsa)};
    CK_OBJECT_HANDLE made[2];
    CK_OBJECT_HANDLE found[16];
    mainet_token *token = mainet_token_open(store, "Open", NULL);
    mainet_identity_list *list = NULL;

    (void)rsa_numbers(key + 3, room);
    ck_assert_rv(p11->C_CreateObject(session, key, 8, &made[0]), CKR_OK);
    ck_assert_rv(p11->C_CreateObject(session, certificate, 3, &made[1]), CKR_OK);
    list = mainet_token_identities(token, NULL);
    ck_assert_uint_eq(mainet_identity_list_count(list), 2);
    mainet_identity_list_free(list);
    ck_assert_uint_eq(find(session, public_keys, 2, found), 1);
    ck_assert_rv(p11->C_DestroyObject(session, made[0]), CKR_OK);
    ck_assert_uint_eq(find(session, public_keys, 2, found), 0);
    mainet_token_free(token);
}
END_TEST

/* The key was given an id, the certificate that comes to it says none. */
START_TEST(a_certificate_gets_the_id_that_its_key_has)
{
    const CK_SESSION_HANDLE session = open_session(OPEN_SLOT, CKF_RW_SESSION);
    size_t len = 0;
    const uint8_t *der = mn_certificate_der(certificates[0], &len);
    uint8_t room[5][512];
    CK_ATTRIBUTE key[10] = {OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, rsa), OF(CKA_TOKEN, yes),
                            BYTES(CKA_ID, 2)};
    CK_ATTRIBUTE certificate[] = {OF(CKA_CLASS, certificate_class),
                                  OF(CKA_TOKEN, yes),
                                  {CKA_VALUE, (uint8_t *)(uintptr_t)der, len},
                                  BYTES(CKA_ID, 3)};
    CK_ATTRIBUTE shared[] = {BYTES(CKA_ID, 2)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE found[16];

    (void)rsa_numbers(key + 4, room);
    ck_assert_rv(p11->C_CreateObject(session, key, 9, &made), CKR_OK);
    ck_assert_uint_eq(find(session, shared, 1, found), 2); /* its public half has it too */
    ck_assert_rv(p11->C_CreateObject(session, certificate, 3, &made), CKR_OK);
    ck_assert_uint_eq(find(session, shared, 1, found), 3);
    ck_assert_rv(p11->C_CreateObject(session, certificate, 4, &made), CKR_OK);
    ck_assert_uint_eq(find(session, shared, 1, found), 3); /* said is said */
}
END_TEST

/* One that an application writes takes the place of ours, not a place beside it. */
START_TEST(a_public_key_is_not_doubled)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    uint8_t room[5][512];
    CK_ATTRIBUTE key[6] = {OF(CKA_CLASS, public_class), OF(CKA_KEY_TYPE, rsa), OF(CKA_TOKEN, yes),
                           BYTES(CKA_LABEL, 3)};
    CK_ATTRIBUTE numbers[5];
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE before[16];
    CK_OBJECT_HANDLE after[16];

    (void)rsa_numbers(numbers, room);
    key[4] = numbers[0];
    key[5] = numbers[1];
    ck_assert_uint_eq(find(session, key, 3, before), 1);
    ck_assert_rv(p11->C_CreateObject(session, key, 6, &made), CKR_OK);
    ck_assert_uint_eq(find(session, key, 3, after), 1);
    ck_assert_uint_eq(after[0], made);
    ck_assert_uint_eq(before[0], made);
    ck_assert_uint_eq(find(session, key, 4, after), 1);
}
END_TEST

static CK_OBJECT_HANDLE
make_key_object(CK_SESSION_HANDLE session, CK_BBOOL *token)
{
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes),
                               BYTES(CKA_VALUE, 16),        BYTES(CKA_LABEL, 3),
                               {CKA_TOKEN, token, 1},       OF(CKA_SENSITIVE, no),
                               OF(CKA_EXTRACTABLE, yes),    OF(CKA_ENCRYPT, yes)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_CreateObject(session, template, 8, &made), CKR_OK);
    return made;
}

static const struct {
    CK_ATTRIBUTE template[3];
    CK_RV expected;
} changes[] = {
    {{BYTES(CKA_LABEL, 10), END}, CKR_OK},
    {{BYTES(CKA_ID, 10), OF(CKA_ENCRYPT, no), END}, CKR_OK},
    {{OF(CKA_SENSITIVE, yes), OF(CKA_EXTRACTABLE, no), END}, CKR_OK},
    {{OF(CKA_SENSITIVE, no), END}, CKR_OK}, /* as it is */
    {{BYTES(CKA_VALUE, 16), END}, CKR_ATTRIBUTE_READ_ONLY},
    {{BYTES(CKA_LABEL, 10), OF(CKA_CLASS, data_class), END}, CKR_ATTRIBUTE_READ_ONLY},
    {{BYTES(CKA_LABEL, 10), OF(CKA_TOKEN, yes), END}, CKR_ATTRIBUTE_READ_ONLY},
    {{OF(CKA_PRIVATE, no), END}, CKR_ATTRIBUTE_READ_ONLY},
    {{OF(CKA_ALWAYS_SENSITIVE, yes), END}, CKR_ATTRIBUTE_READ_ONLY},
    {{BYTES(CKA_MODULUS, 3), END}, CKR_ATTRIBUTE_TYPE_INVALID},
    {{OF(CKA_ENCRYPT, sixteen), END}, CKR_ATTRIBUTE_VALUE_INVALID},
};

START_TEST(all_of_a_change_happens_or_nothing)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    CK_BBOOL *const tokens[] = {&no, &yes};
    CK_ATTRIBUTE template[3];
    CK_BYTE label[64];

    memcpy(template, changes[_i].template, sizeof template);
    for (size_t i = 0; i < 2; i++) {
        const CK_OBJECT_HANDLE key = make_key_object(session, tokens[i]);
        CK_ATTRIBUTE read = {CKA_LABEL, label, sizeof label};
        const bool sets_label = template[0].type == CKA_LABEL && changes[_i].expected == CKR_OK;

        ck_assert_rv(p11->C_SetAttributeValue(session, key, template, length(template)),
                     changes[_i].expected);
        ck_assert_rv(p11->C_GetAttributeValue(session, key, &read, 1), CKR_OK);
        ck_assert_uint_eq(read.ulValueLen, sets_label ? 10 : 3);
    }
}
END_TEST

START_TEST(what_became_sensitive_stays_so)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    const CK_OBJECT_HANDLE key = make_key_object(session, &yes);
    CK_BYTE value[16];
    CK_ATTRIBUTE read = {CKA_VALUE, value, sizeof value};
    CK_ATTRIBUTE sensitive = OF(CKA_SENSITIVE, yes);
    CK_ATTRIBUTE back = OF(CKA_SENSITIVE, no);
    CK_ATTRIBUTE extractable = OF(CKA_EXTRACTABLE, yes);
    CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_GetAttributeValue(session, key, &read, 1), CKR_OK);
    ck_assert_mem_eq(value, bytes, 16);
    ck_assert_rv(p11->C_SetAttributeValue(session, key, &sensitive, 0), CKR_OK);
    ck_assert_rv(p11->C_SetAttributeValue(session, key, &sensitive, 1), CKR_OK);
    ck_assert_rv(p11->C_GetAttributeValue(session, key, &read, 1), CKR_ATTRIBUTE_SENSITIVE);
    ck_assert_rv(p11->C_SetAttributeValue(session, key, &back, 1), CKR_ATTRIBUTE_READ_ONLY);
    ck_assert_rv(p11->C_CopyObject(session, key, &back, 1, &copy), CKR_ATTRIBUTE_READ_ONLY);
    ck_assert_rv(p11->C_CopyObject(session, key, &extractable, 1, &copy), CKR_OK);
}
END_TEST

START_TEST(a_copy_is_another_object)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    const CK_OBJECT_HANDLE key = make_key_object(session, &no);
    CK_ATTRIBUTE template[] = {OF(CKA_TOKEN, yes), BYTES(CKA_LABEL, 20)};
    CK_ATTRIBUTE public = OF(CKA_PRIVATE, no);
    CK_ATTRIBUTE value = BYTES(CKA_VALUE, 16);
    CK_BYTE read_value[16];
    CK_ATTRIBUTE read = {CKA_VALUE, read_value, sizeof read_value};
    CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE found[16];

    ck_assert_rv(p11->C_CopyObject(session, key, &public, 1, &copy), CKR_TEMPLATE_INCONSISTENT);
    ck_assert_rv(p11->C_CopyObject(session, key, &value, 1, &copy), CKR_ATTRIBUTE_READ_ONLY);
    ck_assert_rv(p11->C_CopyObject(session, key, template, 2, &copy), CKR_OK);
    ck_assert_rv(p11->C_DestroyObject(session, key), CKR_OK);
    ck_assert_rv(p11->C_DestroyObject(session, key), CKR_OBJECT_HANDLE_INVALID);
    stop_module(); /* the copy is in the file */
    start_module();
    {
        const CK_SESSION_HANDLE again = user_session(CKF_RW_SESSION);

        ck_assert_uint_eq(find(again, template, 2, found), 1);
        ck_assert_rv(p11->C_GetAttributeValue(again, found[0], &read, 1), CKR_OK);
        ck_assert_mem_eq(read_value, bytes, 16);
    }
}
END_TEST

START_TEST(what_is_forbidden_is_prohibited)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, data_class), OF(CKA_TOKEN, yes),
                               OF(CKA_PRIVATE, yes),      OF(CKA_MODIFIABLE, no),
                               OF(CKA_DESTROYABLE, no),   OF(CKA_COPYABLE, no)};
    CK_ATTRIBUTE label = BYTES(CKA_LABEL, 3);
    CK_ATTRIBUTE profile = OF(CKA_CLASS, profile_class);
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE found[16];

    ck_assert_rv(p11->C_CreateObject(session, template, 6, &made), CKR_OK);
    ck_assert_uint_ge(find(session, &profile, 1, found), 1);
    found[1] = made;
    for (size_t i = 0; i < 2; i++) {
        ck_assert_rv(p11->C_DestroyObject(session, found[i]), CKR_ACTION_PROHIBITED);
        ck_assert_rv(p11->C_SetAttributeValue(session, found[i], &label, 1), CKR_ACTION_PROHIBITED);
        ck_assert_rv(p11->C_CopyObject(session, found[i], NULL, 0, &made), CKR_ACTION_PROHIBITED);
    }
}
END_TEST

START_TEST(a_read_only_session_changes_no_token)
{
    const CK_SESSION_HANDLE writer = user_session(CKF_RW_SESSION);
    const CK_SESSION_HANDLE reader = open_session(SLOT, 0);
    const CK_OBJECT_HANDLE key = make_key_object(writer, &yes);
    CK_ATTRIBUTE label = BYTES(CKA_LABEL, 5);
    CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_SetAttributeValue(reader, key, &label, 1), CKR_SESSION_READ_ONLY);
    ck_assert_rv(p11->C_DestroyObject(reader, key), CKR_SESSION_READ_ONLY);
    ck_assert_rv(p11->C_CopyObject(reader, key, &label, 1, &copy), CKR_SESSION_READ_ONLY);
    ck_assert_rv(p11->C_Logout(writer), CKR_OK);
    ck_assert_rv(p11->C_DestroyObject(writer, key), CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

/* What another process destroyed is gone here too. */
START_TEST(another_process_may_destroy)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    const CK_OBJECT_HANDLE key = make_key_object(session, &yes);
    CK_ATTRIBUTE wanted = OF(CKA_CLASS, secret_class);
    CK_OBJECT_HANDLE found[16];
    int status = 0;
    const pid_t child = fork();

    if (child == 0) {
        CK_SESSION_HANDLE own = 0;

        ck_assert_rv(p11->C_Initialize(arguments()), CKR_OK);
        own = user_session(CKF_RW_SESSION);
        ck_assert_uint_eq(find(own, &wanted, 1, found), 1);
        _exit(p11->C_DestroyObject(own, found[0]) == CKR_OK ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_uint_eq(find(session, &wanted, 1, found), 0);
    ck_assert_rv(p11->C_DestroyObject(session, key), CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

START_TEST(arguments_are_needed)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, data_class)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_CreateObject(session, template, 1, NULL), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_CreateObject(session, NULL, 1, &made), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_CreateObject(session + 99, template, 1, &made), CKR_SESSION_HANDLE_INVALID);
    ck_assert_rv(p11->C_CopyObject(session, 12345678, NULL, 0, &made), CKR_OBJECT_HANDLE_INVALID);
    ck_assert_rv(p11->C_CopyObject(session, 12345678, NULL, 0, NULL), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_DestroyObject(session, 12345678), CKR_OBJECT_HANDLE_INVALID);
    ck_assert_rv(p11->C_SetAttributeValue(session, 12345678, template, 1),
                 CKR_OBJECT_HANDLE_INVALID);
    ck_assert_rv(p11->C_SetAttributeValue(session, 12345678, NULL, 1), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_Finalize(NULL), CKR_OK);
    ck_assert_rv(p11->C_CreateObject(session, NULL, 1, NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
    ck_assert_rv(p11->C_CopyObject(session, 1, NULL, 0, NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
    ck_assert_rv(p11->C_DestroyObject(session, 1), CKR_CRYPTOKI_NOT_INITIALIZED);
    ck_assert_rv(p11->C_SetAttributeValue(session, 1, NULL, 0), CKR_CRYPTOKI_NOT_INITIALIZED);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("object");
    TCase *shared = tcase_create("memory");
    TCase *changing = tcase_create("token");

    tcase_set_timeout(shared, 60);
    tcase_add_unchecked_fixture(shared, make_store, remove_store);
    tcase_add_checked_fixture(shared, start_module, stop_module);
    tcase_add_loop_test(shared, a_template_is_judged, 0, COUNT(creations));
    tcase_add_test(shared, the_officer_makes_no_objects);
    tcase_add_test(shared, session_objects_end_with_their_session);
    tcase_add_test(shared, arguments_are_needed);
    suite_add_tcase(suite, shared);
    tcase_set_timeout(changing, 60);
    tcase_add_checked_fixture(changing, set_up, tear_down);
    tcase_add_loop_test(changing, a_session_may_make_what_it_may, 0, COUNT(places));
    tcase_add_loop_test(changing, an_rsa_key_is_made_of_its_numbers, 3, 6);
    tcase_add_test(changing, a_point_may_look_wrapped);
    tcase_add_test(changing, a_private_key_may_have_such_a_point);
    tcase_add_test(changing, a_certificate_and_its_key_are_an_identity);
    tcase_add_test(changing, a_certificate_gets_the_id_that_its_key_has);
    tcase_add_test(changing, a_public_key_is_not_doubled);
    tcase_add_loop_test(changing, all_of_a_change_happens_or_nothing, 0, COUNT(changes));
    tcase_add_test(changing, what_became_sensitive_stays_so);
    tcase_add_test(changing, a_copy_is_another_object);
    tcase_add_test(changing, what_is_forbidden_is_prohibited);
    tcase_add_test(changing, a_read_only_session_changes_no_token);
    tcase_add_test(changing, another_process_may_destroy);
    suite_add_tcase(suite, changing);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
