#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Renew certificates at night, without anybody there:

    renew.py MAILDIR PIN-FILE [DAYS]

Each new mail of MAILDIR that is a notice renews the certificate whose service has sent it: the new one is
acquired and confirmed, then the old one deleted. The mail is marked as read once that is done. Ends with
1, and says so, if a mail could not be used or a certificate ends within DAYS days (30).
"""

import email.policy
import mailbox
import pathlib
import re
import sys
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import mainetcert

LABELS = ("証明書番号", "証明書取得用パスワード", "証明書取得サイトのURL")


def notices(box: mailbox.Maildir) -> Iterator[tuple[str, list[str]]]:
    """The new mails that have all three values, each with its key."""
    for key in list(box.keys()):
        mail = email.message_from_bytes(box.get_bytes(key), policy=email.policy.default)
        plain = mail.get_body(("plain",)) if isinstance(mail, EmailMessage) else None
        text = plain.get_content() if isinstance(plain, EmailMessage) else ""
        found = [re.search(rf"^{label}[:：]\s*(\S+)", text, re.MULTILINE) for label in LABELS]
        if "S" not in box.get_message(key).get_flags() and all(found):
            yield key, [one.group(1) for one in found if one]


def of_service(token: mainetcert.Token, address: str) -> mainetcert.Identity:
    """The latest certificate of the service at an address."""
    for identity in token:  # the latest first
        if identity.service is not None and identity.group_id is not None and \
                mainetcert.Service(identity.service).retrieve_url.startswith(address):
            return identity
    raise LookupError(f"no certificate comes from {address}")


def renew(token: mainetcert.Token, number: str, password: str, address: str) -> None:
    old = of_service(token, address)
    assert old.service is not None
    new = mainetcert.acquire(token, mainetcert.Service(old.service), group_id=old.group_id,
                             certificate_number=number, password=password,
                             exportable=old.is_exportable,
                             issuer_decision=lambda _issuer, expected: expected)
    answer = mainetcert.confirm(new)
    if not answer:
        raise LookupError(f"{new.label} is not accepted: {answer.reason}")
    for gone in token.prune():
        print(f"{gone.label}, until {gone.certificate.not_after.date()}: replaced")


def is_done(what: Callable[[], None]) -> bool:
    try:
        what()
    except mainetcert.MainetError as error:
        print(f"{error.code}: {error.headline} {error.remedy}", file=sys.stderr)
        return False
    except LookupError as error:
        print(error, file=sys.stderr)
        return False
    return True


def main(maildir: str, pin_file: str, days: str = "30") -> int:
    token = mainetcert.Store().token()
    token.unlock(pathlib.Path(pin_file).read_text().rstrip("\n"))
    box = mailbox.Maildir(maildir, create=False)
    failed = 0
    for key, (number, password, address) in notices(box):
        if not is_done(lambda: renew(token, number, password, address)):
            failed += 1
            continue
        mail = box.get_message(key)
        mail.set_subdir("cur")
        mail.add_flag("S")
        box[key] = mail
    for identity in token:
        if identity.superseded_by is None and identity.days_left < int(days):
            print(f"{identity.label}: {identity.days_left} days left", file=sys.stderr)
            failed += 1
    return min(failed, 1)


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except mainetcert.MainetError as error:
        sys.exit(f"{error.code}: {error.headline}\n{error.remedy}")
