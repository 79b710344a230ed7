"""The queues of a source in numbers: who is in them and at them now, and what their rules make of the day.

What was counted of the same facts is not counted again: each queue knows until when its counts hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from wallboard.board import queue_numbers as numbers
from wallboard.board.agent_day import AgentDays
from wallboard.board.caller_history import CallerHistory, Outcome
from wallboard.board.conditions import wait_severity
from wallboard.board.freshness import TRUSTED, trusted_for
from wallboard.board.history import Trends
from wallboard.board.ledger import Counts, Ledger, Level, overdue
from wallboard.board.queue_numbers import QueueFigures, ServiceLevel
from wallboard.board.settings import BoardSettings
from wallboard.board.tally import AgentCounts, Tally
from wallboard.board.trust import Trust
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Membership, Queue, Row
from wallboard.domain.records import dataclass
from wallboard.domain.rules import AgentLimits, Day, Goal, QueueRule
from wallboard.domain.states import MemberState

COUNTING = 5.0
"""Seconds after the first list of callers from which a count is a number: before, no two can be compared."""
NOTHING = QueueFigures(service_level=ServiceLevel(None, 0, "live", mark("no such queue")))
IN_QUEUE = frozenset({MemberState.WAITING, MemberState.RINGING})
_COUNTED = (Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS)
"""The lists that a queue's counts are made of."""


@dataclass(frozen=True, slots=True)
class Books:
    """What the figures are made of: who is where now, who came and went, what agents have done."""

    trust: Trust
    tally: Tally
    history: CallerHistory
    days: AgentDays
    row: Callable[[Key], Row | None]


class Counted(NamedTuple):
    """The counts of a queue, and how long they are these: until another row or version, or that instant. `loose`: of
    which state of all lists together, where the queue has not one of each of its own."""

    row: Queue
    version: object
    loose: int | None
    until: float
    figures: QueueFigures


class Figured(NamedTuple):
    """The figures of a queue, of these counts and this state of its history, in this second: that a clock goes on
    changes some of them, and all are told in whole seconds."""

    counted: Counted
    history: int
    second: int
    figures: QueueFigures


class QueueBook:
    """Of one source. `calm` are queues with which nothing is wrong until that instant, as long as these are their
    counts."""

    def __init__(self, name: str, settings: BoardSettings, books: Books) -> None:
        self._name = name
        self._settings = settings
        self._trust, self._tally, self._history = books.trust, books.tally, books.history
        self._days, self._row = books.days, books.row
        self.calm: dict[Key, tuple[QueueFigures, float]] = {}
        self._rules: dict[Key, tuple[str, QueueRule]] = {}
        self._trends = Trends(settings.trend_bucket, settings.trend_size)
        self._ledgers: dict[str, Ledger] = {}
        self._day_begins: dict[Day, tuple[float, float]] = {}
        self._counted: dict[Key, Counted] = {}
        self._sampled: dict[Key, tuple[float, QueueFigures]] = {}
        """Which counts were noted last for the trend, and in which bucket."""
        self._figured: dict[Key, Figured] = {}

    def renew(self) -> None:
        """Something is known of days that are over: all figures are worked out anew."""
        self._figured.clear()

    def forget(self, key: Key) -> None:
        """The queue is no more."""
        self._trends.forget({key})
        for known in (self._counted, self._figured, self.calm, self._sampled, self._rules):
            known.pop(key, None)

    def keep(self, rows: Mapping[str, Queue], now: float) -> None:
        """Close the books of queues that are no more, and drop from the others what no figure needs."""
        self._ledgers = {queue_id: book for queue_id, book in self._ledgers.items() if queue_id in rows}
        for queue_id, row in rows.items():
            window = self.goal(row).window or 0.0
            self._history.forget(queue_id, min(self.day_begin(row, now), now - window))

    def sample(self, rows: Iterable[Row], now: float) -> None:
        """Note the callers of each queue; of counts that were noted within this bucket nothing is new."""
        bucket = now // self._settings.trend_bucket
        for row in rows:
            stats = self.stats(row.key, now, level=False)
            noted = self._sampled.get(row.key)
            if noted is not None and noted[0] == bucket and noted[1] is stats:
                continue
            if self._trust.row_state(row.key, now) in TRUSTED:
                self._sampled[row.key] = bucket, stats
                if stats.waiting is not None:
                    self._trends.sample(row.key, stats.waiting + (stats.ringing or 0), now)

    def rule(self, queue: Queue) -> QueueRule:
        """The `[[queue]]` that applies, looked up again where the queue has another name."""
        name = str(queue.name)
        known = self._rules.get(queue.key)
        if known is None or known[0] != name:
            known = self._rules[queue.key] = (name, self._settings.rule(name, queue.key.id))
        return known[1]

    def agent_limits(self, place: Membership) -> AgentLimits:
        """For who is at that queue; where no list of queues tells of it, the agent does."""
        queue = self._row(Key(self._name, Kind.QUEUE, place.queue_id))
        if isinstance(queue, Queue):
            return self.rule(queue).agent
        return self._settings.agent_limits(place.queue, place.queue_id)

    def wait_severity(self, queue: Key, seconds: float, number: str) -> str:
        """ "", "warn" or "alarm" for a caller from `number` who has waited `seconds` in `queue`."""
        known = self._settings.caller(self._name, number)
        if known is not None and known.longest is not None and seconds >= known.longest:
            return "alarm"
        row = self._row(queue)
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

    def stats(self, key: Key, now: float, *, level: bool = True) -> QueueFigures:
        """The queue in numbers; `level` False leaves out what takes long: the service level, the day's figures and the
        trend."""
        queue = self._row(key)
        if not isinstance(queue, Queue):
            return NOTHING
        if queue.no_counts:
            return replace(NOTHING, service_level=ServiceLevel(None, 0, self.goal(queue).formula, queue.no_counts))
        version = (self._trust.era, self._tally.versions[key.id], self._history.resets, self._history.lists_talks)
        known = self._counted.get(key)
        current = known is not None and known.row is queue and known.version == version and now < known.until
        if known is None or not current or known.loose not in (None, self._trust.loose):
            known = self._counted[key] = self._count(queue, version, now)
        if not level:
            return known.figures
        history, second, done = self._history.versions.get(key.id, 0), int(now), self._figured.get(key)
        if done is None or done.counted is not known or (done.history, done.second) != (history, second):
            made = replace(known.figures, trend=self.trend(key, now))
            covered = self._trust.covers(Resource.MEMBERS, key.id)
            done = self._figured[key] = Figured(known, history, second, self._figures(made, queue, covered, now))
        return done.figures

    def trend(self, key: Key, now: float) -> tuple[int | None, ...]:
        return self._trends.trend(key, now)

    def peak(self, buckets: int, now: float) -> int:
        """The most callers of any queue in the last so many of its trend."""
        return self._trends.peak(buckets, now)

    def _count(self, queue: Queue, version: object, now: float) -> Counted:
        key, known = queue.key, self._trust.covers(Resource.MEMBERS, queue.key.id)
        stopped = self._stopped(key, now)
        listed = self._trust.covers(Resource.AGENTS, key.id)
        counts = self._tally.counts(key.id) if listed else AgentCounts(ready=queue.ready)
        staffed = counts.staffed if listed else queue.staffed
        made = QueueFigures(counts=counts, staffed=staffed, stopped=stopped, resets=self._history.resets)
        feeds = (feed for resource in _COUNTED for feed in self._trust.judged_by(resource, key.id, now))
        # Since when a list has stopped may be another with each word of it.
        lasts = 0.0 if stopped else min(map(trusted_for, feeds), default=0.0)
        made, before = self._callers(made, queue, known), self._counted.get(key)
        # The same object as before: who has judged it need not do so again.
        same = before is not None and before.row is queue and before.figures == made
        own = self._trust.own(_COUNTED, key.id)
        figures = before.figures if before is not None and same else made
        return Counted(queue, version, None if own else self._trust.loose, now + lasts, figures)

    def _callers(self, made: QueueFigures, queue: Queue, known: bool) -> QueueFigures:
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
        states = [member.state for member in self._tally.members(key.id)]
        served = not queue.only_waiting
        talks = served and (self._history.lists_talks or queue.talking is None)
        return replace(
            made,
            waiting=states.count(MemberState.WAITING),
            ringing=states.count(MemberState.RINGING) if served else queue.ringing,
            talking=states.count(MemberState.TALKING) if talks else queue.talking,
            longest_since=self._longest(key.id) or (queue.longest_since if IN_QUEUE.intersection(states) else None),
        )

    def _longest(self, queue_id: str) -> float | None:
        joined = (m.joined_at for m in self._tally.members(queue_id) if m.joined_at is not None and m.state in IN_QUEUE)
        return min(joined, default=None)

    def _figures(self, made: QueueFigures, queue: Queue, known: bool, now: float) -> QueueFigures:
        """The service level of the window and the figures of the day."""
        queue_id, goal, history = queue.key.id, self.goal(queue), self._history
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
        wrap_up, talk = self._days.wrap_up(queue_id, day), numbers.mean(counts.talked, counts.talks)
        aht = None if talk is None else talk + (wrap_up or 0.0)
        queued = made.queued or 0
        answered = ends[Outcome.ANSWERED]
        offered = queued + ends.total()
        return replace(
            made,
            answered=answered if self._history.answers_known or answered else None,
            lost=ends[Outcome.LOST],
            offered=offered,
            pulled=ends[Outcome.PULLED],
            flowed=ends[Outcome.FLOWED],
            unseen=ends[Outcome.UNSEEN],
            asa=numbers.mean(counts.waited, counts.waits),
            aht=aht,
            wrap_up=wrap_up,
            occupancy=self._tally.occupancy(queue_id, now, day),
            expected_wait=numbers.expected_wait(queued, made.counts, aht),
            lost_percent=numbers.lost_percent(ends[Outcome.LOST], offered),
            counted_since=day,
        )

    def _sums(self, queue_id: str, goal: Goal, day: float, since: float, now: float) -> tuple[Level, Counts]:
        stays, frozen = self._history.stays(queue_id), self._history.frozen
        book = self._ledgers.get(queue_id)
        if book is None or book.stays is not stays or (book.goal, book.day, book.frozen) != (goal, day, frozen):
            book = self._ledgers[queue_id] = Ledger(stays, goal, day, frozen)
        version = self._history.versions.get(queue_id, 0)
        return book.look(version, since, lambda stay: self._history.final(stay, now))

    def _stopped(self, key: Key, now: float) -> dict[Resource, float]:
        """The lists that this queue's figures are made of and that are too old to be true, and when they were read."""
        trust, found = self._trust, {}
        for resource in _COUNTED:
            if trust.covers(resource, key.id) and not trust.trusted(resource, key.id, now):
                found[resource] = now - (trust.age(resource, key.id, now) or 0.0)
        return found


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
