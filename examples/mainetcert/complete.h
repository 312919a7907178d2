/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_COMPLETE_H
#define COMMAND_COMPLETE_H

/**
 * Print what the last word of a command line may become, for the shell that asks while somebody
 * types: a line each, behind a tab what it is for a person. Nothing where only the shell knows
 * better, such as the names of files. Asks nobody and fails at nothing.
 *
 * @param words  The words behind `mainetcert`, the last of them perhaps "", NULL-terminated.
 */
void
complete(char **words);

#endif
