"""Asks every source in time, each on its own: a source that hangs, fails or talks nonsense slows no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random

import anyio
from anyio.abc import TaskGroup

from wallboard.domain.asking import counting
from wallboard.domain.clock import Clock, within
from wallboard.domain.errors import CredentialsRefused, ReadError, Throttled
from wallboard.domain.keys import Resource
from wallboard.domain.language import tr, trn
from wallboard.domain.update import Update
from wallboard.polling.backoff import PROBE_REFUSED, slows_down
from wallboard.polling.budget import RateBudget, Wish
from wallboard.polling.counts import Counts
from wallboard.polling.feed_schedule import Account, Agenda, FeedSchedule, Where
from wallboard.polling.fetch import fetch_in_time
from wallboard.polling.health import Health
from wallboard.polling.push import Push
from wallboard.polling.report import Reporter, offered
from wallboard.polling.schedule import FLOOR, Demand, Slot, phase, wished_interval
from wallboard.vendors.base import Adapter, Lendable, Patient, Sink, Ticket

DISCOVERY = "discovery"
LADDER = (0.5, 1.0, 2.0, 3.0, 5.0)
"""Seconds after an action at which its effect is looked for."""
DEBOUNCE = 2.0
PLAN_EVERY = 5.0
OFFERS_EVERY = 10.0
"""Seconds after which an adapter is asked again for its feeds: a push that came or went changes their pace. Also the
longest sleep of the loop."""
STARVED = 5.0
"""Seconds a feed that must run alone waits before the others stand back."""
STAND_AGAIN = 5.0
ASLEEP = 30.0
"""Lateness of the loop that means the machine slept."""
SPREAD = 2.0
"""Seconds over which the first reads after that are spread."""


class Scheduler:
    """One loop over the feeds of all sources; results go to `sink`."""

    def __init__(
        self, clock: Clock, adapters: Mapping[str, Adapter], sink: Sink, *, random: Random | None = None
    ) -> None:
        self._clock = clock
        self._sink = sink
        self._random = random or Random()
        self._demand = Demand()
        self._accounts = {
            n: Account(n, a, RateBudget(a.settings.budget, a.settings.consoles)) for n, a in adapters.items()
        }
        self._health = Health()
        self._report = Reporter(clock, sink, self._health)
        self._seq = 0
        self._refreshed = float("-inf")
        self._wake = anyio.Event()
        self._tasks: TaskGroup | None = None
        self.turned_at: float | None = None
        """When the loop last went over the sources: it does so each `OFFERS_EVERY` seconds at the latest."""

    # ---- from outside ----------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Poll until cancelled; push sources run beside, each on its own."""
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            try:
                for account in self._accounts.values():
                    self._read_feeds(account)
                    tasks.start_soon(self._listen, account)
                await self._loop()
            finally:
                self._tasks = None

    async def once(self) -> None:
        """Ask every feed once, discovery first and then what it revealed."""
        async with anyio.create_task_group() as tasks:
            for account in self._accounts.values():
                tasks.start_soon(self._once, account)

    def demand(self, wanted: frozenset[Resource], looked: Resource | None = None) -> None:
        """What is on screen; `looked`: the pane that a person has just come to, which may have been there before."""
        demand, before = Demand(wanted), self._demand
        self._demand = demand
        for account in self._accounts.values():
            account.agenda = None
            if demand != before:
                self._plan(account)
            for schedule in () if account.refused else account.schedules.values():
                resource = schedule.feed.resource
                if demand.shows(resource) and (resource is looked or not before.shows(resource)):
                    schedule.look(self._clock.now())
                    self._report.feed(account, schedule)
        self._poke()

    def hurry(self, source: str, resources: Iterable[Resource]) -> None:
        """Read these soon and again, to see the effect of an action."""
        account = self._accounts.get(source)
        wanted = set(resources)
        now = self._clock.now()
        if account is None:
            return
        for schedule in account.schedules.values():
            brings = {resource for resource, _ in schedule.covers} | {schedule.feed.resource}
            if wanted & brings and schedule.feed.scope != DISCOVERY:
                schedule.hurried.clear()
                schedule.hurried.extend(now + after for after in LADDER)
                self._note(account, schedule)
        self._poke()

    def announced(self, source: str, lists: Iterable[Where]) -> None:
        """The vendor has said that something happened: read these once, now. However much it says, a list is read at
        most once a second, and all of them within their share of the budget (`polling.events`)."""
        account = self._accounts.get(source)
        if account is None or not account.ours:
            return
        now = self._clock.now()
        schedules = [schedule for where in lists if (schedule := account.schedules.get(where)) is not None]
        brought = [schedule for schedule in schedules if schedule.announce(now)]
        for schedule in brought:
            self._note(account, schedule)
        if brought:
            self._poke()

    def refresh(self) -> str:
        """Read what is on screen now, and try refused or failing sources again. What it costs, of what is left of the
        tightest budget."""
        now = self._clock.now()
        if now - self._refreshed < DEBOUNCE:
            return tr("refreshed just now")
        self._refreshed = now
        requests, left = 0, None
        ordered: dict[str, float] = {}
        for account in self._accounts.values():
            account.agenda = None
            self._report.source(account)
            if isinstance(account.adapter, Patient):
                account.adapter.hurry()
            budget = account.allowance.budget
            if account.refused:
                requests += self._probe(account, now)
                continue
            for schedule in account.schedules.values():
                shown = self._demand.shows(schedule.feed.resource) and schedule.feed.scope != DISCOVERY
                if schedule.interval is None or not shown:
                    continue
                wait = max(schedule.ordered_until, account.paused_until) - now
                if wait > 0:
                    ordered[account.name] = max(wait, ordered.get(account.name, 0.0))
                    continue
                schedule.slot.due = now
                schedule.not_before = 0.0
                schedule.forced = True
                requests += schedule.feed.cost
            if budget is not None and budget.remaining is not None:
                left = budget.remaining if left is None else min(left, budget.remaining)
        self._poke()
        told = (
            trn("refreshing: {n} request", "refreshing: {n} requests", requests)
            if left is None
            else trn(
                "refreshing: {n} request of {left} left",
                "refreshing: {n} requests of {left} left",
                requests,
                left=left,
            )
        )
        waits = (tr("{name} asked us to wait {wait:.0f} s", name=n, wait=wait) for n, wait in ordered.items())
        return "; ".join([told, *waits])

    def _probe(self, account: Account, now: float) -> int:
        """Try refused credentials with one feed, now instead of later; all at once could lock the account."""
        for schedule in account.schedules.values():
            if now < schedule.not_before < float("inf"):
                schedule.slot.due = schedule.not_before = now
                schedule.forced = True
                return schedule.feed.cost
        return 0

    def lend(self, source: str) -> None:
        """Somebody else reads this source for us: ask it nothing more, and take no more of its events."""
        account = self._accounts[source]
        account.ours = False
        account.turn.set()

    def take(self, source: str, *, stretch: float = 1.0) -> None:
        """Read it ourselves from now on, `stretch` times as seldom as is wished for, and tell everything anew."""
        account = self._accounts[source]
        account.ours, account.stretch, account.agenda = True, stretch, None
        for schedule in account.schedules.values():
            schedule.told = None
            schedule.slot.base = schedule.slot.due = self._clock.now()
        self._report.forget(account)
        self._read_feeds(account)
        account.turn.set()
        self._poke()

    def counts(self) -> Iterator[tuple[str, Resource, Counts]]:
        """Of each list of each source."""
        for name, account in self._accounts.items():
            for resource, counts in account.counts.items():
                yield name, resource, counts

    # ---- the loop --------------------------------------------------------------------------------------------

    async def _loop(self) -> None:
        expected = self._clock.now()
        while True:
            self.turned_at = now = self._clock.now()
            if now - expected > ASLEEP:
                self._woke(now)
            upcoming = [self._served(account, now) for account in self._accounts.values()]
            expected = min([now + OFFERS_EVERY, *upcoming])
            await self._pause(max(0.001, expected - now))

    def _woke(self, now: float) -> None:
        """The machine slept: one read of each, spread a little, and nothing of what was missed."""
        for account in self._accounts.values():
            account.agenda = None
            for schedule in account.schedules.values():
                schedule.slot.base = schedule.slot.due = now + SPREAD * self._random.random()

    def _served(self, account: Account, now: float) -> float:
        try:
            return self._serve(account, now)
        except Exception as error:  # the boundary of one source: the others are served all the same
            self._health.broke(f"{account.name} planning", error)
            return now + PLAN_EVERY

    async def _listen(self, account: Account) -> None:
        """Take the events of a source for as long as it is ours to read."""
        while True:
            account.turn = anyio.Event()
            async with anyio.create_task_group() as tasks:
                if account.ours:
                    tasks.start_soon(self._push(account).run)
                elif isinstance(account.adapter, Lendable):
                    tasks.start_soon(self._stand_by, account, account.adapter)
                await account.turn.wait()
                tasks.cancel_scope.cancel()

    async def _stand_by(self, account: Account, adapter: Lendable) -> None:
        """Another reads the source; what acts on it stays ours."""
        while True:
            try:
                await adapter.stand_by(self._sink)
            except Exception as error:  # the boundary of one source: the others act all the same
                self._health.broke(f"{account.name} standing by", error)
            await self._clock.sleep(STAND_AGAIN)

    def _serve(self, account: Account, now: float) -> float:
        """Start what is due of one source; when it has to be looked at next."""
        if not account.ours:
            return now + OFFERS_EVERY
        limit = account.allowance.limit
        if now - account.offered_at >= OFFERS_EVERY:
            self._read_feeds(account)
        elif limit != account.planned_for or (limit is not None and now - account.planned_at >= PLAN_EVERY):
            self._plan(account)
        later = now + (OFFERS_EVERY if limit is None else PLAN_EVERY)
        if account.paused_until > now:
            return min(later, account.paused_until)
        agenda = account.agenda
        if agenda is None:
            agenda = account.agenda = Agenda.of(account.schedules.values())
        alone = any((due := each.due()) is not None and now - due > STARVED for each in agenda.exclusive)
        passed: list[FeedSchedule] = []
        # A full source wakes the loop itself when an answer comes.
        while not account.exclusive and account.flying < account.at_once:
            schedule = agenda.next(now)
            if schedule is None:
                break
            if not (account.flying > 0 if schedule.feed.exclusive else alone):
                later = min(later, self._start(account, schedule, now))
            if not schedule.busy:
                # Only now is it looked at again: a wait may be shorter than the clock can tell.
                passed.append(schedule)
        for schedule in passed:
            agenda.note(schedule)
        return min(later, agenda.later) if agenda.later > now else later

    def _note(self, account: Account, schedule: FeedSchedule) -> None:
        """The turn of this feed may have become another."""
        if account.agenda is not None:
            account.agenda.note(schedule)

    def _start(self, account: Account, schedule: FeedSchedule, now: float) -> float:
        """Begin a read if the budget has it; else when it will."""
        hurried = bool(schedule.hurried) and schedule.hurried[0] <= now
        on_event = not hurried and schedule.only_announced(now)
        wait = account.allowance.wait(now, schedule.feed.cost, for_action=hurried)
        if on_event:
            wait = max(wait, account.on_events.wait(now, schedule.feed.cost, account.allowance.rate(now)))
        while schedule.hurried and schedule.hurried[0] <= now:
            schedule.hurried.popleft()
        if wait > 0 and schedule.announced is not None:
            schedule.announced = max(schedule.announced, now + wait)
        if wait > 0 and on_event:
            return schedule.due() or now + wait
        if wait > 0:
            schedule.unpaid_until = now + wait
            self._report.feed(account, schedule)
            return schedule.unpaid_until
        assert self._tasks is not None
        if on_event:
            account.on_events.spend(now, schedule.feed.cost)
        self._take_off(account, schedule, now)
        self._tasks.start_soon(self._poll, account, schedule, schedule.feed.cost)
        return now + OFFERS_EVERY

    def _take_off(self, account: Account, schedule: FeedSchedule, now: float) -> None:
        account.allowance.spend(now, schedule.feed.cost)
        account.flying += 1
        account.exclusive = schedule.feed.exclusive
        schedule.busy, schedule.forced = True, False
        if schedule.announced is not None and not now < schedule.announced <= now + FLOOR:
            # Also where it was put off for want of budget: this reading is as good.
            schedule.announced = None
        schedule.slot.begin(now)

    async def _poll(self, account: Account, schedule: FeedSchedule, cost: int) -> None:
        """`cost`: what it took from the allowance; the feed may be offered with another before it is read."""
        try:
            await self._read(account, schedule)
        except Exception as error:  # the boundary of one source: whatever broke after the read ends nobody else
            self._health.broke(f"{account.name} after a read", error)
            self._next(schedule, self._clock.now())
        finally:
            account.flying -= 1
            if schedule.feed.exclusive:
                account.exclusive = False
            schedule.busy = False
            account.allowance.landed(cost)
            self._note(account, schedule)
            self._poke()

    # ---- one read --------------------------------------------------------------------------------------------

    async def _read(self, account: Account, schedule: FeedSchedule) -> None:
        """Ask once, hand on what came, and settle when to ask again. Lets nothing but a cancellation out."""
        self._seq += 1
        began = self._clock.now()
        ticket = Ticket(1, self._seq, began)
        name, counts = schedule.name(account.name), account.counts[schedule.feed.resource]
        try:
            try:
                with counting(counts.asked):
                    updates = await fetch_in_time(self._clock, schedule.feed, ticket)
            finally:
                counts.read(self._clock.now() - began)
            for update in updates:
                self._sink.apply(update)
            self._succeeded(account, schedule, updates, began)
            self._health.well(name)
        except ReadError as error:
            self._health.failed(name, str(error))
            counts.failed(error)
            self._failed(account, schedule, error)
            if schedule.backoff.unavailable:
                # What is not for this account may have another way in, which the adapter now offers instead.
                self._read_feeds(account)
        except Exception as error:  # the boundary of one feed: what our own code did wrong fails this feed alone
            self._health.broke(name, error)
            counts.failed(error)
            self._failed(
                account, schedule, ReadError(tr("the answer could not be used ({fault})", fault=type(error).__name__))
            )
        self._report.source(account)

    def _succeeded(self, account: Account, schedule: FeedSchedule, updates: Sequence[Update], began: float) -> None:
        now = self._clock.now()
        was_refused = account.refused
        account.refused, account.cause = False, ""
        account.steady()
        schedule.backoff.succeeded()
        schedule.not_before = schedule.ordered_until = 0.0
        schedule.last_ok = min(now, min((update.as_of for update in updates), default=began))
        schedule.latencies.append(max(0.0, now - began))
        schedule.covers = {(update.resource, update.scope) for update in updates}
        self._next(schedule, now)
        if schedule.feed.scope == DISCOVERY:
            self._read_feeds(account)
        if was_refused:
            account.agenda = None
            for other in account.schedules.values():
                other.not_before = 0.0
                if other is not schedule:
                    other.slot.due = now
                    self._report.feed(account, other)
        self._report.feed(account, schedule)

    def _failed(self, account: Account, schedule: FeedSchedule, error: ReadError) -> None:
        now = self._clock.now()
        schedule.backoff.failed(error, now)
        if slows_down(error):
            account.slower()
        self._next(schedule, now)
        pause = schedule.backoff.pause(error, now)
        ordered = isinstance(error, Throttled)
        schedule.not_before = now + pause if pause and not ordered else 0.0
        schedule.ordered_until = now + pause if pause and ordered else 0.0
        if isinstance(error, CredentialsRefused):
            self._refused(account, str(error), now)
        elif isinstance(error, Throttled) and error.scope == "account":
            account.paused_until = max(account.paused_until, now + pause)
            account.pause_cause = schedule.backoff.cause
            for other in account.schedules.values():
                self._report.feed(account, other)
        self._report.feed(account, schedule)

    def _refused(self, account: Account, cause: str, now: float) -> None:
        """Stop asking the source; one feed tries again after five minutes."""
        account.refused, account.cause, account.agenda = True, cause, None
        schedules = sorted(
            account.schedules.values(),
            key=lambda schedule: (schedule.interval is None, schedule.feed.scope == DISCOVERY, schedule.feed.priority),
        )
        for index, schedule in enumerate(schedules):
            schedule.hurried.clear()
            schedule.not_before = now + PROBE_REFUSED if index == 0 else float("inf")
            if index == 0:
                # Also where its own turn would come later.
                schedule.slot.base = schedule.slot.due = schedule.not_before
            self._report.feed(account, schedule)

    def _next(self, schedule: FeedSchedule, now: float) -> None:
        schedule.slot.advance(now, schedule.wait(), schedule.offset, self._random.random)

    # ---- planning and telling --------------------------------------------------------------------------------

    def _read_feeds(self, account: Account) -> None:
        """Take over what can be polled now; new feeds are due at once, and those that are no more are forgotten."""
        if not account.ours:
            return
        account.offered_at = now = self._clock.now()
        feeds = offered(account, self._health)
        self._report.source(account)
        for where in [where for where in account.schedules if where not in feeds]:
            schedule = account.schedules.pop(where)
            self._report.gone(account, schedule, feeds)
        for where, feed in feeds.items():
            known = account.schedules.get(where)
            if known is not None:
                known.feed = feed
                continue
            new = FeedSchedule(feed, Slot(now), phase(account.name, feed), feed.interval)
            # What becomes known while the credentials are refused waits for them like all the rest.
            new.not_before = float("inf") if account.refused else 0.0
            account.schedules[where] = new
        self._plan(account)
        for schedule in account.schedules.values():
            if schedule.told is None:
                self._report.feed(account, schedule)
        self._poke()

    def _plan(self, account: Account) -> None:
        """Set every interval of a source anew, from demand and budget."""
        now = self._clock.now()
        account.planned_at, account.planned_for, account.agenda = now, account.allowance.limit, None
        wished: list[tuple[FeedSchedule, Wish]] = []
        for schedule in account.schedules.values():
            wish = wished_interval(schedule.feed, self._demand)
            if wish is None:
                if schedule.interval is not None:
                    schedule.interval = None
                    self._report.feed(account, schedule)
            else:
                feed = schedule.feed
                # What asks the vendor nothing is as fresh beside others who read the account.
                base = wish * account.stretch if feed.cost else wish
                interval = max(base, feed.reconcile or 0.0)
                wished.append((schedule, Wish(interval, feed.cost, self._demand.needs(feed.resource), base)))
        beside = account.on_events.expected(now, account.allowance.rate(now))
        intervals, stretch = account.allowance.plan([wish for _, wish in wished], now, beside)
        for (schedule, asked), interval in zip(wished, intervals, strict=True):
            old, was = schedule.interval, schedule.paced
            schedule.hidden = not asked.visible
            stretched = schedule.feed.reconcile is None or interval > asked.interval
            schedule.paced = stretch > 1.05 and schedule.feed.cost > 0 and stretched
            if old is not None and abs(interval - old) <= 0.05 * old and was == schedule.paced:
                continue
            schedule.interval = interval
            schedule.slot.retime(now, schedule.wait())
            self._report.feed(account, schedule)
        for schedule in account.schedules.values():
            if schedule.unpaid_until > now:
                # The allowance may have grown since.
                schedule.unpaid_until = min(
                    schedule.unpaid_until, now + account.allowance.wait(now, schedule.feed.cost)
                )
                self._report.feed(account, schedule)

    def _push(self, account: Account) -> Push:
        return Push(self._clock, account.adapter, self._sink, self._health, account.polls, account.counts)

    def _poke(self) -> None:
        self._wake.set()

    async def _pause(self, seconds: float) -> None:
        """Sleep, unless something changes first."""
        if not self._wake.is_set():
            await within(self._clock, seconds, self._wake.wait)
        self._wake = anyio.Event()

    # ---- once ------------------------------------------------------------------------------------------------

    async def _once(self, account: Account) -> None:
        self._read_feeds(account)
        if not account.schedules:
            await self._push(account).once()
            return
        asked: set[Where] = set()
        while True:
            left = (item for item in account.schedules.items() if item[0] not in asked)
            rest = [where for where, schedule in left if schedule.interval is not None or _finds(where)]
            if not rest or (asked and account.refused):
                break
            # What is found out first names the rows of all the rest.
            await self._each(account, [where for where in rest if _finds(where)] or rest, asked)

    async def _each(self, account: Account, wheres: Sequence[Where], asked: set[Where]) -> None:
        limiter = anyio.CapacityLimiter(account.at_once)

        async def one(schedule: FeedSchedule) -> None:
            async with limiter:
                now = self._clock.now()
                wait = account.allowance.wait(now, schedule.feed.cost, in_turn=False)
                if account.refused or account.paused_until > now or wait > 0:
                    schedule.unpaid_until = now + wait
                    self._report.feed(account, schedule)
                    return
                self._take_off(account, schedule, now)
                await self._poll(account, schedule, schedule.feed.cost)
                if schedule.backoff.missing and not schedule.backoff.unavailable and not account.refused:
                    # There is no later turn to confirm in that the account does not have it.
                    self._take_off(account, schedule, self._clock.now())
                    await self._poll(account, schedule, schedule.feed.cost)

        asked.update(wheres)
        together = [account.schedules[where] for where in wheres if not account.schedules[where].feed.exclusive]
        async with anyio.create_task_group() as tasks:
            for schedule in together:
                tasks.start_soon(one, schedule)
        for where in wheres:
            if where in account.schedules and account.schedules[where].feed.exclusive:
                await one(account.schedules[where])


def _finds(where: Where) -> bool:
    return where[1] == DISCOVERY
