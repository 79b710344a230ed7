"""One source: its rows as told and as joined, its figures, and how far each part of it may be trusted.

It answers for itself; the board asks each of its sources and knows no more of them. `now` is steady UTC seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Mapping

from wallboard.board.agent_day import AgentDay, AgentDays
from wallboard.board.caller_history import CallerHistory, Stay
from wallboard.board.freshness import TRUSTED, SourceView, source_view
from wallboard.board.links import LINKED, Linker
from wallboard.board.queue_book import Books, QueueBook
from wallboard.board.settings import BoardSettings
from wallboard.board.store import Change
from wallboard.board.tally import Tally
from wallboard.board.trust import Trust
from wallboard.domain.keys import RESOURCE_OF, Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Queue, Row
from wallboard.domain.states import AgentState
from wallboard.domain.text import NOTHING as NO_TEXT
from wallboard.domain.text import Clean
from wallboard.domain.update import FeedStatus, Proof, SourceInfo, Update, UpdateKind

PROOFS = 400
"""Proofs kept of each source: minutes of a busy PBX, longer than any verification waits."""
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
        self.trust = Trust(name, self.tally.versions)
        self.queues = QueueBook(name, settings, Books(self.trust, self.tally, self.history, self.days, self.row))
        self._settings = settings
        self._raw: dict[Resource, dict[Key, Row]] = {resource: {} for resource in Resource}
        self._linker = Linker(name, self._raw, self.history.answered_at, self._known)
        self._lists: dict[Resource, tuple[Row, ...]] = {}
        self._forget_at = 0.0
        self._blind = False

    # ---- what is told of it ----------------------------------------------------------------------------------

    def apply(self, update: Update, now: float) -> Changed | None:
        """Merge `update`; one that is older than what is here changes nothing."""
        if update.kind is UpdateKind.NAMED:
            return self._named(update, now)
        self.proofs.extend(update.proofs)
        self.trust.alive(update.as_of)
        if update.kind is UpdateKind.PROOF:
            return set() if update.proofs else None
        taken = self.trust.take(update, now)
        self._raw[update.resource] = self.trust.shelves[update.resource].rows
        if taken is None:
            return None
        changed = self._take(update.resource, taken.changes, now)
        changed |= self._proven(update, taken.changes, now, gap=taken.gap)
        if self.trust.judged(update, taken, now) or taken.changes:
            changed.add(update.resource)
        return changed if changed or update.proofs else None

    def _named(self, update: Update, now: float) -> Changed | None:
        """Names alone: neither the age of the rows nor what was concluded from the list they stand in."""
        shelf = self.trust.shelves.get(update.resource)
        changes = shelf.named(update) if shelf is not None else {}
        if not changes:
            return None
        return self._take(update.resource, changes, now) | {update.resource}

    def status(self, status: FeedStatus, now: float) -> Changed | None:
        """How a feed fares. One that is unavailable holds no rows; one that is neither wanted nor available is
        forgotten."""
        resource, fared, changed = status.resource, self.trust.status(status, now), set[Resource]()
        if fared.dropped is not None:
            changed |= self._take(resource, fared.dropped, now) | {resource}
            if resource is Resource.MEMBERS:
                self.history.dropped(status.scope, now)
        if fared.gone:
            self.tally.versions.pop(status.scope, None)
        if fared.other:
            changed.add(resource)
        return changed if changed or fared.news else None

    def tick(self, now: float) -> Changed:
        """What time alone changes: joins, callers who left, freshness, trends."""
        changed = self._relinked(self._linker.tick(now), now)
        if self.history.settle(now, self.trust.known_at(Resource.CALLS)):
            changed.add(Resource.QUEUES)
        self._watch_agents(now)
        changed |= {resource for resource in self.trust.resources() if self.trust.renewed(resource, now)}
        self.queues.sample(self.rows(Resource.QUEUES), now)
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

    def whole(self, now: float) -> SourceView:
        """How it fares, list by list."""
        return source_view(self.info, [self.trust.view(resource, now) for resource in self.trust.resources()])

    def agent_day(self, key: Key, now: float) -> AgentDay | None:
        """What the agent has done today; None where nothing was seen."""
        return self.days.day(key, now, self._agents_day(key, now))

    # ---- inside ----------------------------------------------------------------------------------------------

    def _joined(self, resource: Resource) -> Mapping[Key, Row]:
        """The rows of a resource as the board shows them."""
        return self._linker.rows[resource] if resource in LINKED else self._raw[resource]

    def _forget(self, now: float) -> None:
        """Close the books of queues that are no more, and drop from the others what no figure needs."""
        if now < self._forget_at:
            return
        self._forget_at = now + 60.0
        rows = {key.id: row for key, row in self._joined(Resource.QUEUES).items() if isinstance(row, Queue)}
        self.history.keep(rows, now)
        self.tally.keep(rows)
        self.days.keep(rows)
        self.queues.keep(rows, now)

    def _proven(self, update: Update, changes: Container[Key], now: float, *, gap: bool) -> Changed:
        """Tell the history what a list or an event proves; the resources that read differently for it."""
        resource, at, history = update.resource, update.as_of, self.history
        snapshot = update.kind is UpdateKind.SNAPSHOT
        shelf = self.trust.shelves[resource]
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
        shelf = self.trust.shelves.get(Resource.AGENTS)
        row = shelf.told(key) if shelf is not None else None
        return row if isinstance(row, Agent) else None

    def _serves(self, agent: Key, queue_id: str) -> bool:
        return agent in self.tally.people(queue_id)

    def _queue(self, queue_id: str) -> Queue | None:
        row = self.row(Key(self.info.name, Kind.QUEUE, queue_id))
        return row if isinstance(row, Queue) else None

    def _agents_day(self, key: Key, now: float) -> float:
        row = self._linker.agent(key)
        queue = self._queue(row.memberships[0].queue_id) if row is not None and row.memberships else None
        return self.queues.day_begin(queue, now)

    def _watch_agents(self, now: float) -> None:
        """Stop the agents' days while their list is too old to be true."""
        if not self.trust.has(Resource.AGENTS):
            return
        view = self.trust.view(Resource.AGENTS, now)
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
                self.queues.forget(key)
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
