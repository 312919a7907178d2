# SPDX-License-Identifier: BSD-3-Clause
"""Asking a service: requests, and the functions that make one, use it and forget it."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from typing import Any, Optional, TypeVar

from . import _api, _native
from ._catalogue import LogLevel, Phase, Status
from ._objects import Certificate, Confirmation, Diagnosis, Identity, Service, Token, _Closing, reraise
from ._types import Secret

Log = Callable[[LogLevel, str], object]
Progress = Callable[[Phase, int, int], Optional[bool]]
IssuerDecision = Callable[[Certificate, bool], bool]
ProxyCredentials = Callable[[str, int], Optional[tuple[str, Secret]]]

_T = TypeVar("_T")


class Request(_Closing, _api.Request):
    """What is asked of a service, and who is asked on the way.

    ``log(level, text)`` hears the log. ``progress(phase, done, total)`` hears how far a call is and
    ends it by answering False. ``issuer_decision(certificate, expected)`` answers whether an issuer
    that the token has not met is accepted; without one the expected issuer is, and no other.
    ``proxy_credentials(proxy, attempt)`` answers ``(user, password)`` or None. They are called on the
    thread of the call; what they raise comes out of it.
    """

    __slots__ = ("log", "progress", "issuer_decision", "proxy_credentials", "_raised", "_cancelled")

    def __init__(self, service: Service | None = None, *, group_id: str | None = None,
                 certificate_number: str | None = None, password: Secret | None = None,
                 exportable: bool = True, check_revocation: bool = False,
                 proxy: str | None = None,
                 timeout: float | datetime.timedelta = 60.0, log: Log | None = None,
                 progress: Progress | None = None, issuer_decision: IssuerDecision | None = None,
                 proxy_credentials: ProxyCredentials | None = None) -> None:
        """Make a request.

        :param service: the profile; the default one without it
        :param group_id: the group ID; neither it nor the next two are needed to confirm
        :param certificate_number: the certificate number
        :param password: the retrieval password
        :param exportable: whether the key may leave the token later
        :param check_revocation: whether the issuer's revocation list is looked at before an import
        :param proxy: such as ``http://proxy:8080``; empty for none; the environment's without it
        :param timeout: seconds or a timedelta for the whole call
        :raises: ArgumentError if a value cannot be
        """
        super().__init__(Service() if service is None else service)
        self.log, self.progress = log, progress
        self.issuer_decision, self.proxy_credentials = issuer_decision, proxy_credentials
        self._raised: BaseException | None = None
        self._cancelled = False
        if group_id is not None:
            self._set_group_id(group_id)
        if certificate_number is not None:
            self._set_certificate_number(certificate_number)
        if password is not None:
            self._set_password(password)
        if proxy is not None:
            self._set_proxy(proxy)
        self._set_exportable(exportable)
        self._set_revocation_check(check_revocation)
        seconds = timeout.total_seconds() if isinstance(timeout, datetime.timedelta) else timeout
        self._set_timeout_ms(max(1, round(seconds * 1000)))

    def acquire(self, token: Token) -> Identity:
        """Retrieve the certificate and key and put them in the token.

        The token is proven writable before anything is sent. What the service delivered outlives
        whatever comes after; the next call for the same number takes it from there.

        :param token: an unlocked token
        :raises: MainetError of the manual's situation; the token is as it was
        """
        return self._call(lambda: super(Request, self).acquire(token))

    def confirm(self, identity: Identity) -> Confirmation:
        """Log in to the service's confirmation page with an identity of an unlocked token.

        :raises: MainetError if no answer was had
        """
        return self._call(lambda: super(Request, self).confirm(identity))

    def diagnose(self) -> Diagnosis:
        """Connect to every endpoint of the service and find out where it fails.

        :return: what was found, also where nothing is reachable
        """
        return self._call(lambda: super(Request, self).diagnose())

    def cancel(self) -> None:
        """End a call that runs on another thread with CancelledError; none will begin any more."""
        self._cancelled = True

    def _call(self, call: Callable[[], _T]) -> _T:
        self._listen(self, self.log is not None, self.issuer_decision is not None,
                     self.proxy_credentials is not None)
        return reraise(self, call)

    def _on_log(self, level: int, text: str) -> int:
        if self.log is not None:
            self.log(LogLevel(level), text)
        return Status.OK

    def _on_progress(self, phase: int, done: int, total: int) -> int:
        if self._cancelled or self._raised is not None:
            return Status.CANCELLED
        if self.progress is not None and self.progress(Phase(phase), done, total) is False:
            return Status.CANCELLED
        return Status.OK

    def _on_issuer(self, issuer: Certificate, expected: bool) -> int:
        accepted = expected if self.issuer_decision is None else self.issuer_decision(issuer, expected)
        return Status.OK if accepted else Status.CANCELLED

    def _on_proxy(self, proxy: str, attempt: int) -> tuple[str, Secret] | None:
        return None if self.proxy_credentials is None else self.proxy_credentials(proxy, attempt)


_native.Request_swigregister(Request)


def acquire(token: Token, service: Service | None = None, **options: Any) -> Identity:
    """Retrieve a certificate and key and put them in a token: `Request.acquire` in one call.

    :param token: an unlocked token
    :param service: the profile; the default one without it
    :param options: what `Request` takes: group_id, certificate_number, password and more
    :raises: MainetError of the manual's situation; the token is as it was
    """
    with Request(service, **options) as request:
        return request.acquire(token)


def confirm(identity: Identity, service: Service | None = None, **options: Any) -> Confirmation:
    """Log in to a service's confirmation page: `Request.confirm` in one call.

    :param identity: of an unlocked token
    :param service: the profile; the one the identity was acquired with, or the default one, without it
    :raises: MainetError if no answer was had
    """
    if service is None and identity.service is not None:
        service = Service(identity.service)
    with Request(service, **options) as request:
        return request.confirm(identity)


async def acquire_async(token: Token, service: Service | None = None, **options: Any) -> Identity:
    """As `acquire`, on a worker thread, where the callbacks are called too.

    Cancelling the task ends the call and waits for its end: nothing goes on behind the task's back.
    """
    with Request(service, **options) as request:
        return await _run(request, lambda: request.acquire(token))


async def confirm_async(identity: Identity, service: Service | None = None,
                        **options: Any) -> Confirmation:
    """As `confirm`, on a worker thread, where the callbacks are called too."""
    if service is None and identity.service is not None:
        service = Service(identity.service)
    with Request(service, **options) as request:
        return await _run(request, lambda: request.confirm(identity))


async def _run(request: Request, call: Callable[[], _T]) -> _T:
    running = asyncio.get_running_loop().run_in_executor(None, call)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        request.cancel()
        await asyncio.wait({running})
        if not running.cancelled():
            running.exception()  # it has been looked at
        raise
