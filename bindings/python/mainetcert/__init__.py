# SPDX-License-Identifier: BSD-3-Clause
"""Acquire client certificates of a MaiNet service, and keep and use them.

    import mainetcert

    store = mainetcert.Store()
    token = store.create_token("246810")
    identity = mainetcert.acquire(token, group_id="G", certificate_number="N", password="P")
    print(identity.certificate.not_after)

Every failure is a MainetError; there is a class for every situation of the manual's tables.
"""

import os as _os
import pathlib as _pathlib

from . import _api, _catalogue
from ._batch import Batch, Order
from ._catalogue import *
from ._errors import MainetError
from ._objects import (Certificate, Confirmation, Diagnosis, Endpoint, Identity, Pending, Pkcs12,
                       Service, Store, Token)
from ._request import Request, acquire, acquire_async, confirm, confirm_async

__version__ = _api._version()

__all__ = ["Batch", "Certificate", "Confirmation", "Diagnosis", "Endpoint", "Identity", "MainetError",
           "Order", "Pending", "Pkcs12", "Request", "Service", "Store", "Token", "acquire", "acquire_async", "confirm", "confirm_async",
           "pkcs11_module"]
__all__ += _catalogue.__all__


def pkcs11_module() -> _pathlib.Path:
    """The PKCS#11 module, for programs that are to use the keys where they are."""
    beside = _pathlib.Path(__file__).with_name("mainetcert-pkcs11.so")
    named = _os.environ.get("MAINETCERT_MODULE")
    if not beside.exists() and named is None:
        raise FileNotFoundError("neither in the package nor named by MAINETCERT_MODULE")
    return beside if beside.exists() else _pathlib.Path(named or "")


for _name in __all__:
    if isinstance(globals()[_name], type):
        globals()[_name].__module__ = __name__
del _name
