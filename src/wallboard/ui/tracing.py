"""Where the time between a key and the terminal goes, for a browser's trace viewer (`WALLBOARD_TRACE=file`).

Names of functions, instants and durations are written, nothing that was typed or shown. Nothing is looked at where the
variable is not set.
"""

from __future__ import annotations

import functools
import gc
import inspect
import json
import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

#: Spans that are kept until they are written.
TOGETHER = 500
Watched = tuple[object, str]


class Trace:
    """Complete events (`ph` X) as one JSON array, which need not end; `ts` and `dur` are microseconds."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        self._file = os.fdopen(descriptor, "w", encoding="utf-8")
        self._file.write("[\n")
        self._spans: list[tuple[str, float, float, int]] = []
        self._collects = 0.0

    def watch(self, functions: Iterable[Watched]) -> None:
        """From now on each call of these, by owner and name, is a span; and so is each time garbage is collected."""
        for owner, name in functions:
            setattr(owner, name, self._timed(getattr(owner, name)))
        gc.callbacks.append(self._collected)

    def _timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        label = getattr(function, "__qualname__", repr(function))
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def later(*arguments: Any, **named: Any) -> Any:
                began = time.perf_counter()
                try:
                    return await function(*arguments, **named)
                finally:
                    self._took(label, began)

            return later

        @functools.wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                self._took(label, began)

        return call

    def _collected(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._collects = time.perf_counter()
        else:
            self._took(f"gc {info['generation']}", self._collects)

    def _took(self, label: str, began: float) -> None:
        self._spans.append((label, began, time.perf_counter() - began, threading.get_native_id()))
        if len(self._spans) >= TOGETHER:
            self.write()

    def write(self) -> None:
        """Bring what was kept to the file."""
        spans, self._spans = self._spans, []
        pid = os.getpid()
        for label, began, took, thread in spans:
            event = {"name": label, "ph": "X", "ts": 1e6 * began, "dur": 1e6 * took, "pid": pid, "tid": thread}
            self._file.write(f"{json.dumps(event)},\n")
        self._file.flush()


def of_console() -> list[Watched]:
    """The way of a key: read, bound, done, made a frame of, drawn, compared with the glass, written; and what else the
    loop does meanwhile."""
    from wallboard.ui import app
    from wallboard.ui.console import Console
    from wallboard.ui.delivery import Delivery
    from wallboard.ui.screens.board import BoardScreen
    from wallboard.ui.screens.page import ModeScreen
    from wallboard.ui.terminal import private
    from wallboard.ui.terminal.diff import DiffDisplay, Glass
    from wallboard.ui.terminal.driver import ConsoleDriver
    from wallboard.ui.terminal.writer import ConsoleWriter

    return [
        (ConsoleDriver, "process_message"),
        *((app.ConsoleApp, name) for name in ("press", "_act", "paint", "_take_data", "_second")),
        *((Console, name) for name in ("run", "see", "drew", "tick", "reload")),
        (app, "frame"),
        (BoardScreen, "show"),
        *((ModeScreen, name) for name in ("follow", "bound")),
        (Delivery, "drawn"),
        *private.DRAWING,
        (DiffDisplay, "__call__"),
        (Glass, "paint"),
        (ConsoleWriter, "_send"),
    ]
