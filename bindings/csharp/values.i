/* SPDX-License-Identifier: BSD-3-Clause */
/* Text, file names, moments, numbers, constants. */
/* The wrapper copies text while the handle is held; the runtime decodes the copy and frees it. */
%typemap(ctype) const char *, mn_optional_text, mn_path, mn_optional_path "const char *"
%typemap(imtype,
    inattributes="[global::System.Runtime.InteropServices.MarshalAs(global::System.Runtime.InteropServices.UnmanagedType.LPUTF8Str)]",
    outattributes="[return: global::System.Runtime.InteropServices.MarshalAs(global::System.Runtime.InteropServices.UnmanagedType.LPUTF8Str)]")
    const char *, mn_optional_text, mn_path, mn_optional_path "string?"
%typemap(in) const char * "$1 = ($1_ltype)$input;"
%typemap(freearg) const char * ""
%typemap(csin) const char * "Interop.Text($csinput)"
%typemap(cstype) const char *, mn_path "string"
%typemap(cstype) mn_optional_text, mn_optional_path "string?"
%typemap(out) const char *, mn_path "$result = strdup($1);"
%typemap(out) mn_optional_text, mn_optional_path
    "$result = $1 == NULL || *$1 == 0 ? NULL : strdup($1);"
%typemap(csout, excode=MN_EXCODE) const char *, mn_path {
    return $imcall ?? throw new global::System.OutOfMemoryException();
  }
%typemap(csout, excode=MN_EXCODE) mn_optional_text, mn_optional_path {
    return $imcall;
  }
%define MN_READS(TYPE, HOW)
%typemap(csvarout, excode="") TYPE %{
    get => HOW; %}
%enddef
MN_READS(const char *, $imcall ?? throw new global::System.OutOfMemoryException())
MN_READS(mn_path, $imcall ?? throw new global::System.OutOfMemoryException())
MN_READS(mn_optional_text, $imcall)
MN_READS(mn_optional_path, $imcall)

/* What C has in one of its types, and C# in one of its own. */
%define MN_VALUE(TYPE, CTYPE, IMTYPE, CSTYPE, IN, OUT)
%typemap(ctype) TYPE #CTYPE
%typemap(imtype) TYPE #IMTYPE
%typemap(cstype) TYPE #CSTYPE
%typemap(in) TYPE "$1 = ($1_ltype)$input;"
%typemap(out) TYPE "$result = (CTYPE)$1;"
%typemap(csin) TYPE #IN
%typemap(csout, excode=MN_EXCODE) TYPE {
    var value = $imcall;$excode
    return OUT;
  }
%typemap(csvarout, excode="") TYPE %{
    get
    {
      var value = $imcall;
      return OUT;
    } %}
%enddef
MN_VALUE(bool, unsigned char, byte, bool, $csinput ? (byte)1 : (byte)0, value != 0)
MN_VALUE(size_t, size_t, nuint, int, checked((nuint)$csinput), checked((int)value))
MN_VALUE(int32_t, int32_t, int, int, $csinput, value)
MN_VALUE(uint32_t, uint32_t, uint, long, checked((uint)$csinput), value)
MN_VALUE(mn_time, int64_t, long, global::System.DateTimeOffset, $csinput.ToUnixTimeSeconds(),
    global::System.DateTimeOffset.FromUnixTimeSeconds(value))
MN_VALUE(mn_optional_time, int64_t, long, global::System.DateTimeOffset?, $csinput,
    value == 0 ? null : global::System.DateTimeOffset.FromUnixTimeSeconds(value))
MN_VALUE(mn_tries, int32_t, int, int?, $csinput, value < 0 ? null : value)
%define MN_ENUM(TYPE, NAME)
MN_VALUE(TYPE, int, int, NAME, (int)$csinput, (NAME)value)
%enddef
MN_ENUM(mn_status, Status)
MN_ENUM(mainet_lang, Lang)
MN_ENUM(mainet_stage, Stage)
MN_ENUM(mainet_standing, Standing)
MN_ENUM(mainet_revocation, Revocation)
MN_ENUM(mainet_order_state, OrderState)
MN_ENUM(mainet_signature, Signature)
MN_ENUM(mainet_hash, Hash)
MN_ENUM(mainet_export_flags, ExportFlags)
MN_ENUM(mainet_import_flags, ImportFlags)
MN_ENUM(mainet_delete_flags, DeleteFlags)
