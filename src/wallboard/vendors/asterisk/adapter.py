"""The Asterisk source: one AMI connection that feeds the board and carries the actions.

Life of a connection: sign in, turn the events on, take the lists, replay what arrived meanwhile, and from then on emit
what changes. The lists are taken again every 15 s; every 3 s until the events have shown that they tell all of it, and
when the lists show that they do not. A reconnect begins a new epoch. Nothing is ever sent twice.
"""

from __future__ import annotations

import logging
import random
import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial

import anyio

from wallboard.domain.clock import within
from wallboard.domain.command import Command, Destination, Verb
from wallboard.domain.errors import NotSent, Unreachable
from wallboard.domain.keys import RESOURCE_OF, Key, Resource
from wallboard.domain.language import tr
from wallboard.domain.models import Row
from wallboard.domain.text import clean
from wallboard.domain.update import Proof, SourceInfo, Update, UpdateKind
from wallboard.vendors.adapter import BaseAdapter
from wallboard.vendors.asterisk import actions, evidence
from wallboard.vendors.asterisk.alone import Acting, as_told, can_alone
from wallboard.vendors.asterisk.ami import PING_EVERY, SILENCE, Ami, open_ami
from wallboard.vendors.asterisk.check import check_source
from wallboard.vendors.asterisk.event_audit import DEVICES
from wallboard.vendors.asterisk.facts import Lists, decimal
from wallboard.vendors.asterisk.health import Health
from wallboard.vendors.asterisk.lists import EVIDENCE, LISTS, RESTS_ON, STARTING, Readings, without_id
from wallboard.vendors.asterisk.mapping import Mapper, Rows, changes
from wallboard.vendors.asterisk.protocol import AmiError, AmiGarbled, AmiRefused, Message
from wallboard.vendors.asterisk.state import Switchboard
from wallboard.vendors.asterisk.streams import StreamFactory, from_url
from wallboard.vendors.base import AmiAuth, Can, CheckLine, Receipt, Services, Sink, SourceSettings, Verification
from wallboard.vendors.kit.lists import said
from wallboard.vendors.kit.tasks import bare_failures

log = logging.getLogger("wallboard.asterisk")

EVENT_MASK = "agent,call,system,dtmf"
FIRST_DELAY, LONGEST_DELAY = 0.5, 10.0
#: Events come in bursts (12 for one answered call): rows are compared once a burst.
BURST = 0.05
FAR_OFF = 3600.0
#: Of a connection that only acts: seconds until it is made where nobody presses a key, between its pings, and for which
#: events are heard after an action.
STANDS_BY_AFTER, ACTING_PING, ACTING_HEARS = 5.0, 20.0, 60.0
LIFE = 3600.0
#: Seconds of silence after which events are not taken for the present: pings are answered more often.
HEARD_WITHIN = PING_EVERY + 1.0

#: Events that are kept while lists are read, and channels: beyond that a peer is not believed.
MEANWHILE = 10_000
CHANNELS_MOST = 20_000

_MINE = 1_000_000_000
_RESOURCES = tuple(RESTS_ON)


class AsteriskAdapter(BaseAdapter):
    """See ``vendors.base.Adapter``. Nothing is held outside ``run``: leaving it closes the connection."""

    def __init__(self, settings: SourceSettings, services: Services) -> None:
        if not isinstance(settings.auth, AmiAuth):
            raise ValueError("an asterisk source needs auth of kind ami")
        super().__init__(settings, services)
        self._auth = settings.auth
        self._factory: StreamFactory = services.transport or from_url(settings.url, settings.ca_file)
        self._ami: Ami | None = None
        self._board = Switchboard()
        self._mapper = self._new_mapper()
        self._rows: Rows = {}
        self._proofs: list[Proof] = []
        self._watched: dict[str, float] = {}
        self._backlogs: list[list[tuple[Message, float]]] = []
        self._changed = anyio.Event()
        self._read_soon = anyio.Event()
        self._reading = anyio.Lock()
        self._hurried = anyio.Event()
        self._readings = Readings(services.clock.now)
        self._health = Health(settings.name, settings.timeout or 5.0, self._readings)
        self._offset = 0.0
        self._epoch = 0
        self._lost: dict[Resource, int] = {}
        self._seq = 0
        self._numbers = 0
        self._tones = False
        self.acts: Acting | None = None
        """Set while another console reads the source, and this connection only acts."""

    def info(self) -> SourceInfo:
        ami = self._ami
        return SourceInfo(
            name=self.settings.name,
            vendor="asterisk",
            detail=clean(self._health.cause if ami is None else self._health.note or ami.banner),
            phone=self.settings.phone,
            refused=self._health.refused,
            clock_offset=ami.clock_offset if ami is not None else None,
        )

    def can(self, verb: Verb, row: Row | None) -> Can:
        account = self._account()
        if self._readings.starting and not account.commands.issuperset(actions.NEEDS.get(verb, ())):
            return Can(False, tr(STARTING))
        if self.acts is not None:
            return can_alone(verb, row, account, self._board)
        return actions.can(verb, row, account, self._board)

    def can_dial(self, destination: Destination) -> Can:
        if not self.settings.transfer_context:
            return Can(False, tr("transfer_context is not set for this source"))
        if not actions.DIALLABLE.match(destination.number):
            return Can(False, tr("not a number that this PBX can dial"))
        return Can(True)

    def verification(self, command: Command, row: Row | None) -> Verification:
        return actions.verification(command, row, self._account(), self._board, tones=self._tones)

    def table(self) -> Sequence[Verification]:
        return tuple(evidence.TABLE.values())

    async def refresh(self, row: Row) -> Row | None:
        """The row as the events have it now, which are never older than the last ping; where they do not tell all, as
        the lists have it. After a silence (the machine slept) the server is heard first, and the lists are read."""
        ami = self._ami
        if ami is None:
            raise Unreachable(tr("not connected: {why}", why=self._health.cause))
        if self.acts is not None:
            await self.acts.look(ami)
            return as_told(row, self._map().get(RESOURCE_OF[row.key.kind], {}).get(row.key), self._board)
        quiet = self.clock.now() - ami.heard_at > HEARD_WITHIN
        if quiet or not self._health.pushed(RESOURCE_OF[row.key.kind]):
            try:
                await self._read(ami)
            except AmiError as error:
                raise Unreachable(clean(str(error))) from error
            if quiet and self.clock.now() - ami.heard_at > HEARD_WITHIN:
                raise Unreachable(tr("nothing was heard of the server"))
        rows = self._map()
        return rows.get(RESOURCE_OF[row.key.kind], {}).get(row.key)

    async def check(self) -> Sequence[CheckLine]:
        return await check_source(self.settings, self._factory, self._auth, self.clock)

    def _account(self) -> actions.Account:
        return actions.Account(
            commands=self._ami.commands if self._ami is not None else frozenset(),
            phone=self.settings.phone,
            transfer_context=self.settings.transfer_context,
            park_lot=self.settings.park_lot,
            read_only=self.settings.read_only,
        )

    def _new_mapper(self) -> Mapper:
        settings = self.settings
        return Mapper(settings.name, settings.wrap_up or 0.0, settings.phone, settings.queues)

    async def run(self, sink: Sink) -> None:
        """See ``Adapter.run``. Whatever ends a connection is told and followed by another try."""
        sink.source(self.info())
        self._report(sink)

        def tell(next_at: float) -> None:
            sink.source(self.info())
            self._report(sink, next_at=next_at)

        await self._hold(partial(self._session, sink), tell)

    async def stand_by(self, sink: Sink) -> None:
        """See ``vendors.base.Lendable``: one connection that only acts. It hears no events but those of its own
        actions, and takes the lists when one is to be sent."""
        if self.settings.read_only:
            await anyio.sleep_forever()
        self.acts = Acting(self.clock, partial(self._read, but=(DEVICES,)))
        try:
            # Whoever begins does not know yet who reads: the connection for reading may be wanted in a moment.
            await within(self.clock, STANDS_BY_AFTER, self.acts.wanted.wait)
            await self._hold(partial(self._acting_session, self.acts, sink))
        finally:
            self.acts = None

    async def prepare(self, command: Command) -> None:
        """See ``vendors.base.Lendable``."""
        if self.acts is None:
            return
        self.acts.wanted.set()
        self._hurried.set()
        ami = await self.acts.connection(lambda: self._ami, lambda: self._health.cause)
        await self.acts.look(ami)

    async def _acting_session(self, acts: Acting, sink: Sink) -> None:
        async with self._open(ping_every=ACTING_PING, silence=2.5 * ACTING_PING) as ami:
            self._begin(ami)
            await ami.events("off")
            self._epoch += 1
            self._health.well()
            self._ami = ami
            acts.connected()
            while True:
                # What was watched for is told, until nothing is any more.
                await within(self.clock, 1.0 if self._watched else LIFE, self._changed.wait)
                self._changed = anyio.Event()
                proofs, self._proofs = tuple(self._proofs), []
                if proofs:
                    sink.apply(replace(self._update(Resource.AGENTS, UpdateKind.PROOF, proofs=proofs), as_of=0.0))
                now = self.clock.now()
                self._watched = {ident: until for ident, until in self._watched.items() if until > now}
                if acts.hears and not self._watched:
                    acts.hears = False
                    await ami.events("off")

    async def _hold(
        self, session: Callable[[], Awaitable[None]], tell: Callable[[float], None] = lambda next_at: None
    ) -> None:
        """One session after the other."""
        delay = FIRST_DELAY
        while True:
            epoch = self._epoch
            try:
                await session()
            except AmiError as error:
                self._health.end(error)
            except Exception as error:  # the boundary of one source: a fault of ours must not leave it looking live
                log.error("%s: unexpected %s", self.settings.name, type(error).__name__, exc_info=error)
                self._health.end(error)
            finally:
                self._ami = None
            if self._epoch != epoch:
                delay = FIRST_DELAY
            if self.acts is not None:
                self.acts.tried()
            pause = self._health.slowly or delay * random.uniform(0.75, 1.25)
            tell(self.clock.now() + pause)
            await self._wait(pause)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _wait(self, seconds: float) -> None:
        """Until the time has passed or somebody asks for the source."""
        self._hurried = anyio.Event()
        async with anyio.create_task_group() as tasks:

            async def asked_for() -> None:
                await self._hurried.wait()
                tasks.cancel_scope.cancel()

            tasks.start_soon(asked_for)
            await self.clock.sleep(seconds)
            tasks.cancel_scope.cancel()

    def hurry(self) -> None:
        """See ``vendors.base.Patient``."""
        self._hurried.set()

    async def _session(self, sink: Sink) -> None:
        async with self._open() as ami:
            self._begin(ami)
            # Events first, then the lists: what happens in between is in the backlog and is applied on top.
            await ami.events(EVENT_MASK)
            await self._read(ami)
            self._epoch += 1
            self._seq = 0
            self._health.well()
            self._ami = ami
            sink.source(self.info())
            self._emit(sink, read=True)
            self._report(sink)
            with bare_failures(AmiError):
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._emit_changes, sink)
                    tasks.start_soon(self._read_again, ami, sink)
                    tasks.start_soon(self._prove_life, ami, sink)

    def _begin(self, ami: Ami) -> None:
        """Signed in: nothing that was known before is."""
        self._health.begin()
        self._board = Switchboard()
        self._mapper = self._new_mapper()
        self._tones = False
        self._offset = ami.clock_offset or 0.0

    def _open(self, *, ping_every: float = PING_EVERY, silence: float = SILENCE) -> AbstractAsyncContextManager[Ami]:
        # A FullyBooted may come with the login.
        self._readings.booted = False
        return open_ami(
            self._factory,
            self._auth.username,
            self._auth.secret.reveal(),
            on_event=self._on_event,
            read_only=self.settings.read_only,
            within=self.settings.timeout or 10.0,
            ping_every=ping_every,
            silence=silence,
            now=self.clock.now,
        )

    def _server_now(self) -> float:
        return self.clock.now() + self._offset

    def _local(self, server: float) -> float:
        return server - self._offset

    def _on_event(self, event: Message) -> None:
        try:
            self._take_event(event)
        except AmiGarbled:
            raise
        except Exception as error:  # one odd event must not cost the connection: the lists tell what it would have
            log.error("%s: unexpected %s", self.settings.name, type(error).__name__, exc_info=error)
            self._read_soon.set()

    def _take_event(self, event: Message) -> None:
        self._tones = self._tones or event.event in {"DTMFBegin", "DTMFEnd"}
        now = self.clock.now()
        at = decimal(event.get("Timestamp"))
        # Without timestampevents there is no time in it; a time far off is none to reckon waits with.
        if at is None or abs(at - now - self._offset) > FAR_OFF:
            at = now + self._offset
        for backlog in self._backlogs:
            if len(backlog) >= MEANWHILE:
                raise AmiGarbled(
                    tr("it sends more events than can be taken in ({most} while the lists were read)", most=MEANWHILE)
                )
            backlog.append((event, at))
        self._health.audit.hear(event, now)
        proof = evidence.proof_of(event, now, self._watched.keys())
        if proof is not None:
            self._proofs.append(proof)
        if self._board.apply(event, at) or proof is not None:
            self._changed.set()
        if len(self._board.channels) > CHANNELS_MOST:
            raise AmiGarbled(tr("it tells of more than {most} channels", most=CHANNELS_MOST))
        if event.event == "FullyBooted":
            self._readings.boot()
        self._health.leaving |= event.event == "Shutdown"
        if event.event in {"AgentComplete", "QueueCallerAbandon", "FullyBooted"}:
            # The queue's counters moved, and no event carries them; or there is more to be had.
            self._read_soon.set()

    async def _read(self, ami: Ami, but: Collection[str] = ()) -> None:
        """Take every list that this account may, and load them with what happens meanwhile."""
        async with self._reading:
            backlog: list[tuple[Message, float]] = []
            begun = self.clock.now()
            self._backlogs.append(backlog)
            try:
                found = await self._readings.take(ami, but)
            finally:
                self._backlogs.remove(backlog)
            now = self.clock.now()
            self._health.took = now - begun
            self._board.load(Lists(self._server_now(), *map(found.get, (*LISTS, *EVIDENCE))), backlog)
            for resource, names in RESTS_ON.items():
                if names[0] in found:
                    self._lost[resource] = without_id(resource, found[names[0]])
            for name, items in found.items():
                self._health.audit.compare(name, items, begun, now)

    async def _read_again(self, ami: Ami, sink: Sink) -> None:
        while True:
            with anyio.move_on_after(self._health.interval):
                await self._read_soon.wait()
                # Counters and a redirected caller settle within some ms of their event.
                await anyio.sleep(0.4)
            self._read_soon = anyio.Event()
            await self._read(ami)
            # First: rows that are live again may not stand beside what was said of them before.
            sink.source(self.info())
            self._emit(sink, read=True)
            self._report(sink)
            # Two readings are never closer than this, however busy the queues are.
            await anyio.sleep(1.0)

    def _map(self) -> Rows:
        return self._mapper.rows(self._board, self._server_now(), self._local)

    def _emit(self, sink: Sink, *, read: bool) -> None:
        """What changed of every resource that this account may see; a snapshot of it where its list has just been
        ``read``."""
        before, self._rows = self._rows, self._map()
        proofs, self._proofs = tuple(self._proofs), []
        for resource in _RESOURCES:
            state = self._readings.of(resource)
            if not state.shown:
                continue
            if read and not state.failures:
                rows = tuple(self._rows[resource].values())
                sink.apply(self._update(resource, UpdateKind.SNAPSHOT, rows=rows, proofs=proofs))
                proofs = ()
                continue
            changed, removed = changes(before.get(resource, {}), self._rows[resource])
            # The proofs go out with the calls, even where no call changed.
            mine = proofs if resource is Resource.CALLS else ()
            if changed or removed or mine:
                sink.apply(self._update(resource, UpdateKind.DELTA, changed, removed, mine))
                proofs = () if mine else proofs
        if proofs:
            sink.apply(self._update(Resource.AGENTS, UpdateKind.PROOF, proofs=proofs))

    def _update(
        self,
        resource: Resource,
        kind: UpdateKind,
        rows: tuple[Row, ...] = (),
        removed: tuple[Key, ...] = (),
        proofs: tuple[Proof, ...] = (),
        as_of: float | None = None,
    ) -> Update:
        self._seq += 1
        # A snapshot is as old as its request: evidence must not rest on a list that was asked for before the action.
        read = self._readings.of(resource).read_at if kind is UpdateKind.SNAPSHOT else None
        as_of = next(at for at in (as_of, read, self.clock.now()) if at is not None)
        lost = said(self._lost.get(resource, 0)) if kind is UpdateKind.SNAPSHOT else ""
        return Update(
            self.settings.name, resource, "", kind, self._epoch, self._seq, as_of, rows, removed, proofs, lost
        )

    async def _emit_changes(self, sink: Sink) -> None:
        """One comparison a burst; at most a tenth of the time goes into it, however many channels there are."""
        cost = 0.0
        while True:
            until = self._mapper.next_change
            wait = None if until is None else max(0.0, until - self._server_now()) + 0.01
            with anyio.move_on_after(wait):
                await self._changed.wait()
            await anyio.sleep(max(BURST, 10 * cost))
            self._changed = anyio.Event()
            begun = anyio.current_time()
            self._emit(sink, read=False)
            cost = anyio.current_time() - begun

    async def _prove_life(self, ami: Ami, sink: Sink) -> None:
        """Each second in which the server was heard (events, or the ping every 5 s) keeps the whole source young."""
        heard = 0.0
        while True:
            await anyio.sleep(1.0)
            if ami.heard_at > heard:
                heard = ami.heard_at
                # Dated by what was heard and not by now: a sleep may lie between.
                sink.apply(self._update(Resource.QUEUES, UpdateKind.PROOF, as_of=heard))
            changed, sooner = self._health.judge(self.clock.now())
            if changed:
                sink.source(self.info())
                self._report(sink)
            if sooner:
                self._read_soon.set()
            offset = ami.clock_offset
            # Small wander of the measurement must not make every row look changed.
            if offset is not None and abs(offset - self._offset) > 0.5:
                self._offset = offset
            now = self.clock.now()
            self._watched = {ident: until for ident, until in self._watched.items() if until > now}

    def _report(self, sink: Sink, *, next_at: float | None = None) -> None:
        for status in self._health.statuses(next_at):
            sink.status(status)

    async def perform(self, command: Command, row: Row | None) -> Receipt:
        ami = self._ami
        if ami is None:
            raise NotSent(tr("not connected: {why}", why=self._health.cause))
        may = self.can(command.verb, row)
        if not may:
            raise NotSent(may.reason)
        if self.acts is not None:
            await self.acts.hear(ami, EVENT_MASK)
        planner = actions.Planner(self._account(), self._board, ami.new_id, self._new_uniqueid)
        plan = planner.plan(command, row)
        if plan.dial:
            await self._must_exist(ami, plan.dial)
        # Watched before it is sent: the event can be quicker than the answer.
        until = self.clock.now() + (180.0 if self.acts is None else ACTING_HEARS)
        self._watched.update(dict.fromkeys(plan.ids, until))
        sent_at = self.clock.now()
        try:
            answer = await ami.action(plan.action, *plan.fields, action_id=plan.action_id)
        except AmiError as error:
            raise actions.action_error(plan.action, error) from error
        finally:
            if plan.reread:
                self._read_soon.set()
            # Wakes whoever waits for what is watched now.
            self._changed.set()
        return Receipt(
            request=plan.describe(),
            status=clean(answer.response),
            sent_at=sent_at,
            answered_at=self.clock.now(),
            ids=plan.ids,
            detail=clean(answer.get("Message")),
        )

    async def _must_exist(self, ami: Ami, number: str) -> None:
        """Asterisk answers a transfer to nowhere with Success and cuts the caller off: look the number up first."""
        context = self.settings.transfer_context
        if not ami.allows("ShowDialPlan"):
            return
        try:
            await ami.collect("ShowDialPlan", ("Context", context), ("Extension", number), within=5.0)
        except AmiRefused:
            raise NotSent(
                tr(
                    "there is no {number} in {context}: the caller would be cut off",
                    number=clean(number),
                    context=clean(context),
                )
            ) from None
        except AmiError as error:
            raise NotSent(tr("the number could not be looked up: {why}", why=clean(str(error)))) from error

    def _new_uniqueid(self) -> str:
        """In Asterisk's own form, so that it tells the channel's age like any other. The high number makes my leg the
        youngest of its second: a call that it joins must keep the caller's id."""
        self._numbers += 1
        return f"wallboard-{secrets.token_hex(4)}-{int(self._server_now())}.{_MINE + self._numbers}"
