"""The log as lines: what happened, when, and the line under the cursor whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import tzinfo

from wallboard.control.outcome import Outcome
from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import mark, tr
from wallboard.domain.records import dataclass
from wallboard.domain.text import cell_width
from wallboard.view import glyphs
from wallboard.view.cells import At, Cell, cut, fit
from wallboard.view.filters import findable, holds, words
from wallboard.view.format import local
from wallboard.view.lines import Line, clip, pressing, rule, wrapped

UNCONFIRMED = mark("unconfirmed")
"""Finds the actions of which nobody knows yet whether they happened."""
_KINDS = (mark("alarm"), mark("state"), mark("notice"), mark("action"))
_TIME = 10
"""Columns of cursor and time."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One thing that happened at `at` (UTC seconds); `what` is "alarm", "state", "notice" or "action". `about`: the
    rows (or the source) that it is about, the nearest first. `outcome`: of an action. Two are never the same line."""

    at: float
    what: str
    text: str
    style: str = "text"
    about: tuple[Key, ...] = ()
    outcome: Outcome | None = None
    sent: str = ""
    """The text with its numbers as they were sent, by which it is found, too."""


def source_key(name: str) -> Key:
    """What an entry about a whole source is about."""
    return Key(name, Kind.SOURCE, name)


def matching(entries: Sequence[Entry], wanted: str, unproven: Collection[str]) -> Sequence[Entry]:
    """Those in which every word of `wanted` stands. `unproven`: the commands whose ending is open; the last line of
    each is "unconfirmed"."""
    sought = wanted.casefold().split()
    if not sought:
        return entries
    last = {entry.outcome.command.id: entry for entry in entries if entry.outcome is not None}
    open_ = {last[name] for name in unproven if name in last}
    kinds, unconfirmed = {kind: words(kind, kind) for kind in _KINDS}, words(UNCONFIRMED, UNCONFIRMED)

    def text(entry: Entry) -> str:
        return findable(f"{kinds[entry.what]} {entry.text} {entry.sent} {unconfirmed if entry in open_ else ''}")

    return [entry for entry in entries if all(holds(text(entry), word) for word in sought)]


@dataclass(frozen=True, slots=True)
class LogPage:
    """The page, the line of it (after its head) on which the cursor stands, and the entry there; without a cursor the
    newest."""

    lines: list[Line]
    row: int = 0
    entry: Entry | None = None


def event_log(
    entries: Sequence[Entry],
    width: int,
    height: int,
    zone: tzinfo | None,
    total: int,
    wanted: str = "",
    cursor: Entry | None = None,
    row: int = 0,
    undo: str = "",
) -> LogPage:
    """`entries` out of `total` match `wanted`. Without a `cursor` the newest stand last; with one it stays in line
    `row` whatever comes after it. `undo`: what undoes the entry under it."""
    room = max(1, height - 1)
    at = next((index for index, entry in enumerate(entries) if entry is cursor), None)
    if at is None:
        shown = entries[-room:]
        place = f"{len(entries)}/{len(entries)}"
        if not entries:
            place = tr("nothing matches") if wanted else tr("nothing yet")
        lines = [_head(len(entries), total, wanted, place, width)]
        lines += [_line(entry, width, zone) for entry in shown]
        return LogPage(lines, max(0, len(shown) - 1), shown[-1] if shown else None)
    here = _whole(entries[at], width, zone, undo)[:room]
    row = max(0, min(row, room - len(here), at))
    below = min(len(entries) - 1 - at, room - row - len(here))
    # No blank lines at the end while there is more before.
    row = min(at, room - len(here) - below)
    newer = len(entries) - 1 - at - below
    place = f"{at + 1}/{len(entries)}" + (f"   {tr('{n} newer', n=newer)}" if newer else "")
    lines = [_head(len(entries), total, wanted, place, width)]
    lines += [_line(entry, width, zone) for entry in entries[at - row : at]]
    lines += here
    lines += [_line(entry, width, zone) for entry in entries[at + 1 : at + 1 + below]]
    return LogPage(lines, row, entries[at])


def _head(shown: int, total: int, wanted: str, place: str, width: int) -> Line:
    counts = tr("alarms, changes, actions")
    if wanted:
        counts = tr('{n} of {all} "{wanted}"', n=shown, all=total, wanted=wanted)
    return rule(f"{tr('LOG')} {counts}", place, width)


def _kind_width() -> int:
    return max(cell_width(tr(kind)) for kind in _KINDS)


def _when(entry: Entry, zone: tzinfo | None, sign: str = " ") -> Line:
    return [
        Cell(sign, "info"),
        Cell(f"{local(entry.at, zone)} ", "muted"),
        Cell(f"{fit(tr(entry.what), _kind_width())} ", "muted"),
    ]


def _line(entry: Entry, width: int, zone: tzinfo | None) -> Line:
    return pressing(clip([*_when(entry, zone), Cell(entry.text, entry.style)], width), At(entry))


def _whole(entry: Entry, width: int, zone: tzinfo | None, undo: str) -> list[Line]:
    """The entry in as many lines as it needs."""
    head = _TIME + _kind_width() + 1
    room = max(10, width - head)
    parts = [Cell(part, f"{entry.style} bold") for text in wrapped(entry.text, room) for part in _broken(text, room)]
    parts += [Cell(part, "info") for part in wrapped(undo, room)] if undo else []
    first = _when(entry, zone, glyphs.CURSOR)
    rest = [Cell(glyphs.CURSOR, "info"), Cell(" " * (head - 1))]
    lines = [clip([*(rest if index else first), part], width) for index, part in enumerate(parts)]
    return [pressing(line, At(entry)) for line in lines]


def _broken(text: str, room: int) -> list[str]:
    """A word that is longer than a line, in pieces."""
    pieces: list[str] = []
    while cell_width(text) > room:
        head = cut(text, room)
        pieces.append(head)
        text = text[len(head) :]
    return [*pieces, text]
