/* SPDX-License-Identifier: BSD-3-Clause */
/* Lifetimes. A call keeps the handles it was given, so that another thread may dispose of them
 * meanwhile; what is disposed of throws. */
%define MN_CLASS(CTYPE, NAME)
%rename(NAME) CTYPE;
%typemap(csimports) CTYPE, struct CTYPE "#nullable enable"
%typemap(csclassmodifiers) CTYPE, struct CTYPE "public sealed partial class"
%typemap(csinterfaces) CTYPE, struct CTYPE "global::System.IDisposable"
%typemap(imtype, out="nint") CTYPE *, struct CTYPE * "NativeHandle"
%typemap(cstype) CTYPE *, struct CTYPE * #NAME
%typemap(csin) CTYPE *, struct CTYPE * "NAME.HandleOf($csinput)"
%typemap(csout, excode=MN_EXCODE) CTYPE *, struct CTYPE * {
    var handle = $imcall;$excode
    return new NAME(handle, true);
  }
%typemap(csconstruct, excode=MN_EXCODE) CTYPE, struct CTYPE %{: this($imcall, true) {$excode
  }
%}
%typemap(csbody) CTYPE, struct CTYPE %{
  private readonly NativeHandle swigCPtr;

  internal $csclassname(nint handle, bool _) => swigCPtr = new(handle, Free);

  [global::System.Runtime.InteropServices.DllImport("mainetcert_csharp", EntryPoint = "CSharp_MainetCert_delete_$csclassname")]
  private static extern void Free(nint handle);

  internal static NativeHandle HandleOf($csclassname owner)
  {
    global::System.ArgumentNullException.ThrowIfNull(owner);
    global::System.ObjectDisposedException.ThrowIf(owner.IsDisposed, owner);
    return owner.swigCPtr;
  }

  /// <summary>Whether it has been disposed of.</summary>
  public bool IsDisposed => swigCPtr.IsClosed;
%}
%typemap(csdispose) CTYPE, struct CTYPE %{
  /// <summary>Release the handle. What came from it stays usable; a call under way ends first.</summary>
  public void Dispose() => swigCPtr.Dispose();
%}
%typemap(csdisposing, methodname="Dispose", methodmodifiers="private", parameters="") CTYPE, struct CTYPE ""
%enddef
