/* SPDX-License-Identifier: BSD-3-Clause */
/* The classes of the public API, for every language alike. What a language does with errors, bytes,
 * callbacks, lists and lifetimes is in its own folder, in files of the same names. A method is a
 * prototype without a body: SWIG calls the public function of that name. Shapes of its own that the
 * public API has no word for are in glue.h. */
#ifdef SWIGPYTHON
%module(package="mainetcert") _api
#else
%module Native
#endif
%include <stdint.i>
%{
#include <mainetcert.h>
#include "glue.h"
%}
%nodefaultctor;
%nodefaultdtor;
%immutable;

%include "names.i"
%include "errors.i"
%include "bytes.i"
%include "values.i"
%include "callbacks.i"
%include "lists.i"
%include "classes.i"

/* Of the headers, the constants alone. */
%rename("$ignore", %$isfunction, %$isglobal) "";
%rename("$ignore") mainet_error;
MN_FUNCTION(mainet_version, version)
MN_FUNCTION(mainet_status_code, status_code)
MN_FUNCTION(mainet_status_name, status_name)
MN_FUNCTION(mainet_status_text, status_text)
MN_FUNCTION(mainet_status_cause, status_cause)
MN_FUNCTION(mainet_status_remedy, status_remedy)
MN_FUNCTION(mainet_setting_count, setting_count)
MN_FUNCTION(mainet_setting_name, setting_name)
const char *mainet_version(void);
size_t mainet_setting_count(void);
const char *mainet_setting_name(size_t index);
%include "mainetcert/export.h"
%include "mainetcert/error.h"
%include "mainetcert/log.h"
%include "mainetcert/removal.h"
%include "mainetcert/sign.h"
%include "mainetcert/transfer.h"
%include "mainetcert/acquire.h"
%include "mainetcert/diagnose.h"
%rename("$ignore") MAINET_BATCH_JOBS_MAX;
%include "mainetcert/batch.h"

/* MN_PRIVATE, MN_PARTIAL and MN_CONSTANT are names.i's: what users do not see, what a language
 * finishes by hand.
 * The asker mainet_token_label() is what SWIG looks for as mainet_token_label_get(). */
%define MN_ASK(CLASS, TYPE, NAME)
TYPE NAME;
%{
#define CLASS##_##NAME##_get CLASS##_##NAME
%}
%enddef

MN_CLASS(mainet_certificate, Certificate)
MN_CLASS(mainet_pkcs12, Pkcs12)
MN_CLASS(mainet_service, Service)
MN_CLASS(mainet_store, Store)
MN_CLASS(mainet_token, Token)
MN_CLASS(mainet_identity, Identity)
MN_CLASS(mainet_request, Request)
MN_CLASS(mainet_confirmation, Confirmation)
MN_CLASS(mainet_pending, Pending)
MN_CLASS(mainet_diagnosis, Diagnosis)
MN_CLASS(mainet_batch, Batch)
MN_LIST(mainet_pending_list, mainet_pending, Pending)
MN_LIST(mainet_token_list, mainet_token, Token)
MN_LIST(mainet_identity_list, mainet_identity, Identity)

%include "certificate.i"
%include "service.i"
%include "store.i"
%include "token.i"
%include "identity.i"
%include "request.i"
%include "pending.i"
%include "diagnosis.i"
%include "batch.i"

%include "tail.i"
