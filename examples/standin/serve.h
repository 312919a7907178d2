/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_SERVE_H
#define STANDIN_SERVE_H

#include "options.h"

/** Run the site: in the background, returning when it answers, or here until a signal. */
bool
serve(const st_options *options);

#endif
