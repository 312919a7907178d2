/* SPDX-License-Identifier: BSD-3-Clause */
/* Callbacks are methods of the Python object behind the request: _on_log, _on_progress, _on_issuer,
 * _on_proxy, and _on_check of the object behind a check. They return a status. What they raise is kept
 * in the object's `_raised`, and the call ends with it. */
%{
/* With the GIL: the status, or what was raised kept and MAINET_E_CANCELLED. Steals `answer`. */
static mainet_status
mn_answer(PyObject *self, PyObject *answer)
{
    long status = answer == NULL ? -1 : PyLong_AsLong(answer);
    PyObject *type = NULL, *value = NULL, *traceback = NULL;

    Py_XDECREF(answer);
    if (!PyErr_Occurred())
        return (mainet_status)status;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback != NULL)
        (void)PyException_SetTraceback(value, traceback);
    if (PyObject_SetAttrString(self, "_raised", value) != 0)
        PyErr_WriteUnraisable(self);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return MAINET_E_CANCELLED;
}

static void
mn_on_log(mainet_log_level level, const char *text, void *user_data)
{
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *line = mn_give_text(text);

    if (line == NULL)
        (void)mn_answer(user_data, NULL);
    else
        (void)mn_answer(user_data, PyObject_CallMethod(user_data, "_on_log", "iN", (int)level, line));
    PyGILState_Release(state);
}

static mainet_status
mn_on_progress(mainet_phase phase, int64_t done, int64_t total, void *user_data)
{
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *answer = PyErr_CheckSignals() != 0
                           ? NULL
                           : PyObject_CallMethod(user_data, "_on_progress", "iLL", (int)phase,
                                                 (long long)done, (long long)total);
    mainet_status status = mn_answer(user_data, answer);

    PyGILState_Release(state);
    return status;
}

static mainet_status
mn_on_issuer(const mainet_certificate *issuer, bool expected, void *user_data)
{
    PyGILState_STATE state = PyGILState_Ensure();
    mainet_error error = {0};
    mainet_certificate *copy = mn_certificate_copy(issuer, &error);
    PyObject *object = NULL, *answer = NULL;
    mainet_status status = MAINET_OK;

    if (copy == NULL)
        mn_raise(&error);
    else
        object = SWIG_NewPointerObj(copy, SWIGTYPE_p_mainet_certificate, SWIG_POINTER_OWN);
    if (object != NULL)
        answer = PyObject_CallMethod(user_data, "_on_issuer", "NO", object,
                                     expected ? Py_True : Py_False);
    status = mn_answer(user_data, answer);
    PyGILState_Release(state);
    return status;
}

/* (user, password) or None */
static PyObject *
mn_set_credentials(mainet_credentials *credentials, PyObject *answer)
{
    const char *user = NULL;
    Py_buffer password = {0};
    mainet_error error = {0};

    if (answer == Py_None)
        return PyLong_FromLong(MAINET_E_PROXY_CANCELLED);
    if (!PyTuple_Check(answer) || PyTuple_GET_SIZE(answer) != 2) {
        PyErr_SetString(PyExc_TypeError, "proxy_credentials must return (user, password) or None");
        return NULL;
    }
    user = mn_take_text(PyTuple_GET_ITEM(answer, 0));
    if (user == NULL || mn_take_buffer(PyTuple_GET_ITEM(answer, 1), &password, 1) != 0)
        return NULL;
    (void)!mainet_credentials_set(credentials, user, password.buf, (size_t)password.len, &error);
    PyBuffer_Release(&password);
    if (error.status == MAINET_OK)
        return PyLong_FromLong(MAINET_OK);
    mn_raise(&error);
    return NULL;
}

static mainet_status
mn_on_proxy(const char *proxy, int32_t attempt, mainet_credentials *credentials, void *user_data)
{
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *name = mn_give_text(proxy);
    PyObject *given = NULL, *answer = NULL;
    mainet_status status = MAINET_OK;

    if (name != NULL)
        given = PyObject_CallMethod(user_data, "_on_proxy", "Ni", name, (int)attempt);
    if (given != NULL)
        answer = mn_set_credentials(credentials, given);
    Py_XDECREF(given);
    status = mn_answer(user_data, answer);
    PyGILState_Release(state);
    return status;
}

static mainet_status
mn_on_check(const char *place, const mainet_error *problem, void *user_data)
{
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *name = mn_give_text(place);
    PyObject *answer = NULL;
    mainet_status status = MAINET_OK;

    if (name != NULL && problem == NULL)
        answer = PyObject_CallMethod(user_data, "_on_check", "N", name);
    else if (name != NULL)
        answer = PyObject_CallMethod(user_data, "_on_check", "Nisi", name, (int)problem->status,
                                     problem->detail, (int)problem->cause);
    status = mn_answer(user_data, answer);
    PyGILState_Release(state);
    return status;
}

/* The listener is the Python object that owns the request: it lives as long as any call with it. Who
 * has nothing to say about issuers and proxies leaves the decision to the library. */
static void
mainet_request_listen(mainet_request *request, PyObject *listener, bool log, bool issuer, bool proxy)
{
    mainet_request_set_log(request, log ? mn_on_log : NULL, listener);
    mainet_request_set_progress(request, mn_on_progress, listener);
    mainet_request_set_issuer_decision(request, issuer ? mn_on_issuer : NULL, listener);
    mainet_request_set_proxy_credentials(request, proxy ? mn_on_proxy : NULL, listener);
}
%}
%typemap(in) (mainet_issuer_fn fn, void *user_data)
    "$1 = $input == Py_None ? NULL : mn_on_issuer; $2 = $input;"
%typemap(in) (mainet_check_fn fn, void *user_data) "$1 = mn_on_check; $2 = $input;"
%typemap(in) PyObject *listener "$1 = $input;"
%typemap(doctype) PyObject *listener "object";
MN_PRIVATE(mainet_request, listen)
%extend mainet_request {
    void listen(PyObject *listener, bool log, bool issuer, bool proxy);
}
