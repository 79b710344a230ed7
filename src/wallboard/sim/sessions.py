"""What the call-control resources of the PortSIP document do to the calls of a site, and how agents' states read.

A session is a call; its id is a decimal number made of the call's. `extension_number` names the party that acts.
"""

from __future__ import annotations

from wallboard.sim.controls import Controls
from wallboard.sim.exchange import plain_number
from wallboard.sim.model import AVAILABLE, LOGGED_OUT, Agent, Call, End, Extension, Leg, Queue, Tier
from wallboard.sim.pbx import Outside, Pbx
from wallboard.sim.queueing import Distributor

READY_WORDS = ("READY", "LOGGED_IN")
_SESSION_BASE = 884_000_000_000_000_000


class UnfitError(Exception):
    """The call is not in a state for this, or the party is not in it; the text says what is wrong."""


def session_id(call: Call) -> int:
    return _SESSION_BASE + int(call.id, 16) % 1_000_000_000_000_000


def _real(phone: Extension) -> list[Leg]:
    return [leg for leg in phone.legs.values() if leg.real and leg.role == "talk"]


def _hold_others(leg: Leg) -> None:
    """A phone speaks in one call at a time."""
    for other in _real(leg.extension) if leg.extension is not None else []:
        other.held = other.held or (other is not leg and other.answered is not None)


class Sessions:
    """Call control of one site."""

    def __init__(self, pbx: Pbx, controls: Controls) -> None:
        self.pbx = pbx
        self.engine = pbx.engine
        self.controls = controls

    def find(self, identity: int) -> Call | None:
        return next((call for call in self.pbx.calls.values() if session_id(call) == identity), None)

    def phone(self, number: str) -> Extension | None:
        return next((phone for phone in self.pbx.phones() if phone.number == number), None)

    def latest(self, number: str) -> Call | None:
        """The latest call of an extension (what session id 1 stands for)."""
        phone = self.phone(number)
        legs = _real(phone) if phone else []
        return max(legs, key=lambda leg: leg.started).call if legs else None

    def leg_of(self, call: Call, number: str) -> Leg:
        """The leg that an extension talks on in this call. `UnfitError`: it is not talking in it."""
        phone = self.phone(number)
        for leg in _real(phone) if phone else []:
            if leg.call is call and leg.answered is not None and call.callee is not None:
                return leg
        raise UnfitError(f"extension {number} is not talking in this session")

    def hold(self, call: Call, number: str, held: bool) -> None:
        """Hold or resume. Resuming one of two calls on a phone holds the other."""
        leg = self.leg_of(call, number)
        leg.held = held
        if not held:
            _hold_others(leg)

    def refer(self, call: Call, number: str, target: str) -> None:
        """Blind transfer: the other party of `number` goes to `target`. Where that reaches nobody, nothing happens.

        A caller who waits in a queue or listens to a receptionist is sent on when `number` is that queue's or
        receptionist's.
        """
        reached = self.pbx.resolve(target)
        waits_at = call.member.queue.extension if call.member and call.callee is None else call.menu
        if waits_at is not None and waits_at.number == number:
            if reached is not None:
                self.pbx.detach(call)
                self.pbx.route(call, target, waits_at)
            return
        leg = self.leg_of(call, number)
        if reached is not None:
            self.controls.perform(leg, "transfer", target)

    def attended_refer(self, number: str, first: tuple[str, Call | None], second: tuple[str, Call | None]) -> None:
        """Join the two parties that `number` talks to, each given by its number and perhaps its call."""
        one, two = self._talk_with(number, *first), self._talk_with(number, *second)
        if one.call is two.call:
            raise UnfitError("both targets are in the same session")
        stays, goes = one.call, two.call
        for leg in (one, two):
            if leg is leg.call.caller.leg and leg.call.callee is not None:
                # The acting extension leaves: who stays is the caller of what remains.
                leg.call.caller, leg.call.callee = leg.call.callee, leg.call.caller
        other = goes.caller
        self.pbx.detach(stays)
        if other.leg is not None:
            goes.legs.remove(other.leg)
            other.leg.call = stays
            stays.legs.append(other.leg)
        for leg in stays.legs:
            leg.held = False
        # Whoever is shown beyond this site for the call that goes must not fall with it.
        goes.caller = End(other.number, other.name)
        tails = [each for each in (stays.on_end, goes.on_end) if each is not None]
        goes.on_end = None
        self.pbx.end(goes, "joined")

        def over() -> None:
            for each in tails:
                each()

        stays.on_end = over
        self.pbx.connect(stays, other)

    def _talk_with(self, number: str, party: str, call: Call | None) -> Leg:
        phone = self.phone(number)
        for leg in _real(phone) if phone else []:
            if call is not None and leg.call is not call:
                continue
            ends = (leg.call.caller, leg.call.callee)
            other = next((end for end in ends if end is not None and end.leg is not leg), None)
            if leg.answered is None or leg.call.callee is None or other is None:
                continue
            if plain_number(other.number) == plain_number(party):
                return leg
        raise UnfitError(f"extension {number} does not talk to {party}")

    def pick_up(self, call: Call, number: str) -> None:
        """Let the phone `number` ring for a waiting caller. `UnfitError`: it is busy or not there."""
        phone = self.phone(number)
        if phone is None or not phone.registered or phone.busy:
            raise UnfitError(f"extension {number} cannot be rung")
        if call.member is None or call.callee is not None:
            raise UnfitError("the caller does not wait any more")
        self.controls.perform(call.member, "pickup", number)

    def destroy(self, call: Call) -> None:
        self.pbx.end(call, "hung up")

    def originate(self, caller: str, callee: str, caller_name: str = "") -> Call:
        """Ring `caller`, an extension of the site, and then `callee`. A held call on the same phone does not hinder."""
        phone = self.phone(caller)
        if phone is None or not phone.registered:
            raise UnfitError(f"extension {caller} is not registered")
        if any(not leg.held for leg in _real(phone)):
            raise UnfitError(f"extension {caller} is busy")
        call = self.pbx.new_call(End(phone.number, caller_name or phone.label), counted=False)
        leg = self.pbx.add_leg(call, phone, "out", callee)

        def answered(picked: Leg) -> None:
            call.caller.leg = picked
            _hold_others(picked)
            target = self.pbx.resolve(callee)
            if isinstance(target, Outside):
                delay = self.engine.stream(f"{self.pbx.name}/outside").uniform(3.0, 8.0)
                somebody = End(target.number)
                call.timers.append(self.engine.after(delay, lambda: self.pbx.connect(call, somebody, 90.0)))
            else:
                self.pbx.route(call, callee, phone)

        self.pbx.ring(leg, answered, lambda: self.pbx.end(call, "unanswered"), 30.0)
        return call


_OWN_WORDS = {LOGGED_OUT: "LOGGED_OUT", AVAILABLE: ""}


def agent_state(tier: Tier, now: float) -> str:
    """The state of a queue's agent in that queue, in the document's words."""
    agent = tier.agent
    phone = agent.extension
    if phone is None or not phone.registered:
        return "OFFLINE"
    if agent.state == "In a queue call":
        return "QUEUE_CALL"
    why = _OWN_WORDS.get(agent.status, "BREAK") or tier.pause
    if why == "LOGGED_OUT":
        return why
    if agent.state != "Receiving" and _real(phone):
        return "OTHER_CALL"
    if not why and agent.ready_at > now and agent.last_bridge_end + agent.wrap_up_time > now:
        return "WRAP_UP"
    return why or "READY"


def set_agent_state(distributor: Distributor, queue: Queue, tier: Tier, word: str) -> None:
    """Give an agent a state in this queue alone. What held for all queues goes on holding for the others."""
    agent: Agent = tier.agent
    everywhere = _OWN_WORDS.get(agent.status, "BREAK")
    if everywhere:
        for other in distributor.pbx.queues.values():
            for each in other.tiers:
                if each.agent is agent and each is not tier:
                    each.pause = each.pause or everywhere
        tier.pause = tier.pause or everywhere
        distributor.set_status(agent, AVAILABLE)
    distributor.pause(queue, tier, "" if word in READY_WORDS else word)
