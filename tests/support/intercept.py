#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A proxy that opens encrypted connections: it ends the TLS of every tunnel itself.

    intercept.py CERTIFICATE KEY

Prints its port and serves until it is killed."""
import contextlib
import signal
import ssl
import sys

from proxy import Peer


class Interceptor(Peer):
    """Answers CONNECT and then, under a certificate of its own, with status 403."""

    def __init__(self, certificate, key):
        super().__init__()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)

    def answer(self, connection):
        while b"\r\n\r\n" not in connection.recv(65536):
            pass
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with contextlib.suppress(ssl.SSLError), \
                self._context.wrap_socket(connection, server_side=True) as client:
            client.recv(65536)
            client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")


if __name__ == "__main__":
    with Interceptor(*sys.argv[1:]) as proxy:
        print(proxy.port, flush=True)
        signal.pause()
