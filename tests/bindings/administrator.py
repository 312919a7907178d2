# SPDX-License-Identifier: BSD-3-Clause
"""What an administrator has who tries the Python package: a stand-in and a folder, until the program ends."""

import atexit
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

import mainetcert  # noqa: E402
from standin import PIN, Standin  # noqa: E402

_folder = tempfile.TemporaryDirectory()
atexit.register(_folder.cleanup)
work = pathlib.Path(_folder.name).resolve()
standin = Standin(work / "standin").__enter__()
atexit.register(standin.__exit__)
service = mainetcert.Service(standin.profile)


def raised(kind, function, *arguments, **options):
    """Call; answer the exception, which is of exactly that kind."""
    try:
        function(*arguments, **options)
    except BaseException as error:  # pylint: disable=broad-except
        if type(error) is not kind:
            raise
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def new_token(name, **options):
    return mainetcert.Store(work / name).create_token(PIN, **options)


def order(*options):
    return standin.order(*options)


def named(text):
    """The words of an order as acquire takes them."""
    return {name: text[name] for name in ("group_id", "certificate_number", "password")}


def stuck_service(port, name="stuck.conf"):
    """A service whose server never answers."""
    path = work / name
    text = standin.profile.read_text(encoding="utf-8")
    url = service.retrieve_url
    path.write_text(text.replace(url, f"https://127.0.0.1:{port}/"), encoding="utf-8")
    return mainetcert.Service(path)


def request_that_raises():
    return mainetcert.Request(service, progress=lambda *_: 1 / 0)
