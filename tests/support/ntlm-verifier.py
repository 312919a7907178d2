#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""squid's helper for NTLM with one user, whose password counts: Debian's own believes everybody.

    ntlm-verifier.py USER PASSWORD

Reads `YR [TYPE 1]` and `KK TYPE 3`, a line each, and answers `TT CHALLENGE`, `AF USER` or `NA
REASON` (NTLMv2, [MS-NLMP] 3.3.2)."""
import base64
import hmac
import os
import struct
import sys

TARGET = 'TEST'.encode('utf-16-le')
# Unicode, NTLM, a target that is a domain, extended session security, information on the target
FLAGS = 0x00000001 | 0x00000200 | 0x00010000 | 0x00080000 | 0x00800000


def rotate(value, by):
    value &= 0xffffffff
    return (value << by | value >> (32 - by)) & 0xffffffff


def md4(data):
    """RFC 1320, which OpenSSL 3 has in its legacy provider alone."""
    rounds = ((lambda x, y, z: x & y | ~x & z, 0, range(16), (3, 7, 11, 19)),
              (lambda x, y, z: x & y | x & z | y & z, 0x5a827999,
               (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), (3, 5, 9, 13)),
              (lambda x, y, z: x ^ y ^ z, 0x6ed9eba1,
               (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), (3, 9, 11, 15)))
    state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
    padded = data + b'\x80' + bytes((55 - len(data)) % 64) + struct.pack('<Q', 8 * len(data))
    for at in range(0, len(padded), 64):
        words = struct.unpack('<16I', padded[at:at + 64])
        a, b, c, d = state
        for mix, constant, order, shifts in rounds:
            for i, word in enumerate(order):
                a, b, c, d = d, rotate(a + mix(b, c, d) + words[word] + constant, shifts[i % 4]), b, c
        state = [(old + new) & 0xffffffff for old, new in zip(state, (a, b, c, d))]
    return struct.pack('<4I', *state)


def make_challenge(nonce):
    information = struct.pack('<HH', 2, len(TARGET)) + TARGET + bytes(4)
    offset = 48
    return (b'NTLMSSP\0' + struct.pack('<I', 2) + struct.pack('<HHI', len(TARGET), len(TARGET), offset)
            + struct.pack('<I', FLAGS) + nonce + bytes(8)
            + struct.pack('<HHI', len(information), len(information), offset + len(TARGET))
            + TARGET + information)


def field(message, at):
    length, _, offset = struct.unpack_from('<HHI', message, at)
    return message[offset:offset + length]


def is_right(message, nonce, user, password):
    response, domain, name = field(message, 20), field(message, 28), field(message, 36)
    if name.decode('utf-16-le') != user:
        return False
    owner = user.upper().encode('utf-16-le') + domain
    key = hmac.digest(md4(password.encode('utf-16-le')), owner, 'md5')
    return hmac.compare_digest(hmac.digest(key, nonce + response[16:], 'md5'), response[:16])


def main(user, password):
    nonce = b''
    for line in sys.stdin:
        word, _, text = line.strip().partition(' ')
        if word == 'YR':
            nonce = os.urandom(8)
            answer = 'TT ' + base64.b64encode(make_challenge(nonce)).decode()
        elif is_right(base64.b64decode(text), nonce, user, password):
            answer = 'AF ' + user
        else:
            answer = 'NA wrong'
        print(answer, flush=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
