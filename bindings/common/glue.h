/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_BINDINGS_GLUE_H
#define MN_BINDINGS_GLUE_H

/* Shapes that the bindings of every language have and C does not. Included by generated code. */

#include <mainetcert.h>

/* What a property means, where C has one type for several meanings. */
typedef int64_t mn_time;                /* seconds since 1970 */
typedef int64_t mn_optional_time;       /* 0: none */
typedef mainet_status mn_status;       /* an answer, not how the call went */
typedef int32_t mn_tries;               /* -1: no limit */
typedef const char *mn_optional_text;   /* "": none */
typedef const char *mn_path;            /* a file name */
typedef const char *mn_optional_path;   /* "": none */

/* A certificate that outlives what it was borrowed from, as garbage collectors want it. */
static inline mainet_certificate *
mn_certificate_copy(const mainet_certificate *certificate, mainet_error *err)
{
    mainet_bytes *der = mainet_certificate_der(certificate, err);
    mainet_certificate *copy = NULL;

    if (der != NULL)
        copy = mainet_certificate_parse(mainet_bytes_data(der), mainet_bytes_len(der), err);
    mainet_bytes_free(der);
    return copy;
}

/* Delete what mainet_token_prunable() lists, and answer it: a language has no list of handles. */
static inline mainet_identity_list *
mainet_token_prune_all(mainet_token *token, uint32_t flags, mainet_error *err)
{
    mainet_identity_list *list = mainet_token_prunable(token, flags, err);

    if (list == NULL || mainet_token_prune(token, list, flags, err) == MAINET_OK)
        return list;
    mainet_identity_list_free(list);
    return NULL;
}

static inline mainet_certificate *
mainet_identity_chain_copy(const mainet_identity *identity, size_t index, mainet_error *err)
{
    return mn_certificate_copy(mainet_identity_chain_at(identity, index), err);
}

#endif
