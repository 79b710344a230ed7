"""The log mode: alarms, state changes, every action and its outcome; newest last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from wallboard.view.cells import Cell
from wallboard.view.format import local
from wallboard.view.lines import Line, clip, rule


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened at `at` (UTC seconds); `what` is "alarm", "state" or "action"."""

    at: float
    what: str
    text: str
    style: str = "text"


def event_log(entries: Sequence[Entry], width: int, height: int, back: int, zone: tzinfo | None) -> list[Line]:
    """The last entries that fit, scrolled `back` lines up."""
    room = max(1, height - 1)
    end = max(min(room, len(entries)), len(entries) - back)
    shown = entries[max(0, end - room) : end]
    place = f"{end}/{len(entries)}" if entries else "nothing yet"
    lines = [rule("LOG alarms, changes, actions", f"{place}   q back", width)]
    for entry in shown:
        when = (Cell(f" {local(entry.at, zone)} ", "muted"), Cell(f"{entry.what:<7}", "muted"))
        lines.append(clip([*when, Cell(entry.text, entry.style)], width))
    return lines
