"""The board: what all sources said, merged, joined, aged and judged. One per program; everything on it is a fact.

Sources write with `apply`, `status` and `source`; the screen reads rows, states and numbers, and is told by
`subscribe` which resources changed. Not thread-safe: it lives in the event loop and never awaits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wallboard.board.alarms import AlarmBook
from wallboard.board.conditions import wait_severity
from wallboard.board.freshness import (
    TRUSTED,
    FeedView,
    PaneState,
    ResourceView,
    SourceView,
    feed_view,
    pane_state,
    resource_view,
    source_view,
)
from wallboard.board.history import Trends
from wallboard.board.judge import Judge
from wallboard.board.kpi import AgentCounts, Ledger, QueueStats, ServiceLevel, Tally, service_level
from wallboard.board.links import LINKED, Linker
from wallboard.board.pending import Pending, PendingBook
from wallboard.board.settings import BoardSettings, QueueRule
from wallboard.board.store import Change, Shelf
from wallboard.domain.clock import Clock
from wallboard.domain.keys import RESOURCE_OF, Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Queue, Row
from wallboard.domain.states import MemberState, ResourceState
from wallboard.domain.update import FeedStatus, Proof, SourceInfo, Update, UpdateKind

Changed = frozenset[tuple[str, Resource]]
PROOFS = 400
"""Proofs kept of each source: minutes of a busy PBX, longer than any verification waits."""
SUDDEN = 5
"""Rows from which an empty list is doubted until the next one."""
_UNASKED = 15.0
"""Interval assumed for rows that came without a word from polling."""


@dataclass(slots=True)
class _Source:
    """What the board holds of one source."""

    info: SourceInfo
    linker: Linker
    shelves: dict[Resource, Shelf]
    ledger: Ledger
    raw: dict[Resource, dict[Key, Row]]
    tally: Tally = field(default_factory=Tally)
    statuses: dict[tuple[Resource, str], FeedStatus] = field(default_factory=dict)
    proofs: deque[Proof] = field(default_factory=lambda: deque(maxlen=PROOFS))
    life: float | None = None
    gaps: set[tuple[Resource, str]] = field(default_factory=set)
    confirming: dict[tuple[Resource, str], int] = field(default_factory=dict)
    states: dict[Resource, ResourceState] = field(default_factory=dict)
    pulled_before: dict[str, int] = field(default_factory=dict)


class Board:
    """See the module. `version` rises with each change that a person could see, clocks aside."""

    def __init__(self, clock: Clock, settings: BoardSettings | None = None) -> None:
        self._clock = clock
        self.settings = settings or BoardSettings()
        self.version = 0
        self.dropped = 0
        self.alarms = AlarmBook(clock.now)
        self._sources: dict[str, _Source] = {}
        self._listeners: list[Callable[[Changed], None]] = []
        self._pending = PendingBook()
        self._trends = Trends(self.settings.trend_bucket, self.settings.trend_size)
        self._judge = Judge(self)
        self._lists: dict[tuple[str, Resource], tuple[Row, ...]] = {}
        self._rules: dict[tuple[str, str], QueueRule] = {}

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """Call `listener` after each change with the resources concerned (none: health, alarms or actions alone);
        returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    # ---- what sources write ----------------------------------------------------------------------------------

    def apply(self, update: Update) -> None:
        """Merge `update`; one that is older than what is here changes nothing."""
        source = self._source(update.source)
        source.proofs.extend(update.proofs)
        source.life = update.as_of if source.life is None else max(source.life, update.as_of)
        if update.kind is UpdateKind.PROOF:
            if update.proofs:
                self._tell(set())
            return
        shelf = self._shelf(source, update.resource)
        scope = shelf.scopes.get(update.scope)
        count = len(scope.rows) if scope else 0
        renewed = scope is not None and update.epoch > scope.epoch
        last = scope.as_of if scope else None
        changes = shelf.apply(update)
        if changes is None:
            self.dropped += 1
            return
        where = (update.resource, update.scope)
        emptied = update.kind is UpdateKind.SNAPSHOT and not shelf.scopes[update.scope].rows
        doubted = source.confirming.pop(where, None)
        if emptied and count >= SUDDEN and not renewed:
            source.confirming[where] = count
        gap = renewed or self._gap(source, where, last, update)
        if update.kind is UpdateKind.SNAPSHOT:
            source.gaps.discard(where)
        changed = self._take(source, update.resource, changes, gap=gap, emptied=emptied)
        if changes or doubted is not None or where in source.confirming:
            changed.add((update.source, update.resource))
        if self._renew_state(source, update.resource):
            changed.add((update.source, update.resource))
        if changed or update.proofs:
            self._tell(changed)

    def status(self, status: FeedStatus) -> None:
        """How a feed fares. One that is unavailable holds no rows; one that is neither wanted nor available is
        forgotten."""
        source = self._source(status.source)
        where = (status.resource, status.scope)
        before = source.statuses.get(where)
        source.statuses[where] = status
        changed: set[tuple[str, Resource]] = set()
        if status.failures:
            source.gaps.add(where)
        if status.unavailable:
            shelf = source.shelves.get(status.resource)
            if shelf is not None and status.scope in shelf.scopes:
                dropped = shelf.drop(status.scope)
                changed |= self._take(source, status.resource, dropped, gap=True, emptied=False)
                changed.add((status.source, status.resource))
            if not status.wanted and status.next_at is None:
                del source.statuses[where]
                source.confirming.pop(where, None)
        if self._renew_state(source, status.resource):
            changed.add((status.source, status.resource))
        health = before is None or (before.failures, before.cause, before.refused) != (
            status.failures,
            status.cause,
            status.refused,
        )
        if changed or health:
            self._tell(changed)

    def source(self, info: SourceInfo) -> None:
        """What is known of a source as a whole."""
        source = self._source(info.name)
        if source.info != info:
            source.info = info
            self._tell(set())

    def tick(self) -> None:
        """Once a second: what time alone changes (freshness, wrap-up, alarms, history)."""
        now = self._clock.now()
        changed: set[tuple[str, Resource]] = set()
        for name, source in self._sources.items():
            changed |= self._relinked(source, source.linker.tick(now))
            calls = self.read_at(name, Resource.CALLS)
            if source.ledger.resolve(now, calls, self._call, source.linker.agent):
                changed.add((name, Resource.QUEUES))
            for resource in self._resources(source):
                if self._renew_state(source, resource):
                    changed.add((name, resource))
        self._sample(now)
        alarms = self.alarms.update(self._judge.verdicts(now), now, self._judge.blind)
        if changed or alarms:
            self._tell(changed)

    # ---- facts -----------------------------------------------------------------------------------------------

    def now(self) -> float:
        return self._clock.now()

    def sources(self) -> Sequence[str]:
        return tuple(self._sources)

    def row(self, key: Key) -> Row | None:
        source = self._sources.get(key.source)
        return None if source is None else self._linked(source, RESOURCE_OF[key.kind]).get(key)

    def rows(self, resource: Resource, source: str | None = None) -> Sequence[Row]:
        """The joined rows, in the order in which the sources gave them."""
        if source is None:
            return tuple(row for name in self._sources for row in self.rows(resource, name))
        cached = self._lists.get((source, resource))
        if cached is None:
            held = self._sources.get(source)
            cached = tuple(self._linked(held, resource).values()) if held is not None else ()
            self._lists[source, resource] = cached
        return cached

    def read_at(self, source: str, resource: Resource, scope: str | None = None) -> float | None:
        """`as_of` of the last good snapshot, of the oldest scope when `scope` is None; None: never read."""
        held = self._sources.get(source)
        shelf = held.shelves.get(resource) if held is not None else None
        if shelf is None:
            return None
        if scope is not None:
            return shelf.scopes[scope].as_of if scope in shelf.scopes else None
        times = [entry.as_of for entry in shelf.scopes.values()]
        known = [at for at in times if at is not None]
        return min(known) if known and len(known) == len(times) else None

    def proofs(self, source: str) -> Sequence[Proof]:
        held = self._sources.get(source)
        return tuple(held.proofs) if held is not None else ()

    def duplicates(self, source: str, resource: Resource) -> int:
        """Rows of the last lists that shared an id with another (the last one won)."""
        held = self._sources.get(source)
        shelf = held.shelves.get(resource) if held is not None else None
        return sum(scope.duplicates for scope in shelf.scopes.values()) if shelf is not None else 0

    # ---- how far to trust it ---------------------------------------------------------------------------------

    def source_views(self) -> Sequence[SourceView]:
        return [
            source_view(source.info, [self._view(source, resource) for resource in self._resources(source)])
            for source in self._sources.values()
        ]

    def resource_view(self, source: str, resource: Resource) -> ResourceView | None:
        """None: the source has no such resource."""
        held = self._sources.get(source)
        return self._view(held, resource) if held is not None and resource in self._resources(held) else None

    def pane_state(self, resource: Resource) -> PaneState:
        views = [(name, view) for name in self._sources if (view := self.resource_view(name, resource)) is not None]
        return pane_state(resource, views)

    def row_state(self, key: Key) -> ResourceState:
        """The best of the scopes that hold the row; of a row that is not here, its resource's."""
        source = self._sources.get(key.source)
        resource = RESOURCE_OF[key.kind]
        if source is None or resource not in self._resources(source):
            return ResourceState.NEVER
        shelf = source.shelves.get(resource)
        names = list(shelf.states(key)) if shelf is not None else []
        if not names:
            return self._view(source, resource).state
        order = list(ResourceState)
        return min((self._feed(source, resource, name).state for name in names), key=order.index)

    def trusted(self, source: str, resource: Resource, scope: str) -> bool:
        """Whether the rows of a scope (of the whole resource, where it has no such scope) are live or late."""
        held = self._sources.get(source)
        if held is None or resource not in self._resources(held):
            return False
        shelf = held.shelves.get(resource)
        if shelf is not None and scope in shelf.scopes:
            return self._feed(held, resource, scope).state in TRUSTED
        return self._view(held, resource).state in TRUSTED

    def confirming(self, source: str, resource: Resource) -> bool:
        """Whether a list that was suddenly empty waits to be confirmed by the next."""
        held = self._sources.get(source)
        return held is not None and any(where[0] is resource for where in held.confirming)

    # ---- numbers ---------------------------------------------------------------------------------------------

    def rule(self, queue: Queue) -> QueueRule:
        """The `[[queue]]` that applies."""
        name = (str(queue.name), queue.key.id)
        rule = self._rules.get(name)
        if rule is None:
            rule = self._rules[name] = self.settings.rule(*name)
        return rule

    def wait_severity(self, queue: Key, seconds: float) -> str:
        """ "", "warn" or "alarm" for a caller who has waited `seconds` in `queue`."""
        row = self.row(queue)
        if not isinstance(row, Queue):
            return ""
        return wait_severity(seconds, self.rule(row), self.settings) or ""

    def seen_at(self, key: Key) -> float | None:
        """When the row was last known to be as it is (steady UTC seconds): the newest reading of its scopes."""
        source = self._sources.get(key.source)
        resource = RESOURCE_OF[key.kind]
        if source is None or resource not in self._resources(source):
            return None
        shelf = source.shelves.get(resource)
        names = list(shelf.states(key)) if shelf is not None else []
        ages = [self._feed(source, resource, name).age for name in names]
        known = [age for age in ages if age is not None]
        return self.now() - min(known) if known else None

    def queue_stats(self, key: Key, *, level: bool = True) -> QueueStats:
        """The queue in numbers; `level` False leaves the service level out, which takes the longest."""
        source, queue = self._sources.get(key.source), self.row(key)
        if source is None or not isinstance(queue, Queue):
            return QueueStats(None, None, None, None, AgentCounts(), None, ServiceLevel(None, 0, "live", "no queue"),
                              None, None, None)  # fmt: skip
        now = self.now()
        known = self._known(source, Resource.MEMBERS, key.id)
        members = list(source.tally.members(key.id)) if known else []
        states = [member.state for member in members]
        in_queue = [m.joined_at for m in members if m.joined_at is not None and m.state in _IN_QUEUE]
        counts = AgentCounts()
        if self._known(source, Resource.AGENTS, key.id):
            counts = source.tally.counts(key.id)
        book = source.ledger.book(key.id)
        pulled = book.total("pulled")
        abandoned: int | None = book.total("abandoned") if known else None
        if queue.abandoned is not None:
            # The vendor counts whoever leaves unanswered, our own pulls too.
            abandoned = max(0, queue.abandoned - (pulled - source.pulled_before.get(key.id, 0)))
        answered = queue.answered
        if answered is None and known and source.ledger.answers_seen:
            answered = book.total("answered")
        waits = [max(0.0, now - joined) for joined in in_queue]
        return QueueStats(
            waiting=queue.waiting if queue.waiting is not None else _number(states, MemberState.WAITING, known),
            ringing=queue.ringing if queue.ringing is not None else _number(states, MemberState.RINGING, known),
            talking=queue.talking if queue.talking is not None else _number(states, MemberState.TALKING, known),
            longest_since=min(in_queue) if in_queue else queue.longest_since,
            counts=counts,
            staffed=counts.staffed,
            service_level=self._level(source, queue, waits, now) if level else ServiceLevel(None, 0, "live"),
            answered=answered,
            abandoned=abandoned,
            lost=abandoned,
            trend=self._trends.trend(key, now),
            pulled=pulled,
        )

    def _level(self, source: _Source, queue: Queue, waits: Iterable[float], now: float) -> ServiceLevel:
        goal = self.rule(queue).goal or self.settings.goal
        own = service_level(goal, source.ledger.book(queue.key.id), waits, now, source.ledger.answers_seen)
        if own.value is not None and goal.formula != "vendor":
            return own
        if queue.service_percent is not None:
            return ServiceLevel(min(1.0, max(0.0, queue.service_percent / 100)), queue.answered or 0, "vendor")
        if goal.formula == "vendor":
            return ServiceLevel(None, 0, "vendor", "the vendor gives no service level")
        return own

    # ---- actions ---------------------------------------------------------------------------------------------

    def pend(self, pending: Pending) -> None:
        """Show an action on its row until it is settled; again with the same command id to change its phase."""
        self._pending.pend(pending)
        self._tell({(pending.key.source, RESOURCE_OF[pending.key.kind])})

    def settle(self, command_id: str, outcome: str) -> None:
        """The action ended: `outcome` is its phase (`confirmed`, `not_confirmed`, `unknown`, `failed` …)."""
        pending = self._pending.settle(command_id, outcome, self.now())
        if pending is not None:
            self._tell({(pending.key.source, RESOURCE_OF[pending.key.kind])})

    def pending_on(self, key: Key) -> Sequence[Pending]:
        return self._pending.on(key)

    def pending(self) -> Sequence[Pending]:
        return self._pending.everything()

    @property
    def unconfirmed(self) -> int:
        """Actions without an ending, and those that lately ended without proof."""
        return self._pending.unconfirmed(self.now())

    def pulled(self, member_key: Key) -> None:
        """We took this caller out of the queue ourselves: not an abandon."""
        source = self._sources.get(member_key.source)
        if source is not None:
            source.ledger.pulled(member_key, self.now())

    # ---- inside ----------------------------------------------------------------------------------------------

    def _source(self, name: str) -> _Source:
        source = self._sources.get(name)
        if source is None:
            raw: dict[Resource, dict[Key, Row]] = {resource: {} for resource in Resource}
            ledger = Ledger(self._clock.now())
            source = _Source(SourceInfo(name, ""), Linker(name, raw), {}, ledger, raw)
            self._sources[name] = source
        return source

    def _shelf(self, source: _Source, resource: Resource) -> Shelf:
        shelf = source.shelves.get(resource)
        if shelf is None:
            shelf = source.shelves[resource] = Shelf()
            source.raw[resource] = shelf.rows
        return shelf

    def _linked(self, source: _Source, resource: Resource) -> Mapping[Key, Row]:
        return source.linker.rows[resource] if resource in LINKED else source.raw[resource]

    def _resources(self, source: _Source) -> list[Resource]:
        known = {resource for resource, _ in source.statuses} | source.shelves.keys()
        return [resource for resource in Resource if resource in known]

    def _feed(self, source: _Source, resource: Resource, scope: str) -> FeedView:
        held = source.shelves.get(resource)
        entry = held.scopes.get(scope) if held is not None else None
        status = source.statuses.get((resource, scope))
        asked = status or FeedStatus(source.info.name, resource, scope, _UNASKED, 8.0)
        times = [at for at in (asked.last_ok, entry.as_of if entry else None) if at is not None]
        if asked.push and source.life is not None and (times or (entry is not None and entry.rows)):
            times.append(source.life)
        view = feed_view(asked, max(times, default=None), self.now())
        notes = [view.detail] if view.detail else []
        was = source.confirming.get((resource, scope))
        if was is not None:
            notes.append(f"dropped {was}→0, confirming")
        if entry is not None and entry.approximate:
            notes.append(entry.approximate)
        return replace(view, detail=", ".join(notes), status=status)

    def _view(self, source: _Source, resource: Resource) -> ResourceView:
        shelf = source.shelves.get(resource)
        scopes = {scope for name, scope in source.statuses if name is resource} | (
            shelf.scopes.keys() if shelf else set()
        )
        return resource_view(resource, [self._feed(source, resource, scope) for scope in sorted(scopes)])

    def _renew_state(self, source: _Source, resource: Resource) -> bool:
        view = self._view(source, resource)
        if source.states.get(resource) is view.state:
            return False
        source.states[resource] = view.state
        return True

    def _known(self, source: _Source, resource: Resource, queue_id: str) -> bool:
        """Whether the list that covers this queue has ever been read."""
        shelf = source.shelves.get(resource)
        if shelf is None or not shelf.scopes:
            return False
        scope = shelf.scopes.get(queue_id) or shelf.scopes.get("")
        return scope.as_of is not None if scope is not None else any(s.as_of is not None for s in shelf.scopes.values())

    def _gap(self, source: _Source, where: tuple[Resource, str], last: float | None, update: Update) -> bool:
        """Whether something may have been missed since the last list: a failed poll, or a long silence."""
        if where in source.gaps:
            return True
        status = source.statuses.get(where)
        if update.kind is UpdateKind.DELTA or last is None or status is None or status.push:
            return False
        return update.as_of - last > 3 * status.interval + status.timeout

    def _take(
        self, source: _Source, resource: Resource, changes: Mapping[Key, Change], *, gap: bool, emptied: bool
    ) -> set[tuple[str, Resource]]:
        """Join changed raw rows and keep the books; the resources whose joined rows differ."""
        if not changes:
            return set()
        now = self._clock.now()
        self._lists.pop((source.info.name, resource), None)
        changed = self._relinked(source, source.linker.change(resource, changes, now))
        if resource is Resource.MEMBERS:
            rows = source.linker.rows[Resource.MEMBERS]
            seen = [(key, row if isinstance(row := rows.get(key), Member) else None) for key in changes]
            source.ledger.observe(seen, now, gap=gap, emptied=emptied)
        elif resource is Resource.QUEUES:
            self._queues_changed(source, changes)
        return changed

    def _queues_changed(self, source: _Source, changes: Mapping[Key, Change]) -> None:
        for key, change in changes.items():
            if change.after is None:
                self._trends.forget({key})
                continue
            old = change.before.abandoned if isinstance(change.before, Queue) else None
            new = change.after.abandoned if isinstance(change.after, Queue) else None
            if old is not None and new is not None and new < old:
                # The vendor's counters began anew: earlier pulls are not in them.
                source.pulled_before[key.id] = source.ledger.book(key.id).total("pulled")

    def _relinked(self, source: _Source, changes: Mapping[Key, Change]) -> set[tuple[str, Resource]]:
        name = source.info.name
        changed: set[tuple[str, Resource]] = set()
        for key, change in changes.items():
            before, after = change.before, change.after
            if key.kind is Kind.AGENT:
                source.tally.agent(_as_agent(before), _as_agent(after))
                changed.add((name, Resource.AGENTS))
            elif key.kind is Kind.MEMBER:
                source.tally.member(_as_member(before), _as_member(after))
                changed.add((name, Resource.MEMBERS))
            else:
                changed.add((name, RESOURCE_OF[key.kind]))
        for pair in changed:
            self._lists.pop(pair, None)
        return changed

    def _call(self, member: Key) -> Call | None:
        row = self.row(Key(member.source, Kind.CALL, member.id))
        return row if isinstance(row, Call) else None

    def _sample(self, now: float) -> None:
        for row in self.rows(Resource.QUEUES):
            if self.row_state(row.key) in TRUSTED:
                stats = self.queue_stats(row.key, level=False)
                if stats.waiting is not None:
                    self._trends.sample(row.key, stats.waiting + (stats.ringing or 0), now)

    def _tell(self, changed: set[tuple[str, Resource]]) -> None:
        self.version += 1
        told = frozenset(changed)
        for listener in tuple(self._listeners):
            listener(told)


_IN_QUEUE = frozenset({MemberState.WAITING, MemberState.RINGING})


def _number(states: Sequence[MemberState], wanted: MemberState, known: bool) -> int | None:
    return states.count(wanted) if known else None


def _as_agent(row: Row | None) -> Agent | None:
    return row if isinstance(row, Agent) else None


def _as_member(row: Row | None) -> Member | None:
    return row if isinstance(row, Member) else None
