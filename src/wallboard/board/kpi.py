"""Numbers of a queue: agents by state, callers by state, and what became of the callers.

The ledger keeps books by watching the caller rows: a row that appears is offered, one that becomes talking is
answered, one that goes without an answer is abandoned, unless we pulled it, it went elsewhere, or nobody can know.
Formulas: wallboards §2.2; the recommended `live` counts a caller when answered, abandoned, or when they have waited
past the threshold, so it falls at that second and not when the call ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Container, Iterable
from dataclasses import dataclass, field

from wallboard.domain.keys import Key
from wallboard.domain.models import Agent, Call, Member
from wallboard.domain.rules import Goal
from wallboard.domain.states import AgentState, CallState, MemberState

FORMULAS = ("live", "answered", "positive", "negative", "ignored", "vendor")
CLOSED_AFTER = 600.0
"""Seconds after which a queue that is not listed any more is forgotten with its figures."""
WINDOW = 3600.0
"""Seconds that the service level looks back."""
ENOUGH = 5
"""A percentage of fewer callers is an accident."""
PULL = 15.0
"""Seconds within which a departure belongs to our own pull."""
DOUBT = 15.0
"""Seconds to wait for the list of calls to say what became of a caller who left the queue."""
ALL_AT_ONCE = 3
"""Callers of a queue who cannot all hang up in one second: the vendor restarted."""

_IN_QUEUE = frozenset({MemberState.WAITING, MemberState.RINGING})


@dataclass(frozen=True, slots=True)
class AgentCounts:
    """Agents of a queue by state; all None while they have not been read."""

    ready: int | None = None
    ringing: int | None = None
    talking: int | None = None
    wrap_up: int | None = None
    break_: int | None = None
    other_call: int | None = None
    off: int | None = None
    unreachable: int | None = None
    stuck: int | None = None
    mismatch: int | None = None
    unknown: int | None = None

    def of(self, state: AgentState) -> int | None:
        name = "break_" if state is AgentState.BREAK else state.value
        value: int | None = getattr(self, name)
        return value

    @property
    def total(self) -> int | None:
        return None if self.ready is None else sum(self.of(state) or 0 for state in AgentState)

    @property
    def staffed(self) -> int | None:
        """All but off and unreachable."""
        total = self.total
        return None if total is None else total - (self.off or 0) - (self.unreachable or 0)


def count(states: dict[AgentState, int]) -> AgentCounts:
    numbers = {("break_" if state is AgentState.BREAK else state.value): states.get(state, 0) for state in AgentState}
    return AgentCounts(**numbers)


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """`value` 0..1 over `n` callers, or None and the `reason`. `formula` is one of `FORMULAS`."""

    value: float | None
    n: int
    formula: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class QueueStats:
    """A queue in numbers; None is unknown. `trend` is the most callers waiting in each minute, oldest first."""

    waiting: int | None
    ringing: int | None
    talking: int | None
    longest_since: float | None
    counts: AgentCounts
    staffed: int | None
    service_level: ServiceLevel
    answered: int | None
    abandoned: int | None
    lost: int | None
    trend: tuple[int | None, ...] = ()
    pulled: int = 0


def place_state(agent: Agent, queue_id: str) -> AgentState:
    """The agent's state as this queue sees it: paused here alone is a break here alone."""
    if agent.state is AgentState.READY:
        for place in agent.memberships:
            if place.queue_id == queue_id and place.paused:
                return AgentState.BREAK
    return agent.state


class Tally:
    """Agents and callers of one source by queue, kept up to date row by row."""

    def __init__(self) -> None:
        self._agents: dict[str, dict[AgentState, int]] = {}
        self._roster: dict[str, int] = {}
        self._members: dict[str, dict[Key, Member]] = {}

    def agent(self, before: Agent | None, after: Agent | None) -> None:
        for row, step in ((before, -1), (after, 1)):
            for queue_id in {place.queue_id for place in row.memberships} if row is not None else ():
                if row is not None and row.no_state:
                    self._roster[queue_id] = self._roster.get(queue_id, 0) + step
                    if not self._roster[queue_id]:
                        del self._roster[queue_id]
                    continue
                states = self._agents.setdefault(queue_id, {})
                state = place_state(row, queue_id) if row is not None else AgentState.UNKNOWN
                states[state] = states.get(state, 0) + step
                if not any(states.values()):
                    del self._agents[queue_id]

    def member(self, before: Member | None, after: Member | None) -> None:
        if before is not None and (after is None or after.queue_id != before.queue_id):
            rows = self._members.get(before.queue_id, {})
            rows.pop(before.key, None)
            if not rows:
                self._members.pop(before.queue_id, None)
        if after is not None:
            self._members.setdefault(after.queue_id, {})[after.key] = after

    def counts(self, queue_id: str) -> AgentCounts:
        """None for all where the queue has only people whose vendor tells no states: that is not "nobody ready"."""
        states = self._agents.get(queue_id, {})
        if self._roster.get(queue_id) and not any(states.values()):
            return AgentCounts()
        return count(states)

    def members(self, queue_id: str) -> Iterable[Member]:
        return self._members.get(queue_id, {}).values()


@dataclass(slots=True)
class _Track:
    """One caller as far as watched. `wait`: seconds until the answer, None when it cannot be known."""

    queue_id: str
    joined: float | None
    inherited: bool
    state: MemberState
    serving: Key | None = None
    booked: bool = False


@dataclass(slots=True, eq=False)
class _Event:
    """What became of one caller: `answered`, `abandoned`, `pulled`, `flowed` or `unseen`."""

    at: float
    kind: str
    wait: float | None
    inherited: bool


@dataclass(slots=True)
class Book:
    """What became of the callers of one queue since the books were opened."""

    offered: int = 0
    totals: dict[str, int] = field(default_factory=dict)
    events: deque[_Event] = field(default_factory=deque)

    def add(self, event: _Event) -> None:
        self.totals[event.kind] = self.totals.get(event.kind, 0) + 1
        self.events.append(event)
        while self.events and self.events[0].at < event.at - WINDOW:
            self.events.popleft()

    def turn(self, event: _Event, kind: str) -> None:
        self.totals[event.kind] -= 1
        self.totals[kind] = self.totals.get(kind, 0) + 1
        event.kind = kind

    def total(self, kind: str) -> int:
        return self.totals.get(kind, 0)


class Ledger:
    """The books of one source."""

    def __init__(self, opened: float) -> None:
        self.opened = opened
        self._tracks: dict[Key, _Track] = {}
        self._books: dict[str, Book] = {}
        self._gone: dict[str, float] = {}
        self._pulls: dict[Key, float] = {}
        self._doubts: dict[Key, tuple[_Track, float]] = {}
        self._ended: dict[Key, tuple[_Track, _Event]] = {}
        self.answers_seen = False
        self.resets = 0

    def book(self, queue_id: str) -> Book:
        return self._books.setdefault(queue_id, Book())

    def keep(self, listed: Container[str], now: float) -> None:
        """Close the books of queues that have not been `listed` for a while, once every story in them has its end."""
        gone = [queue_id for queue_id in self._books if queue_id not in listed]
        self._gone = {queue_id: self._gone.get(queue_id, now) for queue_id in gone}
        for queue_id, since in self._gone.items():
            if now - since > CLOSED_AFTER and not self.open_stories(queue_id):
                del self._books[queue_id]

    @property
    def queues(self) -> Collection[str]:
        """The queues of which there are books."""
        return self._books.keys()

    def inherited(self, key: Key) -> bool:
        """Whether the caller was there before the books were opened."""
        track = self._tracks.get(key)
        return track is None or track.inherited

    def open_stories(self, queue_id: str) -> int:
        """Callers offered to the queue of whom nothing is booked yet, those in doubt included."""
        open_ = sum(1 for t in self._tracks.values() if t.queue_id == queue_id and not t.booked)
        return open_ + sum(1 for track, _ in self._doubts.values() if track.queue_id == queue_id)

    def observe(
        self, changes: Iterable[tuple[Key, Member | None]], now: float, *, gap: bool = False, emptied: bool = False
    ) -> None:
        """Book what a change of the caller rows means (the row now; None: it is gone).

        `gap`: something was missed, infer nothing from absence. `emptied`: the list they were in has no rows left;
        of more callers than can all hang up at once that means a restart of the vendor, not abandons.
        """
        changes = list(changes)
        gone = sum(1 for key, after in changes if after is None and key in self._tracks)
        restart = emptied and gone >= ALL_AT_ONCE
        for key, after in changes:
            if after is not None:
                self._seen(key, after, now)
            else:
                self._left(key, now, gap or restart)
        if restart:
            # Who comes back now was there before: their stories are not known from the start.
            self.opened = now
            self.resets += 1

    def pulled(self, key: Key, now: float) -> None:
        """Our own console took this caller out of the queue: not an abandon, before or after the row goes."""
        self._pulls[key] = now
        doubt = self._doubts.pop(key, None)
        if doubt is not None:
            self._end(key, doubt[0], "pulled", None, now)
        ended = self._ended.get(key)
        if ended is not None and ended[1].kind == "abandoned" and now - ended[1].at <= PULL:
            self.book(ended[0].queue_id).turn(ended[1], "pulled")

    def resolve(
        self,
        now: float,
        calls_read_at: float | None,
        call: Callable[[Key], Call | None],
        agent: Callable[[Key], Agent | None],
    ) -> bool:
        """Decide about callers who left, once the calls were read after that; whether anything was booked."""
        decided = False
        for key, (track, at) in tuple(self._doubts.items()):
            found = call(key)
            server = agent(track.serving) if track.serving is not None else None
            wait = None if track.joined is None else max(0.0, at - track.joined)
            if found is not None and _taken(found, track.joined):
                if found.answered_at is not None and track.joined is not None and found.answered_at > track.joined:
                    wait = found.answered_at - track.joined
                self._end(key, track, "answered", wait, at)
                self.answers_seen = True
            elif server is not None and server.state is AgentState.TALKING:
                self._end(key, track, "answered", wait, at)
                self.answers_seen = True
            elif calls_read_at is None or calls_read_at > at or now - at > DOUBT:
                self._end(key, track, "flowed" if found is not None else "abandoned", wait, at)
            else:
                continue
            decided = True
            del self._doubts[key]
        self._pulls = {key: at for key, at in self._pulls.items() if now - at <= 2 * PULL}
        self._ended = {key: pair for key, pair in self._ended.items() if now - pair[1].at <= 2 * PULL}
        return decided

    def _seen(self, key: Key, row: Member, now: float) -> None:
        track = self._tracks.get(key)
        if track is not None and track.queue_id != row.queue_id:
            if not track.booked:
                self._end(key, track, "flowed", None, now)
            track = None
        if track is None:
            doubt = self._doubts.pop(key, None)
            if doubt is not None:
                self._end(key, doubt[0], "flowed" if doubt[0].queue_id != row.queue_id else "unseen", None, now)
            inherited = row.joined_at is None or row.joined_at < self.opened
            track = _Track(row.queue_id, row.joined_at, inherited, MemberState.UNKNOWN)
            self._tracks[key] = track
            self.book(row.queue_id).offered += 1
        before, track.state = track.state, row.state
        track.serving = row.serving_key or track.serving
        if row.joined_at is not None:
            track.joined = row.joined_at
        if row.state is MemberState.TALKING:
            self.answers_seen = True
            if track.booked and before is MemberState.ABANDONED and self._take_back(key):
                track.booked = False
            if not track.booked:
                self._end(key, track, "answered", _answer_wait(row, before, now), row.answered_at or now)
        elif row.state is MemberState.ABANDONED and not track.booked:
            at = row.ended_at if row.ended_at is not None else now
            wait = None if row.joined_at is None else max(0.0, at - row.joined_at)
            kind = "pulled" if now - self._pulls.get(key, float("-inf")) <= PULL else "abandoned"
            self._end(key, track, kind, wait, at)
        elif row.state in _IN_QUEUE and track.booked:
            # Back in their old place, the abandon did not happen; back after a talk, it is a new wait.
            if before is not MemberState.ABANDONED or not self._take_back(key):
                self.book(row.queue_id).offered += 1
            track.booked = False

    def _take_back(self, key: Key) -> bool:
        """Undo what was booked last for this caller; False when that is too long ago."""
        track, event = self._ended.pop(key, (None, None))
        if track is None or event is None:
            return False
        book = self.book(track.queue_id)
        book.totals[event.kind] -= 1
        if event in book.events:
            book.events.remove(event)
        return True

    def _left(self, key: Key, now: float, gap: bool) -> None:
        track = self._tracks.pop(key, None)
        if track is None or track.booked:
            return
        if gap or track.state is MemberState.UNKNOWN:
            self._end(key, track, "unseen", None, now)
        elif now - self._pulls.get(key, float("-inf")) <= PULL:
            self._end(key, track, "pulled", None, now)
        else:
            self._doubts[key] = (track, now)

    def _end(self, key: Key, track: _Track, kind: str, wait: float | None, at: float) -> None:
        track.booked = True
        event = _Event(at, kind, wait, track.inherited)
        self.book(track.queue_id).add(event)
        self._ended[key] = (track, event)


_ANSWERED = frozenset({CallState.TALKING, CallState.HELD})


def _taken(call: Call, joined: float | None) -> bool:
    """Whether the call that a caller went on in is one with an agent.

    Some vendors answer a call to play the music: an answer from before the queue says nothing.
    """
    if call.state not in _ANSWERED:
        return False
    return call.agent_key is not None or (
        call.answered_at is not None and joined is not None and call.answered_at > joined + 0.5
    )


def _answer_wait(row: Member, before: MemberState, now: float) -> float | None:
    """Seconds until the answer; unknown for one who was first seen talking without a time of answer."""
    if row.joined_at is None:
        return None
    if row.answered_at is not None:
        return max(0.0, row.answered_at - row.joined_at)
    return max(0.0, now - row.joined_at) if before in _IN_QUEUE else None


def service_level(goal: Goal, book: Book, waiting: Iterable[float], now: float, answers_seen: bool) -> ServiceLevel:
    """The service level of the last hour by `goal.formula`; `waiting` are the waits of those still in the queue."""
    limit = goal.seconds
    formula = goal.formula if goal.formula in FORMULAS and goal.formula != "vendor" else "live"
    if not answers_seen:
        return ServiceLevel(None, 0, formula, "no answered callers in the list: waiting rows alone would mislead")
    events = [e for e in book.events if e.at >= now - WINDOW and not e.inherited and e.wait is not None]
    in_time = sum(1 for e in events if e.kind == "answered" and (e.wait or 0.0) <= limit)
    late = sum(1 for e in events if e.kind == "answered" and (e.wait or 0.0) > limit)
    short = sum(1 for e in events if e.kind == "abandoned" and (e.wait or 0.0) <= limit)
    lost = sum(1 for e in events if e.kind == "abandoned" and (e.wait or 0.0) > limit)
    overdue = sum(1 for wait in waiting if wait > limit)
    good, n = {
        "answered": (in_time, in_time + late),
        "positive": (in_time + short, in_time + late + short + lost),
        "negative": (in_time, in_time + late + short + lost),
        "ignored": (in_time, in_time + late + lost),
    }.get(formula, (in_time, in_time + late + lost + overdue))
    if n < ENOUGH:
        return ServiceLevel(None, n, formula, f"only {n} of {ENOUGH} callers needed in the last hour")
    return ServiceLevel(good / n, n, formula)
