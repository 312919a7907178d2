/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_RETRIEVE_H
#define STANDIN_RETRIEVE_H

#include "authority.h"
#include "form.h"
#include "state.h"

/** How a retrieval ends. */
typedef enum st_retrieve_result {
    RETRIEVE_OK,
    RETRIEVE_AUTH_FAILED,
    RETRIEVE_NOT_AVAILABLE,
    RETRIEVE_BUSY,
} st_retrieve_result;

/**
 * Decide on a form, and make or find the container it is entitled to.
 *
 * Key, certificate and container are made at the first retrieval; for 24 hours the same bytes
 * are given again, then they are wiped. The container is set for RETRIEVE_OK only.
 */
st_retrieve_result
retrieve(st_state *state, const st_authority *authority, const st_form *form, uint8_t **container,
         size_t *container_len);

/** The value of X-MaiNet-Result. */
const char *
retrieve_result_name(st_retrieve_result result);

/** The manual's words. */
const char *
retrieve_result_words(st_retrieve_result result);

#endif
