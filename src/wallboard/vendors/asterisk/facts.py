"""The facts that the tables of a ``Switchboard`` are made of, and the reading of Asterisk's names and numbers."""

from __future__ import annotations

import re
from functools import lru_cache

from wallboard.domain.records import dataclass
from wallboard.vendors.asterisk.protocol import Message

_UNIQUE = re.compile(r"(?:^|-)(\d{9,12})\.(\d+)\Z")

# ast_channel_state, as ChannelState numbers.
DOWN, RING, RINGING, UP = 0, 4, 5, 6

# AST_DEVICE_*, as a member's Status.
DEVICE_WORDS = {
    0: "Unknown",
    1: "Not in use",
    2: "In use",
    3: "Busy",
    4: "Invalid",
    5: "Unavailable",
    6: "Ringing",
    7: "Ring+Inuse",
    8: "On Hold",
}
#: Device states, as words, and whether a telephone in them is registered.
DEVICE_REGISTERED = {
    **dict.fromkeys(("NOT_INUSE", "INUSE", "BUSY", "RINGING", "RINGINUSE", "ONHOLD"), True),
    **dict.fromkeys(("UNAVAILABLE", "INVALID"), False),
}


@lru_cache(maxsize=8192)
def born(uniqueid: str) -> tuple[float, int] | None:
    """When the channel was made, in whole seconds of the server's clock, and its number: both are in its Uniqueid."""
    found = _UNIQUE.search(uniqueid)
    return (float(found[1]), int(found[2])) if found else None


def number(text: str) -> int | None:
    """A whole number, or None for what is none or is larger than anything that Asterisk counts."""
    try:
        value = int(text)
    except ValueError:
        return None
    return value if abs(value) < 1_000_000_000 else None


def decimal(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None


def known(text: str) -> str:
    return "" if text == "<unknown>" else text


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """A queue's own counters; they come with QueueStatus alone, no event carries them."""

    name: str
    strategy: str = ""
    completed: int | None = None
    abandoned: int | None = None
    service_seconds: int | None = None
    service_percent: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One agent in one queue. Times are the server's clock; 0 is never."""

    queue: str
    interface: str
    name: str
    status: int = 0
    paused: bool | None = False
    reason: str = ""
    in_call: bool | None = None
    """Whether it talks with a caller of this queue; None from servers that do not say (before 13)."""
    penalty: int = 0
    last_call: float = 0.0
    last_pause: float = 0.0
    login: float = 0.0
    wrap_up: int = 0
    membership: str = ""
    state_interface: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A caller in a queue. Its position is its place in the queue's list."""

    queue: str
    uniqueid: str
    channel: str
    number: str
    name: str
    joined: float
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    uniqueid: str
    name: str
    linkedid: str
    state: int = DOWN
    number: str = ""
    caller: str = ""
    context: str = ""
    exten: str = ""
    application: str = ""
    data: str = ""
    bridge: str = ""
    bridged_at: float | None = None

    @property
    def order(self) -> tuple[float, int, str]:
        """Oldest first."""
        at = born(self.uniqueid)
        return (*at, self.uniqueid) if at else (float("inf"), 0, self.uniqueid)


@dataclass(frozen=True, slots=True)
class Bridge:
    """Where channels are side by side: talking, or each for itself (parked, in the agent pool)."""

    technology: str = ""
    creator: str = ""

    @property
    def holding(self) -> bool:
        return self.technology == "holding_bridge"

    @property
    def conference(self) -> bool:
        return self.creator in {"ConfBridge", "MeetMe"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A queue's caller offered to a member: the channel that rings (or talks) for it."""

    queue: str
    caller: str
    leg: str
    interface: str


@dataclass(frozen=True, slots=True)
class Serving:
    """A queue's caller with the agent who took them. ``since`` and ``joined`` None: it was so before we looked."""

    caller: str
    agent: str
    interface: str
    queue: str
    since: float | None = None
    joined: float | None = None
    number: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Parked:
    uniqueid: str
    channel: str
    lot: str
    space: str
    number: str
    name: str
    by: str
    since: float
    returns: float | None


@dataclass(frozen=True, slots=True)
class Spy:
    """A ChanSpy. ``options``: what it was started with, None until that is known (its event does not tell)."""

    spyer: str
    spyer_channel: str
    spyee_channel: str
    since: float | None = None
    options: str | None = None


@dataclass(frozen=True, slots=True)
class Lists:
    """The answers of one reading; None where the account may not ask. ``at`` is the server's clock."""

    at: float
    queues: tuple[Message, ...] | None = None
    channels: tuple[Message, ...] | None = None
    parked: tuple[Message, ...] | None = None
    devices: tuple[Message, ...] | None = None
    bridges: tuple[Message, ...] | None = None
    hints: tuple[Message, ...] | None = None
