/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_H
#define MAINETCERT_H

#include "mainetcert/acquire.h"
#include "mainetcert/batch.h"
#include "mainetcert/bytes.h"
#include "mainetcert/certificate.h"
#include "mainetcert/diagnose.h"
#include "mainetcert/error.h"
#include "mainetcert/export.h"
#include "mainetcert/identity.h"
#include "mainetcert/log.h"
#include "mainetcert/pending.h"
#include "mainetcert/pkcs12.h"
#include "mainetcert/removal.h"
#include "mainetcert/repository.h"
#include "mainetcert/service.h"
#include "mainetcert/sign.h"
#include "mainetcert/store.h"
#include "mainetcert/token.h"
#include "mainetcert/transfer.h"
#include "mainetcert/version.h"

#endif
