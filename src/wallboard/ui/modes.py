"""What fills the screen, and how the pages that have no cursor are scrolled."""

from __future__ import annotations

BOARD, WALL, LOG, SOURCES, HELP = "board", "wall", "log", "sources", "help"
ANYWHERE = ("mode.", "pane.", "app.", "alarm.", "theme ")
"""Beginnings of the actions that work in every mode: none of them touches a row."""
SCROLLS = ("nav.up", "nav.down", "nav.page_up", "nav.page_down", "nav.top", "nav.bottom")
MOVES = frozenset({*SCROLLS, "nav.left", "nav.right"})
STEPS = frozenset({"up", "down", "left", "right", "pageup", "pagedown", "home", "end"})
"""Keys that only move, in whatever dialog."""
_END = 1_000_000


def scrolled(mode: str, action: str, at: int, page: int, entries: int) -> int:
    """The new place of a page. The log counts from its newest line upwards (at most `entries`), all else downwards
    from its first; what is past the end is cut where the page is drawn."""
    lines = {"nav.up": -1, "nav.down": 1, "nav.page_up": -page, "nav.page_down": page}.get(action, 0)
    if mode == LOG:
        back = entries if action == "nav.top" else 0 if action == "nav.bottom" else at - lines
        return max(0, min(max(0, entries - page), back))
    top = 0 if action == "nav.top" else _END if action == "nav.bottom" else at + lines
    return max(0, top)
