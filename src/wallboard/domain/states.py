"""States as words. Each enumeration is open: what a vendor says and we do not know becomes `unknown`."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    PHONE = "phone"
    CHAT = "chat"
    EMAIL = "email"


class MemberState(StrEnum):
    """A caller in a queue. `waiting`: nobody is rung; `ringing`: an agent (or all) is being rung for them."""

    WAITING = "waiting"
    RINGING = "ringing"
    TALKING = "talking"
    ABANDONED = "abandoned"
    UNKNOWN = "unknown"


class AgentState(StrEnum):
    """The eleven states of an agent, see wallboards §2.3; a call in progress beats unreachable."""

    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    BREAK = "break"
    OTHER_CALL = "other_call"
    OFF = "off"
    UNREACHABLE = "unreachable"
    STUCK = "stuck"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"


class CallState(StrEnum):
    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    PARKED = "parked"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


class Wanted(StrEnum):
    """What a hotline was asked to be."""

    OPEN = "open"
    PAUSED = "paused"


class HotlineState(StrEnum):
    """What a hotline really is."""

    OPEN = "open"
    STARTING = "starting"
    PAUSED = "paused"
    ERROR = "error"
    UNKNOWN = "unknown"


class ResourceState(StrEnum):
    """How far the rows of one resource may be trusted, best first (`unavailable`: not for this account)."""

    LIVE = "live"
    LATE = "late"
    STALE = "stale"
    GONE = "gone"
    NEVER = "never"
    UNAVAILABLE = "unavailable"


TRUSTED = frozenset({ResourceState.LIVE, ResourceState.LATE})
"""Rows may be believed, and what is missing is not there."""
OLD = frozenset({ResourceState.STALE, ResourceState.GONE, ResourceState.NEVER})
"""Rows may no longer be true."""


class SourceState(StrEnum):
    LIVE = "live"
    LATE = "late"
    STALE = "stale"
    DOWN = "down"
    REFUSED = "refused"
