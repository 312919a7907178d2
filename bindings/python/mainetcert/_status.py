# SPDX-License-Identifier: BSD-3-Clause
"""What the catalogue says of a situation."""

from . import _api

_EN, _JA = 0, 1


def _number(status: object) -> int:
    return int(status)  # type: ignore[call-overload,no-any-return]


class StatusWords:
    """The number and the sentences of a `Status`; headlines are the manual's in Japanese."""

    __slots__ = ()

    @property
    def code(self) -> int:
        """The number that users and the support desk know."""
        return _api._status_code(_number(self))

    @property
    def kebab_name(self) -> str:
        """The name of the situation, such as ``pin-incorrect``."""
        return _api._status_name(_number(self))

    @property
    def headline(self) -> str:
        """What happened, in English."""
        return _api._status_text(_number(self), _EN)

    @property
    def headline_ja(self) -> str:
        """What happened, in Japanese."""
        return _api._status_text(_number(self), _JA)

    @property
    def cause(self) -> str:
        """Why the situation arises, in English."""
        return _api._status_cause(_number(self), _EN)

    @property
    def cause_ja(self) -> str:
        """Why the situation arises, in Japanese."""
        return _api._status_cause(_number(self), _JA)

    @property
    def remedy(self) -> str:
        """What the user can do, in English."""
        return _api._status_remedy(_number(self), _EN)

    @property
    def remedy_ja(self) -> str:
        """What the user can do, in Japanese."""
        return _api._status_remedy(_number(self), _JA)
