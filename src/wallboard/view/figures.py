"""How the figures of a queue and the clocks of a caller are written: one function each, wherever they stand."""

from __future__ import annotations

import math

from wallboard.board import ServiceLevel
from wallboard.board.hotline_numbers import LADDER, HotlineFigures
from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import tr, trn
from wallboard.domain.models import Call, Member
from wallboard.domain.states import MemberState
from wallboard.view import glyphs
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
    return text if len(text) <= width else f"{round((level.value or 0.0) * 100)}±"


def aged(text: str, old: bool) -> str:
    """A figure with the sign of one that a list is too old for."""
    return f"{glyphs.STALE}{text}" if old and text != DASH else text


def ladder(made: HotlineFigures) -> str:
    """`62% in 10 s, 70% in 15 s, 81% in 20 s`."""
    shares = made.within or (None,) * len(LADDER)
    steps = zip(shares, LADDER, strict=True)
    return ", ".join(tr("{share} in {seconds:g} s", share=percent(share), seconds=step) for share, step in steps)


def busy_hour(made: HotlineFigures) -> str:
    """`14:00 to 15:00 (12 calls)`."""
    if made.busy is None:
        return DASH
    hour, n = made.busy
    calls = trn("{n} call", "{n} calls", n)
    return tr("{since:02d}:00 to {until:02d}:00 ({calls})", since=hour, until=(hour + 1) % 24, calls=calls)


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
