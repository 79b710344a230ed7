"""What fills the screen, and how the pages that have no cursor are scrolled."""

from __future__ import annotations

from collections.abc import Callable, Mapping

BOARD, WALL, LOG, SOURCES, ALARMS, HELP = "board", "wall", "log", "sources", "alarms", "help"
ANYWHERE = ("mode.", "pane.", "app.", "alarm.", "theme ")
"""Beginnings of the actions that work in every mode: none of them touches a row."""
SCROLLS = ("nav.up", "nav.down", "nav.page_up", "nav.page_down", "nav.top", "nav.bottom")
STEPS = frozenset({"up", "down", "left", "right", "pageup", "pagedown", "home", "end"})
"""Keys that only move, in whatever dialog."""
_END = 1_000_000


def moves(action: str) -> bool:
    """Whether an action of the board does no more than move."""
    return action in SCROLLS or action.startswith(("nav.left", "nav.right", "pane."))


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
