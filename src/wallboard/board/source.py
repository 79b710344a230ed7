"""One source: its rows as told and as joined, its figures, and how far each part of it may be trusted.

It answers for itself; the board asks each of its sources and knows no more of them. `now` is steady UTC seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace

from wallboard.board.conditions import wait_severity
from wallboard.board.figures import NOTHING, figures
from wallboard.board.freshness import (
    TRUSTED,
    FeedView,
    ResourceView,
    SourceView,
    feed_view,
    resource_view,
    source_view,
)
from wallboard.board.history import Trends
from wallboard.board.kpi import Ledger, QueueStats, Tally
from wallboard.board.links import LINKED, Linker
from wallboard.board.settings import BoardSettings
from wallboard.board.store import Change, Shelf
from wallboard.domain.keys import RESOURCE_OF, Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Queue, Row
from wallboard.domain.rules import QueueRule
from wallboard.domain.states import ResourceState
from wallboard.domain.update import FeedStatus, Proof, SourceInfo, Update, UpdateKind

PROOFS = 400
"""Proofs kept of each source: minutes of a busy PBX, longer than any verification waits."""
SUDDEN = 5
"""Rows from which an empty list is doubted until the next one."""
_UNASKED = 15.0
"""Interval assumed for rows that came without a word from polling."""

Changed = set[Resource]


class SourceState:
    """See the module. What writes says which resources read differently now; None: nothing that anybody could see."""

    def __init__(self, name: str, settings: BoardSettings, now: float) -> None:
        self.info = SourceInfo(name, "")
        self.proofs: deque[Proof] = deque(maxlen=PROOFS)
        self.ledger = Ledger(now)
        self.tally = Tally()
        self._settings = settings
        self._raw: dict[Resource, dict[Key, Row]] = {resource: {} for resource in Resource}
        self._linker = Linker(name, self._raw)
        self._shelves: dict[Resource, Shelf] = {}
        self._statuses: dict[tuple[Resource, str], FeedStatus] = {}
        self._alive_at: float | None = None
        self._gaps: set[tuple[Resource, str]] = set()
        self._emptied: dict[tuple[Resource, str], int] = {}
        self._states: dict[Resource, ResourceState] = {}
        self._lists: dict[Resource, tuple[Row, ...]] = {}
        self._rules: dict[Key, tuple[str, QueueRule]] = {}
        self._trends = Trends(settings.trend_bucket, settings.trend_size)
        self._pulled_before: dict[str, int] = {}

    # ---- what is told of it ----------------------------------------------------------------------------------

    def apply(self, update: Update, now: float) -> Changed | None:
        """Merge `update`; one that is older than what is here changes nothing."""
        if update.kind is UpdateKind.NAMED:
            return self._named(update, now)
        self.proofs.extend(update.proofs)
        self._alive_at = update.as_of if self._alive_at is None else max(self._alive_at, update.as_of)
        if update.kind is UpdateKind.PROOF:
            return set() if update.proofs else None
        shelf = self._shelves.get(update.resource)
        if shelf is None:
            shelf = self._shelves[update.resource] = Shelf()
            self._raw[update.resource] = shelf.rows
        scope = shelf.scopes.get(update.scope)
        count = len(scope.rows) if scope else 0
        renewed = scope is not None and update.epoch > scope.epoch
        last = scope.as_of if scope else None
        changes = shelf.apply(update)
        if changes is None:
            return None
        where = (update.resource, update.scope)
        emptied = update.kind is UpdateKind.SNAPSHOT and not shelf.scopes[update.scope].rows
        doubted = self._emptied.pop(where, None)
        if emptied and count >= SUDDEN and not renewed:
            self._emptied[where] = count
        gap = renewed or self._gap(where, last, update)
        if update.kind is UpdateKind.SNAPSHOT:
            self._gaps.discard(where)
        changed = self._take(update.resource, changes, now, gap=gap, emptied=emptied)
        renewed_state = self._renew_state(update.resource, now)
        if changes or renewed_state or doubted is not None or where in self._emptied:
            changed.add(update.resource)
        return changed if changed or update.proofs else None

    def _named(self, update: Update, now: float) -> Changed | None:
        """Names alone: neither the age of the rows nor what was concluded from the list they stand in."""
        shelf = self._shelves.get(update.resource)
        changes = shelf.named(update) if shelf is not None else {}
        if not changes:
            return None
        return self._take(update.resource, changes, now, gap=False, emptied=False) | {update.resource}

    def status(self, status: FeedStatus, now: float) -> Changed | None:
        """How a feed fares. One that is unavailable holds no rows; one that is neither wanted nor available is
        forgotten."""
        resource = status.resource
        where = (resource, status.scope)
        before = self._statuses.get(where)
        self._statuses[where] = status
        changed: Changed = set()
        if status.failures:
            self._gaps.add(where)
        if status.unavailable:
            shelf = self._shelves.get(resource)
            if shelf is not None and status.scope in shelf.scopes:
                changed |= self._take(resource, shelf.drop(status.scope), now, gap=True, emptied=False) | {resource}
            if not status.wanted and status.next_at is None:
                del self._statuses[where]
                self._emptied.pop(where, None)
                self._gaps.discard(where)
        if self._renew_state(resource, now):
            changed.add(resource)
        if before is None or (before.failures, before.cause, before.refused) != (
            status.failures,
            status.cause,
            status.refused,
        ):
            return changed
        return changed or None

    def tick(self, now: float) -> Changed:
        """What time alone changes: joins, callers who left, freshness, trends."""
        changed = self._relinked(self._linker.tick(now))
        if self.ledger.resolve(now, self.read_at(Resource.CALLS), self._call, self._linker.agent):
            changed.add(Resource.QUEUES)
        changed |= {resource for resource in self.resources() if self._renew_state(resource, now)}
        for row in self.rows(Resource.QUEUES):
            if isinstance(row, Queue) and self.row_state(row.key, now) in TRUSTED:
                stats = self.queue_stats(row.key, now, level=False)
                if stats.waiting is not None:
                    self._trends.sample(row.key, stats.waiting + (stats.ringing or 0), now)
        self._forget(now)
        return changed

    # ---- its rows --------------------------------------------------------------------------------------------

    def row(self, key: Key) -> Row | None:
        resource = RESOURCE_OF.get(key.kind)
        return None if resource is None else self._joined(resource).get(key)

    def rows(self, resource: Resource) -> tuple[Row, ...]:
        """The joined rows, in the order in which the source gave them."""
        cached = self._lists.get(resource)
        if cached is None:
            cached = self._lists[resource] = tuple(self._joined(resource).values())
        return cached

    def read_at(self, resource: Resource, scope: str | None = None) -> float | None:
        """`as_of` of the last good snapshot, of the oldest scope when `scope` is None; None: never read."""
        shelf = self._shelves.get(resource)
        if shelf is None:
            return None
        if scope is not None:
            return shelf.scopes[scope].as_of if scope in shelf.scopes else None
        times = [entry.as_of for entry in shelf.scopes.values()]
        known = [at for at in times if at is not None]
        return min(known) if known and len(known) == len(times) else None

    def resources(self) -> list[Resource]:
        known = {resource for resource, _ in self._statuses} | self._shelves.keys()
        return [resource for resource in Resource if resource in known]

    # ---- how far to trust it ---------------------------------------------------------------------------------

    def whole(self, now: float) -> SourceView:
        return source_view(self.info, [self.view(resource, now) for resource in self.resources()])

    def view(self, resource: Resource, now: float) -> ResourceView:
        shelf = self._shelves.get(resource)
        scopes = {scope for name, scope in self._statuses if name is resource}
        scopes |= shelf.scopes.keys() if shelf else set()
        return resource_view(resource, [self._feed(resource, scope, now) for scope in sorted(scopes)])

    def row_state(self, key: Key, now: float) -> ResourceState:
        """The best of the scopes that hold the row; of a row that is not here, its resource's."""
        resource = RESOURCE_OF.get(key.kind)
        if resource is None or resource not in self.resources():
            return ResourceState.NEVER
        feeds = self._feeds_of(resource, key, now)
        if not feeds:
            return self.view(resource, now).state
        order = list(ResourceState)
        return min((feed.state for feed in feeds), key=order.index)

    def seen_at(self, key: Key, now: float) -> float | None:
        """When the row was last known to be as it is: the newest reading of its scopes."""
        resource = RESOURCE_OF.get(key.kind)
        feeds = [] if resource is None else self._feeds_of(resource, key, now)
        known = [feed.age for feed in feeds if feed.age is not None]
        return now - min(known) if known else None

    def trusted(self, resource: Resource, scope: str, now: float) -> bool:
        """Whether the rows of a scope (of the whole resource, where it has no such scope) are live or late."""
        if resource not in self.resources():
            return False
        shelf = self._shelves.get(resource)
        if shelf is not None and scope in shelf.scopes:
            return self._feed(resource, scope, now).state in TRUSTED
        return self.view(resource, now).state in TRUSTED

    def confirming(self, *resources: Resource) -> bool:
        """Whether a list of these that was suddenly empty waits to be confirmed by the next."""
        return any(resource in resources for resource, _ in self._emptied)

    def covers(self, resource: Resource, queue_id: str) -> bool:
        """Whether the list that covers this queue has ever been read."""
        shelf = self._shelves.get(resource)
        if shelf is None or not shelf.scopes:
            return False
        scope = shelf.scopes.get(queue_id) or shelf.scopes.get("")
        if scope is None and (resource, queue_id) in self._statuses:
            # It has a list of its own, which the other queues' lists say nothing about.
            return False
        return scope.as_of is not None if scope is not None else any(s.as_of is not None for s in shelf.scopes.values())

    # ---- numbers ---------------------------------------------------------------------------------------------

    def rule(self, queue: Queue) -> QueueRule:
        """The `[[queue]]` that applies, looked up again where the queue has another name."""
        name = str(queue.name)
        known = self._rules.get(queue.key)
        if known is None or known[0] != name:
            known = self._rules[queue.key] = (name, self._settings.rule(name, queue.key.id))
        return known[1]

    def wait_severity(self, queue: Key, seconds: float) -> str:
        """ "", "warn" or "alarm" for a caller who has waited `seconds` in `queue`."""
        row = self.row(queue)
        return wait_severity(seconds, self.rule(row), self._settings) or "" if isinstance(row, Queue) else ""

    def queue_stats(self, key: Key, now: float, *, level: bool = True) -> QueueStats:
        """The queue in numbers; `level` False leaves the service level out, which takes the longest."""
        queue = self.row(key)
        if not isinstance(queue, Queue):
            return NOTHING
        goal = (self.rule(queue).goal or self._settings.goal) if level else None
        return figures(
            queue,
            self.tally,
            self.ledger,
            now,
            members_known=self.covers(Resource.MEMBERS, key.id),
            agents_known=self.covers(Resource.AGENTS, key.id),
            pulled_before=self._pulled_before.get(key.id, 0),
            goal=goal,
            trend=self._trends.trend(key, now),
        )

    # ---- inside ----------------------------------------------------------------------------------------------

    def _joined(self, resource: Resource) -> Mapping[Key, Row]:
        """The rows of a resource as the board shows them."""
        return self._linker.rows[resource] if resource in LINKED else self._raw[resource]

    def _feeds_of(self, resource: Resource, key: Key, now: float) -> list[FeedView]:
        """The feeds whose lists hold the row."""
        shelf = self._shelves.get(resource)
        return [self._feed(resource, name, now) for name in (shelf.states(key) if shelf is not None else ())]

    def _feed(self, resource: Resource, scope: str, now: float) -> FeedView:
        shelf = self._shelves.get(resource)
        entry = shelf.scopes.get(scope) if shelf is not None else None
        status = self._statuses.get((resource, scope))
        asked = status or FeedStatus(self.info.name, resource, scope, _UNASKED, 8.0)
        times = [at for at in (asked.last_ok, entry.as_of if entry else None) if at is not None]
        if asked.push and self._alive_at is not None and (times or (entry is not None and entry.rows)):
            times.append(self._alive_at)
        view = feed_view(asked, max(times, default=None), now)
        notes = [view.detail] if view.detail else []
        was = self._emptied.get((resource, scope))
        if was is not None:
            notes.append(f"dropped {was}→0, confirming")
        if entry is not None and entry.approximate:
            notes.append(entry.approximate)
        return replace(view, detail=", ".join(notes), status=status)

    def _renew_state(self, resource: Resource, now: float) -> bool:
        """Note the state of a resource; whether it is another than before."""
        state = self.view(resource, now).state
        if self._states.get(resource) is state:
            return False
        self._states[resource] = state
        return True

    def _forget(self, now: float) -> None:
        """Close the books of queues that are no more."""
        self.ledger.keep({key.id for key in self._joined(Resource.QUEUES)}, now)
        for queue_id in self._pulled_before.keys() - self.ledger.queues:
            del self._pulled_before[queue_id]

    def _gap(self, where: tuple[Resource, str], last: float | None, update: Update) -> bool:
        """Whether something may have been missed since the last list: a failed poll, or a long silence."""
        if where in self._gaps:
            return True
        status = self._statuses.get(where)
        if update.kind is UpdateKind.DELTA or last is None or status is None or status.push:
            return False
        return update.as_of - last > 3 * status.interval + status.timeout

    def _take(
        self, resource: Resource, changes: Mapping[Key, Change], now: float, *, gap: bool, emptied: bool
    ) -> Changed:
        """Join changed raw rows and keep the books; the resources whose joined rows differ."""
        if not changes:
            return set()
        self._lists.pop(resource, None)
        changed = self._relinked(self._linker.change(resource, changes, now))
        if resource is Resource.MEMBERS:
            rows = self._linker.rows[Resource.MEMBERS]
            seen = [(key, row if isinstance(row := rows.get(key), Member) else None) for key in changes]
            self.ledger.observe(seen, now, gap=gap, emptied=emptied)
        elif resource is Resource.QUEUES:
            self._queues_changed(changes)
        return changed

    def _queues_changed(self, changes: Mapping[Key, Change]) -> None:
        for key, change in changes.items():
            if change.after is None:
                self._trends.forget({key})
                self._rules.pop(key, None)
                continue
            old = change.before.abandoned if isinstance(change.before, Queue) else None
            new = change.after.abandoned if isinstance(change.after, Queue) else None
            if old is not None and new is not None and new < old:
                # The vendor's counters began anew: earlier pulls are not in them.
                self._pulled_before[key.id] = self.ledger.book(key.id).total("pulled")

    def _relinked(self, changes: Mapping[Key, Change]) -> Changed:
        changed: Changed = set()
        for key, change in changes.items():
            before, after = change.before, change.after
            if key.kind is Kind.AGENT:
                self.tally.agent(
                    before if isinstance(before, Agent) else None, after if isinstance(after, Agent) else None
                )
            elif key.kind is Kind.MEMBER:
                self.tally.member(
                    before if isinstance(before, Member) else None, after if isinstance(after, Member) else None
                )
            changed.add(RESOURCE_OF[key.kind])
        for resource in changed:
            self._lists.pop(resource, None)
        return changed

    def _call(self, member: Key) -> Call | None:
        row = self.row(Key(member.source, Kind.CALL, member.id))
        return row if isinstance(row, Call) else None
