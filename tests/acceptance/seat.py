"""A supervisor at a stage: the real console over its rooms, keys in and painted lines out, as the app lets it live.

New rows come in with the next frame and clocks with each tick; between two keys half a second passes, so that lists
and rows that have just moved are at rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tests.acceptance.scene import Stage
from tests.support.console import picture, press
from wallboard.config.settings import ConsoleOptions
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Row
from wallboard.history.archive import Archive
from wallboard.runtime.console import console_settings, ports
from wallboard.runtime.rooms import Headless
from wallboard.sim import LoggedRequest
from wallboard.ui.console import Console
from wallboard.view.directory import Place
from wallboard.view.panes.base import cell_of
from wallboard.view.picker import Picker
from wallboard.view.selection import ROSTER

if TYPE_CHECKING:
    from wallboard.ui.app import ConsoleApp

BETWEEN_KEYS = 0.5
"""Seconds from one key to the next."""


@dataclass
class Shell:
    """What the console wants of the app that shows it."""

    asked: list[str] = field(default_factory=list)

    def set_wallboard_theme(self, name: str) -> None:
        self.asked.append(f"theme {name}")

    def exit(self, code: int) -> None:
        self.asked.append("exit")

    def ring(self, times: int) -> None:
        self.asked.extend(["bell"] * times)

    def name_window(self, text: str) -> None:
        self.asked.append(f"title {text}")

    def tell_desktop(self, text: str) -> None:
        self.asked.append(f"notify {text}")

    def copy_text(self, text: str) -> str:
        self.asked.append(f"copy {text}")
        return ""

    def scroll_columns(self, step: int) -> None:
        self.asked.append(f"scroll {step}")

    def redraw(self) -> None:
        self.asked.append("redraw")

    def search(self, text: str, found: object) -> None:
        self.asked.append(f"search {text}")

    def repaint_soon(self) -> None:
        self.asked.append("repaint")


class Seat:
    """`rooms`: those of the stage, or those of another console on the same vendors."""

    def __init__(self, stage: Stage, rooms: Headless | None = None, *, width: int = 160, height: int = 50) -> None:
        self.stage = stage
        self.rooms = rooms or stage.rooms
        self.size = width, height
        settings = console_settings(stage.config, ConsoleOptions(), "site", "", [])
        app = cast("ConsoleApp", Shell())
        self.console = Console(
            self.rooms.board,
            self.rooms.dispatcher,
            self.rooms.clock,
            replace(settings, zone=UTC),
            ports(self.rooms, app, Archive(self.rooms.board, self.rooms.clock, Path(), 0, frozenset())),
        )
        self.endings: list[Outcome] = []
        self.seen: set[str] = set()
        """Every line that ever was on the screen."""
        self._changed: set[Resource] = set()
        self.rooms.board.subscribe(self._data)
        self.rooms.dispatcher.subscribe(self._hear)
        self.look()

    def _data(self, changed: frozenset[tuple[str, Resource]]) -> None:
        self._changed |= {resource for _, resource in changed}

    def _hear(self, outcome: Outcome) -> None:
        if outcome.final:
            self.endings.append(outcome)

    # ---- the screen ------------------------------------------------------------------------------------------

    def _take(self) -> None:
        changed, self._changed = frozenset(self._changed), set()
        self.console.reload(changed)
        self.console.tick()

    def look(self) -> list[str]:
        """The screen with what has come in since."""
        self._take()
        lines = picture(self.console, *self.size)
        self.seen.update(lines)
        return lines

    def page(self) -> str:
        return "\n".join(self.look())

    def line(self, text: str) -> str:
        """The one line of the screen that holds the text."""
        (found,) = [line for line in self.look() if text in line]
        return found

    def cells(self, resource: Resource) -> list[tuple[Row, dict[str, str]]]:
        """The living rows of a pane in their order, a folded roster last, each as the text of its columns."""
        self._take()
        pane, context = self.console.panes[resource], self.console.panes.context()
        out: list[tuple[Row, dict[str, str]]] = []
        folded = sorted(pane.pane.rows(context), key=lambda row: pane.pane.fact(row, context).rank)
        for key in dict.fromkeys((*filter(pane.live, pane.order()), *(row.key for row in folded))):
            row = pane.row(key)
            assert row is not None
            cells = pane.pane.cells(row, context)
            out.append((row, {name: cell_of(cells, name).text for name in cells}))
        return out

    @property
    def said(self) -> str:
        return self.console.remarks.outcome[0]

    @property
    def dialog(self) -> object:
        return None if self.console.dialog is None else self.console.dialog.dialog

    @property
    def marked(self) -> Place:
        """The destination that Enter would send to."""
        picker = self.dialog
        assert isinstance(picker, Picker)
        assert picker.mark is not None, "nothing is marked"
        return picker.places()[picker.mark]

    # ---- the keys --------------------------------------------------------------------------------------------

    async def press(self, *keys: str) -> None:
        """Type keys by their names; one of one character types it."""
        self.look()
        for key in keys:
            press(self.console, key, " " if key == "space" else key if len(key) == 1 else None)
            await self.stage.wait(BETWEEN_KEYS)
            self.look()

    async def type(self, text: str) -> None:
        await self.press(*("space" if char == " " else char for char in text))

    async def to(self, key: Key, pane: str) -> None:
        """Go to a pane, by its number, and down to a row: a held key moves as fast as it repeats."""
        await self.press(pane, "g")
        order = list(self.console.pane.order())
        if key not in order and ROSTER in order:
            await self.press("G", "enter", "g")
            order = list(self.console.pane.order())
        assert key in order, f"{key} is not in pane {pane}"
        for _ in range(order.index(key)):
            press(self.console, "j", "j")
        await self.stage.wait(BETWEEN_KEYS)
        self.look()
        assert self.console.pane.selection.cursor == key

    async def until(self, condition: Callable[[], object], within: float = 90.0) -> None:
        """Let time pass until it is so, looked at once a second."""
        end = self.stage.clock.now() + within
        self._take()
        while not condition():
            assert self.stage.clock.now() < end, f"it did not come about in {within:g} s"
            await self.stage.wait(1.0, step=1.0)
            self._take()
        self.look()

    async def ending(self, within: float = 90.0) -> Outcome:
        """What became of the action just asked for; later requests would be repetitions, so it waits for them."""
        await self.until(lambda: self.endings, within)
        await self.stage.wait(3.0)
        self.look()
        (found,) = self.endings
        self.endings.clear()
        assert found.phase is not Phase.REQUESTED
        return found

    def acting(self) -> list[tuple[str, str, object]]:
        """Account and method and path and body of every acting request so far."""
        return [(request.method, f"{request.account}{request.path}", request.body) for request in self.sent()]

    def sent(self) -> list[LoggedRequest]:
        return self.stage.server.actions()


def utc(stage: Stage, pattern: str = "%Y-%m-%d %H:%M", ahead: float = 0.0) -> str:
    """The stage's time in words, `ahead` seconds from now."""
    from datetime import datetime

    return datetime.fromtimestamp(stage.clock.now() + ahead, UTC).strftime(pattern)
