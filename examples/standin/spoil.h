/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_SPOIL_H
#define STANDIN_SPOIL_H

#include "authority.h"
#include "fault.h"

/**
 * Make a container wrong in the way of a fault that is one of containers; any other fault leaves
 * it as it is.
 *
 * @param password   What opens the container.
 * @param container  From malloc, as what takes its place.
 * @return False when named on stderr; the container is as it was then.
 */
bool
spoil_container(const st_authority *authority, st_fault fault, const char *password,
                uint8_t **container, size_t *container_len);

#endif
