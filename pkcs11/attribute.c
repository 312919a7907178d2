/* SPDX-License-Identifier: BSD-3-Clause */
#include "attribute.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check-value.h"
#include "ckr.h"
#include "serial.h"

/* Classes, as bits. */
#define DATA (1u << CKO_DATA)
#define CERTIFICATE (1u << CKO_CERTIFICATE)
#define PUBLIC (1u << CKO_PUBLIC_KEY)
#define PRIVATE (1u << CKO_PRIVATE_KEY)
#define SECRET (1u << CKO_SECRET_KEY)
#define PROFILE (1u << CKO_PROFILE)
#define KEYS (PUBLIC | PRIVATE | SECRET)
#define STORED (DATA | CERTIFICATE | KEYS)
#define ANY (STORED | PROFILE)

/* What an attribute is if the object does not say. */
typedef enum otherwise {
    NOTHING, /**< the object does not have it */
    EMPTY,
    NO,
    YES,
    ZERO,
    SHA_1,    /**< CKM_SHA_1 */
    UNKNOWN,  /**< CK_UNAVAILABLE_INFORMATION */
    IF_RSA,   /**< true for an RSA key */
    BIT_COUNT /**< the bits of the modulus */
} otherwise;

struct p11_attribute_row {
    CK_ATTRIBUTE_TYPE type;
    unsigned int classes;
    p11_kind kind;
    otherwise otherwise;
    bool is_stored;
};

#define BYTES P11_KIND_BYTES
#define NUMBER P11_KIND_NUMBER
#define BOOL P11_KIND_BOOL

/* PKCS#11 v3.0, 4: in the order of the types. */
static const p11_attribute_row rows[] = {
    {CKA_CLASS, ANY, NUMBER, NOTHING, true},
    {CKA_TOKEN, ANY, BOOL, NO, false},
    {CKA_PRIVATE, ANY, BOOL, NO, true},
    {CKA_LABEL, STORED, BYTES, EMPTY, true},
    {CKA_UNIQUE_ID, STORED, BYTES, NOTHING, false},
    {CKA_APPLICATION, DATA, BYTES, EMPTY, true},
    {CKA_VALUE, DATA, BYTES, EMPTY, true},
    {CKA_VALUE, STORED, BYTES, NOTHING, true},
    {CKA_OBJECT_ID, DATA, BYTES, EMPTY, true},
    {CKA_CERTIFICATE_TYPE, CERTIFICATE, NUMBER, ZERO, false},
    {CKA_ISSUER, CERTIFICATE, BYTES, EMPTY, true},
    {CKA_SERIAL_NUMBER, CERTIFICATE, BYTES, EMPTY, true},
    {CKA_TRUSTED, CERTIFICATE | PUBLIC | SECRET, BOOL, NO, false},
    {CKA_CERTIFICATE_CATEGORY, CERTIFICATE, NUMBER, ZERO, false},
    {CKA_JAVA_MIDP_SECURITY_DOMAIN, CERTIFICATE, NUMBER, ZERO, false},
    {CKA_URL, CERTIFICATE, BYTES, EMPTY, false},
    {CKA_HASH_OF_SUBJECT_PUBLIC_KEY, CERTIFICATE, BYTES, EMPTY, false},
    {CKA_HASH_OF_ISSUER_PUBLIC_KEY, CERTIFICATE, BYTES, EMPTY, false},
    {CKA_NAME_HASH_ALGORITHM, CERTIFICATE, NUMBER, SHA_1, false},
    {CKA_CHECK_VALUE, CERTIFICATE | SECRET, BYTES, NOTHING, false},
    {CKA_KEY_TYPE, KEYS, NUMBER, NOTHING, true},
    {CKA_SUBJECT, CERTIFICATE | PUBLIC | PRIVATE, BYTES, EMPTY, true},
    {CKA_ID, CERTIFICATE | KEYS, BYTES, EMPTY, true},
    {CKA_SENSITIVE, PRIVATE | SECRET, BOOL, YES, false},
    {CKA_ENCRYPT, PUBLIC | SECRET, BOOL, IF_RSA, false},
    {CKA_DECRYPT, PRIVATE | SECRET, BOOL, IF_RSA, false},
    {CKA_WRAP, PUBLIC | SECRET, BOOL, IF_RSA, false},
    {CKA_UNWRAP, PRIVATE | SECRET, BOOL, IF_RSA, false},
    {CKA_SIGN, PRIVATE, BOOL, YES, false},
    {CKA_SIGN, SECRET, BOOL, NO, false},
    {CKA_SIGN_RECOVER, PRIVATE, BOOL, IF_RSA, false},
    {CKA_VERIFY, PUBLIC, BOOL, YES, false},
    {CKA_VERIFY, SECRET, BOOL, NO, false},
    {CKA_VERIFY_RECOVER, PUBLIC, BOOL, IF_RSA, false},
    {CKA_DERIVE, KEYS, BOOL, NO, false},
    {CKA_START_DATE, CERTIFICATE | KEYS, BYTES, EMPTY, false},
    {CKA_END_DATE, CERTIFICATE | KEYS, BYTES, EMPTY, false},
    {CKA_MODULUS, PUBLIC | PRIVATE, BYTES, NOTHING, true},
    {CKA_MODULUS_BITS, PUBLIC, NUMBER, BIT_COUNT, false},
    {CKA_PUBLIC_EXPONENT, PUBLIC | PRIVATE, BYTES, NOTHING, true},
    {CKA_PRIVATE_EXPONENT, PRIVATE, BYTES, NOTHING, false},
    {CKA_PRIME_1, PRIVATE, BYTES, NOTHING, false},
    {CKA_PRIME_2, PRIVATE, BYTES, NOTHING, false},
    {CKA_EXPONENT_1, PRIVATE, BYTES, NOTHING, false},
    {CKA_EXPONENT_2, PRIVATE, BYTES, NOTHING, false},
    {CKA_COEFFICIENT, PRIVATE, BYTES, NOTHING, false},
    {CKA_PUBLIC_KEY_INFO, CERTIFICATE | PUBLIC | PRIVATE, BYTES, EMPTY, false},
    {CKA_VALUE_LEN, SECRET, NUMBER, NOTHING, false},
    {CKA_EXTRACTABLE, PRIVATE | SECRET, BOOL, NO, false},
    {CKA_LOCAL, KEYS, BOOL, NO, false},
    {CKA_NEVER_EXTRACTABLE, PRIVATE | SECRET, BOOL, NO, false},
    {CKA_ALWAYS_SENSITIVE, PRIVATE | SECRET, BOOL, NO, false},
    {CKA_KEY_GEN_MECHANISM, KEYS, NUMBER, UNKNOWN, false},
    {CKA_MODIFIABLE, ANY, BOOL, YES, false},
    {CKA_COPYABLE, ANY, BOOL, YES, false},
    {CKA_DESTROYABLE, ANY, BOOL, YES, false},
    {CKA_EC_PARAMS, PUBLIC | PRIVATE, BYTES, NOTHING, true},
    {CKA_EC_POINT, PUBLIC | PRIVATE, BYTES, NOTHING, true},
    {CKA_ALWAYS_AUTHENTICATE, PRIVATE, BOOL, NO, false},
    {CKA_WRAP_WITH_TRUSTED, PRIVATE | SECRET, BOOL, NO, false},
    {CKA_PROFILE_ID, PROFILE, NUMBER, NOTHING, false},
    {CKA_WRAP_TEMPLATE, PUBLIC | SECRET, BYTES, EMPTY, false},
    {CKA_UNWRAP_TEMPLATE, PRIVATE | SECRET, BYTES, EMPTY, false},
    {CKA_DERIVE_TEMPLATE, PRIVATE | SECRET, BYTES, EMPTY, false},
    {CKA_ALLOWED_MECHANISMS, KEYS, BYTES, EMPTY, false},
};

/** A value as it is told; it lives as long as this and the object do. */
typedef struct value {
    const void *data;
    size_t len;
    CK_ULONG number;
    CK_BBOOL flag;
    uint8_t check[P11_CHECK_VALUE_LEN];
    char text[32];
    mn_secret *secret;
} value;

static void
value_cleanup(value *told)
{
    mn_secret_free(told->secret);
}

static const p11_attribute_row *
find_row(CK_ATTRIBUTE_TYPE type, unsigned int classes)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].type == type && (rows[i].classes & classes) != 0)
            return &rows[i];
    }
    return NULL;
}

const p11_attribute_row *
p11_attribute_find(CK_ATTRIBUTE_TYPE type)
{
    return find_row(type, ANY);
}

const p11_attribute_row *
p11_attribute_find_in(CK_ATTRIBUTE_TYPE type, CK_OBJECT_CLASS class)
{
    return class < 32 ? find_row(type, 1U << class) : NULL;
}

p11_kind
p11_attribute_kind(const p11_attribute_row *row)
{
    return row->kind;
}

bool
p11_attribute_is_stored(const p11_attribute_row *row)
{
    return row->is_stored;
}

static CK_RV
tell_number(value *told, CK_ULONG number)
{
    told->number = number;
    told->data = &told->number;
    told->len = sizeof told->number;
    return CKR_OK;
}

static CK_RV
tell_bool(value *told, bool flag)
{
    told->flag = flag ? CK_TRUE : CK_FALSE;
    told->data = &told->flag;
    told->len = sizeof told->flag;
    return CKR_OK;
}

static CK_ULONG
count_bits(const mn_attribute *modulus)
{
    size_t at = 0;
    CK_ULONG bits = 0;

    while (at < modulus->value_len && modulus->value[at] == 0)
        at++;
    if (at == modulus->value_len)
        return 0;
    for (uint8_t first = modulus->value[at]; first != 0; first >>= 1)
        bits++;
    return bits + 8 * (modulus->value_len - at - 1);
}

static CK_RV
tell_default(const p11_object *object, const p11_attribute_row *row, value *told)
{
    const mn_attribute *modulus = NULL;

    switch (row->otherwise) {
    case NOTHING:
        return CKR_ATTRIBUTE_TYPE_INVALID;
    case EMPTY:
        told->data = "";
        return CKR_OK;
    case NO:
        return tell_bool(told, false);
    case YES:
        return tell_bool(told, true);
    case ZERO:
        return tell_number(told, 0);
    case SHA_1:
        return tell_number(told, CKM_SHA_1);
    case UNKNOWN:
        return tell_number(told, CK_UNAVAILABLE_INFORMATION);
    case IF_RSA:
        return tell_bool(told, object->key_type == CKK_RSA);
    case BIT_COUNT:
        modulus = mn_attributes_get(mn_object_attributes(object->stored), CKA_MODULUS);
        return modulus == NULL ? CKR_ATTRIBUTE_TYPE_INVALID
                               : tell_number(told, count_bits(modulus));
    }
    return CKR_ATTRIBUTE_TYPE_INVALID;
}

static CK_RV
tell_plain(const mn_attribute *plain, p11_kind kind, value *told)
{
    uint64_t number = 0;

    for (size_t i = 0; kind == P11_KIND_NUMBER && i < plain->value_len; i++)
        number = number << 8 | plain->value[i];
    if (kind == P11_KIND_NUMBER)
        return tell_number(told,
                           number == UINT64_MAX ? CK_UNAVAILABLE_INFORMATION : (CK_ULONG)number);
    if (kind == P11_KIND_BOOL)
        return tell_bool(told, plain->value_len == 1 && plain->value[0] != 0);
    told->data = plain->value;
    told->len = plain->value_len;
    return CKR_OK;
}

/* Secrets of keys are told of keys that are neither sensitive nor barred from leaving; other
 * private objects are sealed as a whole, and told to whoever has the keys. */
static CK_RV
tell_secret(const p11_object *object, const mn_keys *keys, const p11_attribute_row *row,
            value *told)
{
    const bool is_key = ((PRIVATE | SECRET) >> object->class & 1) != 0;
    mainet_error err = {0};
    mn_attribute opened = {.type = row->type};

    if (is_key &&
        (p11_attribute_bool(object, CKA_SENSITIVE) || !p11_attribute_bool(object, CKA_EXTRACTABLE)))
        return CKR_ATTRIBUTE_SENSITIVE;
    told->secret = mn_object_secret(object->stored, keys, row->type, &err);
    if (told->secret == NULL)
        return p11_ckr(err.status);
    opened.value = mn_secret_bytes(told->secret);
    opened.value_len = mn_secret_len(told->secret);
    return tell_plain(&opened, row->kind, told);
}

static CK_RV
tell_check_value(const p11_object *object, const mn_keys *keys, value *told)
{
    const CK_RV rv = p11_check_value(object->stored, keys, told->check);

    told->data = told->check;
    told->len = rv == CKR_OK ? sizeof told->check : 0;
    return rv;
}

/* Neither number is ever used again, the row's not even by another process. */
static CK_RV
tell_unique_id(const p11_object *object, value *told)
{
    const int64_t row = mn_object_id(object->stored);

    if (row != 0)
        (void)snprintf(told->text, sizeof told->text, "token-%" PRId64, row);
    else
        (void)snprintf(told->text, sizeof told->text, "session-%" PRIu64, object->number);
    told->data = told->text;
    told->len = strlen(told->text);
    return CKR_OK;
}

static CK_RV
tell(const p11_object *object, const mn_keys *keys, CK_ATTRIBUTE_TYPE type, value *told)
{
    const p11_attribute_row *row = find_row(type, 1u << object->class);
    const mn_attribute *plain = mn_attributes_get(mn_object_attributes(object->stored), type);

    if (row == NULL)
        return CKR_ATTRIBUTE_TYPE_INVALID;
    if (type == CKA_CHECK_VALUE && plain == NULL) /* else it was said that there shall be none */
        return tell_check_value(object, keys, told);
    if (type == CKA_UNIQUE_ID)
        return tell_unique_id(object, told);
    if (plain != NULL)
        return tell_plain(plain, row->kind, told);
    if (mn_object_has_secret(object->stored, type))
        return tell_secret(object, keys, row, told);
    return tell_default(object, row, told);
}

static CK_RV
read_one(const p11_object *object, const mn_keys *keys, CK_ATTRIBUTE *attribute)
{
    __attribute__((cleanup(value_cleanup))) value told = {.len = 0};
    const CK_RV rv = tell(object, keys, attribute->type, &told);
    const CK_ULONG room = attribute->ulValueLen;

    attribute->ulValueLen = CK_UNAVAILABLE_INFORMATION;
    if (rv != CKR_OK)
        return rv;
    if (attribute->pValue != NULL && room < told.len)
        return CKR_BUFFER_TOO_SMALL;
    if (attribute->pValue != NULL && told.len != 0)
        memcpy(attribute->pValue, told.data, told.len);
    attribute->ulValueLen = told.len;
    return CKR_OK;
}

CK_RV
p11_attribute_read(const p11_object *object, const mn_keys *keys, CK_ATTRIBUTE *template,
                   CK_ULONG count)
{
    CK_RV answer = CKR_OK;

    for (CK_ULONG i = 0; i < count; i++) {
        const CK_RV rv = read_one(object, keys, &template[i]);

        if (rv != CKR_OK)
            answer = rv;
    }
    return answer;
}

static bool
match_one(const p11_object *object, const mn_keys *keys, const CK_ATTRIBUTE *wanted)
{
    __attribute__((cleanup(value_cleanup))) value told = {.len = 0};

    if (tell(object, keys, wanted->type, &told) != CKR_OK)
        return false;
    if (wanted->type == CKA_SERIAL_NUMBER)
        return p11_serial_equal(told.data, told.len, wanted->pValue, wanted->ulValueLen);
    return told.len == wanted->ulValueLen &&
           (told.len == 0 || memcmp(told.data, wanted->pValue, told.len) == 0);
}

bool
p11_attribute_match(const p11_object *object, const mn_keys *keys, const CK_ATTRIBUTE *template,
                    CK_ULONG count)
{
    for (CK_ULONG i = 0; i < count; i++) {
        if (!match_one(object, keys, &template[i]))
            return false;
    }
    return true;
}

bool
p11_attribute_flag(const p11_object *object, const mn_keys *keys, CK_ATTRIBUTE_TYPE type)
{
    __attribute__((cleanup(value_cleanup))) value told = {.len = 0};

    return tell(object, keys, type, &told) == CKR_OK && told.flag == CK_TRUE;
}

bool
p11_attribute_bool(const p11_object *object, CK_ATTRIBUTE_TYPE type)
{
    return p11_attribute_flag(object, NULL, type);
}

CK_ULONG
p11_attribute_size(const p11_object *object)
{
    const mn_attributes *plain = mn_object_attributes(object->stored);
    CK_ULONG size = 0;

    for (size_t i = 0; i < mn_attributes_count(plain); i++)
        size += sizeof(CK_ATTRIBUTE) + mn_attributes_at(plain, i)->value_len;
    return size;
}
