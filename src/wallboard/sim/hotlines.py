"""The simulated emergency hotlines: every phone on duty rings at once, the first to accept takes the caller.

Behaviour after the vendor's documents (seeds 000 and 001): a hotline has a wanted state (`is_active`) and an actual
`status` that follows later; its `agents` are user ids; only active agent phones are called.
"""

from __future__ import annotations

from dataclasses import field
from functools import partial

from wallboard.domain.records import dataclass
from wallboard.sim.engine import Engine, Timer, stop
from wallboard.sim.people import outside_number

_INBOUND = (
    '"Willkommen zur GroupAlarm.com First Responder Hotline. '
    'Der erste freie Agent wird umgehend zu Ihnen durchgestellt."'
)
_OUTBOUND = (
    '"Hallo, Sie wurden durch die GroupAlarm.com First Responder Hotline alarmiert. '
    'Bitte drücken Sie die 1 zum Annehmen oder legen Sie zum Ablehnen einfach auf."'
)
# The texts carry literal quotes, as documented.
DEFAULTS: dict[str, object] = {
    **{"channelsInbound": 10, "channelsOutbound": 10},
    **{"ttsInbound": _INBOUND, "ttsOutbound": _OUTBOUND},
}
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
    """`written` is what a client may write, by its names in the document; properties that no document mentions live
    there as well, and whoever replaces the object without them loses them."""

    id: int
    number: str
    written: dict[str, object]
    status: str
    logs: list[CallLog] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    calls: list[HotlineCall] = field(default_factory=list)
    change: Timer | None = None

    @property
    def name(self) -> str:
        return str(self.written["name"])

    @property
    def is_active(self) -> bool:
        return bool(self.written["isActive"])

    @property
    def agents(self) -> list[int]:
        agents = self.written["agents"]
        return agents if isinstance(agents, list) else []

    def lines(self, name: str) -> int:
        """`channelsInbound` or `channelsOutbound`."""
        return int(str(self.written[name]))


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

    def add_hotline(self, identity: int, number: str, name: str, agents: list[int], **more: object) -> None:
        written = {"name": name, "agents": agents, "isActive": True, "organizationID": self.organization} | DEFAULTS
        status = "active" if more.get("isActive", True) else "paused"
        self.hotlines[identity] = Hotline(identity, number, written | more, status)

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
        hotline.written["isActive"] = active
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
        if hotline.status != "active" or len(hotline.calls) >= hotline.lines("channelsInbound"):
            self.ended["refused"] += 1
            return None
        rng = self.engine.stream(f"hotline-calls/{hotline.id}")
        call = HotlineCall(CallLog(self._identity(), self.engine.now))
        hotline.logs.append(call.log)
        del hotline.logs[: -self.engine.scale.kept]
        hotline.calls.append(call)
        on_duty = [phone for phone in self.phones.values() if phone.user in hotline.agents and phone.is_active]
        on_duty = on_duty[: hotline.lines("channelsOutbound")]
        for phone in on_duty:
            self._note(call, "called", phone)
        patience = rng.uniform(25.0, 70.0)
        for phone in on_duty:
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
        stop(call.timers)
        self._note(call, "accepted", phone)
        record = Record(self._identity(), phone.phone, self.engine.now)
        hotline.records.append(record)
        del hotline.records[: -self.engine.scale.kept]
        length = self.engine.stream(f"hotline-calls/{hotline.id}").gammavariate(2.0, 60.0)
        self.engine.after(20.0 + length, partial(self._finish, hotline, call, phone, record))

    def _give_up(self, hotline: Hotline, call: HotlineCall) -> None:
        stop(call.timers)
        self._note(call, "caller hung up", None)
        self.ended["lost"] += 1
        hotline.calls.remove(call)

    def _finish(self, hotline: Hotline, call: HotlineCall, phone: AgentPhone, record: Record) -> None:
        record.ended = self.engine.now
        record.price = round((record.ended - record.started) / 60.0 * 0.06, 2)
        self._note(call, "ended", phone)
        self.ended["accepted"] += 1
        hotline.calls.remove(call)
