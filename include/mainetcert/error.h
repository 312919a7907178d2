/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_ERROR_H
#define MAINETCERT_ERROR_H

#include <stddef.h>
#include <stdint.h>

#include "mainetcert/export.h"

MAINET_BEGIN

/**
 * What happened: one enumerator per situation.
 *
 * The values are for programs and stay what they are; the number that users
 * and the support desk know is mainet_status_code().
 *
 * @since 0.1.0
 */
typedef enum mainet_status {
    MAINET_OK = 0,

    /* asking the service: the manual's 1xx */
    MAINET_E_HTTP_CLIENT = 1,           /**< 102: the HTTP client could not be set up. */
    MAINET_E_CONNECTION_HANDLE = 2,     /**< 103: the connection could not be set up. */
    MAINET_E_REQUEST_HANDLE = 3,        /**< 104: the request could not be set up. */
    MAINET_E_UNREACHABLE = 4,           /**< 115: nothing sent, or no answer. */
    MAINET_E_TLS_TRUST = 5,             /**< 116: the server's certificate is not trusted. */
    MAINET_E_PROXY_CANCELLED = 6,       /**< 120: proxy credentials asked for, none given. */
    MAINET_E_PROXY_CREDENTIALS = 7,     /**< 121: the proxy refused the credentials. */
    MAINET_E_HTTP_STATUS = 8,           /**< 125: an HTTP status other than 200. */
    MAINET_E_NO_HTTP_STATUS = 9,        /**< 130: no HTTP status line. */
    MAINET_E_REPLY_TOO_LARGE = 10,      /**< 131: the reply is larger than any container. */
    MAINET_E_CONTENT_TYPE = 11,         /**< 135: a content type nobody asked for. */
    MAINET_E_CONTENT_TYPE_MISSING = 12, /**< 140: no content type. */
    MAINET_E_RESULT_HEADER = 13,        /**< 160: result header missing or unknown. */
    MAINET_E_SERVICE_PROFILE = 14,      /**< 170: the service profile cannot be used. */
    MAINET_E_TLS_INTERCEPTED = 15,      /**< 117: a proxy opens encrypted connections. */
    MAINET_E_NOTICE = 20,               /**< 180: the notice mail cannot be used. */
    MAINET_E_NOTICE_ADDRESS = 21,       /**< 181: it names another address than the profile. */

    /* the container: the manual's 2xx */
    MAINET_E_NOT_PKCS12 = 30,      /**< 200: not a PKCS#12 container. */
    MAINET_E_PKCS12_PASSWORD = 31, /**< 205: its password does not open it. */
    MAINET_E_PKCS12_NO_MAC = 32,   /**< 206: it has no MAC, so nothing proves it. */
    MAINET_E_PKCS12_UNUSABLE = 33, /**< 210: a structure or algorithm that is not usable. */
    MAINET_E_NO_KEY_PAIR = 34,     /**< 215: no certificate that matches a private key. */
    MAINET_E_CERTIFICATE = 35,     /**< 216: a certificate that does not decode. */

    /* the store: the manual's 3xx */
    MAINET_E_STORE_OPEN = 60,         /**< 300: cannot be opened, unsafe, or corrupt. */
    MAINET_E_STORE_BUSY = 61,         /**< 301: another program kept it locked too long. */
    MAINET_E_STORE_VERSION = 62,      /**< 302: written by a newer version. */
    MAINET_E_STORE_TAMPERED = 63,     /**< 303: something in it was changed from outside. */
    MAINET_E_STORE_WRITE = 64,        /**< 305: cannot be added to. */
    MAINET_E_TOKEN_NOT_FOUND = 65,    /**< 310: no token of that label or serial. */
    MAINET_E_TOKEN_AMBIGUOUS = 66,    /**< 311: more than one token of that label. */
    MAINET_E_TOKEN_EXISTS = 67,       /**< 312: a token of that label exists already. */
    MAINET_E_PIN_INCORRECT = 68,      /**< 320: the PIN does not open the token. */
    MAINET_E_PIN_LOCKED = 69,         /**< 321: too many wrong PINs. */
    MAINET_E_PIN_LENGTH = 70,         /**< 322: a PIN has 4 to 64 bytes. */
    MAINET_E_TOKEN_LOCKED = 71,       /**< 323: the token must be unlocked first. */
    MAINET_E_PIN_NOT_SET = 72,        /**< 324: the token has no PIN of that kind. */
    MAINET_E_IDENTITY_NOT_FOUND = 73, /**< 330: no such identity. */
    MAINET_E_IDENTITY_AMBIGUOUS = 74, /**< 331: the id prefix fits more than one. */
    MAINET_E_NOT_EXPORTABLE = 75,     /**< 340: the key is marked not exportable. */
    MAINET_E_PENDING_NOT_FOUND = 76,  /**< 350: no such pending delivery. */
    MAINET_E_OBJECT_NOT_FOUND = 77,   /**< 360: no such object, or it is gone. */
    MAINET_E_NOT_CONFIRMED = 84,      /**< 341: no newer identity was ever confirmed. */
    MAINET_E_NOT_SUPERSEDED = 85,     /**< 342: no newer identity can take its place. */
    MAINET_E_PENDING_EXISTS = 78,     /**< 351: a delivery waits to be imported. */

    /* the service's answer: the manual's 550 */
    MAINET_E_AUTH_FAILED = 90,   /**< 550: group, number or password is wrong. */
    MAINET_E_NOT_AVAILABLE = 91, /**< 550: not issued yet, or retrieved over 24 h ago. */
    MAINET_E_BUSY = 92,          /**< 550: the service cannot answer now. */
    MAINET_E_NOT_INSTALLED = 93, /**< 560: the confirmation page does not say installed. */
    MAINET_E_REVOKED = 94,       /**< 561: the issuer has revoked the certificate. */

    /* the rest: the manual's 990 and 1103, and ours */
    MAINET_E_CANCELLED = 110,          /**< 990: the user cancelled or refused the issuer. */
    MAINET_E_ARGUMENT = 111,           /**< 1001: the caller broke the contract. */
    MAINET_E_NO_MEMORY = 112,          /**< 1002: no memory. */
    MAINET_E_FILE = 113,               /**< 1003: a file cannot be read or written. */
    MAINET_E_FILE_EXISTS = 114,        /**< 1004: the output file exists already. */
    MAINET_E_CRYPTO = 115,             /**< 1005: the cryptographic library failed. */
    MAINET_E_UNKNOWN_ASKING = 116,     /**< 1103: anything else, while asking. */
    MAINET_E_UNKNOWN_RETRIEVING = 117, /**< 1103: anything else, while retrieving. */
    MAINET_E_UNKNOWN_IMPORTING = 118,  /**< 1103: anything else, while importing. */
    MAINET_E_BROWSER_RUNNING = 119,    /**< 370: its list of modules is in use. */
    MAINET_E_BROWSER_NOT_FOUND = 120,  /**< 371: no browser that could use the module. */
    MAINET_E_ORDER_LIST = 121          /**< 182: a list of orders cannot be used. */
} mainet_status;

/** The languages of the error catalogue. @since 0.1.0 */
typedef enum mainet_lang {
    MAINET_LANG_EN = 0, /**< English */
    MAINET_LANG_JA = 1  /**< Japanese; headlines are the manual's */
} mainet_lang;

/**
 * One failure, a plain value on the caller's stack.
 *
 * @since 0.1.0
 */
typedef struct mainet_error {
    mainet_status status; /**< The same value the call returned. */
    int32_t cause;        /**< errno, CURLcode or HTTP status; 0 when there is none. */
    char detail[248];     /**< UTF-8, for a log. Never holds a PIN, key or body. */
} mainet_error;

/**
 * Answer the number of a situation as the manual's table counts it.
 *
 * @param[in] status  Any status.
 *
 * @return 0 for MAINET_OK, else 102 to 1103; three situations share 550, three 1103.
 * @since 0.1.0
 */
MAINET_API int32_t
mainet_status_code(mainet_status status);

/**
 * Answer the name of a situation in kebab-case, such as `pin-incorrect`.
 *
 * @param[in] status  Any status.
 *
 * @return A constant string; `ok` for MAINET_OK.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_status_name(mainet_status status);

/**
 * Answer the headline of a situation, in the manual's words where it has them.
 *
 * @param[in] status  Any status.
 * @param[in] lang    The language.
 *
 * @return A constant UTF-8 string, one sentence.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_status_text(mainet_status status, mainet_lang lang);

/**
 * Answer why a situation arises.
 *
 * @param[in] status  Any status.
 * @param[in] lang    The language.
 *
 * @return A constant UTF-8 string of whole sentences.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_status_cause(mainet_status status, mainet_lang lang);

/**
 * Answer what the user can do about a situation.
 *
 * The telephone of the support desk is the service's own, see mainet_service_support().
 *
 * @param[in] status  Any status.
 * @param[in] lang    The language.
 *
 * @return A constant UTF-8 string of whole sentences.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_status_remedy(mainet_status status, mainet_lang lang);

/**
 * Answer how many situations the catalogue has, MAINET_OK not counted.
 *
 * @return The number of failures.
 * @since 0.1.0
 */
MAINET_API size_t
mainet_status_count(void);

/**
 * Answer one situation of the catalogue, in the order of their numbers.
 *
 * @param[in] index  0 to mainet_status_count() - 1.
 *
 * @return The status; MAINET_OK past the end.
 * @since 0.1.0
 */
MAINET_API mainet_status
mainet_status_at(size_t index);

MAINET_END

#endif
