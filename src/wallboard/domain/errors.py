"""Errors by what can be done about them. `str(error)` is one plain, clean sentence for a person.

WallboardError
├── ConfigError            the config or the command line is wrong: says file, line and what to write
├── VendorError            a vendor's package is broken: its sources say so, the others work
├── ReadError              a resource could not be read; the next poll is the retry
│   ├── Unreachable        name not found, connection refused, TLS refused
│   ├── Late               no whole answer within the deadline
│   ├── Throttled          429, or 503 with Retry-After: wait `retry_after` seconds
│   ├── CredentialsRefused 401 also after a new token: polling of the source stops
│   ├── NotPermitted       403: this resource is not for this account
│   ├── Missing            404
│   ├── ServerTrouble      5xx
│   └── BadAnswer          not what the document promises: not JSON, too large, cut short, a redirect
└── ActionError            an action did not go through
    ├── NotSent            nothing left this machine: nothing happened
    │   └── Expired        it was too old by the time it could be sent
    ├── Rejected           the vendor answered no: nothing happened
    │   └── TargetGone     404, 409, 410, 412: the call is over, or not as it was
    ├── Ended              who acts for us has told the ending
    └── Ambiguous          sent, and no clear answer (which ones: `vendors.http.errors`): it may have happened. Never
                           sent again
"""

from __future__ import annotations

from typing import Literal


class WallboardError(Exception):
    """Base of all errors that are meant to be shown."""


class VendorError(WallboardError):
    """The package that brings a vendor cannot be used."""


class ConfigError(WallboardError):
    """Wrong input from the user. `where` is `file:line` when it is known."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        text = super().__str__()
        text = f"{self.where}: {text}" if self.where else text
        return f"{text}; {self.hint}" if self.hint else text


class ReadError(WallboardError):
    """A resource could not be read."""


class Unreachable(ReadError):
    pass


class Late(ReadError):
    pass


class Throttled(ReadError):
    """`retry_after` in seconds (None: not said); `scope`: whether the whole account or this endpoint must wait, the
    latter `alone` where another such request of the account is under way."""

    def __init__(
        self, message: str, retry_after: float | None = None, scope: Literal["account", "endpoint", "alone"] = "account"
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.scope: Literal["account", "endpoint", "alone"] = scope


class CredentialsRefused(ReadError):
    pass


class NotPermitted(ReadError):
    pass


class Missing(ReadError):
    pass


class ServerTrouble(ReadError):
    pass


class BadAnswer(ReadError):
    pass


class ActionError(WallboardError):
    """An action did not go through. `status` is the vendor's status code or word, if it answered."""

    def __init__(self, message: str, *, status: str = "") -> None:
        super().__init__(message)
        self.status = status


class NotSent(ActionError):
    pass


class Expired(NotSent):
    pass


class Rejected(ActionError):
    pass


class TargetGone(Rejected):
    pass


class Ambiguous(ActionError):
    pass


class Ended(ActionError):
    """`phase` and `ending` are those of the one who acted (`control.outcome`)."""

    def __init__(self, phase: str, ending: str, evidence: str = "") -> None:
        super().__init__(ending)
        self.phase, self.ending, self.evidence = phase, ending, evidence
