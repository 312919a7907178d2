#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Acquire a certificate, and log in with it:

    acquire.py SERVICE.conf GROUP NUMBER CA.pem    with the token's PIN and the retrieval password on two lines

The token is the one of the default store; it is made if it is not there. CA.pem is whom the login trusts.
"""

import sys
import urllib.request

import mainetcert


def open_token(pin: str) -> mainetcert.Token:
    store = mainetcert.Store()
    try:
        token = store.token()
    except mainetcert.TokenNotFoundError:
        return store.create_token(pin)
    token.unlock(pin)
    return token


def decide(issuer: mainetcert.Certificate, expected: bool) -> bool:
    print("expected" if expected else "unknown", "issuer:", issuer.subject)
    return expected


def acquire(token: mainetcert.Token, service: mainetcert.Service, group_id: str,
            number: str, password: str) -> mainetcert.Identity:
    seen: set[mainetcert.Phase] = set()

    def progress(phase: mainetcert.Phase, _done: int, _total: int) -> None:
        if phase not in seen:
            print(phase.name.lower())
            seen.add(phase)

    return mainetcert.acquire(token, service, group_id=group_id, certificate_number=number,
                              password=password, progress=progress, issuer_decision=decide)


def log_in(identity: mainetcert.Identity, address: str, authority: str) -> str:
    # the key has to be exportable: Python's ssl reads keys from files alone
    context = identity.ssl_context(cafile=authority)
    with urllib.request.urlopen(address, context=context) as page:
        return page.read().decode()


def main(profile: str, group_id: str, number: str, authority: str) -> None:
    pin, password = (sys.stdin.readline().rstrip("\n") for _ in range(2))
    service = mainetcert.Service(profile)
    identity = acquire(open_token(pin), service, group_id, number, password)
    print(identity.uri, "until", identity.certificate.not_after.date())
    page = log_in(identity, service.confirm_url or service.retrieve_url, authority)
    print("installed" if "正しくインストールされています" in page else page)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except mainetcert.MainetError as error:
        sys.exit(f"{error.code}: {error.headline}\n{error.remedy}")
