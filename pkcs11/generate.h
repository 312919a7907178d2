/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_GENERATE_H
#define P11_GENERATE_H

#include "cryptoki3.h"
#include "module.h"

/* The session's lock is held. */

/** C_GenerateKey. */
CK_RV
p11_generate(p11_session *session, const CK_MECHANISM *mechanism, const CK_ATTRIBUTE *template,
             CK_ULONG count, CK_OBJECT_HANDLE *handle);

/** The two templates of C_GenerateKeyPair. */
typedef struct p11_pair_templates {
    const CK_ATTRIBUTE *public_template;
    CK_ULONG public_count;
    const CK_ATTRIBUTE *private_template;
    CK_ULONG private_count;
} p11_pair_templates;

/** C_GenerateKeyPair: both keys or none; `handles` are those of the public and the private one. */
CK_RV
p11_generate_pair(p11_session *session, const CK_MECHANISM *mechanism,
                  const p11_pair_templates *templates, CK_OBJECT_HANDLE handles[2]);

#endif
