/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_HARVEST_H
#define MN_PKCS12_HARVEST_H

#include "base/buffer.h"
#include "pkcs12/asn1.h"
#include "pkcs12/certificate.h"
#include "pkcs12/password.h"

/** How deep SafeContents may lie in SafeContents, and how many bags there may be in all. */
#define MN_NESTING_CEILING 8
#define MN_BAGS_CEILING 1024

/** How many of the bags may be keys: up to three milliseconds each, where a public half is left
 * out. */
#define MN_KEYS_CEILING 256

/** How many of the keys may be of a kind whose public half is computed by raising to a power. */
#define MN_POWERS_CEILING 16

/** One thing found in a container: a key or a certificate, with the name it goes by. */
typedef struct mn_find {
    EVP_PKEY *key;                   /**< In the private context; NULL for a certificate. */
    mainet_certificate *certificate; /**< NULL for a key. */
    char *name;                      /**< Friendly name, UTF-8; NULL if it has none. */
    BIGNUM *modulus;                 /**< Of an RSA key, kept for pairing; NULL until then. */
} mn_find;

/** What the bags of one container hold. */
typedef struct mn_harvest {
    mn_find *finds; /**< In the container's order, each certificate and key once. */
    size_t count;
    size_t bags;        /**< Seen so far. */
    size_t keys;        /**< Among them. */
    size_t powers;      /**< Among the keys that were opened. */
    int64_t iterations; /**< Asked for so far. */
    mn_buffer skipped;  /**< What was not taken and why, as a list for a log. */
    mainet_error worst; /**< The first part that could not be used; MAINET_OK: none. */
} mn_harvest;

void
mn_harvest_clear(mn_harvest *harvest);

/** Count what the bags will cost before any is opened: iterations, number, depth. */
mainet_status
mn_harvest_count(mn_harvest *harvest, const mn_bags *bags, mainet_error *err);

/** Open counted bags and take keys and certificates out of them. */
mainet_status
mn_harvest_take(mn_harvest *harvest, const mn_bags *bags, const mn_password *password, size_t form,
                mainet_error *err);

/** Note that something was passed over. */
void
mn_harvest_skip(mn_harvest *harvest, const char *what);

/** Pass over a part that cannot be used, for others may be; lack of memory goes up instead. */
mainet_status
mn_harvest_pass_over(mn_harvest *harvest, const mainet_error *why, mainet_error *err);

/** Borrow the note; "" if nothing was passed over. */
const char *
mn_harvest_skipped(const mn_harvest *harvest);

#endif
