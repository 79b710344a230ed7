"""The board: what all sources said, merged, joined, aged and judged. One per program; everything on it is a fact.

Sources write with `apply`, `status` and `source`; the screen reads rows, states and numbers, and is told by
`subscribe` which resources changed. Each source answers for itself (`board.source`). Not thread-safe: it lives in the
event loop and never awaits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain
from operator import is_not
from typing import ClassVar

from wallboard.board import alarm_rules, checkpoint, last_hour
from wallboard.board.agent_course import AgentCourse
from wallboard.board.agent_day import AgentDay
from wallboard.board.alarm import Alarm
from wallboard.board.alarms import AlarmBook
from wallboard.board.caller_history import Stay
from wallboard.board.colleagues import Colleagues, Doing, Presence
from wallboard.board.freshness import PaneState, ResourceView, SourceView, pane_state
from wallboard.board.last_hour import LastHour
from wallboard.board.outlook import SHOWN_FOR, Outlook, outlook
from wallboard.board.pending import PendingBook
from wallboard.board.queue_book import NOTHING
from wallboard.board.queue_numbers import QueueFigures
from wallboard.board.repeat_callers import Repeat, RepeatCallers
from wallboard.board.settings import BoardSettings
from wallboard.board.source import SourceState
from wallboard.board.verdicts import Verdict
from wallboard.domain.clock import Clock
from wallboard.domain.keys import RESOURCE_OF, Key, Kind, Resource
from wallboard.domain.known import Known
from wallboard.domain.models import Queue, Row
from wallboard.domain.states import AgentState, ResourceState
from wallboard.domain.update import FeedStatus, Proof, SourceInfo, Update

Changed = frozenset[tuple[str, Resource]]
_OF_CALLS = (Resource.MEMBERS, Resource.AGENTS, Resource.CALLS, Resource.PARKED)


class Board:
    """See the module. `version` rises with each change that a person could see, clocks aside."""

    book: ClassVar[type[AlarmBook]] = AlarmBook

    def __init__(self, clock: Clock, settings: BoardSettings | None = None) -> None:
        self._clock = clock
        self.settings = settings or BoardSettings()
        self.version = 0
        self.alarms = self.book(clock.now, cache(self.settings.timing_of))
        self._sources: dict[str, SourceState] = {}
        self._listeners: list[Callable[[Changed], None]] = []
        self._repeats = RepeatCallers()
        self._followers: list[Callable[[Stay], None]] = []
        self._pending = PendingBook()
        self._colleagues = Colleagues()
        self._together: dict[Resource, tuple[list[tuple[Row, ...]], tuple[Row, ...]]] = {}
        """The rows of all sources, and of which lists they were made."""
        self._outlook: dict[Key, tuple[float, Outlook | None]] = {}

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """Call `listener` after each change with the resources concerned (none: health, alarms or actions alone);
        returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def follow_callers(self, follower: Callable[[Stay], None]) -> None:
        """Tell `follower` of every caller of whom something else is known, before all of it is written in."""
        self._followers.append(follower)

    # ---- what sources write ----------------------------------------------------------------------------------

    def apply(self, update: Update) -> None:
        """Merge `update`; one that is older than what is here changes nothing."""
        source = self._source(update.source)
        changed = source.apply(update, self.now())
        self._went_there(source)
        self._tell_of(update.source, changed)

    def status(self, status: FeedStatus) -> None:
        """How a feed fares. One that is unavailable holds no rows; one that is neither wanted nor available is
        forgotten."""
        self._tell_of(status.source, self._source(status.source).status(status, self.now()))

    def source(self, info: SourceInfo) -> None:
        """What is known of a source as a whole."""
        source = self._source(info.name)
        if source.info != info:
            source.info = info
            self._tell(frozenset())

    def tick(self) -> None:
        """Once a second: what time alone changes (freshness, wrap-up, alarms, history)."""
        deque(self.second(), maxlen=0)

    def second(self) -> Iterator[None]:
        """The same in steps, one source at a time: between two of them others may have their turn."""
        changed: set[tuple[str, Resource]] = set()
        for name, source in tuple(self._sources.items()):
            changed |= {(name, resource) for resource in source.tick(self.now())}
            yield
        verdicts, judged = [], self.alarms.judged()
        for source in tuple(self._sources.values()):
            verdicts.append(self._verdicts(source, judged, self.now()))
            yield
        now = self.now()
        # In the order of the rules: each of them of all sources.
        alarms = self.alarms.update(chain(*map(chain.from_iterable, zip(*verdicts, strict=True))), now, self._blind)
        gone = self._colleagues.expire(now)
        if changed or alarms or gone:
            changed |= _lists_of(gone)
            self._tell(frozenset(changed))

    # ---- facts -----------------------------------------------------------------------------------------------

    def now(self) -> float:
        return self._clock.now()

    def wall(self) -> datetime:
        """The wall clock of this moment, aware and in UTC."""
        return self._clock.wall()

    def sources(self) -> Sequence[str]:
        return tuple(self._sources)

    def row(self, key: Key) -> Row | None:
        return self._row(key)

    def rows(self, resource: Resource, source: str | None = None) -> Sequence[Row]:
        """The joined rows, in the order in which the sources gave them."""
        if source is None:
            parts = [each.rows(resource) for each in self._sources.values()]
            known = self._together.get(resource)
            if known is None or len(known[0]) != len(parts) or any(map(is_not, known[0], parts)):
                known = self._together[resource] = (parts, tuple(chain.from_iterable(parts)))
            return known[1]
        return self._sources[source].rows(resource) if source in self._sources else ()

    def spelled(self, ident: str) -> str:
        """An id as people may read it."""
        return ident

    def read_at(self, source: str, resource: Resource, scope: str | None = None) -> float | None:
        """`as_of` of the last good snapshot, of the oldest scope when `scope` is None; None: never read."""
        return self._sources[source].trust.read_at(resource, scope) if source in self._sources else None

    def proofs(self, source: str) -> Sequence[Proof]:
        return tuple(self._sources[source].proofs) if source in self._sources else ()

    # ---- how far to trust it ---------------------------------------------------------------------------------

    def source_views(self) -> Sequence[SourceView]:
        return [source.whole(self.now()) for source in self._sources.values()]

    def resource_view(self, source: str, resource: Resource) -> ResourceView | None:
        """None: the source has no such resource."""
        state = self._sources.get(source)
        return state.trust.view(resource, self.now()) if state is not None and state.trust.has(resource) else None

    def pane_state(self, resource: Resource) -> PaneState:
        views = [(name, view) for name in self._sources if (view := self.resource_view(name, resource)) is not None]
        return pane_state(resource, views)

    def row_state(self, key: Key) -> ResourceState:
        """The best of the scopes that hold the row; of a row that is not here, its resource's."""
        source = self._sources.get(key.source)
        return ResourceState.NEVER if source is None else source.trust.row_state(key, self.now())

    def seen_at(self, key: Key) -> float | None:
        """When the row was last known to be as it is (steady UTC seconds): the newest reading of its scopes."""
        source = self._sources.get(key.source)
        return None if source is None else source.trust.seen_at(key, self.now())

    # ---- numbers ---------------------------------------------------------------------------------------------

    def wait_severity(self, queue: Key, seconds: float, number: str = "") -> str:
        """ "", "warn" or "alarm" for a caller from `number` who has waited `seconds` in `queue`."""
        source = self._sources.get(queue.source)
        return "" if source is None else source.queues.wait_severity(queue, seconds, number)

    def queue_stats(self, key: Key, *, level: bool = True) -> QueueFigures:
        """The queue in numbers; `level` False leaves the service level out, which takes the longest."""
        source = self._sources.get(key.source)
        return NOTHING if source is None else source.queues.stats(key, self.now(), level=level)

    def trend(self, key: Key) -> tuple[int | None, ...]:
        """The most callers who waited in each minute, oldest first; None is a gap."""
        source = self._sources.get(key.source)
        return () if source is None else source.queues.trend(key, self.now())

    def peak(self, minutes: int) -> int:
        """The most callers who waited in any queue in one of the last so many minutes."""
        return max((source.queues.peak(minutes, self.now()) for source in self._sources.values()), default=0)

    def outlook(self, key: Key) -> Outlook | None:
        """How the queue will fare, worked out anew every few seconds; None where that cannot be said."""
        now, source, row = self.now(), self._sources.get(key.source), self._row(key)
        if source is None or not isinstance(row, Queue):
            return None
        when, shown = self._outlook.get(key, (float("-inf"), None))
        if not 0 <= now - when < SHOWN_FOR:
            # One at a time: a person looks at one queue.
            shown = outlook(source, row, self.settings, now)
            self._outlook = {key: (now, shown)}
        return shown

    def last_hour(self, queue: Key) -> LastHour | None:
        """What became of the queue's callers within the last hour; None where that is not known."""
        source, row = self._sources.get(queue.source), self._row(queue)
        return last_hour.of(source, row, self.now()) if source is not None and isinstance(row, Queue) else None

    def agent_day(self, key: Key) -> AgentDay | None:
        """What the agent has done today; None where nothing was seen."""
        source = self._sources.get(key.source)
        return None if source is None else source.agent_day(key, self.now())

    def agent_course(self, key: Key) -> tuple[AgentState | None, ...]:
        """Which state of the agent lasted longest in each ten minutes up to now, oldest first; None is a gap."""
        source = self._sources.get(key.source)
        return () if source is None else source.days.course(key, self.now())

    def caller(self, source: str, number: str) -> Known | None:
        """Whom the site knows `number` as."""
        return self.settings.caller(source, number)

    def priority(self, queue: Key) -> int:
        """Of a queue: 1 high, 2 normal, 3 low."""
        source, row = self._sources.get(queue.source), self._row(queue)
        return source.queues.rule(row).priority if source is not None and isinstance(row, Queue) else 2

    def repeat(self, source: str, number: str) -> Repeat | None:
        """Whether `number` has called before within the last hour."""
        return self._repeats.find(source, number, self.now())

    def wait_stands_still(self, source: str) -> bool | None:
        """Whether the source's wait of a caller stands still once they are answered; None: not settled."""
        return self._sources[source].history.frozen if source in self._sources else None

    def restore(self, source: str, queue_id: str, callers: Sequence[Stay], since: float) -> None:
        """What was written down of a queue from `since` on, before this program began, oldest first."""
        self._source(source).history.restore(queue_id, callers, since)
        self._source(source).queues.renew()

    def agent_days(self) -> Sequence[AgentDay]:
        """The days of all agents."""
        rows = [row.key for row in self.rows(Resource.AGENTS)]
        return [day for key in rows if (day := self.agent_day(key)) is not None]

    def restore_agent(self, key: Key, day: AgentDay) -> None:
        """What was written down of an agent's day before this program began."""
        self._source(key.source).days.restore(key, day)
        self._source(key.source).queues.renew()

    def restore_course(self, key: Key, course: AgentCourse) -> None:
        """The states of an agent's day before this program began."""
        self._source(key.source).days.restore_course(key, course)

    # ---- actions ---------------------------------------------------------------------------------------------

    def pend(self, command_id: str, key: Key) -> None:
        """An action on this row is on its way, until it is settled."""
        self._pending.pend(command_id, key)
        self._tell(_list_of(key))

    def settle(self, command_id: str, outcome: str) -> None:
        """The action ended: `outcome` is its phase (`confirmed`, `not_confirmed`, `unknown`, `failed` …)."""
        key = self._pending.settle(command_id, outcome, self.now())
        if key is not None:
            self._tell(_list_of(key))

    def unproven(self) -> frozenset[str]:
        """The commands without an ending, and those that lately ended without proof."""
        return self._pending.unproven(self.now())

    @property
    def unconfirmed(self) -> int:
        """How many they are."""
        return len(self.unproven())

    def pulled(self, member_key: Key, at: float | None = None) -> None:
        """One of us took this caller out of the queue, now or `at` that time: not an abandon."""
        source, now = self._sources.get(member_key.source), self.now()
        if source is not None:
            source.history.pulled(member_key, now if at is None else min(at, now))

    def pulls(self) -> Mapping[Key, float]:
        """Whom one of us took out of a queue lately, and when."""
        return {key: at for source in self._sources.values() for key, at in source.history.pulls.items()}

    # ---- other consoles ----------------------------------------------------------------------------------------

    def colleague(self, node: str, who: str, at_work: Mapping[Key, Doing], until: float) -> None:
        """What somebody does at another console of the site, as far as it may be believed `until` then."""
        changed = self._colleagues.heard(node, who, at_work, until)
        if changed:
            self._tell(_lists_of(changed))

    def colleagues(self, keys: Collection[Key]) -> Sequence[Presence]:
        """What others do with one of these rows now, whether the rows are there or not."""
        return self._colleagues.on(keys)

    def attended(self) -> Collection[Key]:
        """The rows that others do something with."""
        return self._colleagues.rows()

    # ---- going back in time ----------------------------------------------------------------------------------

    def kept(self) -> bytes:
        """All that is known and concluded now, for `put_back` on this board."""
        return checkpoint.taken(self._stays, (self, self.alarms))

    def put_back(self, kept: bytes) -> None:
        """Be as when this was `kept`, with the listeners of now: they are told that everything may have changed."""
        everything = self._everything()
        checkpoint.put_back(kept, self._stays, (self, self.alarms))
        self._tell(everything | self._everything())

    @property
    def _stays(self) -> tuple[object, ...]:
        """What no moment of the past brings back, by identity."""
        return (self, self.alarms, self._clock, self.settings)

    def _everything(self) -> Changed:
        return frozenset((name, resource) for name in self._sources for resource in Resource)

    # ---- inside ----------------------------------------------------------------------------------------------

    def _row(self, key: Key) -> Row | None:
        source = self._sources.get(key.source)
        return None if source is None else source.row(key)

    def _source(self, name: str) -> SourceState:
        source = self._sources.get(name)
        if source is None:
            source = self._sources[name] = SourceState(name, self.settings, self.now(), self._caller_changed)
        return source

    def _went_there(self, source: SourceState) -> None:
        """Who has just come to a queue of this source may be one who left another source in the same moment."""
        arrivals, source.history.arrivals = source.history.arrivals, []
        for arrival in arrivals:
            row = self._row(Key(arrival.key.source, Kind.QUEUE, arrival.queue_id))
            where = row.name if isinstance(row, Queue) else arrival.queue_id
            for other in self._sources.values():
                if other is not source and other.history.turned_up(arrival, where):
                    break

    def _verdicts(self, source: SourceState, judged: Collection[Key | None], now: float) -> Sequence[Sequence[Verdict]]:
        """By rule."""
        return (
            [*alarm_rules.losses(source, now)],
            [*alarm_rules.queues(source, self.settings, now, judged)],
            [*alarm_rules.hotlines(source, now)],
            [*alarm_rules.agents(source, self.settings, now)],
        )

    def _blind(self, alarm: Alarm) -> bool:
        source = self._sources.get(alarm.source)
        return source is not None and alarm_rules.blind(source, alarm, self.now())

    def _caller_changed(self, stay: Stay) -> None:
        self._repeats.note(stay)
        for follower in self._followers:
            follower(stay)

    def _tell_of(self, source: str, changed: set[Resource] | None) -> None:
        if changed is not None:
            self._tell(frozenset((source, resource) for resource in changed))

    def _tell(self, changed: Changed) -> None:
        self.version += 1
        for listener in tuple(self._listeners):
            listener(changed)


def _lists_of(keys: Collection[Key]) -> Changed:
    """The lists of calls, of callers and of agents, which show the same calls."""
    return frozenset((key.source, resource) for key in keys for resource in _OF_CALLS)


def _list_of(key: Key) -> Changed:
    """The list that shows the row; a source itself stands in none."""
    resource = RESOURCE_OF.get(key.kind)
    return frozenset() if resource is None else frozenset({(key.source, resource)})
