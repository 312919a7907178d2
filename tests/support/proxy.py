#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Peers on loopback that a client can get stuck on: a proxy that wants a password, a server that
accepts and says nothing.

    proxy.py USER PASSWORD

is the proxy as a program: it prints its port and serves until it is killed."""

import base64
import contextlib
import select
import signal
import socket
import sys
import threading


class Peer:
    """A listening socket with a thread; a context manager. Subclasses answer one connection."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._over = threading.Event()

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._listener.close()

    def _serve(self):
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection):
        with connection, contextlib.suppress(OSError):
            self.answer(connection)

    def answer(self, connection):
        """Talk to one client."""
        self._over.wait()


class SilentServer(Peer):
    """Takes connections and never answers."""


class Proxy(Peer):
    """Tunnels for whoever knows the password, by Basic."""

    def __init__(self, user, password):
        super().__init__()
        self._wanted = base64.b64encode(f"{user}:{password}".encode())

    def answer(self, connection):
        request = b""
        while b"\r\n\r\n" not in request:
            chunk = connection.recv(4096)
            if not chunk:
                return
            request += chunk
        if b"Basic " + self._wanted not in request:
            connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                               b"Proxy-Authenticate: Basic realm=\"test\"\r\nContent-Length: 0\r\n"
                               b"Connection: close\r\n\r\n")
            return
        host, port = request.split()[1].decode().rsplit(":", 1)
        with socket.create_connection((host, int(port))) as server:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            self._pump(connection, server)

    @staticmethod
    def _pump(first, second):
        while True:
            for ready in select.select([first, second], [], [])[0]:
                data = ready.recv(65536)
                if not data:
                    return
                (second if ready is first else first).sendall(data)


if __name__ == "__main__":
    with Proxy(*sys.argv[1:]) as proxy:
        print(proxy.port, flush=True)
        signal.pause()
