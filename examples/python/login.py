#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Log in by http.client with a key that never leaves its token:

    login.py ID HTTPS-ADDRESS CA.pem            with the token's PIN on a line

The token is the one of the default store, ID the certificate's, as `mainetcert list` shows it. Python's ssl takes keys
from files alone, but its OpenSSL does not: the key comes from OpenSSL's engine for PKCS#11 (Debian's
libengine-pkcs11-openssl), which is told of the module here, so that no openssl.cnf need be. Where CPython keeps the
context of OpenSSL is the same in all of its versions so far: first in the object.
"""

import _ssl
import ctypes
import http.client
import ssl
import sys
import tempfile
import urllib.parse

import mainetcert

ENGINE_DYNAMIC = 0x400  # OPENSSL_INIT_ENGINE_DYNAMIC
POINTER, TEXT, NUMBER = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
OPENSSL = ctypes.CDLL(_ssl.__file__)  # the one that Python itself uses


def openssl(name: str, result: type, *arguments: "tuple[type, object]"):
    """Call a function of OpenSSL's; answer what is not 0."""
    function = getattr(OPENSSL, name)
    function.restype, function.argtypes = result, [kind for kind, _ in arguments]
    answer = function(*(value for _, value in arguments))
    if not answer:
        raise OSError(f"{name} failed")
    return answer


def key_inside(identity: mainetcert.Identity, pin: str) -> int:
    """The EVP_PKEY of an identity, which signs in the token."""
    openssl("OPENSSL_init_crypto", NUMBER, (ctypes.c_uint64, ENGINE_DYNAMIC), (POINTER, None))
    engine = openssl("ENGINE_by_id", POINTER, (TEXT, b"pkcs11"))
    openssl("ENGINE_ctrl_cmd_string", NUMBER, (POINTER, engine), (TEXT, b"MODULE_PATH"),
            (TEXT, bytes(mainetcert.pkcs11_module())), (NUMBER, 0))
    openssl("ENGINE_init", NUMBER, (POINTER, engine))
    uri = f"{identity.uri}?pin-value={urllib.parse.quote(pin, safe='')}"
    return openssl("ENGINE_load_private_key", POINTER, (POINTER, engine), (TEXT, uri.encode()),
                   (POINTER, None), (POINTER, None))


def context_with(identity: mainetcert.Identity, pin: str, authority: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority)
    inside = POINTER.from_address(id(context) + object.__basicsize__).value
    with tempfile.NamedTemporaryFile() as chain:
        chain.write(identity.export_certificates())
        chain.flush()
        openssl("SSL_CTX_use_certificate_chain_file", NUMBER, (POINTER, inside), (TEXT, chain.name.encode()))
    openssl("SSL_CTX_use_PrivateKey", NUMBER, (POINTER, inside), (POINTER, key_inside(identity, pin)))
    return context


def main(wanted: str, address: str, authority: str) -> None:
    pin = sys.stdin.readline().rstrip("\n")
    token = mainetcert.Store().token()
    token.unlock(pin)
    url = urllib.parse.urlsplit(address)
    connection = http.client.HTTPSConnection(
        url.netloc, context=context_with(token.identity(wanted), pin, authority))
    connection.request("GET", url.path or "/")
    print(connection.getresponse().read().decode())


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except mainetcert.MainetError as error:
        sys.exit(f"{error.code}: {error.headline}\n{error.remedy}")
