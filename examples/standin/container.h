/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_CONTAINER_H
#define STANDIN_CONTAINER_H

#include "auto.h"

#include <stdbool.h>

/** What goes into a PKCS#12 container. */
typedef struct st_container_request {
    const char *form; /**< `legacy`, `modern`, or either with `-leaf`: without the issuers. */
    const char *password;
    const char *friendly_name;
    EVP_PKEY *key;
    X509 *leaf;
    X509 *issuing;
    X509 *root;
} st_container_request;

/** Whether there is a form of container by this name. */
bool
container_is_known(const char *form);

/** Make a container. @return Its DER, to be freed, or NULL when named on stderr. */
uint8_t *
container_make(const st_container_request *request, size_t *len);

#endif
