/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/** What libFuzzer and replay.c call: decode, and abort() where an invariant does not hold. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** An invariant. */
#define HOLDS(what) ((what) ? (void)0 : abort())

#endif
