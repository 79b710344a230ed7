"""What fills the screen, and how its pages are scrolled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from wallboard.domain.keys import Resource
from wallboard.ui.panes import Panes
from wallboard.view.sources import NOWHERE, Place

BOARD, WALL, LOG, SOURCES, ALARMS, TRENDS, HELP = "board", "wall", "log", "sources", "alarms", "trends", "help"
PAGES = (WALL, LOG, SOURCES, ALARMS, TRENDS, HELP)
"""Those in which no row of a pane is under a cursor."""
ANYWHERE = ("mode.", "pane.", "app.", "alarm.", "lost.", "replay.", "theme ")
"""Beginnings of the actions that work in every mode: none of them touches a row."""
SCROLLS = ("nav.up", "nav.down", "nav.page_up", "nav.page_down", "nav.top", "nav.bottom")
SIDEWAYS = ("nav.left", "nav.right")
STEPS = frozenset({"up", "down", "left", "right", "pageup", "pagedown", "home", "end", "j", "k"})
"""What only moves, in whatever dialog."""
_END = 1_000_000
_ALWAYS_WHOLE = (ALARMS, HELP)
"""Lists that are not found narrowed by who comes back to them."""


def moves(action: str) -> bool:
    """Whether an action of the board does no more than move."""
    return action in SCROLLS or action.startswith((*SIDEWAYS, "pane."))


def stays_here(action: str) -> bool:
    """Whether it does nothing beyond the screen."""
    return action.startswith(("nav.", "pane.", "view.", "mode."))


def typed(keys: Mapping[str, str], wanted: Callable[[str], bool]) -> frozenset[str]:
    """The keys of a keymap (key to action) that are characters and do what is wanted."""
    return frozenset(key for key, action in keys.items() if len(key) == 1 and wanted(action))


def moved(action: str, page: int) -> int:
    """By how many lines an action moves a cursor; past either end for the first and the last."""
    far = {"nav.top": -_END, "nav.bottom": _END}
    return {"nav.up": -1, "nav.down": 1, "nav.page_up": -page, "nav.page_down": page, **far}.get(action, 0)


class Filtered(Protocol):
    """A list that a typed text narrows. `counts`: how many lines of it match, and how many there are."""

    @property
    def name(self) -> str: ...

    @property
    def filter(self) -> str: ...

    @property
    def counts(self) -> tuple[int, int]: ...

    def set_filter(self, text: str) -> None: ...

    def move(self, lines: int) -> None: ...


class Modes:
    """Which of them is on the screen. `demand` is told what is looked at whenever that changes."""

    def __init__(self, panes: Panes, demand: Callable[[frozenset[Resource], Resource], None], mode: str) -> None:
        self._panes = panes
        self._demand = demand
        self.now = mode
        self.scroll: dict[str, int] = {}
        self.lists: dict[str, Filtered] = {}
        """Those that a filter narrows."""
        self.opens: dict[str, Callable[[], None]] = {}
        """What is done as a mode comes to its beginning."""
        self.source = NOWHERE
        """Where the cursor of the sources mode stands."""
        self.page_lines = 20
        """Lines of a page of the mode that is on the screen, as last drawn."""

    def to(self, mode: str) -> None:
        if mode != self.now and self.now in _ALWAYS_WHOLE:
            self.lists[self.now].set_filter("")
        self.now = mode
        self.demand()

    def toggle(self, mode: str) -> None:
        """To the beginning of a mode; from there back to the board."""
        self.scroll[mode] = 0
        self.source = NOWHERE
        opens = self.now != mode
        self.to(mode if opens else BOARD)
        if opens and mode in self.opens:
            self.opens[mode]()

    def demand(self) -> None:
        shown = {*self._panes.chosen, self._panes.active} if self.now in (BOARD, HELP) else set()
        if self.now in (WALL, TRENDS):
            shown = {Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS, Resource.HOTLINES}
        self._demand(frozenset(shown), self._panes.active)

    def to_source(self, what: object, line: int) -> bool:
        """Put the cursor of the sources mode on a `Place`; whether it stood there."""
        there = what == self.source
        self.source = what if isinstance(what, Place) else self.source
        return there

    def move(self, lines: int) -> None:
        """Move on by so many lines: the cursor of a list, or the page."""
        found = self.lists.get(self.now)
        (self.turn if found is None else found.move)(lines)

    def turn(self, lines: int) -> None:
        """Scroll the page on the screen; what is past its end is cut where it is drawn."""
        self.scroll[self.now] = max(0, self.scroll.get(self.now, 0) + lines)
