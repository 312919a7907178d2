/* SPDX-License-Identifier: BSD-3-Clause */
#include "key.h"

#include "complaint.h"

#include <string.h>

static const struct kind {
    const char *name;
    const char *algorithm;
    const char *curve;
    size_t bits;
} kinds[] = {
    {"rsa:2048", "RSA", NULL, 2048}, {"rsa:3072", "RSA", NULL, 3072},
    {"rsa:4096", "RSA", NULL, 4096}, {"ec:P-256", "EC", "P-256", 0},
    {"ec:P-384", "EC", "P-384", 0},  {"ec:P-521", "EC", "P-521", 0},
    {"ed25519", "ED25519", NULL, 0},
};

static const struct kind *
find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

bool
key_is_known(const char *kind)
{
    return find_kind(kind) != NULL;
}

EVP_PKEY *
key_make(const char *kind)
{
    const struct kind *found = find_kind(kind);
    EVP_PKEY *key = NULL;

    if (found == NULL) {
        (void)complain("no such kind of key: %s", kind);
        return NULL;
    }
    if (found->bits != 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, found->algorithm, found->bits);
    else if (found->curve != NULL)
        key = EVP_PKEY_Q_keygen(NULL, NULL, found->algorithm, found->curve);
    else
        key = EVP_PKEY_Q_keygen(NULL, NULL, found->algorithm);
    if (key == NULL)
        (void)complain_crypto("cannot make a key");
    return key;
}
