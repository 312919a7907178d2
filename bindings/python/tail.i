/* SPDX-License-Identifier: BSD-3-Clause */
/* What Python finishes by hand is in the package: it tells who makes exceptions and paths. */
%native(_set_makers) PyObject *_set_makers(PyObject *self, PyObject *args);
%{
SWIGINTERN PyObject *
_set_makers(PyObject *self, PyObject *args)
{
    PyObject *error = NULL, *path = NULL;

    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &error, &path))
        return NULL;
    Py_XSETREF(mn_error_maker, Py_NewRef(error));
    Py_XSETREF(mn_path_maker, Py_NewRef(path));
    Py_RETURN_NONE;
}
%}
