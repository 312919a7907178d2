/* SPDX-License-Identifier: BSD-3-Clause */
/* mainet_error goes, an exception comes: mainetcert._errors makes it, one class per situation. */
%{
static PyObject *mn_error_maker; /* (status, detail, system_code) -> exception */

static void
mn_raise(const mainet_error *error)
{
    PyObject *made = mn_error_maker == NULL ? NULL
                                            : PyObject_CallFunction(mn_error_maker, "isi",
                                                                    (int)error->status,
                                                                    error->detail,
                                                                    (int)error->cause);

    if (made != NULL)
        PyErr_SetObject((PyObject *)Py_TYPE(made), made);
    else if (!PyErr_Occurred())
        PyErr_SetString(PyExc_SystemError, "mainetcert is not imported");
    Py_XDECREF(made);
}
%}
%typemap(in, numinputs=0) mainet_error *err (mainet_error error = {0}) "$1 = &error;"
%typemap(argout) mainet_error *err {
    if (error$argnum.status != MAINET_OK) {
        Py_CLEAR(resultobj);
        mn_raise(&error$argnum);
        SWIG_fail;
    }
}
%typemap(out) mainet_status { (void)$1; $result = Py_NewRef(Py_None); }
%typemap(doctype) mainet_status "None";
