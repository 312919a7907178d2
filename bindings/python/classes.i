/* SPDX-License-Identifier: BSD-3-Clause */
/* Lifetimes. A call keeps the handles it was given alive, so that another thread may close them
 * meanwhile; what is closed, or was never made, raises. */
%{
/* The object that owns the handle, kept; NULL with an exception. */
static PyObject *
mn_hold(PyObject *object, void **handle, swig_type_info *type, const char *name)
{
    SwigPyObject *owner = object == Py_None ? NULL : SWIG_Python_GetSwigThis(object);
    PyObject *this = NULL;

    PyErr_Clear();
    if (owner != NULL && SWIG_IsOK(SWIG_ConvertPtr((PyObject *)owner, handle, type, 0)))
        return Py_NewRef((PyObject *)owner);
    this = PyObject_GetAttr(object, SWIG_This());
    PyErr_Clear();
    if (this == Py_None)
        PyErr_Format(PyExc_ValueError, "the %s is closed", name);
    else
        PyErr_Format(PyExc_TypeError, "expected %s, not %.80s", name, Py_TYPE(object)->tp_name);
    Py_XDECREF(this);
    return NULL;
}
%}
/* A destructor is handed the owner itself, which nobody may keep any more: $disown tells. */
%define MN_CLASS(CTYPE, NAME)
%rename(NAME) CTYPE;
%typemap(in) CTYPE * (PyObject *held = NULL, void *handle = NULL),
             struct CTYPE * (PyObject *held = NULL, void *handle = NULL) {
    if ($disown) {
        if (!SWIG_IsOK(SWIG_ConvertPtr($input, &handle, $descriptor(CTYPE *), $disown)))
            SWIG_fail;
    } else if ((held = mn_hold($input, &handle, $descriptor(CTYPE *), #NAME)) == NULL)
        SWIG_fail;
    $1 = ($1_ltype)handle;
}
%typemap(freearg) CTYPE *, struct CTYPE * "Py_XDECREF(held$argnum);"
%typemap(doctype) CTYPE *, struct CTYPE * #NAME;
%extend CTYPE {
%pythoncode %{
    __slots__ = ("this", "__weakref__")
%}
}
%enddef
