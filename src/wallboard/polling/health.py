"""The log of the sources' health: one line when something fails, one when it is well again, none in between."""

from __future__ import annotations

import logging
import math

import anyio

from wallboard.domain.errors import WallboardError
from wallboard.domain.language import english, tr
from wallboard.domain.text import clean

log = logging.getLogger("wallboard.polling")


def passes(error: BaseException) -> bool:
    """Whether `error` is the program's own ending, which must go on its way: an interrupt, or a cancellation that is
    really in effect. One that an adapter lets out without that would end everybody else's task group in silence.
    """
    if isinstance(error, BaseExceptionGroup):
        return any(passes(each) for each in error.exceptions)
    if isinstance(error, anyio.get_cancelled_exc_class()):
        return anyio.current_effective_deadline() == -math.inf
    return isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit))


def broken(what: str, error: BaseException) -> str:
    """One clean sentence about a fault that nobody foresaw: the error's own words where they are meant to be shown."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    said = clean(str(error)) if isinstance(error, WallboardError) else ""
    return said or tr("{what} broke ({fault})", what=what, fault=type(error).__name__)


class Health:
    """Remembers what has been said."""

    def __init__(self) -> None:
        self._failing: dict[str, str] = {}

    def failed(self, name: str, cause: str) -> None:
        """Say that `name` fails, once for each run of failures."""
        if name not in self._failing:
            log.warning("%s: %s", clean(name), clean(english(cause)))
        self._failing[name] = cause

    def broke(self, name: str, error: BaseException) -> None:
        """Say that our own code failed on `name`: with its trace, since only that helps to mend it."""
        if name not in self._failing:
            log.error("%s: unexpected %s", clean(name), type(error).__name__, exc_info=error)
        self._failing[name] = type(error).__name__

    def forget(self, name: str) -> None:
        """`name` is no more: neither well nor ill."""
        self._failing.pop(name, None)

    def well(self, name: str) -> None:
        """Say that `name` is well again, if it was not."""
        if self._failing.pop(name, None) is not None:
            log.info("%s: recovered", clean(name))
