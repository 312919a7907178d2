/* SPDX-License-Identifier: BSD-3-Clause */
/* Names, keyword arguments, which calls keep the GIL. */
%feature("kwargs");
%define MN_NONE
= NULL
%enddef
%define MN_ZERO
= 0
%enddef
%define MN_PRIVATE(CLASS, NAME)
%rename("_" #NAME) CLASS::NAME;
%enddef
%define MN_FUNCTION(CNAME, NAME)
%rename("_" #NAME) CNAME;
%enddef
/* An enumeration is made of the number by hand. */
%define MN_CONSTANT(CLASS, NAME)
MN_PRIVATE(CLASS, NAME)
%enddef
%define MN_PARTIAL(CLASS, NAME)
%enddef
/* A property is read faster than the GIL is given away and taken back. */
%define MN_ASKERS
%nothreadallow;
%enddef
%define MN_CALLS
%clearnothreadallow;
%enddef

/* Constants come from the package's _constants.py. */
%rename("$ignore", %$isenumitem) "";
