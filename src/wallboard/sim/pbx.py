"""One account of the simulated hosted PBX: its phones, queues and agents, and what holds calls together.

This module knows how a call is rung, joined, taken apart and ended, once and for good. Who is offered a queue call is
in `queueing`, what a supervisor may do in `controls`, how people behave in `traffic`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import field

from wallboard.domain.records import dataclass
from wallboard.sim.engine import Engine, stop
from wallboard.sim.history import FLOWED, LOST, History
from wallboard.sim.model import Agent, Behaviour, Call, End, Extension, Leg, Member, Parked, Queue
from wallboard.sim.recordings import Recordings

_E164 = re.compile(r"\+?[1-9]\d{6,14}\Z|00[1-9]\d{6,13}\Z")


@dataclass(frozen=True, slots=True)
class Outside:
    """A number beyond the PBX."""

    number: str


@dataclass(slots=True)
class Statistics:
    """Callers from outside: everyone who arrived ends once, under one reason."""

    arrived: int = 0
    ended: Counter[str] = field(default_factory=Counter)


class Pbx:
    """State and primitives of one account. Times are world seconds; see `Engine.utc`."""

    def __init__(self, engine: Engine, name: str, *, client_id: int, prefix: str, domain: str) -> None:
        self.engine = engine
        self.name = name
        self.client_id = client_id
        self.prefix = prefix
        self.domain = domain
        self.extensions: dict[int, Extension] = {}
        self._known: dict[str, Extension] = {}
        self._phones: list[Extension] = []
        self.queues: dict[int, Queue] = {}
        self.agents: dict[tuple[str, int], Agent] = {}
        self.calls: dict[str, Call] = {}
        self.parked: dict[str, Parked] = {}
        self.routes: dict[str, str] = {}
        self.behaviour = Behaviour()
        self.statistics = Statistics()
        self.recordings = Recordings(engine, name)
        self.history = History(engine)
        # The queue engine hangs itself in here: this module must not know how callers are handed out.
        self.leave_queue: Callable[[Member, str], None] = lambda member, outcome: None
        self.release_agent: Callable[[Agent], None] = lambda agent: None
        self.phone_freed: Callable[[Extension], None] = lambda extension: None
        self.join_queue: Callable[[Queue, Call], None] = lambda queue, call: None
        # So do the receptionists, and the public network, which says whether it took the call over.
        self.greet: Callable[[Extension, Call], None] = lambda extension, call: self.end(call, "lost")
        self.dial_outside: Callable[[str, Call, Leg], bool] = lambda number, call, leg: False

    def add_extension(self, identity: int, kind: str, label: str, number: str | None = None) -> Extension:
        number = number or str(identity)
        name = f"{self.prefix}*{number}@{self.domain}"
        self.extensions[identity] = Extension(identity, number, kind, label, name, self.client_id, self.client_id + 1)
        added = self.extensions[identity]
        if kind == "phone":
            self._phones.append(added)
        for word in (added.number, str(added.id), added.name, added.short_name):
            self._known.setdefault(word, added)
        return added

    def add_agent(self, identity: int, name: str, phone: int | None, *, remote_name: str = "") -> Agent:
        """`remote_name`: of the phone of another account, where `phone` is None."""
        extension = self.extensions[phone] if phone is not None else None
        kind = "local" if extension else "remote"
        phone_name = extension.name if extension else remote_name
        added = self.agents[kind, identity] = Agent(identity, kind, name, extension, phone_name)
        if extension is not None:
            extension.agents.append(added)
        return added

    def phones(self) -> list[Extension]:
        return self._phones

    def near(self, place: int, most: int = 64) -> list[Extension]:
        """So many phones from a place on, around the end: those whom somebody there knows."""
        begin = place % len(self._phones) if len(self._phones) > most else 0
        found = self._phones[begin : begin + most]
        return found + self._phones[: min(begin, most - len(found))]

    def known(self, word: str) -> Extension | None:
        """Whose number, id or name this is; of two the older."""
        return self._known.get(word)

    def resolve(self, destination: str | None) -> Extension | Outside | None:
        """What a dialled string reaches: a phone or queue of this account, the outside, or nothing."""
        text = (destination or "").strip()
        known = self.known(text)
        if known is not None:
            return known
        compact = re.sub(r"[ ().-]", "", text)
        if text in self.routes:
            return Outside(self.routes[text])
        return Outside(compact) if _E164.match(compact) else None

    def new_hex(self) -> str:
        """32 hex digits, as the vendor's call ids look."""
        return f"{self.engine.stream(f'{self.name}/ids').getrandbits(128):032x}"

    def new_call(self, caller: End, *, counted: bool, did: str | None = None, identity: str | None = None) -> Call:
        call = Call(identity or self.new_hex(), caller, counted, did, self.engine.now)
        self.calls[call.id] = call
        if counted:
            self.statistics.arrived += 1
        return call

    def add_leg(
        self,
        call: Call,
        extension: Extension | None,
        flow: str,
        called: str,
        *,
        caller: tuple[str, str] | None = None,
        role: str = "talk",
    ) -> Leg:
        """A leg that rings now. `extension` None is a phone that this account cannot see. Who listens has a call of
        its own."""
        shown = caller or (call.caller.number, call.caller.name)
        call_id = call.id if role == "talk" else self.new_hex()
        handle = f"{extension.id if extension else 0}-{self.new_hex()}"
        leg = Leg(handle, call, call_id, extension, flow, *shown, called, call.did, self.engine.now, role=role)
        leg.callback_id = call.callback_id
        leg.caller_extension = call.caller.leg.extension if call.caller.leg and role == "talk" else None
        call.legs.append(leg)
        if extension is not None:
            extension.legs[leg.id] = leg
        return leg

    def drop_leg(self, leg: Leg) -> None:
        stop(leg.timers)
        if leg in leg.call.legs:
            leg.call.legs.remove(leg)
            self.recordings.leg_ended(leg)
        extension = leg.extension
        if extension is not None and extension.legs.pop(leg.id, None) is not None and not extension.busy:
            # Later, not now: the one who drops may be in the middle of joining two parties.
            self.engine.after(0.0, lambda: self.phone_freed(extension))
        on_drop, leg.on_drop = leg.on_drop, None
        if on_drop is not None:
            on_drop()

    def answer_delay(self, extension: Extension, *, timeout: float = 25.0) -> float | None:
        """Seconds until somebody picks up this phone, or None."""
        if not extension.registered or not extension.answers:
            return None
        if extension.answer_after is not None:
            return extension.answer_after if extension.answer_after <= timeout else None
        rng = self.engine.stream(f"{self.name}/answers")
        if extension.desk:
            return rng.uniform(1.0, 2.0)
        if rng.random() < self.behaviour.no_answer_chance:
            return None
        return rng.uniform(*self.behaviour.ring)

    def ring(
        self, leg: Leg, answered: Callable[[Leg], None], failed: Callable[[], None], timeout: float = 25.0
    ) -> None:
        """Let a leg ring until it is answered or given up (the leg is gone then)."""
        extension = leg.extension
        assert extension is not None
        delay = self.answer_delay(extension, timeout=timeout)

        def give_up() -> None:
            self.drop_leg(leg)
            failed()

        def pick_up() -> None:
            leg.answered = self.engine.now
            answered(leg)

        if delay is not None:
            leg.timers.append(self.engine.after(delay, pick_up))
        else:
            leg.timers.append(self.engine.after(timeout if extension.registered else 0.5, give_up))

    def connect(self, call: Call, callee: End, mean: float = 95.0) -> None:
        """The two ends talk from now on, for a while."""
        rng = self.engine.stream(f"{self.name}/talk")
        length = max(8.0, rng.gammavariate(2.0, mean / 2.0)) if self.behaviour.talk_spread else mean
        call.callee = callee
        call.timers.append(self.engine.after(length, lambda: self.end(call, "completed")))

    def detach(self, call: Call, keep: Leg | None = None, outcome: str = FLOWED) -> None:
        """Leave the caller alone on the line: out of queue, slot and talk; every other leg but `keep` is dropped.

        `outcome` is what this was to a caller who waited in a queue.
        """
        stop(call.timers)
        call.callee = None
        self._leave(call, outcome)
        for leg in list(call.legs):
            if leg is not call.caller.leg and leg is not keep:
                self.drop_leg(leg)

    def _leave(self, call: Call, outcome: str) -> None:
        call.menu = None
        if call.member is not None:
            self.leave_queue(call.member, outcome)
            call.member = None
        if call.parked is not None:
            self.parked.pop(call.parked.handle, None)
            call.parked = None
        if call.agent is not None:
            agent, call.agent = call.agent, None
            self.release_agent(agent)

    def end(self, call: Call, reason: str) -> None:
        """The call is over. Safe to call twice: only the first reason counts."""
        if call.ended is not None:
            return
        call.ended = reason
        stop(call.timers)
        self._leave(call, LOST)
        for leg in list(call.legs):
            self.drop_leg(leg)
        del self.calls[call.id]
        if call.counted:
            self.statistics.ended[reason] += 1
        on_end, call.on_end = call.on_end, None
        if on_end is not None:
            on_end()

    def route(self, call: Call, destination: str | None, origin: Extension | None) -> None:
        """Send a lone caller somewhere, as a blind transfer does: to a phone, a queue, a number, or into the void."""
        target = self.resolve(destination)
        if target is None:
            self.end(call, "lost")
        elif isinstance(target, Outside):
            self._route_outside(call, target, origin)
        elif target.kind == "queue":
            self.join_queue(self.queues[target.id], call)
        elif target.kind == "receptionist":
            self.greet(target, call)
        elif target.busy:
            call.timers.append(self.engine.after(2.0, lambda: self.end(call, "unanswered")))
        else:
            leg = self.add_leg(call, target, "in", target.short_name)
            there = End(target.number, target.label, leg)
            self.ring(leg, lambda _: self.connect(call, there), lambda: self.end(call, "unanswered"))

    def _route_outside(self, call: Call, target: Outside, origin: Extension | None) -> None:
        phone = origin if origin is not None and origin.kind == "phone" else None
        leg = self.add_leg(call, phone, "out", target.number)
        # The leg hangs on the phone that sent it on, but the talk happens elsewhere: the vendor says real_call false.
        leg.real = False
        if self.dial_outside(target.number, call, leg):
            return

        def picked_up() -> None:
            leg.answered = self.engine.now
            self.connect(call, End(target.number, "", leg))

        leg.timers.append(self.engine.after(self.engine.stream(f"{self.name}/outside").uniform(4.0, 8.0), picked_up))
