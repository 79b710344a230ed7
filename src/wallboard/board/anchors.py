"""Where a running clock starts from: it may not step back by more than a second at an update.

Vendors round, and their clocks drift against ours: without this a wait of 0:41 would read 0:38 after a poll.
"""

from __future__ import annotations

from wallboard.board.rows import with_values
from wallboard.domain.models import Agent, Call, Hotline, Member, ParkedCall, Row

STEP = 1.0
"""Seconds by which the start of a running clock may move later at one update."""

_ANCHORS: dict[type, tuple[str, ...]] = {
    Member: ("joined_at", "answered_at"),
    Agent: ("since",),
    Call: ("started_at", "answered_at", "held_since"),
    Hotline: ("since",),
    ParkedCall: ("since",),
}


def _same(before: Row, after: Row) -> bool:
    """Whether both are the same thing in the same state with the same party, so that its clock runs on."""
    match before, after:
        case Member(), Member():
            return (before.state, before.number, before.name, before.queue_id) == (
                after.state,
                after.number,
                after.name,
                after.queue_id,
            )
        case Agent(), Agent():
            return (before.state, before.with_name) == (after.state, after.with_name)
        case Call(), Call():
            return (before.state, before.from_number, before.to) == (after.state, after.from_number, after.to)
        case Hotline(), Hotline():
            return before.state == after.state
        case ParkedCall(), ParkedCall():
            return (before.slot, before.caller, before.number) == (after.slot, after.caller, after.number)
    return False


def hold(before: Row, after: Row) -> Row:
    """`after` with its anchors at most `STEP` later than those of `before`, where the same clock runs on."""
    names = _ANCHORS.get(type(after))
    if names is None or not _same(before, after):
        return after
    moved: dict[str, float] = {}
    for name in names:
        old, new = getattr(before, name), getattr(after, name)
        if old is not None and new is not None and new > old + STEP:
            moved[name] = old + STEP
    return with_values(after, moved) if moved else after
