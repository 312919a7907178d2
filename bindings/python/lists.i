/* SPDX-License-Identifier: BSD-3-Clause */
/* A list of handles is a Python list. */
%define MN_LIST(LIST, ITEM, NAME)
%typemap(out) LIST * {
    size_t count = $1 == NULL ? 0 : LIST##_count($1);

    if ($1 != NULL)
        $result = PyList_New((Py_ssize_t)count);
    for (size_t i = 0; $result != NULL && i < count; i++) {
        mainet_error why = {0};
        ITEM *item = LIST##_at($1, i, &why);
        PyObject *object = item == NULL
                               ? NULL
                               : SWIG_NewPointerObj(item, $descriptor(ITEM *), SWIG_POINTER_OWN);

        if (item == NULL)
            mn_raise(&why);
        if (object == NULL)
            Py_CLEAR($result);
        else
            PyList_SET_ITEM($result, (Py_ssize_t)i, object);
    }
    LIST##_free($1);
    if ($result == NULL && PyErr_Occurred())
        SWIG_fail;
}
%typemap(newfree) LIST * ""
%typemap(doctype) LIST * "list[" #NAME "]";
%enddef
