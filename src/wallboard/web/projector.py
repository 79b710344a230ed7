"""The process that every screen is forked from. It hears what the poller hears, so its board is what every screen
begins with: rows, figures, alarms and the day so far. It has no loop and no thread, which is what makes forking sound.

It was forked itself before any secret was read, and so nobody who breaks into a screen finds one.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import select
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from wallboard.board.board import Board
from wallboard.config.settings import Config
from wallboard.control.alarm_file import LOOK_SECONDS, AlarmFile, StoreError
from wallboard.control.alarm_file import NAME as ALARMS
from wallboard.domain.clock import SystemClock
from wallboard.polling.words import Follower
from wallboard.web.lines import END, OPEN, WORD, Frames

log = logging.getLogger("wallboard.web")

_KEPT = ("HOME", "LANG", "LC_", "PATH", "PYTHON", "TMPDIR", "TZ", "XDG_")
"""Variables, by their beginning, that a screen needs."""
_TICK = 1.0
_READ = 1 << 18
_MOST_AT_ONCE = 16
"""Sockets that can come with one read."""

Shown = Callable[[socket.socket, dict[str, object]], None]
"""Shows the board on a socket, by an order, until nobody looks."""


def fork_projector(run: Callable[[socket.socket], None]) -> socket.socket:
    """Run this in a process of its own, with nothing of ours but one end of a socket; the other end. Before there is
    any thread."""
    ours, theirs = socket.socketpair()
    sys.stdout.flush()
    sys.stderr.flush()
    if os.fork():
        theirs.close()
        return ours
    ours.close()
    _child(lambda: run(theirs))
    raise AssertionError


def _child(run: Callable[[], None]) -> None:
    """What a forked process does, and no more of what its parent was at."""
    code = 1
    try:
        run()
        code = 0
    except Exception:
        log.exception("a process of the web board failed")
    finally:
        os._exit(code)


def detach() -> None:
    """Of the terminal: what is pressed there ends the server, which ends us."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    # Secrets may stand in any other, and what says something of a terminal says it of the server's.
    for name in [name for name in os.environ if not name.startswith(_KEPT)]:
        del os.environ[name]
    # A browser has every colour.
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


class Projector:
    """`line` brings words and orders; `shown` is what a screen does. `state`: where history and alarms lie."""

    def __init__(self, line: socket.socket, board: Board, clock: SystemClock, shown: Shown, state: Path) -> None:
        self._line = line
        self._board = board
        self._clock = clock
        self._shown = shown
        self._alarms = AlarmFile(state / ALARMS, clock.now)
        self._follower = Follower(board)
        self._frames = Frames()
        self._sockets: deque[int] = deque()
        self._screens: dict[int, int] = {}
        """Processes by the number of their screen."""

    def restore(self, config: Config, history: Path) -> None:
        """What a console that begins is given back."""
        from wallboard.history import past

        sources = {source.name for source in config.sources}
        past.last_day(history, self._clock.now()).give_back(self._board, sources)
        with suppress(StoreError):
            self._board.alarms.restore(alarm for alarm in self._alarms.load() if alarm.source in sources)

    def run(self) -> None:
        """Follow, and fork, until the server is gone; then every screen is, too."""
        gc.collect()
        gc.freeze()
        try:
            tick = look = self._clock.now()
            while True:
                now = self._clock.now()
                if now >= tick:
                    self._board.tick()
                    self._reap()
                    tick = now + _TICK
                if now >= look:
                    self._adopt()
                    look = now + LOOK_SECONDS
                if select.select([self._line], [], [], max(0.0, tick - now))[0] and not self._read():
                    return
        finally:
            for process in self._screens.values():
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGTERM)

    def _read(self) -> bool:
        data, descriptors, _, _ = socket.recv_fds(self._line, _READ, _MOST_AT_ONCE)
        self._sockets.extend(descriptors)
        for kind, body in self._frames.feed(data):
            if kind == WORD:
                self._follower.hear(body)
            elif kind == OPEN:
                self._open(json.loads(body))
            elif kind == END:
                self._end(int(body))
        return bool(data)

    def _open(self, order: dict[str, object]) -> None:
        line = socket.socket(fileno=self._sockets.popleft())
        try:
            process = os.fork()
        except OSError:
            log.exception("no screen could be forked")
            # The browser finds its line closed, and asks again.
            line.close()
            return
        if process:
            line.close()
            self._screens[int(str(order["number"]))] = process
            return
        self._line.close()
        for other in self._sockets:
            os.close(other)
        _child(partial(self._shown, line, order))

    def _end(self, number: int) -> None:
        """By the signal that nothing here catches: a screen has nothing to finish."""
        if (process := self._screens.pop(number, 0)) and os.waitpid(process, os.WNOHANG) == (0, 0):
            os.kill(process, signal.SIGTERM)
            os.waitpid(process, 0)

    def _reap(self) -> None:
        for number, process in list(self._screens.items()):
            if os.waitpid(process, os.WNOHANG) != (0, 0):
                del self._screens[number]

    def _adopt(self) -> None:
        """What people did with alarms at consoles."""
        if self._alarms.changed():
            with suppress(StoreError):
                self._board.alarms.adopt(self._alarms.load())
