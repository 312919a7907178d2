/* SPDX-License-Identifier: BSD-3-Clause */
/* mainet_error goes, an exception comes: Failure makes it, one class per situation, on the thread of
 * the call, which throws it. */
%{
typedef void (SWIGSTDCALL *mn_raise_fn)(const mainet_error *error);
static mn_raise_fn mn_raise;

SWIGEXPORT void SWIGSTDCALL
mainetcert_csharp_start(mn_raise_fn raise)
{
    mn_raise = raise;
}
%}
%define MN_EXCODE
"\n    if (Failure.IsPending) throw Failure.Take();"
%enddef
%typemap(in, numinputs=0) mainet_error *err (mainet_error error = {0}) "$1 = &error;"
%typemap(argout, canthrow=1) mainet_error *err {
    if (error$argnum.status != MAINET_OK)
        mn_raise(&error$argnum);
}
%typemap(ctype, out="void") mainet_status "int"
%typemap(imtype, out="void") mainet_status "int"
%typemap(cstype, out="void") mainet_status "Status"
%typemap(csin) mainet_status "(int)$csinput"
%typemap(in) mainet_status "$1 = ($1_type)$input;"
%typemap(out) mainet_status "(void)$1;"
%typemap(csout, excode=MN_EXCODE) mainet_status {
    $imcall;$excode
  }

%pragma(csharp) imclasscode=%{
  static $imclassname()
  {
    Library.Prepare();
    Start(&Failure.Raise);
  }

  [global::System.Runtime.InteropServices.DllImport("$dllimport", EntryPoint = "mainetcert_csharp_start")]
  private static extern void Start(delegate* unmanaged[Cdecl]<NativeError*, void> raise);
%}
