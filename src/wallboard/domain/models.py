"""The rows of the panes: frozen facts, one type a pane.

Instants are steady UTC seconds (`Clock.now()`), durations seconds, unknown is None. Text is `Clean`. `address` is
what the vendor needs to be told to find the row again (raw, never shown); `refs` are the vendor's own names of a
row, by which rows of different lists of the same source find each other.
"""

from __future__ import annotations

from wallboard.domain.keys import Key
from wallboard.domain.records import dataclass
from wallboard.domain.states import (
    AgentState,
    CallState,
    Channel,
    Direction,
    HotlineState,
    MemberState,
    Wanted,
)
from wallboard.domain.text import NOTHING, Clean

Address = tuple[tuple[str, str], ...]
"""Name and value pairs, such as (("extension_id", "601"),)."""


def in_address(address: Address, name: str) -> str | None:
    """The value called `name`, or None."""
    for key, value in address:
        if key == name:
            return value
    return None


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue and its vendor's own counters. None: the vendor does not say (never 0 for unknown).

    `waiting` excludes callers who are being rung for; `longest_since` is when the caller who waits longest joined,
    if the vendor says so itself (else the board takes it from the members); `channel` None:
    its type is not known.
    """

    key: Key
    name: Clean
    number: Clean = NOTHING
    channel: Channel | None = Channel.PHONE
    waiting: int | None = None
    ringing: int | None = None
    talking: int | None = None
    longest_since: float | None = None
    strategy: Clean = NOTHING
    answered: int | None = None
    abandoned: int | None = None
    service_seconds: int | None = None
    service_percent: float | None = None
    wrap_up: float | None = None
    addresses: tuple[Clean, ...] = ()
    """Every address under which the queue is reached, telephone numbers first; `number` is the first of those."""
    no_counts: Clean = NOTHING
    """Why this vendor tells no counts at all, as a clause; shown where a number would stand."""
    only_waiting: bool = False
    """The list of its callers holds those alone who wait: who is rung for or served cannot be counted from it."""
    ready: int | None = None
    staffed: int | None = None
    """Its agents, ready and all in all, where nothing lists them one by one."""
    address: Address = ()
    details: tuple[tuple[Clean, Clean], ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A caller in a queue, waiting or being served. `serving_ref` is the vendor's name of the agent."""

    key: Key
    queue_id: str
    queue: Clean
    name: Clean = NOTHING
    number: Clean = NOTHING
    state: MemberState = MemberState.UNKNOWN
    joined_at: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    waited: float | None = None
    """Seconds that a wait which is over took, where it is not known when it began."""
    position: int | None = None
    priority: int | None = None
    serving_ref: str = ""
    serving: Clean = NOTHING
    serving_key: Key | None = None
    call_key: Key | None = None
    address: Address = ()
    details: tuple[tuple[Clean, Clean], ...] = ()
    raw_state: Clean = NOTHING
    """The vendor's word where it is not known."""


@dataclass(frozen=True, slots=True)
class Membership:
    """An agent's place in one queue (FreeSWITCH calls it a tier). `paused`: only in this queue."""

    queue_id: str
    queue: Clean
    level: int | None = None
    position: int | None = None
    paused: bool | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent, one row for all queues.

    `state` is what the adapter alone can tell; the board refines it with the rows of other lists (calls, phones,
    members). `since` is when that state began. `with_*` is the other party of the call.
    """

    key: Key
    name: Clean
    extension: Clean = NOTHING
    state: AgentState = AgentState.UNKNOWN
    raw_status: Clean = NOTHING
    raw_state: Clean = NOTHING
    since: float | None = None
    memberships: tuple[Membership, ...] = ()
    registered: bool | None = None
    with_name: Clean = NOTHING
    with_key: Key | None = None
    pause_reason: Clean = NOTHING
    wrap_up: float | None = None
    no_state: Clean = NOTHING
    """Why this vendor tells no states at all, as a clause: a roster, whose people count as neither ready nor off."""
    refs: tuple[str, ...] = ()
    address: Address = ()
    details: tuple[tuple[Clean, Clean], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call. `agent_refs` are the vendor's names of the phones or agents on it, for the join with agents.

    `mine` marks a leg of the operator's own phone; `spying` names the party that it listens to. `real` is False for
    a leg whose audio runs elsewhere (forwarded to a mobile): no listening there.
    """

    key: Key
    extension: Clean = NOTHING
    direction: Direction = Direction.UNKNOWN
    from_number: Clean = NOTHING
    from_name: Clean = NOTHING
    to: Clean = NOTHING
    to_name: Clean = NOTHING
    did: Clean = NOTHING
    """The outside number through which the call came in."""
    state: CallState = CallState.UNKNOWN
    started_at: float | None = None
    answered_at: float | None = None
    held_since: float | None = None
    recording: bool | None = None
    agent: Clean = NOTHING
    agent_key: Key | None = None
    agent_refs: tuple[str, ...] = ()
    queue: Clean = NOTHING
    whole: str = ""
    """The vendor's id of the whole call, shared by its legs."""
    real: bool = True
    mine: bool = False
    spying: Clean = NOTHING
    address: Address = ()
    details: tuple[tuple[Clean, Clean], ...] = ()


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone of the PBX and whether it is registered; feeds Agents and the directory. `use` is the vendor's word
    for what it is ("phone", "conference"); a conference room has no pane and is reached by finding it."""

    key: Key
    name: Clean
    extension: Clean = NOTHING
    registered: bool | None = None
    use: str = "phone"
    refs: tuple[str, ...] = ()
    address: Address = ()
    details: tuple[tuple[Clean, Clean], ...] = ()


@dataclass(frozen=True, slots=True)
class DutyPhone:
    id: str
    name: Clean
    number: Clean
    active: bool | None
    """Whether it is on duty; None: the vendor does not say."""


@dataclass(frozen=True, slots=True)
class DutyAgent:
    """A responder and their telephones; `phones` is None while they have not been read."""

    user: str
    name: Clean
    phones: tuple[DutyPhone, ...] | None = None


@dataclass(frozen=True, slots=True)
class LastCall:
    started_at: float | None
    taken_by: Clean
    entries: int


@dataclass(frozen=True, slots=True)
class HotlineCall:
    """A call that is over or was taken; `after` is how many seconds it waited for that, None: not told."""

    started_at: float
    taken: bool
    after: float | None = None
    taken_by: Clean = NOTHING


@dataclass(frozen=True, slots=True)
class Hotline:
    """An emergency hotline: what it was asked to be (None: not told) and what it is.

    `channels_in`/`channels_out` are limits (1–100); how many are in use the vendor does not tell. `calls` are
    those of the last day, newest first; None where not all of them can be known.
    """

    key: Key
    name: Clean
    number: Clean = NOTHING
    wanted: Wanted | None = None
    state: HotlineState = HotlineState.UNKNOWN
    raw_status: Clean = NOTHING
    since: float | None = None
    channels_in: int | None = None
    channels_out: int | None = None
    agents: tuple[DutyAgent, ...] = ()
    last_call: LastCall | None = None
    calls: tuple[HotlineCall, ...] | None = None
    announcement_in: Clean = NOTHING
    announcement_out: Clean = NOTHING
    address: Address = ()
    details: tuple[tuple[Clean, Clean], ...] = ()

    @property
    def unaccepted(self) -> int | None:
        """How many calls of the last day nobody took, None where it cannot be known."""
        return None if self.calls is None else len([call for call in self.calls if not call.taken])

    @property
    def asked(self) -> str:
        """What it was asked to be, as a word."""
        return "unknown" if self.wanted is None else self.wanted.value


@dataclass(frozen=True, slots=True)
class Notice:
    """A disruption notice of one set. `active_to` None: until somebody ends it. `why`, `where` and `when` are the words
    of its items, several joined by commas; `title` is the shortest that names it."""

    key: Key
    set: Clean
    title: Clean
    active_from: float | None = None
    active_to: float | None = None
    why: Clean = NOTHING
    where: Clean = NOTHING
    when: Clean = NOTHING
    remarks: Clean = NOTHING
    address: Address = ()
    details: tuple[tuple[Clean, Clean], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What one input of a receptionist leads to now. `open` None: no rule applies."""

    input: Clean
    to: Clean
    open: bool | None


@dataclass(frozen=True, slots=True)
class Receptionist:
    """A virtual receptionist as it answers now. `open`: any rule is; `until`: when that changes next (steady UTC
    seconds, None: not within a fortnight, or not known)."""

    key: Key
    name: Clean
    number: Clean = NOTHING
    language: Clean = NOTHING
    open: bool | None = None
    sends_to: tuple[Entry, ...] = ()
    until: float | None = None
    address: Address = ()
    details: tuple[tuple[Clean, Clean], ...] = ()


@dataclass(frozen=True, slots=True)
class ParkedCall:
    """A parked caller. `returns_at`/`returns_to`: when the PBX rings whom, if nobody fetches them."""

    key: Key
    slot: Clean
    caller: Clean
    number: Clean = NOTHING
    since: float | None = None
    by: Clean = NOTHING
    returns_at: float | None = None
    returns_to: Clean = NOTHING
    call_key: Key | None = None
    address: Address = ()


Row = Queue | Member | Agent | Call | Phone | Hotline | Notice | Receptionist | ParkedCall
