/* SPDX-License-Identifier: BSD-3-Clause */
/* Binary data: any object with a buffer on the way in, bytes on the way out. A secret may be a str,
 * which is taken as UTF-8. None is NULL. */
%{
static int
mn_take_buffer(PyObject *object, Py_buffer *buffer, int text_too)
{
    Py_ssize_t len = 0;
    const char *text = NULL;

    if (object == Py_None)
        return 0;
    if (text_too && PyUnicode_Check(object)) {
        text = PyUnicode_AsUTF8AndSize(object, &len);
        return text == NULL ? -1 : PyBuffer_FillInfo(buffer, object, (void *)text, len, 1, PyBUF_SIMPLE);
    }
    if (PyObject_CheckBuffer(object))
        return PyObject_GetBuffer(object, buffer, PyBUF_SIMPLE);
    PyErr_Format(PyExc_TypeError, "expected %s, not %.80s",
                 text_too ? "str or a bytes-like object" : "a bytes-like object",
                 Py_TYPE(object)->tp_name);
    return -1;
}
%}
%define MN_BUFFER(NAME, TEXT_TOO)
%typemap(in) (const uint8_t *NAME, size_t NAME##_len) (Py_buffer buffer = {0}) {
    if (mn_take_buffer($input, &buffer, TEXT_TOO) != 0)
        SWIG_fail;
    $1 = ($1_ltype)buffer.buf;
    $2 = (size_t)buffer.len;
}
%typemap(freearg) (const uint8_t *NAME, size_t NAME##_len) "PyBuffer_Release(&buffer$argnum);"
%enddef
%define MN_DATA(NAME)
MN_BUFFER(NAME, 0)
%typemap(doctype) const uint8_t *NAME "bytes";
%enddef
%define MN_SECRET(NAME)
MN_BUFFER(NAME, 1)
%typemap(doctype) const uint8_t *NAME "str or bytes";
%enddef
MN_DATA(der)
MN_DATA(data)
MN_DATA(digest)
MN_SECRET(password)
MN_SECRET(pin)
MN_SECRET(so_pin)
MN_SECRET(old_pin)
MN_SECRET(new_pin)

%typemap(out) mainet_bytes * {
    if ($1 != NULL)
        $result = PyBytes_FromStringAndSize((const char *)mainet_bytes_data($1),
                                            (Py_ssize_t)mainet_bytes_len($1));
    if ($1 != NULL && $result == NULL) {
        mainet_bytes_free($1);
        SWIG_fail;
    }
}
%typemap(newfree) mainet_bytes * "mainet_bytes_free($1);"
%typemap(doctype) mainet_bytes * "bytes";
