/* SPDX-License-Identifier: BSD-3-Clause */
/* Text, file names and moments. */
%begin %{
#define SWIG_PYTHON_STRICT_BYTE_CHAR
#define SWIG_PYTHON_SLOW_GETSET_THIS /* `this` is in a slot of the class, not in a dictionary */
%}
%{
#include <datetime.h>

static PyObject *mn_path_maker; /* pathlib.Path */

static const char *
mn_take_text(PyObject *object)
{
    Py_ssize_t len = 0;
    const char *text = PyUnicode_AsUTF8AndSize(object, &len);

    if (text != NULL && strlen(text) != (size_t)len) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return NULL;
    }
    return text;
}

/* What other programs wrote need not be UTF-8. */
static PyObject *
mn_give_text(const char *text)
{
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
}

static PyObject *
mn_give_path(const char *text)
{
    PyObject *name = PyUnicode_DecodeFSDefault(text);
    PyObject *path = name == NULL ? NULL : PyObject_CallFunctionObjArgs(mn_path_maker, name, NULL);

    Py_XDECREF(name);
    return path;
}

static PyObject *
mn_give_time(int64_t seconds)
{
    PyObject *arguments = Py_BuildValue("(LO)", (long long)seconds, PyDateTime_TimeZone_UTC);
    PyObject *time = arguments == NULL ? NULL : PyDateTime_FromTimestamp(arguments);

    Py_XDECREF(arguments);
    return time;
}
%}
%init %{
    PyDateTime_IMPORT;
    if (PyDateTimeAPI == NULL)
        return NULL;
%}

%typemap(in) const char * {
    if ($input != Py_None && ($1 = ($1_ltype)mn_take_text($input)) == NULL)
        SWIG_fail;
}
%typemap(freearg) const char * ""
%typemap(out) const char * "$result = mn_give_text($1);"
%typemap(out) mn_optional_text "$result = $1 == NULL || *$1 == 0 ? Py_NewRef(Py_None) : mn_give_text($1);"
%typemap(in) const char *path (PyObject *name = NULL), const char *folder (PyObject *name = NULL) {
    if ($input != Py_None) {
        if (!PyUnicode_FSConverter($input, &name))
            SWIG_fail;
        $1 = PyBytes_AS_STRING(name);
    }
}
%typemap(freearg) const char *path, const char *folder "Py_XDECREF(name$argnum);"
%typemap(out) mn_path "$result = mn_give_path($1);"
%typemap(out) mn_optional_path "$result = $1 == NULL || *$1 == 0 ? Py_NewRef(Py_None) : mn_give_path($1);"
%typemap(out) mn_time "$result = mn_give_time($1);"
%typemap(out) mn_optional_time "$result = $1 == 0 ? Py_NewRef(Py_None) : mn_give_time($1);"
%typemap(out) mn_status "$result = PyLong_FromLong((long)$1);"
%typemap(out) mn_tries "$result = $1 < 0 ? Py_NewRef(Py_None) : PyLong_FromLong($1);"

%typemap(doctype) const char * "str";
%typemap(doctype) const char *path, const char *folder "str or os.PathLike";
%typemap(doctype) mn_optional_text "str or None";
%typemap(doctype) mn_path "pathlib.Path";
%typemap(doctype) mn_optional_path "pathlib.Path or None";
%typemap(doctype) mn_time "datetime.datetime";
%typemap(doctype) mn_optional_time "datetime.datetime or None";
%typemap(doctype) mn_status "int";
%typemap(doctype) mn_tries "int or None";
%typemap(doctype) bool "bool";
%typemap(doctype) mainet_signature "Signature";
%typemap(doctype) mainet_hash "Hash";
%typemap(doctype) mainet_export_flags "ExportFlags";
%typemap(doctype) mainet_import_flags "ImportFlags";
%typemap(doctype) mainet_delete_flags "DeleteFlags";
