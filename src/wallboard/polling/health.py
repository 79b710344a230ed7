"""The log of the sources' health: one line when something fails, one when it is well again, none in between."""

from __future__ import annotations

import logging

from wallboard.domain.text import clean

log = logging.getLogger("wallboard.polling")


class Health:
    """Remembers what has been said."""

    def __init__(self) -> None:
        self._failing: dict[str, str] = {}

    def failed(self, name: str, cause: str) -> None:
        """Say that `name` fails, once for each run of failures."""
        if name not in self._failing:
            log.warning("%s: %s", clean(name), clean(cause))
        self._failing[name] = cause

    def broke(self, name: str, error: BaseException) -> None:
        """Say that our own code failed on `name`: with its trace, since only that helps to mend it."""
        if name not in self._failing:
            log.error("%s: unexpected %s", clean(name), type(error).__name__, exc_info=error)
        self._failing[name] = type(error).__name__

    def well(self, name: str) -> None:
        """Say that `name` is well again, if it was not."""
        if self._failing.pop(name, None) is not None:
            log.info("%s: recovered", clean(name))
