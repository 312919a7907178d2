/* SPDX-License-Identifier: BSD-3-Clause */
/* Binary data: a span on the way in, an array on the way out. A secret may be text, which is taken as
 * UTF-8 and wiped after the call; without one it is NULL. */
%define MN_BUFFER(NAME)
%typemap(ctype) (const uint8_t *NAME, size_t NAME##_len) "const uint8_t *NAME, size_t"
%typemap(imtype) (const uint8_t *NAME, size_t NAME##_len) "ref readonly byte NAME, nuint"
%typemap(in) (const uint8_t *NAME, size_t NAME##_len) "$1 = ($1_ltype)NAME; $2 = $input;"
%enddef
%define MN_DATA(NAME)
MN_BUFFER(NAME)
%typemap(cstype) (const uint8_t *NAME, size_t NAME##_len) "global::System.ReadOnlySpan<byte>"
%typemap(csin) (const uint8_t *NAME, size_t NAME##_len)
    "in Interop.Reference($csinput), (nuint)$csinput.Length"
%enddef
%define MN_SECRET(NAME)
MN_BUFFER(NAME)
%typemap(cstype) (const uint8_t *NAME, size_t NAME##_len) "Secret"
%typemap(csin, post="      $csinput.Wipe();") (const uint8_t *NAME, size_t NAME##_len)
    "in $csinput.Reference, $csinput.Length"
%enddef
MN_DATA(der)
MN_DATA(data)
MN_DATA(digest)
MN_SECRET(password)
MN_SECRET(pin)
MN_SECRET(so_pin)
MN_SECRET(old_pin)
MN_SECRET(new_pin)

%typemap(ctype) mainet_bytes * "void *"
%typemap(imtype) mainet_bytes * "nint"
%typemap(cstype) mainet_bytes * "byte[]"
%typemap(in) mainet_bytes * "$1 = ($1_ltype)$input;"
%typemap(csin) mainet_bytes * "$csinput"
%typemap(out) mainet_bytes * "$result = (void *)$1;"
%typemap(newfree) mainet_bytes * ""
%typemap(csout, excode=MN_EXCODE) mainet_bytes * {
    var bytes = $imcall;$excode
    return Interop.Take(bytes);
  }
%typemap(ctype) const uint8_t * "const void *"
%typemap(imtype) const uint8_t * "nint"
%typemap(cstype) const uint8_t * "nint"
%typemap(out) const uint8_t * "$result = $1;"
%typemap(csout) const uint8_t * { return $imcall; }
%typemap(cstype) mainet_bytes *bytes, const mainet_bytes *bytes "nint"
MN_FUNCTION(mainet_bytes_data, bytes_data)
MN_FUNCTION(mainet_bytes_len, bytes_len)
MN_FUNCTION(mainet_bytes_free, bytes_free)
const uint8_t *mainet_bytes_data(const mainet_bytes *bytes);
size_t mainet_bytes_len(const mainet_bytes *bytes);
void mainet_bytes_free(mainet_bytes *bytes);
