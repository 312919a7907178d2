#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What bench-calls.c does, in Python. Usage: calls.py STORE PIN"""

import sys
import time

import mainetcert

token = mainetcert.Store(sys.argv[1]).token()
token.unlock(sys.argv[2])
identity = token.identities()[0]


def label(count):
    for _ in range(count):
        identity.label  # pylint: disable=pointless-statement


def sign(count):
    for _ in range(count):
        identity.sign(b"data", signature=mainetcert.Signature.RSA_PKCS1)


for line in sys.stdin:
    what, how_often = line.split()
    begin = time.process_time_ns()
    {"label": label, "sign": sign}[what](int(how_often))
    print((time.process_time_ns() - begin) // int(how_often), flush=True)
