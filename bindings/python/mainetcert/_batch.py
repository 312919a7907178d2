# SPDX-License-Identifier: BSD-3-Clause
"""Many orders at a time."""

from __future__ import annotations

from collections.abc import Iterator

from . import _api, _native
from ._catalogue import OrderState, Status
from ._errors import MainetError, make_error
from ._objects import Identity, Token, _Closing
from ._request import Request, _run
from ._types import Secret


class Order:
    """One order of a batch, and what has become of it by now."""

    __slots__ = ("_batch", "_index")

    def __init__(self, batch: Batch, index: int) -> None:
        self._batch, self._index = batch, index

    @property
    def group_id(self) -> str:
        """The group ID."""
        return self._batch._group_id(self._index)

    @property
    def certificate_number(self) -> str:
        """The certificate number."""
        return self._batch._certificate_number(self._index)

    @property
    def state(self) -> OrderState:
        """What became of it."""
        return OrderState(self._batch._state(self._index))

    @property
    def error(self) -> MainetError | None:
        """Why it failed, if it has."""
        status = Status(self._batch._status(self._index))
        return make_error(status, self._batch._detail(self._index), 0) if status else None

    @property
    def identity(self) -> Identity | None:
        """What has come into the token, or was there already, if it has."""
        if self.state not in (OrderState.DONE, OrderState.PRESENT):
            return None
        return self._batch._identity(self._index)

    def __repr__(self) -> str:
        return f"<mainetcert.Order {self.certificate_number!r} {self.state.name}>"


class Batch(_Closing, _api.Batch):
    """Orders of one service that are acquired together: a sequence of them.

    An order that fails does not stop the others: look at its ``state`` and ``error`` after a run.
    """

    __slots__ = ()

    def add(self, group_id: str, certificate_number: str, password: Secret) -> Order:
        """Add an order.

        :param group_id: the group ID
        :param certificate_number: the certificate number
        :param password: the retrieval password
        :return: the last of the batch
        :raises: ArgumentError if a value cannot be, or the order is there already
        """
        self._add(group_id, certificate_number, password)
        return Order(self, len(self) - 1)

    def run(self, request: Request, token: Token, jobs: int = 8) -> None:  # type: ignore[override]
        """Retrieve what was ordered, many at a time, and put it in the token.

        What is pending or in the token already is not asked for again, so a run goes on where an
        earlier one was ended. Orders that failed are tried again.

        :param request: service, proxy and callbacks of all of them; the timeout is each order's
        :param token: an unlocked token
        :param jobs: how many exchanges are under way at a time, 1 to 64
        :raises: MainetError if no way leads to the service; the orders' own failures are theirs
        """
        request._call(lambda: super(Batch, self).run(request, token, jobs))

    async def run_async(self, request: Request, token: Token, jobs: int = 8) -> None:
        """As `run`, on a worker thread, where the callbacks are called too.

        Cancelling the task ends the call and waits for its end: replies that are on their way are
        awaited and stay pending.
        """
        await _run(request, lambda: self.run(request, token, jobs))

    def __len__(self) -> int:
        return self._count()

    def __getitem__(self, index: int) -> Order:
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError("the batch has no such order")
        return Order(self, at)

    def __iter__(self) -> Iterator[Order]:
        return (Order(self, index) for index in range(len(self)))


_native.Batch_swigregister(Batch)
