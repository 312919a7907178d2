/* SPDX-License-Identifier: BSD-3-Clause */
/* Callbacks are static methods of Listener, handed over as function pointers; `user_data` is the
 * listener. They return a status; what they throw is kept in the listener and the call ends with it. */
%define MN_POINTER(TYPE)
%typemap(ctype) TYPE "void *"
%typemap(imtype) TYPE "nint"
%typemap(cstype) TYPE "nint"
%typemap(in) TYPE "$1 = ($1_ltype)$input;"
%typemap(csin) TYPE "$csinput"
%enddef
MN_POINTER(void *user_data)
MN_POINTER(mainet_log_fn fn)
MN_POINTER(mainet_progress_fn fn)
MN_POINTER(mainet_issuer_fn fn)
MN_POINTER(mainet_proxy_fn fn)
MN_POINTER(mainet_check_fn fn)
MN_POINTER(mainet_credentials *credentials)

MN_PRIVATE(mainet_request, set_log)
MN_PRIVATE(mainet_request, set_progress)
MN_PRIVATE(mainet_request, set_issuer_decision)
MN_PRIVATE(mainet_request, set_proxy_credentials)
%extend mainet_request {
    void set_log(mainet_log_fn fn, void *user_data);
    void set_progress(mainet_progress_fn fn, void *user_data);
    void set_issuer_decision(mainet_issuer_fn fn, void *user_data);
    void set_proxy_credentials(mainet_proxy_fn fn, void *user_data);
}
