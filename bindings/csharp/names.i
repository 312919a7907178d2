/* SPDX-License-Identifier: BSD-3-Clause */
/* Names, documents, visibility. What has optional arguments is finished by hand, in MainetCert/. */
%include "comments.i"
%rename("%(camelcase)s", %$ismember) "";
#define old_pin oldPin
#define new_pin newPin
#define so_pin soPin
#define old_pin_len oldPin_len
#define new_pin_len newPin_len
#define so_pin_len soPin_len

%define MN_NONE
%enddef
%define MN_ZERO
%enddef
%define MN_PRIVATE(CLASS, NAME)
%csmethodmodifiers CLASS::NAME "internal";
%enddef
%define MN_FUNCTION(CNAME, NAME)
%rename("%(regex:/^mainet_(.*)$/\\1/)s") CNAME;
%enddef
%define MN_CONSTANT(CLASS, NAME)
%enddef
%define MN_PARTIAL(CLASS, NAME)
%rename("%(camelcase)sCore") CLASS::NAME;
%csmethodmodifiers CLASS::NAME "internal";
%enddef
%define MN_ASKERS
%enddef
%define MN_CALLS
%enddef

/* Constants come from Catalogue.g.cs. */
%rename("$ignore", %$isenum) "";
%rename("$ignore", %$isenumitem) "";
%pragma(csharp) imclassclassmodifiers="internal static unsafe class"
%pragma(csharp) moduleclassmodifiers="internal static class"
%pragma(csharp) imclassimports="#nullable enable"
%pragma(csharp) moduleimports="#nullable enable"
