/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls that nobody would make: any function, any handle, any template, any length, one after the
 * other. Whatever the answers are, nothing falls over, no buffer is overrun, what is told was
 * written, and a signature can be made when it is over.
 *
 * MAINETCERT_SEED and MAINETCERT_CALLS repeat or lengthen a run. */
#include "fixture.h"
#include "unit/run-suite.h"

#define CALLS 6000
#define POOL 32
#define COUNT(array) (sizeof(array) / sizeof *(array))

static CK_FUNCTION_LIST_3_0 *f;
static uint64_t state;
static CK_SESSION_HANDLE sessions[4];
static CK_OBJECT_HANDLE objects[POOL];
static size_t next_object;

/* xorshift64* */
static uint64_t
draw(uint64_t below)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (state * 0x2545F4914F6CDD1DULL >> 16) % below;
}

static CK_ULONG
any_length(void)
{
    static const CK_ULONG lengths[] = {0,  1,  2,  4,  7,  8,   11,  15,  16,  17,  20,  24,
                                       28, 32, 48, 64, 65, 127, 128, 132, 245, 256, 257, 300};

    return lengths[draw(COUNT(lengths))];
}

static CK_SESSION_HANDLE
any_session(void)
{
    return draw(20) == 0 ? draw(100) : sessions[draw(COUNT(sessions))];
}

static CK_OBJECT_HANDLE
any_object(void)
{
    return draw(10) == 0 ? draw(1000) : objects[draw(POOL)];
}

static void
keep(CK_OBJECT_HANDLE object)
{
    objects[next_object++ % POOL] = object;
}

/* A block of just this length, so that whoever writes past its end is seen by what watches memory;
 * its contents are anything. NULL now and then. */
static CK_BYTE *
any_block(CK_ULONG len)
{
    CK_BYTE *block = draw(12) == 0 ? NULL : malloc(len + (len == 0));

    for (CK_ULONG i = 0; block != NULL && i < len; i++)
        block[i] = draw(3) == 0 ? (CK_BYTE)draw(256) : (CK_BYTE)draw(2);
    return block;
}

static const CK_MECHANISM_TYPE mechanisms[] = {CKM_RSA_PKCS,
                                               CKM_RSA_X_509,
                                               CKM_RSA_PKCS_OAEP,
                                               CKM_RSA_PKCS_PSS,
                                               CKM_SHA256_RSA_PKCS,
                                               CKM_SHA1_RSA_PKCS_PSS,
                                               CKM_SHA512_RSA_PKCS_PSS,
                                               CKM_ECDSA,
                                               CKM_ECDSA_SHA256,
                                               CKM_EDDSA,
                                               CKM_ECDH1_DERIVE,
                                               CKM_ECDH1_COFACTOR_DERIVE,
                                               CKM_AES_KEY_GEN,
                                               CKM_AES_KEY_WRAP,
                                               CKM_AES_KEY_WRAP_PAD,
                                               CKM_AES_KEY_WRAP_KWP,
                                               CKM_AES_CBC_PAD,
                                               CKM_DES3_CBC_PAD,
                                               CKM_EC_KEY_PAIR_GEN,
                                               CKM_EC_EDWARDS_KEY_PAIR_GEN,
                                               CKM_SHA256,
                                               CKM_AES_ECB,
                                               CKM_GENERIC_SECRET_KEY_GEN};

/* What a mechanism may point to; alive until the next call. */
static union {
    CK_RSA_PKCS_PSS_PARAMS pss;
    CK_RSA_PKCS_OAEP_PARAMS oaep;
    CK_ECDH1_DERIVE_PARAMS ecdh;
    CK_EDDSA_PARAMS eddsa;
    CK_BYTE bytes[64];
} parameter;
static CK_BYTE inside[160];

static CK_MECHANISM
any_mechanism(void)
{
    static const CK_MECHANISM_TYPE hashes[] = {CKM_SHA_1, CKM_SHA256, CKM_SHA512, CKM_MD5};
    static const CK_RSA_PKCS_MGF_TYPE masks[] = {CKG_MGF1_SHA1, CKG_MGF1_SHA256, 77};
    CK_MECHANISM made = {mechanisms[draw(COUNT(mechanisms))], &parameter, 0};

    for (size_t i = 0; i < sizeof inside; i++)
        inside[i] = (CK_BYTE)draw(256);
    switch (draw(8)) {
    case 0:
        parameter.pss = (CK_RSA_PKCS_PSS_PARAMS){hashes[draw(4)], masks[draw(3)], any_length()};
        made.ulParameterLen = sizeof parameter.pss;
        break;
    case 1:
        parameter.oaep = (CK_RSA_PKCS_OAEP_PARAMS){hashes[draw(4)], masks[draw(3)], draw(3),
                                                   draw(3) == 0 ? NULL : inside, draw(100)};
        made.ulParameterLen = sizeof parameter.oaep;
        break;
    case 2:
    case 3:
        inside[0] = 4;
        parameter.ecdh = (CK_ECDH1_DERIVE_PARAMS){draw(6), draw(40), draw(2) == 0 ? NULL : inside,
                                                  draw(2) == 0 ? 65 : draw(140), inside};
        made.ulParameterLen = sizeof parameter.ecdh;
        break;
    case 4:
        made.ulParameterLen = draw(sizeof parameter);
        break;
    case 5:
        made = (CK_MECHANISM){draw(5000), NULL, draw(3)};
        break;
    default:
        made.pParameter = NULL;
    }
    return made;
}

static CK_BYTE p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static CK_BYTE ed25519[] = {0x06, 0x03, 0x2b, 0x65, 0x70};
static CK_ULONG numbers[] = {0, 1, 2, 3, 4, 16, 24, 32, 0x15, 0x1f, 0x40, 1024, 99999};
static CK_BBOOL flags[] = {CK_FALSE, CK_TRUE, 2};

static const CK_ATTRIBUTE_TYPE types[] = {CKA_CLASS,
                                          CKA_TOKEN,
                                          CKA_PRIVATE,
                                          CKA_LABEL,
                                          CKA_APPLICATION,
                                          CKA_VALUE,
                                          CKA_OBJECT_ID,
                                          CKA_ISSUER,
                                          CKA_SERIAL_NUMBER,
                                          CKA_TRUSTED,
                                          CKA_KEY_TYPE,
                                          CKA_SUBJECT,
                                          CKA_ID,
                                          CKA_SENSITIVE,
                                          CKA_ENCRYPT,
                                          CKA_DECRYPT,
                                          CKA_WRAP,
                                          CKA_UNWRAP,
                                          CKA_SIGN,
                                          CKA_VERIFY,
                                          CKA_DERIVE,
                                          CKA_START_DATE,
                                          CKA_MODULUS,
                                          CKA_MODULUS_BITS,
                                          CKA_PUBLIC_EXPONENT,
                                          CKA_VALUE_LEN,
                                          CKA_EXTRACTABLE,
                                          CKA_LOCAL,
                                          CKA_MODIFIABLE,
                                          CKA_DESTROYABLE,
                                          CKA_EC_PARAMS,
                                          CKA_EC_POINT,
                                          CKA_COPYABLE,
                                          CKA_PROFILE_ID,
                                          CKA_ALLOWED_MECHANISMS,
                                          CKA_CHECK_VALUE,
                                          CKA_PUBLIC_KEY_INFO,
                                          CKA_ALWAYS_AUTHENTICATE,
                                          CKA_WRAP_TEMPLATE,
                                          0x87654321};

/* Attributes whose values are real as often as not. */
static CK_ULONG
any_template(CK_ATTRIBUTE template[6], CK_BYTE *blocks[6])
{
    const CK_ULONG count = draw(7);

    for (CK_ULONG i = 0; i < 6; i++) {
        CK_ULONG *number = &numbers[draw(COUNT(numbers))];

        blocks[i] = NULL;
        template[i].type = types[draw(COUNT(types))];
        switch (draw(6)) {
        case 0:
            template[i] = (CK_ATTRIBUTE){CKA_CLASS, &numbers[draw(6)], sizeof(CK_ULONG)};
            break;
        case 1:
            template[i] = (CK_ATTRIBUTE){template[i].type, number, sizeof(CK_ULONG)};
            break;
        case 2:
            template[i] = (CK_ATTRIBUTE){template[i].type, &flags[draw(3)], 1};
            break;
        case 3:
            template[i] = draw(2) == 0 ? (CK_ATTRIBUTE){CKA_EC_PARAMS, p256, sizeof p256}
                                       : (CK_ATTRIBUTE){CKA_EC_PARAMS, ed25519, sizeof ed25519};
            break;
        default:
            template[i].ulValueLen = any_length();
            blocks[i] = any_block(template[i].ulValueLen);
            template[i].pValue = blocks[i];
        }
    }
    return count;
}

static void
free_blocks(CK_BYTE *blocks[6])
{
    for (size_t i = 0; i < 6; i++)
        free(blocks[i]);
}

/* The numbers above are read only where templates are asked about. */
static CK_RV
ask(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    CK_ATTRIBUTE template[6];
    CK_BYTE *blocks[6];
    const CK_ULONG count = draw(7);
    CK_RV rv = CKR_OK;

    for (CK_ULONG i = 0; i < 6; i++) {
        const CK_ULONG len = any_length();

        blocks[i] = any_block(len);
        template[i] = (CK_ATTRIBUTE){types[draw(COUNT(types))], blocks[i], len};
    }
    rv = f->C_GetAttributeValue(session, object, template, count);
    free_blocks(blocks);
    return rv;
}

static CK_RV
make(CK_SESSION_HANDLE session)
{
    CK_ATTRIBUTE template[6];
    CK_ATTRIBUTE other[6];
    CK_BYTE *blocks[6];
    CK_BYTE *other_blocks[6];
    CK_MECHANISM mechanism = any_mechanism();
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE made_too = CK_INVALID_HANDLE;
    const CK_ULONG count = any_template(template, blocks);
    const CK_ULONG other_count = any_template(other, other_blocks);
    const CK_ULONG len = any_length();
    CK_BYTE *wrapped = any_block(len);
    CK_RV rv = CKR_OK;

    switch (draw(8)) {
    case 0:
        rv = f->C_CreateObject(session, template, count, &made);
        break;
    case 1:
        rv = f->C_CopyObject(session, any_object(), template, count, &made);
        break;
    case 2:
        rv = f->C_GenerateKey(session, &mechanism, template, count, &made);
        break;
    case 3:
        rv = f->C_GenerateKeyPair(session, &mechanism, template, count, other, other_count, &made,
                                  &made_too);
        break;
    case 4:
        rv =
            f->C_UnwrapKey(session, &mechanism, any_object(), wrapped, len, template, count, &made);
        break;
    case 5:
        rv = f->C_DeriveKey(session, &mechanism, any_object(), template, count, &made);
        break;
    case 6:
        rv = f->C_SetAttributeValue(session, any_object(), template, count);
        break;
    default:
        rv = f->C_FindObjectsInit(session, template, count);
    }
    if (rv == CKR_OK && made != CK_INVALID_HANDLE)
        keep(made);
    if (rv == CKR_OK && made_too != CK_INVALID_HANDLE)
        keep(made_too);
    free(wrapped);
    free_blocks(blocks);
    free_blocks(other_blocks);
    return rv;
}

static CK_RV
begin(CK_SESSION_HANDLE session)
{
    CK_MECHANISM mechanism = any_mechanism();
    CK_MECHANISM *asked = draw(10) == 0 ? NULL : &mechanism;
    const CK_OBJECT_HANDLE key = any_object();

    switch (draw(7)) {
    case 0:
        return f->C_SignInit(session, asked, key);
    case 1:
        return f->C_VerifyInit(session, asked, key);
    case 2:
        return f->C_EncryptInit(session, asked, key);
    case 3:
        return f->C_DecryptInit(session, asked, key);
    case 4:
        return f->C_SignRecoverInit(session, asked, key);
    case 5:
        return f->C_VerifyRecoverInit(session, asked, key);
    default:
        return f->C_DigestInit(session, asked);
    }
}

/* What was told to be written fits the room that there was. */
static CK_RV
go_on(CK_SESSION_HANDLE session)
{
    const CK_ULONG len = any_length();
    const CK_ULONG room = any_length();
    CK_BYTE *data = any_block(len);
    CK_BYTE *out = any_block(room);
    CK_ULONG out_len = room;
    CK_ULONG *told = draw(20) == 0 ? NULL : &out_len;
    CK_MECHANISM mechanism = any_mechanism();
    bool has_output = true;
    CK_RV rv = CKR_OK;

    switch (draw(14)) {
    case 0:
        rv = f->C_Sign(session, data, len, out, told);
        break;
    case 1:
        rv = f->C_SignFinal(session, out, told);
        break;
    case 2:
        rv = f->C_SignRecover(session, data, len, out, told);
        break;
    case 3:
        rv = f->C_VerifyRecover(session, data, len, out, told);
        break;
    case 4:
        rv = f->C_Encrypt(session, data, len, out, told);
        break;
    case 5:
        rv = f->C_Decrypt(session, data, len, out, told);
        break;
    case 6:
        rv = f->C_WrapKey(session, &mechanism, any_object(), any_object(), out, told);
        break;
    case 7:
        rv = f->C_DecryptUpdate(session, data, len, out, told);
        break;
    case 8:
        rv = f->C_EncryptFinal(session, out, told);
        break;
    case 9:
        rv = f->C_Digest(session, data, len, out, told);
        break;
    case 10:
        has_output = false;
        rv = f->C_Verify(session, data, len, out, room);
        break;
    case 11:
        has_output = false;
        rv = f->C_SignUpdate(session, data, len);
        break;
    case 12:
        has_output = false;
        rv = f->C_VerifyUpdate(session, data, len);
        break;
    default:
        has_output = false;
        rv = f->C_VerifyFinal(session, out, room);
    }
    ck_assert(rv != CKR_OK || !has_output || out == NULL || out_len <= room);
    free(data);
    free(out);
    return rv;
}

static CK_RV
open_another(void)
{
    const size_t which = (size_t)draw(COUNT(sessions));

    (void)f->C_CloseSession(sessions[which]);
    return f->C_OpenSession(OPEN_SLOT, CKF_SERIAL_SESSION | (draw(3) != 0 ? CKF_RW_SESSION : 0),
                            NULL, NULL, &sessions[which]);
}

static CK_RV
search(CK_SESSION_HANDLE session)
{
    CK_OBJECT_HANDLE found[8];
    CK_ULONG count = 0;
    const CK_RV rv = f->C_FindObjects(session, found, draw(9), &count);

    if (rv != CKR_OK)
        return rv;
    ck_assert_uint_le(count, 8);
    for (CK_ULONG i = 0; i < count; i++)
        keep(found[i]);
    return draw(2) == 0 ? f->C_FindObjectsFinal(session) : CKR_OK;
}

static CK_RV
do_something_else(CK_SESSION_HANDLE session)
{
    CK_SESSION_INFO session_info;
    CK_TOKEN_INFO token_info;
    CK_MECHANISM_INFO mechanism_info;
    CK_ULONG size = 0;
    CK_BYTE bytes[64];

    switch (draw(14)) {
    case 0:
        return f->C_GetSessionInfo(session, &session_info);
    case 1:
        return f->C_GetTokenInfo(draw(5), &token_info);
    case 2:
        return f->C_GetMechanismInfo(draw(4), mechanisms[draw(COUNT(mechanisms))], &mechanism_info);
    case 3:
        return f->C_GetObjectSize(session, any_object(), &size);
    case 4:
        return f->C_GenerateRandom(session, bytes, draw(sizeof bytes));
    case 5:
        return f->C_SeedRandom(session, bytes, 0);
    case 6:
        return f->C_SessionCancel(session, (CK_FLAGS)draw(0x40000));
    case 7:
        return f->C_Login(session, draw(4), NULL, draw(9));
    case 8:
        return f->C_Logout(session);
    case 9:
        return f->C_FindObjectsInit(session, NULL, 0);
    case 10:
        return f->C_InitPIN(session, NULL, draw(9));
    case 11:
        return draw(4) == 0 ? f->C_DestroyObject(session, any_object()) : CKR_OK;
    case 12:
        return draw(20) == 0 ? f->C_CloseAllSessions(draw(5)) : CKR_OK;
    default:
        return open_another();
    }
}

static uint64_t
setting(const char *name, uint64_t otherwise)
{
    const char *said = getenv(name);

    return said == NULL ? otherwise : strtoull(said, NULL, 0);
}

static void
start(void)
{
    CK_INTERFACE *interface = NULL;
    CK_RV (*get)(CK_UTF8CHAR *, CK_VERSION *, CK_INTERFACE **, CK_FLAGS) = NULL;

    start_module();
    *(void **)&get = dlsym(library, "C_GetInterface");
    ck_assert_rv(get(NULL, NULL, &interface, 0), CKR_OK);
    f = interface->pFunctionList;
    for (size_t i = 0; i < COUNT(sessions); i++)
        sessions[i] = open_session(OPEN_SLOT, CKF_RW_SESSION);
}

START_TEST(anything_may_be_called)
{
    const uint64_t calls = setting("MAINETCERT_CALLS", CALLS);
    CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0};
    CK_MECHANISM generate = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    CK_ATTRIBUTE curve = {CKA_EC_PARAMS, p256, sizeof p256};
    CK_OBJECT_HANDLE made[2] = {CK_INVALID_HANDLE, CK_INVALID_HANDLE};
    CK_BYTE signature[64];
    CK_ULONG len = sizeof signature;
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    uint64_t done = 0;

    state = setting("MAINETCERT_SEED", 0x9E3779B97F4A7C15ULL + (unsigned int)_i);
    for (uint64_t i = 0; i < calls; i++) {
        CK_RV rv = CKR_OK;

        switch (draw(6)) {
        case 0:
            rv = make(any_session());
            break;
        case 1:
            rv = begin(any_session());
            break;
        case 2:
            rv = go_on(any_session());
            break;
        case 3:
            rv = ask(any_session(), any_object());
            break;
        case 4:
            rv = search(any_session());
            break;
        default:
            rv = do_something_else(any_session());
        }
        ck_assert_uint_ne(rv, CKR_GENERAL_ERROR);
        ck_assert_uint_ne(rv, CKR_DEVICE_ERROR);
        done += rv == CKR_OK;
    }
    ck_assert_uint_gt(done, calls / 10); /* not everything was nonsense */
    session = open_session(OPEN_SLOT, CKF_RW_SESSION);
    ck_assert_rv(f->C_GenerateKeyPair(session, &generate, &curve, 1, NULL, 0, &made[0], &made[1]),
                 CKR_OK);
    ck_assert_rv(f->C_SignInit(session, &ecdsa, made[1]), CKR_OK);
    ck_assert_rv(
        f->C_Sign(session, (CK_BYTE *)(uintptr_t) "0123456789abcdef0123", 20, signature, &len),
        CKR_OK);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("anything");
    TCase *all = tcase_create("anything");

    tcase_set_timeout(all, 150);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, start, stop_module);
    tcase_add_loop_test(all, anything_may_be_called, 0, 3);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
