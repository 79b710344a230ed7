"""How the figures of a queue and the clocks of a caller are written: one function each, wherever they stand."""

from __future__ import annotations

import math

from wallboard.board import QueueFigures, ServiceLevel
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Call, Member
from wallboard.domain.states import MemberState
from wallboard.view.context import Context
from wallboard.view.format import DASH, percent

IN_QUEUE = frozenset({MemberState.WAITING, MemberState.RINGING})


def level_text(level: ServiceLevel) -> str:
    """`58%`, or `58±4` where the bounds are worth showing."""
    if level.value is None:
        return DASH
    return f"{round(level.value * 100)}±{math.ceil(level.apart * 100 - 1e-9)}" if level.apart else percent(level.value)


def level_cell(level: ServiceLevel, width: int) -> str:
    """The level with its sample size where there is room for it, and with its bounds where there is room for those."""
    text = level_text(level)
    if level.value is not None and len(text) + len(f" {level.n}") <= width:
        return f"{text} {level.n}"
    return text if len(text) <= width else f"~{round((level.value or 0.0) * 100)}"


def queued(stats: QueueFigures) -> int | None:
    """Who waits and who is rung for, together."""
    if stats.waiting is None and stats.ringing is None:
        return None
    return (stats.waiting or 0) + (stats.ringing or 0)


def caller_clock(row: Member, context: Context) -> float | None:
    """Seconds that a caller waits, or talks, or waited until they gave up."""
    if row.state is MemberState.ABANDONED and row.ended_at is not None and row.joined_at is not None:
        return row.ended_at - row.joined_at
    served = row.state is MemberState.TALKING and row.answered_at is not None
    return context.elapsed(row.key, row.answered_at if served else row.joined_at)


def queued_caller(row: Call, context: Context) -> Member | None:
    """The caller in a queue whose own call this is: they wait there, whatever the call itself is said to do."""
    member = context.board.row(Key(row.key.source, Kind.MEMBER, row.key.id))
    return member if isinstance(member, Member) and member.state in IN_QUEUE else None
