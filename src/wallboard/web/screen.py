"""One browser's screen: the console on the projector's board, from the moment of the fork, and words until the end."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from wallboard.board.board import Board
from wallboard.board.masked import MaskedBoard
from wallboard.config.settings import Config, ConsoleOptions
from wallboard.domain.clock import SystemClock
from wallboard.domain.numbers import warm
from wallboard.polling.words import Follower
from wallboard.runtime.console import console_on
from wallboard.runtime.rooms import HISTORY, board_settings, headless, regions
from wallboard.web.lines import KEYS, SIZE, WORD, Frames
from wallboard.web.projector import Projector, detach

if TYPE_CHECKING:
    from wallboard.ui.terminal.browser import Window

_READ = 1 << 16
_LEAST, _MOST = (20, 5), (500, 200)
"""Columns and lines."""


def project(config: Config, clock: SystemClock, state: Path, site: str, line: socket.socket) -> None:
    """Be the projector of this config (which has no secret) until the other end of `line` is closed."""
    detach()
    # Whatever each screen would load is loaded once.
    import wallboard.ui.app
    import wallboard.ui.console
    import wallboard.ui.terminal.browser  # noqa: F401

    warm(*regions(config).values())
    board = (MaskedBoard if "web" in config.mask else Board)(clock, board_settings(config))

    def shown(line: socket.socket, order: dict[str, object]) -> None:
        anyio.run(_show, board, clock, config, state, site, line, order)

    projector = Projector(line, board, clock, shown, state)
    projector.restore(config, state / HISTORY)
    projector.run()


async def _show(
    board: Board,
    clock: SystemClock,
    config: Config,
    state: Path,
    site: str,
    line: socket.socket,
    order: dict[str, object],
) -> None:
    from wallboard.ui.terminal.browser import BrowserDriver, Window

    window = BrowserDriver.window = Window(line, size(order))
    options = ConsoleOptions(read_only=True, looks=True, wall=order.get("page") == "wall", kiosk=config.kiosk)
    async with headless(config, read_only=True, clock=clock, state=state, keeps=False, board=board) as rooms:
        rooms.tasks.start_soon(_heard, line, Follower(board), window)
        _, fault = await console_on(rooms, config, options, site, "", BrowserDriver)
    if fault is not None:
        raise fault


async def _heard(line: socket.socket, follower: Follower, window: Window) -> None:
    """Words, keys and sizes. Nobody at the other end: nobody looks, and there is nothing to finish."""
    frames = Frames()
    while True:
        await anyio.wait_readable(line)
        try:
            data = line.recv(_READ)
        except BlockingIOError:
            continue
        except OSError:
            data = b""
        if not data:
            os._exit(0)
        for kind, body in frames.feed(data):
            if kind == WORD:
                follower.hear(body)
            elif kind == KEYS:
                window.keys(body.decode("utf-8", "replace"))
            elif kind == SIZE:
                window.resize(*size(json.loads(body)))


def size(told: dict[str, object]) -> tuple[int, int]:
    """Columns and lines within reason."""
    wanted = [int(each) if isinstance(each := told.get(name), int) else 0 for name in ("width", "height")]
    columns, lines = (max(least, min(most, each)) for least, most, each in zip(_LEAST, _MOST, wanted, strict=True))
    return columns, lines
