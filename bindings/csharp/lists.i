/* SPDX-License-Identifier: BSD-3-Clause */
/* A list of handles is an IReadOnlyList. */
%define MN_LIST(LIST, ITEM, NAME)
%typemap(ctype) LIST * "void *"
%typemap(imtype) LIST * "nint"
%typemap(in) LIST * "$1 = ($1_ltype)$input;"
%typemap(out) LIST * "$result = (void *)$1;"
%typemap(newfree) LIST * ""
%typemap(cstype) LIST * "global::System.Collections.Generic.IReadOnlyList<NAME>"
%typemap(cstype) LIST *list, const LIST *list "nint"
%typemap(csin) LIST * "$csinput"
%typemap(csout, excode=MN_EXCODE) LIST * {
    var list = $imcall;$excode
    return Interop.Take(list, Native.LIST##_count, Native.LIST##_at, Native.LIST##_free);
  }
%rename(#LIST "_count") LIST##_count;
%rename(#LIST "_at") LIST##_at;
%rename(#LIST "_free") LIST##_free;
%newobject LIST##_at;
size_t LIST##_count(const LIST *list);
ITEM *LIST##_at(const LIST *list, size_t index, mainet_error *err);
void LIST##_free(LIST *list);
%enddef
