#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A service that answers the first request of each connection and hangs up on the next, once it has
read it. Prints its port, then a line for each form.
Usage: hangup.py CERTIFICATE KEY"""

import socket
import ssl
import sys

ANSWER = (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nX-MaiNet-Result: BUSY\r\n"
          b"Content-Length: 4\r\n\r\nbusy")


def read_form(connection):
    """Answer the next form of a connection; empty at its end."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(65536)
        if not more:
            return b""
        head += more
    head, _, body = head.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    while len(body) < int(fields[b"content-length"]):
        body += connection.recv(65536)
    return body


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        plain, _ = listener.accept()
        with context.wrap_socket(plain, server_side=True) as connection:
            for answer in (ANSWER, b""):
                form = read_form(connection)
                if not form:
                    break
                print(form.decode(), flush=True)
                connection.sendall(answer)


main()
