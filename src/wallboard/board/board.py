"""The board: what all sources said, merged, joined, aged and judged. One per program; everything on it is a fact.

Sources write with `apply`, `status` and `source`; the screen reads rows, states and numbers, and is told by
`subscribe` which resources changed. Not thread-safe: it lives in the event loop and never awaits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from wallboard.board.alarms import AlarmBook
from wallboard.board.conditions import wait_severity
from wallboard.board.figures import NOTHING, figures
from wallboard.board.freshness import (
    TRUSTED,
    PaneState,
    ResourceView,
    SourceView,
    pane_state,
    source_view,
)
from wallboard.board.held import Held
from wallboard.board.history import Trends
from wallboard.board.judge import Judge
from wallboard.board.kpi import Ledger, QueueStats
from wallboard.board.links import Linker
from wallboard.board.pending import Pending, PendingBook
from wallboard.board.settings import BoardSettings, QueueRule
from wallboard.board.store import Change
from wallboard.domain.clock import Clock
from wallboard.domain.keys import RESOURCE_OF, Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Queue, Row
from wallboard.domain.states import ResourceState
from wallboard.domain.update import FeedStatus, Proof, SourceInfo, Update, UpdateKind

Changed = frozenset[tuple[str, Resource]]
SUDDEN = 5
"""Rows from which an empty list is doubted until the next one."""


class Board:
    """See the module. `version` rises with each change that a person could see, clocks aside."""

    def __init__(self, clock: Clock, settings: BoardSettings | None = None) -> None:
        self._clock = clock
        self.settings = settings or BoardSettings()
        self.version = 0
        self.dropped = 0
        self.alarms = AlarmBook(clock.now)
        self._sources: dict[str, Held] = {}
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
        if update.kind is UpdateKind.NAMED:
            self._named(source, update)
            return
        source.proofs.extend(update.proofs)
        source.life = update.as_of if source.life is None else max(source.life, update.as_of)
        if update.kind is UpdateKind.PROOF:
            if update.proofs:
                self._tell(set())
            return
        shelf = source.shelf(update.resource)
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
        gap = renewed or source.gap(where, last, update)
        if update.kind is UpdateKind.SNAPSHOT:
            source.gaps.discard(where)
        changed = self._take(source, update.resource, changes, gap=gap, emptied=emptied)
        if changes or doubted is not None or where in source.confirming:
            changed.add((update.source, update.resource))
        if source.renew_state(update.resource, self.now()):
            changed.add((update.source, update.resource))
        if changed or update.proofs:
            self._tell(changed)

    def _named(self, source: Held, update: Update) -> None:
        """Names alone: neither the age of the rows nor what was concluded from the list they stand in."""
        shelf = source.shelves.get(update.resource)
        changes = shelf.named(update) if shelf is not None else {}
        if changes:
            changed = self._take(source, update.resource, changes, gap=False, emptied=False)
            self._tell(changed | {(update.source, update.resource)})

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
                source.gaps.discard(where)
        if source.renew_state(status.resource, self.now()):
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
            for resource in source.resources():
                if source.renew_state(resource, self.now()):
                    changed.add((name, resource))
            source.forget(now)
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
        source, resource = self._sources.get(key.source), RESOURCE_OF.get(key.kind)
        return None if source is None or resource is None else source.joined(resource).get(key)

    def rows(self, resource: Resource, source: str | None = None) -> Sequence[Row]:
        """The joined rows, in the order in which the sources gave them."""
        if source is None:
            return tuple(row for name in self._sources for row in self.rows(resource, name))
        cached = self._lists.get((source, resource))
        if cached is None:
            held = self._sources.get(source)
            cached = tuple(held.joined(resource).values()) if held is not None else ()
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
            source_view(source.info, [source.view(resource, self.now()) for resource in source.resources()])
            for source in self._sources.values()
        ]

    def resource_view(self, source: str, resource: Resource) -> ResourceView | None:
        """None: the source has no such resource."""
        held = self._sources.get(source)
        return held.view(resource, self.now()) if held is not None and resource in held.resources() else None

    def pane_state(self, resource: Resource) -> PaneState:
        views = [(name, view) for name in self._sources if (view := self.resource_view(name, resource)) is not None]
        return pane_state(resource, views)

    def row_state(self, key: Key) -> ResourceState:
        """The best of the scopes that hold the row; of a row that is not here, its resource's."""
        source = self._sources.get(key.source)
        resource = RESOURCE_OF.get(key.kind)
        if source is None or resource is None or resource not in source.resources():
            return ResourceState.NEVER
        shelf = source.shelves.get(resource)
        names = list(shelf.states(key)) if shelf is not None else []
        if not names:
            return source.view(resource, self.now()).state
        order = list(ResourceState)
        return min((source.feed(resource, name, self.now()).state for name in names), key=order.index)

    def trusted(self, source: str, resource: Resource, scope: str) -> bool:
        """Whether the rows of a scope (of the whole resource, where it has no such scope) are live or late."""
        held = self._sources.get(source)
        if held is None or resource not in held.resources():
            return False
        shelf = held.shelves.get(resource)
        if shelf is not None and scope in shelf.scopes:
            return held.feed(resource, scope, self.now()).state in TRUSTED
        return held.view(resource, self.now()).state in TRUSTED

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
        resource = RESOURCE_OF.get(key.kind)
        if source is None or resource is None or resource not in source.resources():
            return None
        shelf = source.shelves.get(resource)
        names = list(shelf.states(key)) if shelf is not None else []
        ages = [source.feed(resource, name, self.now()).age for name in names]
        known = [age for age in ages if age is not None]
        return self.now() - min(known) if known else None

    def queue_stats(self, key: Key, *, level: bool = True) -> QueueStats:
        """The queue in numbers; `level` False leaves the service level out, which takes the longest."""
        source, queue = self._sources.get(key.source), self.row(key)
        if source is None or not isinstance(queue, Queue):
            return NOTHING
        goal = (self.rule(queue).goal or self.settings.goal) if level else None
        return figures(source, queue, self.now(), goal, self._trends.trend(key, self.now()))

    # ---- actions ---------------------------------------------------------------------------------------------

    def pend(self, pending: Pending) -> None:
        """Show an action on its row until it is settled; again with the same command id to change its phase."""
        self._pending.pend(pending)
        self._tell(_lists_of(pending.key))

    def settle(self, command_id: str, outcome: str) -> None:
        """The action ended: `outcome` is its phase (`confirmed`, `not_confirmed`, `unknown`, `failed` …)."""
        pending = self._pending.settle(command_id, outcome, self.now())
        if pending is not None:
            self._tell(_lists_of(pending.key))

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

    def _source(self, name: str) -> Held:
        source = self._sources.get(name)
        if source is None:
            raw: dict[Resource, dict[Key, Row]] = {resource: {} for resource in Resource}
            ledger = Ledger(self._clock.now())
            source = Held(SourceInfo(name, ""), Linker(name, raw), {}, ledger, raw)
            self._sources[name] = source
        return source

    def _take(
        self, source: Held, resource: Resource, changes: Mapping[Key, Change], *, gap: bool, emptied: bool
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

    def _queues_changed(self, source: Held, changes: Mapping[Key, Change]) -> None:
        for key, change in changes.items():
            if isinstance(change.before, Queue):
                self._rules.pop((str(change.before.name), key.id), None)
            if change.after is None:
                self._trends.forget({key})
                continue
            old = change.before.abandoned if isinstance(change.before, Queue) else None
            new = change.after.abandoned if isinstance(change.after, Queue) else None
            if old is not None and new is not None and new < old:
                # The vendor's counters began anew: earlier pulls are not in them.
                source.pulled_before[key.id] = source.ledger.book(key.id).total("pulled")

    def _relinked(self, source: Held, changes: Mapping[Key, Change]) -> set[tuple[str, Resource]]:
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


def _lists_of(key: Key) -> set[tuple[str, Resource]]:
    """The list that shows the row; a source itself stands in none."""
    resource = RESOURCE_OF.get(key.kind)
    return set() if resource is None else {(key.source, resource)}


def _as_agent(row: Row | None) -> Agent | None:
    return row if isinstance(row, Agent) else None


def _as_member(row: Row | None) -> Member | None:
    return row if isinstance(row, Member) else None
