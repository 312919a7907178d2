# SPDX-License-Identifier: BSD-3-Clause
"""The base of every exception; the situations are made from the public headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._catalogue import Status


class MainetError(Exception):
    """A call failed. There is a class for every situation; `status` names it.

    `detail` tells the particulars in English, for a log; `system_code` is an errno, a CURLcode or
    an HTTP status, 0 when there is none. Words come in English, and in Japanese with ``_ja``.
    """

    def __init__(self, status: int, detail: str = "", system_code: int = 0) -> None:
        from ._catalogue import Status

        super().__init__(status, detail, system_code)
        self.status: Status = Status(status)
        self.detail = detail
        self.system_code = system_code

    def __str__(self) -> str:
        number = f"{self.code}: {self.headline}"
        return f"{number} ({self.detail})" if self.detail else number

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (int(self.status), self.detail, self.system_code)

    @property
    def code(self) -> int:
        """The number that users and the support desk know, such as 550."""
        return self.status.code

    @property
    def headline(self) -> str:
        """What happened, in English."""
        return self.status.headline

    @property
    def headline_ja(self) -> str:
        """What happened, in Japanese: the manual's words where it has them."""
        return self.status.headline_ja

    @property
    def cause(self) -> str:
        """Why the situation arises, in English."""
        return self.status.cause

    @property
    def cause_ja(self) -> str:
        """Why the situation arises, in Japanese."""
        return self.status.cause_ja

    @property
    def remedy(self) -> str:
        """What the user can do, in English."""
        return self.status.remedy

    @property
    def remedy_ja(self) -> str:
        """What the user can do, in Japanese."""
        return self.status.remedy_ja


def make_error(status: int, detail: str, system_code: int) -> MainetError:
    """Answer the exception of a situation."""
    from ._catalogue import BY_STATUS

    return BY_STATUS.get(status, MainetError)(status, detail, system_code)
