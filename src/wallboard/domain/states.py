"""States as words. Each enumeration is open: what a vendor says and we do not know becomes `unknown`."""

from __future__ import annotations

from enum import StrEnum

from wallboard.domain.language import mark


class Channel(StrEnum):
    PHONE = mark("phone")
    CHAT = mark("chat")
    EMAIL = mark("email")


class MemberState(StrEnum):
    """A caller in a queue. `waiting`: nobody is rung; `ringing`: an agent (or all) is being rung for them."""

    WAITING = mark("waiting")
    RINGING = mark("ringing")
    TALKING = mark("talking")
    ABANDONED = mark("abandoned")
    UNKNOWN = mark("unknown")


class AgentState(StrEnum):
    """The eleven states of an agent, see wallboards §2.3; a call in progress beats unreachable."""

    READY = mark("ready")
    RINGING = mark("ringing")
    TALKING = mark("talking")
    WRAP_UP = mark("wrap_up")
    BREAK = mark("break")
    OTHER_CALL = mark("other_call")
    OFF = mark("off")
    UNREACHABLE = mark("unreachable")
    STUCK = mark("stuck")
    MISMATCH = mark("mismatch")
    UNKNOWN = mark("unknown")


class CallState(StrEnum):
    RINGING = mark("ringing")
    TALKING = mark("talking")
    HELD = mark("held")
    PARKED = mark("parked")
    UNKNOWN = mark("unknown")


class Direction(StrEnum):
    IN = mark("in")
    OUT = mark("out")
    INTERNAL = mark("internal")
    UNKNOWN = mark("unknown")


class Wanted(StrEnum):
    """What a hotline was asked to be."""

    OPEN = mark("open")
    PAUSED = mark("paused")


class HotlineState(StrEnum):
    """What a hotline really is."""

    OPEN = mark("open")
    STARTING = mark("starting")
    PAUSED = mark("paused")
    ERROR = mark("error")
    UNKNOWN = mark("unknown")


class ResourceState(StrEnum):
    """How far the rows of one resource may be trusted, best first (`unavailable`: not for this account)."""

    LIVE = mark("live")
    LATE = mark("late")
    STALE = mark("stale")
    GONE = mark("gone")
    NEVER = mark("never")
    UNAVAILABLE = mark("unavailable")


TRUSTED = frozenset({ResourceState.LIVE, ResourceState.LATE})
"""Rows may be believed, and what is missing is not there."""
OLD = frozenset({ResourceState.STALE, ResourceState.GONE, ResourceState.NEVER})
"""Rows may no longer be true."""


class SourceState(StrEnum):
    LIVE = mark("live")
    LATE = mark("late")
    STALE = mark("stale")
    DOWN = mark("down")
    REFUSED = mark("refused")
