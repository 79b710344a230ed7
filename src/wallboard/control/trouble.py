"""What works beside the screen and may fail for hours: said once, and in the log once more when it is over."""

from __future__ import annotations

import logging
from collections.abc import Callable

from wallboard.domain.language import english

log = logging.getLogger("wallboard.control")


class Troubled:
    """`problem` is a sentence while something is wrong."""

    def __init__(self) -> None:
        self.problem = ""
        self._listeners: list[Callable[[str], None]] = []

    def subscribe(self, listener: Callable[[str], None]) -> None:
        """`listener` hears each new problem, as a sentence."""
        self._listeners.append(listener)

    def _tell(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            log.warning("%s", english(problem))
            for listener in self._listeners:
                listener(problem)

    def _well(self) -> None:
        if self.problem:
            log.info("no more: %s", english(self.problem))
            self.problem = ""
