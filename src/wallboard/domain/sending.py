"""The last look before a command leaves this machine: is it still what somebody wants?

A command may wait for a journal, a reading, a token, a connection or its turn. So its age is judged where all waiting
ends, in the client that writes the bytes, and not where the waiting began. Whoever carries a command out wraps that in
`leaving`; a client that acts calls `look` right before it writes. Outside `leaving`, `look` does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import ceil

from wallboard.domain.clock import Clock
from wallboard.domain.command import Command
from wallboard.domain.errors import Expired
from wallboard.domain.language import tr

EXPIRES = 5.0
"""Seconds after the key press within which a command may be sent."""

_LEAVING: ContextVar[tuple[Command, Clock] | None] = ContextVar("leaving", default=None)


def overdue(command: Command, now: float) -> str:
    """Why the command may not be sent any more, as a clause; "" while it may."""
    age = now - command.asked_at
    if age <= EXPIRES:
        return ""
    again = tr("press again") if command.origin == "console" else tr("ask again")
    return tr("{seconds} s old when it could be sent; {again}", seconds=ceil(age), again=again)


@contextmanager
def leaving(command: Command, clock: Clock) -> Iterator[None]:
    """What is sent within, by this task and those that it starts, is `command`."""
    token = _LEAVING.set((command, clock))
    try:
        yield
    finally:
        _LEAVING.reset(token)


def look() -> None:
    """Raises Expired when the command that is being sent has become too old. Nothing of it may have been written."""
    held = _LEAVING.get()
    if held is not None:
        command, clock = held
        reason = overdue(command, clock.now())
        if reason:
            raise Expired(reason)
