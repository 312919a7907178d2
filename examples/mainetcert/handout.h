/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_HANDOUT_H
#define COMMAND_HANDOUT_H

#include "failure.h"

/* What an administrator hands out: a folder of mode 0700 with a container for each user, each under
 * a password of its own, and `passwords.csv`, mode 0600, which tells them. */

/** A handout and what became of each order of a batch. */
typedef struct handout {
    const char *folder; /**< NULL: nothing is handed out */
    uint32_t flags;     /**< of mainet_export_flags */
    size_t count;
    char **files;         /**< names in the folder; NULL: none */
    mainet_error *errors; /**< why not */
    char *list;           /**< passwords.csv as it is to be, on pages that are wiped */
    size_t list_size;
    size_t list_len;
} handout;

void
handout_clear(handout *self);

#define handout_init __attribute__((cleanup(handout_clear))) handout

/** Make the folder, or see that it is the user's alone; before anybody is asked for anything. */
mainet_status
handout_prepare(const char *folder, mainet_error *err);

/**
 * Export what a batch has brought into the token and is not in the folder yet. The passwords are on
 * disk before the files, so that no file is there whose password is not; what was interrupted is
 * finished by the next call. What is there already, under the password that was listed, stays.
 *
 * @return MAINET_OK also where single ones failed; MAINET_E_CANCELLED by Ctrl-C.
 */
mainet_status
handout_write(handout *self, const mainet_batch *batch, mainet_error *err);

#endif
