"""The simulated emergency hotlines: every phone on duty rings at once, the first to accept takes the caller.

Behaviour after the vendor's documents (seeds 000 and 001): a hotline has a wanted state (`is_active`) and an actual
`status` that follows later; its `agents` are user ids; only active agent phones are called.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from wallboard.sim.engine import Engine, Timer
from wallboard.sim.people import outside_number

# The documented defaults carry literal quotes.
TTS_INBOUND = (
    '"Willkommen zur GroupAlarm.com First Responder Hotline. '
    'Der erste freie Agent wird umgehend zu Ihnen durchgestellt."'
)
TTS_OUTBOUND = (
    '"Hallo, Sie wurden durch die GroupAlarm.com First Responder Hotline alarmiert. '
    'Bitte drücken Sie die 1 zum Annehmen oder legen Sie zum Ablehnen einfach auf."'
)
_STARTING, _PAUSING = 12.0, 3.0
"""Seconds until a wish comes true."""


@dataclass(slots=True, eq=False)
class AgentPhone:
    id: int
    user: int
    name: str
    phone: str
    is_active: bool = True


@dataclass(slots=True, eq=False)
class LogEntry:
    id: int
    at: float
    action: str
    phone: str
    user: int


@dataclass(slots=True, eq=False)
class CallLog:
    id: int
    started: float
    entries: list[LogEntry] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Record:
    """One billed leg to a phone; `ended` is None while it talks."""

    id: int
    number: str
    started: float
    ended: float | None = None
    price: float = 0.0


@dataclass(slots=True, eq=False)
class HotlineCall:
    log: CallLog
    timers: list[Timer] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Hotline:
    """`extra`: properties that no document mentions; whoever replaces the object without them loses them."""

    id: int
    organization: int
    name: str
    number: str
    agents: list[int]
    is_active: bool = True
    status: str = "active"
    channels_in: int = 10
    channels_out: int = 10
    tts_in: str = TTS_INBOUND
    tts_out: str = TTS_OUTBOUND
    extra: dict[str, object] = field(default_factory=dict)
    logs: list[CallLog] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    calls: list[HotlineCall] = field(default_factory=list)
    change: Timer | None = None


class HotlineService:
    """The hotlines of one organisation."""

    def __init__(self, engine: Engine, organization: int) -> None:
        self.engine = engine
        self.organization = organization
        self.per_hour = 8.0 * engine.scale.traffic
        self.hotlines: dict[int, Hotline] = {}
        self.phones: dict[int, AgentPhone] = {}
        self.arrived = 0
        self.ended = {"accepted": 0, "lost": 0, "refused": 0}
        self._ids = 9000

    def add_hotline(self, identity: int, name: str, number: str, agents: list[int], *, active: bool = True) -> Hotline:
        status = "active" if active else "paused"
        self.hotlines[identity] = Hotline(identity, self.organization, name, number, agents, active, status)
        return self.hotlines[identity]

    def add_phone(self, identity: int, user: int, name: str, *, active: bool) -> None:
        number = "00" + outside_number(self.engine.stream("hotline/numbers")).removeprefix("+")
        self.phones[identity] = AgentPhone(identity, user, name, number, active)

    def users(self) -> set[int]:
        known = {phone.user for phone in self.phones.values()}
        return known.union(*(hotline.agents for hotline in self.hotlines.values()))

    def _identity(self) -> int:
        self._ids += 1
        return self._ids

    def want(self, hotline: Hotline, active: bool) -> None:
        """Open or pause. The status follows after a while, as the vendor warns."""
        if hotline.is_active == active:
            return
        hotline.is_active = active
        hotline.status = "started" if active else hotline.status
        self._settle_after(hotline, _STARTING if active else _PAUSING)

    def fail(self, hotline: Hotline, length: float) -> None:
        """The hotline is out of order for `length` seconds."""
        hotline.status = "error"
        self._settle_after(hotline, length)

    def _settle_after(self, hotline: Hotline, delay: float) -> None:
        def settle() -> None:
            hotline.status = "active" if hotline.is_active else "paused"

        if hotline.change is not None:
            hotline.change.cancel()
        hotline.change = self.engine.after(delay, settle)

    def begin(self) -> None:
        for hotline in self.hotlines.values():
            self._next_call(hotline)

    def _next_call(self, hotline: Hotline) -> None:
        def due() -> None:
            self.call(hotline)
            self._next_call(hotline)

        self.engine.after(self.engine.stream(f"hotline/{hotline.id}").expovariate(self.per_hour / 3600.0), due)

    def call(self, hotline: Hotline) -> HotlineCall | None:
        """Somebody in need dials the hotline. None: it is not open, or all its lines are taken."""
        self.arrived += 1
        if hotline.status != "active" or len(hotline.calls) >= hotline.channels_in:
            self.ended["refused"] += 1
            return None
        rng = self.engine.stream(f"hotline-calls/{hotline.id}")
        call = HotlineCall(CallLog(self._identity(), self.engine.now))
        hotline.logs.append(call.log)
        del hotline.logs[: -self.engine.scale.kept]
        hotline.calls.append(call)
        on_duty = [phone for phone in self.phones.values() if phone.user in hotline.agents and phone.is_active]
        for phone in on_duty[: hotline.channels_out]:
            self._note(call, "called", phone)
        patience = rng.uniform(25.0, 70.0)
        for phone in on_duty[: hotline.channels_out]:
            chance, delay = rng.random(), rng.uniform(4.0, 22.0)
            if chance < 0.55:
                call.timers.append(self.engine.after(delay, partial(self._accept, hotline, call, phone)))
            elif chance < 0.7:
                call.timers.append(self.engine.after(delay, partial(self._note, call, "declined", phone)))
        call.timers.append(self.engine.after(patience, partial(self._give_up, hotline, call)))
        return call

    def _note(self, call: HotlineCall, action: str, phone: AgentPhone | None) -> None:
        number, user = (phone.phone, phone.user) if phone else ("", 0)
        call.log.entries.append(LogEntry(self._identity(), self.engine.now, action, number, user))

    def _accept(self, hotline: Hotline, call: HotlineCall, phone: AgentPhone) -> None:
        for timer in call.timers:
            timer.cancel()
        self._note(call, "accepted", phone)
        record = Record(self._identity(), phone.phone, self.engine.now)
        hotline.records.append(record)
        del hotline.records[: -self.engine.scale.kept]
        length = self.engine.stream(f"hotline-calls/{hotline.id}").gammavariate(2.0, 60.0)
        self.engine.after(20.0 + length, partial(self._finish, hotline, call, phone, record))

    def _give_up(self, hotline: Hotline, call: HotlineCall) -> None:
        for timer in call.timers:
            timer.cancel()
        self._note(call, "caller hung up", None)
        self.ended["lost"] += 1
        hotline.calls.remove(call)

    def _finish(self, hotline: Hotline, call: HotlineCall, phone: AgentPhone, record: Record) -> None:
        record.ended = self.engine.now
        record.price = round((record.ended - record.started) / 60.0 * 0.06, 2)
        self._note(call, "ended", phone)
        self.ended["accepted"] += 1
        hotline.calls.remove(call)
