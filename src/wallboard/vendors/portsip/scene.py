"""What one PortSIP source has learned so far, shared by polling and push: queues, who is agent where, who waits.

An agent is one row for all queues, but the vendor tells a status per queue; a caller has one id in two spellings. Both
ways of reading write here and make their rows from here, so that a row does not depend on which of them came last.
"""

from __future__ import annotations

from dataclasses import field, replace

from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState
from wallboard.domain.text import NOTHING, Clean
from wallboard.vendors.base import Ticket
from wallboard.vendors.kit.rows import steady
from wallboard.vendors.portsip.states import WORDS, Words, agent_state, normal, plain_id

_SPELLINGS = 20_000
NAMES = 20
"""Names kept beyond those of people who are in a queue or in the list of users."""
_ROOM = 1_000_000
"""So many pushed messages find room between two polls."""


@dataclass(slots=True)
class QueueKnown:
    """A queue of the PBX. `id` as REST spells it; seconds and counts as its details say, None: not read."""

    id: str
    number: str = ""
    name: Clean = NOTHING
    strategy: str = ""
    status: str = ""
    """ONLINE or OFFLINE: whether the queue takes calls at all."""
    sla_time: int | None = None
    max_callers: int | None = None
    max_waiting_time: int | None = None
    agent_auto_ready: bool | None = None
    detailed_at: float | None = None
    waiting: int | None = None
    longest_since: float | None = None
    sessions: frozenset[str] = frozenset()
    """The sessions of those who wait, in the board's spelling."""
    waiting_at: float | None = None
    """When the list of those who wait was last read or pushed."""


@dataclass(frozen=True, slots=True)
class Place:
    """An agent in one queue. `status` is the vendor's word, "" while only the roster is known; `since` when it began,
    None where it began before this console looked."""

    status: str = ""
    level: int | None = None
    since: float | None = None
    with_name: Clean = NOTHING
    session: str = ""
    seen_at: float = 0.0
    """When the vendor was last heard about it."""
    told_at: float = 0.0
    """When it last told the status: a roster, and an agent who could not be read, tell none."""


@dataclass(slots=True)
class Order:
    """Numbers of updates, so that what is pushed sorts between the polls that it came between."""

    epoch: int = 1
    last: int = 0
    pushed: int = 0

    def polled(self, ticket: Ticket) -> Ticket:
        """`ticket` with the number of what it reads; to be taken before the request is sent."""
        if ticket.seq > self.last:
            self.last, self.pushed = ticket.seq, 0
        self.epoch = max(self.epoch, ticket.epoch)
        return replace(ticket, epoch=self.epoch, seq=ticket.seq * _ROOM)

    def push(self) -> Ticket:
        """The number of a message that has just come."""
        self.pushed = min(self.pushed + 1, _ROOM - 1)
        return Ticket(self.epoch, self.last * _ROOM + self.pushed, 0.0)


@dataclass(slots=True)
class Scene:
    """`ahead`: seconds that the vendor's clock is ahead of ours. `places` by extension number, then queue id."""

    source: str
    phone: str = ""
    ahead: float = 0.0
    queues: dict[str, QueueKnown] = field(default_factory=dict)
    names: dict[str, Clean] = field(default_factory=dict)
    """Display names by extension number, of agents and users."""
    places: dict[str, dict[str, Place]] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    """User ids by extension number."""
    no_states: str = ""
    """Why this account is told no states of agents, as a clause."""
    words: Words = field(default_factory=lambda: WORDS)
    """What the vendor's words for agents mean."""
    order: Order = field(default_factory=Order)
    _spelled: dict[str, str] = field(default_factory=dict)

    def session(self, raw: str) -> str:
        """The one spelling under which a session stands on the board: the first that was seen."""
        plain = plain_id(raw)
        if len(self._spelled) >= _SPELLINGS and plain not in self._spelled:
            for old in list(self._spelled)[: _SPELLINGS // 2]:
                del self._spelled[old]
        return self._spelled.setdefault(plain, raw)

    def queue(self, identity: str) -> QueueKnown | None:
        """The queue with this id, in either spelling."""
        found = self.queues.get(identity)
        if found is not None or not identity:
            return found
        plain = plain_id(identity)
        return next((queue for queue in self.queues.values() if plain_id(queue.id) == plain), None)

    def by_number(self, number: str) -> QueueKnown | None:
        return next((queue for queue in self.queues.values() if queue.number == number), None) if number else None

    def extension(self, number: str) -> bool:
        return number in self.places or number in self.names or (bool(number) and number == self.phone)

    def waits(self, known: QueueKnown, joined: dict[str, float | None], at: float) -> bool:
        """Note who waits in a queue, as of `at`: when they joined, by session. False: something newer is known."""
        if known.waiting_at is not None and at < known.waiting_at:
            return False
        starts = [start for start in joined.values() if start is not None]
        known.waiting, known.longest_since, known.waiting_at = len(joined), min(starts, default=None), at
        known.sessions = frozenset(self.session(session) for session in joined)
        return True

    def waits_in(self, session: str) -> QueueKnown | None:
        """The queue in which this session (in the board's spelling) waits."""
        return next((queue for queue in self.queues.values() if session in queue.sessions), None)

    def state(self, status: str) -> AgentState:
        """What an agent's status means; unknown for a word that is not known."""
        return agent_state(status, self.words)

    def put(
        self,
        extension: str,
        queue_id: str,
        *,
        at: float,
        status: str = "",
        name: Clean = NOTHING,
        level: int | None = None,
        since: float | None = None,
        with_name: Clean = NOTHING,
        session: str = "",
    ) -> None:
        """Note an agent's status in a queue, as of `at`; what is older than what is known is not taken. "" and None
        keep what is known; a new status without a call has none."""
        places = self.places.setdefault(extension, {})
        before = places.get(queue_id, Place())
        if at < before.seen_at:
            return
        told_at = at if status else before.told_at
        status = status or before.status
        same = normal(status) == normal(before.status)
        if since is None:
            since = before.since if same or not before.status else at
        elif same:
            since = steady(before.since, since)
        if same and not session and not with_name:
            # Only the push interface tells who an agent talks to; a list that repeats the status does not end that.
            session, with_name = before.session, before.with_name
        places[queue_id] = Place(
            status, before.level if level is None else level, since, with_name, session, at, told_at
        )
        if name:
            self.names[extension] = name

    def leave(self, extension: str, queue_id: str) -> None:
        places = self.places.get(extension, {})
        places.pop(queue_id, None)
        if not places:
            self.places.pop(extension, None)

    def agents_of(self, queue_id: str) -> list[str]:
        """Extension numbers of a queue's agents, in the order in which they became known."""
        return [extension for extension, places in self.places.items() if queue_id in places]

    def keep_queues(self, known: dict[str, QueueKnown]) -> None:
        """Take over the list of queues, and forget who was in those that are no more."""
        for queue_id in self.queues.keys() - known.keys():
            for extension in self.agents_of(queue_id):
                self.leave(extension, queue_id)
        self.queues = known
        if len(self.names) > NAMES + 2 * (len(self.places) + len(self.users)):
            # Who has left a queue may be on a call still, so a name is kept for a while.
            self.names = {ext: name for ext, name in self.names.items() if ext in self.places or ext in self.users}
