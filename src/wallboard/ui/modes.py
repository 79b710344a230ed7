"""What fills the screen, and how the pages that have no cursor are scrolled."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wallboard.domain.keys import Resource
from wallboard.ui.panes import Panes

BOARD, WALL, LOG, SOURCES, ALARMS, TRENDS, HELP = "board", "wall", "log", "sources", "alarms", "trends", "help"
PAGES = (WALL, LOG, SOURCES, ALARMS, TRENDS, HELP)
"""Those in which no row is under a cursor."""
ANYWHERE = ("mode.", "pane.", "app.", "alarm.", "lost.", "theme ")
"""Beginnings of the actions that work in every mode: none of them touches a row."""
SCROLLS = ("nav.up", "nav.down", "nav.page_up", "nav.page_down", "nav.top", "nav.bottom")
SIDEWAYS = ("nav.left", "nav.right")
STEPS = frozenset({"up", "down", "left", "right", "pageup", "pagedown", "home", "end", "j", "k"})
"""What only moves, in whatever dialog."""
_END = 1_000_000


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


def scrolled(mode: str, action: str, at: int, page: int, entries: int) -> int:
    """The new place of a page. The log counts from its newest line upwards (at most `entries`), all else downwards
    from its first; what is past the end is cut where the page is drawn."""
    lines = {"nav.up": -1, "nav.down": 1, "nav.page_up": -page, "nav.page_down": page}.get(action, 0)
    if mode == LOG:
        back = entries if action == "nav.top" else 0 if action == "nav.bottom" else at - lines
        return max(0, min(max(0, entries - page), back))
    top = 0 if action == "nav.top" else _END if action == "nav.bottom" else at + lines
    return max(0, top)


class Modes:
    """Which of them is on the screen. `demand` is told what is looked at whenever that changes."""

    def __init__(self, panes: Panes, demand: Callable[[frozenset[Resource], Resource], None], mode: str) -> None:
        self._panes = panes
        self._demand = demand
        self.now = mode
        self.scroll: dict[str, int] = {}
        self.source_mark: tuple[str, Resource | None] = ("", None)
        """The source (and its resource) that the sources mode was opened on."""
        self.page_lines = 20
        """Lines of a page of the mode that is on the screen, as last drawn."""

    def to(self, mode: str) -> None:
        self.now = mode
        self.demand()

    def toggle(self, mode: str) -> None:
        """To the beginning of a mode; from there back to the board."""
        self.scroll[mode] = 0
        self.source_mark = ("", None)
        self.to(BOARD if self.now == mode else mode)

    def demand(self) -> None:
        shown = {*self._panes.chosen, self._panes.active} if self.now in (BOARD, HELP) else set()
        if self.now in (WALL, TRENDS):
            shown = {Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS, Resource.HOTLINES}
        self._demand(frozenset(shown), self._panes.active)

    def turn(self, action: str, entries: int) -> None:
        """Scroll the page on the screen."""
        at = self.scroll.get(self.now, 0)
        self.scroll[self.now] = scrolled(self.now, action, at, max(1, self.page_lines - 1), entries)
