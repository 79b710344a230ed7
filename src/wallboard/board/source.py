"""One source: its rows as told and as joined, its figures, and how far each part of it may be trusted.

It answers for itself; the board asks each of its sources and knows no more of them. `now` is steady UTC seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Mapping
from dataclasses import replace

from wallboard.board import queue_numbers as numbers
from wallboard.board.agent_day import AgentDay, AgentDays
from wallboard.board.caller_history import CallerHistory, Outcome, Stay
from wallboard.board.conditions import wait_severity
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
from wallboard.board.ledger import Counts, Ledger, Level, overdue
from wallboard.board.links import LINKED, Linker
from wallboard.board.queue_numbers import QueueFigures, ServiceLevel
from wallboard.board.settings import BoardSettings
from wallboard.board.store import Change, Shelf
from wallboard.board.tally import AgentCounts, Tally
from wallboard.domain.keys import RESOURCE_OF, Key, Kind, Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Call, Member, Queue, Row
from wallboard.domain.rules import Day, Goal, QueueRule
from wallboard.domain.states import AgentState, MemberState, ResourceState
from wallboard.domain.text import NOTHING as NO_TEXT
from wallboard.domain.text import Clean
from wallboard.domain.update import FeedStatus, Proof, SourceInfo, Update, UpdateKind

PROOFS = 400
"""Proofs kept of each source: minutes of a busy PBX, longer than any verification waits."""
SUDDEN = 5
"""Rows from which an empty list is doubted until the next one."""
_UNASKED = 15.0
"""Interval assumed for rows that came without a word from polling."""

COUNTING = 5.0
"""Seconds after the first list of callers from which a count is a number: before, no two can be compared."""
NOTHING = QueueFigures(service_level=ServiceLevel(None, 0, "live", mark("no such queue")))
IN_QUEUE = frozenset({MemberState.WAITING, MemberState.RINGING})
_OFFERED = frozenset({AgentState.RINGING, AgentState.TALKING, AgentState.STUCK})

Changed = set[Resource]


class SourceState:
    """See the module. What writes says which resources read differently now; None: nothing that anybody could see."""

    def __init__(self, name: str, settings: BoardSettings, now: float, caller_changed: Callable[[Stay], None]) -> None:
        self.info = SourceInfo(name, "")
        self.proofs: deque[Proof] = deque(maxlen=PROOFS)
        self.history = CallerHistory(now, self._serves, self._queue, caller_changed)
        self.days = AgentDays()
        self.tally = Tally()
        self._settings = settings
        self._raw: dict[Resource, dict[Key, Row]] = {resource: {} for resource in Resource}
        self._linker = Linker(name, self._raw, self.history.answered_at, self._known)
        self._shelves: dict[Resource, Shelf] = {}
        self._statuses: dict[Resource, dict[str, FeedStatus]] = {}
        self._alive_at: float | None = None
        self._gaps: set[tuple[Resource, str]] = set()
        self._emptied: dict[tuple[Resource, str], int] = {}
        self._states: dict[Resource, ResourceState] = {}
        self._lists: dict[Resource, tuple[Row, ...]] = {}
        self._rules: dict[Key, tuple[str, QueueRule]] = {}
        self._trends = Trends(settings.trend_bucket, settings.trend_size)
        self._ledgers: dict[str, Ledger] = {}
        self._day_begins: dict[Day, tuple[float, float]] = {}
        self._forget_at = 0.0
        self._blind = False

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
        changed = self._take(update.resource, changes, now)
        changed |= self._proven(update, changes, now, gap=gap)
        # What is live is not made worse by a reading; that it has aged is seen at the next tick.
        live = self._states.get(update.resource) is ResourceState.LIVE
        renewed_state = not live and self._renew_state(update.resource, now)
        if changes or renewed_state or doubted is not None or where in self._emptied:
            changed.add(update.resource)
        return changed if changed or update.proofs else None

    def _named(self, update: Update, now: float) -> Changed | None:
        """Names alone: neither the age of the rows nor what was concluded from the list they stand in."""
        shelf = self._shelves.get(update.resource)
        changes = shelf.named(update) if shelf is not None else {}
        if not changes:
            return None
        return self._take(update.resource, changes, now) | {update.resource}

    def status(self, status: FeedStatus, now: float) -> Changed | None:
        """How a feed fares. One that is unavailable holds no rows; one that is neither wanted nor available is
        forgotten."""
        resource = status.resource
        where = (resource, status.scope)
        statuses = self._statuses.setdefault(resource, {})
        before = statuses.get(status.scope)
        same = before is not None and before.wanted is status.wanted
        told = self._feed(resource, status.scope, now).state if same else None
        statuses[status.scope] = status
        changed: Changed = set()
        if status.failures:
            self._gaps.add(where)
        if status.unavailable:
            shelf = self._shelves.get(resource)
            if shelf is not None and status.scope in shelf.scopes:
                changed |= self._take(resource, shelf.drop(status.scope), now) | {resource}
                if resource is Resource.MEMBERS:
                    self.history.dropped(status.scope, now)
            if not status.wanted and status.next_at is None:
                del statuses[status.scope]
                told = None
                if not statuses:
                    del self._statuses[resource]
                self._emptied.pop(where, None)
                self._gaps.discard(where)
        # Of a feed that fares as before the resource reads as before, but for what time alone changes.
        if told is not self._feed(resource, status.scope, now).state and self._renew_state(resource, now):
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
        changed = self._relinked(self._linker.tick(now), now)
        if self.history.settle(now, self._known_at(Resource.CALLS)):
            changed.add(Resource.QUEUES)
        self._watch_agents(now)
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
        return [resource for resource in Resource if self._has(resource)]

    def _has(self, resource: Resource) -> bool:
        return resource in self._statuses or resource in self._shelves

    # ---- how far to trust it ---------------------------------------------------------------------------------

    def whole(self, now: float) -> SourceView:
        return source_view(self.info, [self.view(resource, now) for resource in self.resources()])

    def view(self, resource: Resource, now: float) -> ResourceView:
        shelf = self._shelves.get(resource)
        scopes = self._statuses.get(resource, {}).keys() | (shelf.scopes.keys() if shelf else set())
        return resource_view(resource, [self._feed(resource, scope, now) for scope in sorted(scopes)])

    def row_state(self, key: Key, now: float) -> ResourceState:
        """The best of the scopes that hold the row; of a row that is not here, its resource's."""
        resource = RESOURCE_OF.get(key.kind)
        if resource is None or not self._has(resource):
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
        if not self._has(resource):
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
        if scope is None and queue_id in self._statuses.get(resource, {}):
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

    def wait_severity(self, queue: Key, seconds: float, number: str) -> str:
        """ "", "warn" or "alarm" for a caller from `number` who has waited `seconds` in `queue`."""
        known = self._settings.caller(self.info.name, number)
        if known is not None and known.longest is not None and seconds >= known.longest:
            return "alarm"
        row = self.row(queue)
        return wait_severity(seconds, self.rule(row), self._settings) or "" if isinstance(row, Queue) else ""

    def goal(self, queue: Queue) -> Goal:
        return self.rule(queue).goal or self._settings.goal

    def day_begin(self, queue: Queue | None, now: float) -> float:
        """When the queue's day began; looked up once a minute, since it takes a calendar."""
        day, minute = self.rule(queue).day if queue is not None else Day(), now // 60
        known = self._day_begins.get(day)
        if known is None or known[0] != minute:
            known = self._day_begins[day] = (minute, day.begin(now))
        return known[1]

    def queue_stats(self, key: Key, now: float, *, level: bool = True) -> QueueFigures:
        """The queue in numbers; `level` False leaves out what takes long: the service level and the day's figures."""
        queue = self.row(key)
        if not isinstance(queue, Queue):
            return NOTHING
        if queue.no_counts:
            return replace(NOTHING, service_level=ServiceLevel(None, 0, self.goal(queue).formula, queue.no_counts))
        known = self.covers(Resource.MEMBERS, key.id)
        stopped = self._stopped(key, now)
        counts = self.tally.counts(key.id) if self.covers(Resource.AGENTS, key.id) else AgentCounts()
        trend = self._trends.trend(key, now)
        made = QueueFigures(
            counts=counts, staffed=counts.staffed, trend=trend, stopped=stopped, resets=self.history.resets
        )
        made = self._callers(made, queue, known, now)
        return self._figures(made, queue, known, now) if level else made

    def agent_day(self, key: Key, now: float) -> AgentDay | None:
        """What the agent has done today; None where nothing was seen."""
        return self.days.day(key, now, self._agents_day(key, now))

    def _callers(self, made: QueueFigures, queue: Queue, known: bool, now: float) -> QueueFigures:
        """Who is in the queue: from the list of callers, from which the longest wait comes too; the vendor's counter
        where there is none, or where it is fresher."""
        key = queue.key
        blind = Resource.MEMBERS in made.stopped
        fresher = blind and Resource.QUEUES not in made.stopped and queue.waiting is not None
        if not known or fresher:
            longest = queue.longest_since
            if longest is None and known and ((queue.waiting or 0) + (queue.ringing or 0)):
                longest = self._longest(key.id)
            return replace(
                made,
                waiting=queue.waiting,
                ringing=queue.ringing,
                talking=queue.talking,
                longest_since=longest,
                counter=True,
            )
        states = [member.state for member in self.tally.members(key.id)]
        served = not queue.only_waiting
        talks = served and (self.history.lists_talks or queue.talking is None)
        return replace(
            made,
            waiting=states.count(MemberState.WAITING),
            ringing=states.count(MemberState.RINGING) if served else queue.ringing,
            talking=states.count(MemberState.TALKING) if talks else queue.talking,
            longest_since=self._longest(key.id) or (queue.longest_since if IN_QUEUE.intersection(states) else None),
        )

    def _longest(self, queue_id: str) -> float | None:
        joined = (m.joined_at for m in self.tally.members(queue_id) if m.joined_at is not None and m.state in IN_QUEUE)
        return min(joined, default=None)

    def _figures(self, made: QueueFigures, queue: Queue, known: bool, now: float) -> QueueFigures:
        """The service level of the window and the figures of the day."""
        queue_id, goal, history = queue.key.id, self.goal(queue), self.history
        at = min(now, made.stopped.get(Resource.MEMBERS, now))
        day = self.day_begin(queue, at)
        began = history.since(queue_id)
        begin = max(began or 0.0, day if goal.window is None else at - goal.window)
        sums, counts = self._sums(queue_id, goal, day, begin, at)
        if goal.formula == "vendor":
            service = numbers.vendor_level(queue.service_percent, queue.answered, goal)
        elif began is None:
            service = numbers.unknown_level(goal, tr("the callers have not been read"))
        else:
            waits = [at - s.joined for s in history.waiting(queue_id) if not s.inherited and s.joined is not None]
            sums = overdue(sums, waits, goal)
            service = numbers.service_level(sums, goal, begin, answers_known=history.answers_known)
        made = replace(made, service_level=service)
        if goal.formula == "vendor" and queue.answered is not None and queue.abandoned is not None:
            return _of_vendor(made, queue, history.taken.get(queue_id, 0))
        if not known or began is None or at - began < COUNTING:
            return made
        return self._day(made, queue_id, counts, max(began, day), now)

    def _day(self, made: QueueFigures, queue_id: str, counts: Counts, day: float, now: float) -> QueueFigures:
        """The figures of the day that began at `day`, or in which we began then."""
        ends = counts.ends
        wrap_up, talk = self.days.wrap_up(queue_id, day), numbers.mean(counts.talked, counts.talks)
        aht = None if talk is None else talk + (wrap_up or 0.0)
        queued = made.queued or 0
        answered = ends[Outcome.ANSWERED]
        offered = queued + ends.total()
        return replace(
            made,
            answered=answered if self.history.answers_known or answered else None,
            lost=ends[Outcome.LOST],
            offered=offered,
            pulled=ends[Outcome.PULLED],
            flowed=ends[Outcome.FLOWED],
            unseen=ends[Outcome.UNSEEN],
            asa=numbers.mean(counts.waited, counts.waits),
            aht=aht,
            wrap_up=wrap_up,
            occupancy=self.tally.occupancy(queue_id, now, day),
            expected_wait=numbers.expected_wait(queued, made.counts, aht),
            lost_percent=numbers.lost_percent(ends[Outcome.LOST], offered),
            counted_since=day,
        )

    def _sums(self, queue_id: str, goal: Goal, day: float, since: float, now: float) -> tuple[Level, Counts]:
        stays, frozen = self.history.stays(queue_id), self.history.frozen
        book = self._ledgers.get(queue_id)
        if book is None or book.stays is not stays or (book.goal, book.day, book.frozen) != (goal, day, frozen):
            book = self._ledgers[queue_id] = Ledger(stays, goal, day, frozen)
        version = self.history.versions.get(queue_id, 0)
        return book.look(version, since, lambda stay: self.history.final(stay, now))

    def _stopped(self, key: Key, now: float) -> dict[Resource, float]:
        """The lists that this queue's figures are made of and that are too old to be true, and when they were read."""
        found: dict[Resource, float] = {}
        for resource in (Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS):
            if not self.covers(resource, key.id) or self.trusted(resource, key.id, now):
                continue
            shelf = self._shelves[resource]
            scope = key.id if key.id in shelf.scopes else ""
            ages = [self._feed(resource, scope, now).age] if scope in shelf.scopes else [self.view(resource, now).age]
            found[resource] = now - max((age for age in ages if age is not None), default=0.0)
        return found

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
        status = self._statuses.get(resource, {}).get(scope)
        asked = status or FeedStatus(self.info.name, resource, scope, _UNASKED, 8.0)
        times = [at for at in (asked.last_ok, entry.as_of if entry else None) if at is not None]
        if asked.push and self._alive_at is not None and (times or (entry is not None and entry.rows)):
            times.append(self._alive_at)
        view = feed_view(asked, max(times, default=None), now)
        notes = [view.detail] if view.detail else []
        was = self._emptied.get((resource, scope))
        if was is not None:
            notes.append(tr("dropped {n}→0, confirming", n=was))
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
        """Close the books of queues that are no more, and drop from the others what no figure needs."""
        if now < self._forget_at:
            return
        self._forget_at = now + 60.0
        rows = {key.id: row for key, row in self._joined(Resource.QUEUES).items() if isinstance(row, Queue)}
        self.history.keep(rows, now)
        self.tally.keep(rows)
        self._ledgers = {queue_id: book for queue_id, book in self._ledgers.items() if queue_id in rows}
        self.days.keep(rows)
        for queue_id, row in rows.items():
            window = self.goal(row).window or 0.0
            self.history.forget(queue_id, min(self.day_begin(row, now), now - window))

    def _proven(self, update: Update, changes: Container[Key], now: float, *, gap: bool) -> Changed:
        """Tell the history what a list or an event proves; the resources that read differently for it."""
        resource, at, history = update.resource, update.as_of, self.history
        snapshot = update.kind is UpdateKind.SNAPSHOT
        shelf = self._shelves[resource]
        if resource is Resource.MEMBERS:
            if snapshot:
                rows = [row for row in shelf.scopes[update.scope].rows.values() if isinstance(row, Member)]
                history.listed(update.scope, rows, changes, at, self._server, gap=gap)
            else:
                rows = [row for row in update.rows if isinstance(row, Member)]
                history.told(update.scope, rows, update.removed, at, self._server)
        elif resource is Resource.AGENTS:
            history.agents(self._told_agent)
        elif resource is Resource.CALLS:
            joined = self._linker.rows[Resource.CALLS]
            keys = shelf.scopes[update.scope].rows if snapshot else [row.key for row in update.rows]
            calls = [row for key in keys if isinstance(row := joined.get(key), Call)]
            if snapshot:
                history.calls(update.scope, calls, changes, at)
            else:
                history.calls_told(calls, update.removed, at)
        changed: Changed = set()
        for key, queue_id in history.served_now():
            agent = self._linker.agent(key)
            if agent is not None:
                self.days.served(key, queue_id, now, self._agents_day(key, now))
        clocked = history.clocked()
        if clocked:
            changed |= self._relinked(self._linker.refresh(clocked, now), now)
        return changed

    def _known(self, number: str) -> Clean:
        known = self._settings.caller(self.info.name, number)
        return NO_TEXT if known is None else known.name

    def _server(self, member: Member) -> Agent | None:
        key = self._linker.server(member)
        return None if key is None else self._told_agent(key)

    def _told_agent(self, key: Key) -> Agent | None:
        """The agent as the vendor told it last: what is held steady for the screen is no evidence."""
        shelf = self._shelves.get(Resource.AGENTS)
        row = shelf.told(key) if shelf is not None else None
        return row if isinstance(row, Agent) else None

    def _known_at(self, resource: Resource) -> float | None:
        """Until when the list is known: of one that is told by events, as long as they come."""
        at = self.read_at(resource)
        feeds = [status for status in self._statuses.get(resource, {}).values() if not status.unavailable]
        if at is not None and feeds and all(status.push for status in feeds) and self._alive_at is not None:
            return max(at, self._alive_at)
        if at is None and not any(status.wanted for status in feeds):
            return None
        return at if at is not None else 0.0

    def _serves(self, agent: Key, queue_id: str) -> bool:
        return agent in self.tally.people(queue_id)

    def _queue(self, queue_id: str) -> Queue | None:
        row = self.row(Key(self.info.name, Kind.QUEUE, queue_id))
        return row if isinstance(row, Queue) else None

    def _agents_day(self, key: Key, now: float) -> float:
        row = self._linker.agent(key)
        queue = self._queue(row.memberships[0].queue_id) if row is not None and row.memberships else None
        return self.day_begin(queue, now)

    def _watch_agents(self, now: float) -> None:
        """Stop the agents' days while their list is too old to be true."""
        if not self._has(Resource.AGENTS):
            return
        view = self.view(Resource.AGENTS, now)
        blind = view.state not in TRUSTED
        since = now - (view.age or 0.0) if blind else None
        self.days.blind(since)
        self.tally.blind(since, now)
        if self._blind and not blind:
            for row in self.rows(Resource.AGENTS):
                if isinstance(row, Agent):
                    self._agent_changed(None, row, now)
        self._blind = blind

    def _agent_changed(self, before: Agent | None, after: Agent | None, now: float) -> None:
        row = after or before
        if row is None or row.no_state or (before is not None and after is not None and before.state is after.state):
            return
        day = self._agents_day(row.key, now)
        rang = before is not None and before.state is AgentState.RINGING
        if rang and (after is None or after.state not in _OFFERED) and self.history.still_waits_for(row.key):
            self.days.missed(row.key, now, day)
        self.days.state(row.key, None if after is None else after.state, now, day)

    def _gap(self, where: tuple[Resource, str], last: float | None, update: Update) -> bool:
        """Whether something may have been missed since the last list: a failed poll, or a long silence."""
        if where in self._gaps:
            return True
        status = self._statuses.get(where[0], {}).get(where[1])
        if update.kind is UpdateKind.DELTA or last is None or status is None or status.push:
            return False
        return update.as_of - last > 3 * status.interval + status.timeout

    def _take(self, resource: Resource, changes: Mapping[Key, Change], now: float) -> Changed:
        """Join changed raw rows; the resources whose joined rows differ."""
        if not changes:
            return set()
        self._lists.pop(resource, None)
        changed = self._relinked(self._linker.change(resource, changes, now), now)
        if resource is Resource.QUEUES:
            self._queues_changed(changes, now)
        return changed

    def _queues_changed(self, changes: Mapping[Key, Change], now: float) -> None:
        for key, change in changes.items():
            if change.after is None:
                self._trends.forget({key})
                self._rules.pop(key, None)
                continue
            old = change.before.abandoned if isinstance(change.before, Queue) else None
            new = change.after.abandoned if isinstance(change.after, Queue) else None
            if old is not None and new is not None and new < old:
                # The vendor's counters began anew, and so did the vendor.
                self.history.reset(key.id, now)

    def _relinked(self, changes: Mapping[Key, Change], now: float) -> Changed:
        changed: Changed = set()
        for key, change in changes.items():
            before, after = change.before, change.after
            if key.kind is Kind.AGENT:
                old = before if isinstance(before, Agent) else None
                new = after if isinstance(after, Agent) else None
                self.tally.agent(old, new, now)
                self._agent_changed(old, new, now)
            elif key.kind is Kind.MEMBER:
                self.tally.member(
                    before if isinstance(before, Member) else None, after if isinstance(after, Member) else None
                )
            changed.add(RESOURCE_OF[key.kind])
        for resource in changed:
            self._lists.pop(resource, None)
        return changed


def _of_vendor(made: QueueFigures, queue: Queue, pulled: int) -> QueueFigures:
    """The counts as the vendor keeps them, where the site has asked for its figures; it does not say since when, and
    counts whoever leaves unanswered, those whom we pulled too."""
    queued = made.queued or 0
    pulled = min(pulled, queue.abandoned or 0)
    lost = (queue.abandoned or 0) - pulled
    offered = queued + (queue.answered or 0) + lost + pulled
    return replace(
        made,
        answered=queue.answered,
        lost=lost,
        offered=offered,
        pulled=pulled,
        flowed=0,
        unseen=0,
        lost_percent=numbers.lost_percent(lost, offered),
    )
