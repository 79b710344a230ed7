"""What the call-control resources of the PortSIP document do to the calls of a site, and how agents' states read.

A session is a call; its id is a decimal number made of the call's. `extension_number` names the party that acts.
"""

from __future__ import annotations

from wallboard.sim.controls import Controls
from wallboard.sim.exchange import plain_number
from wallboard.sim.model import AVAILABLE, LOGGED_OUT, Call, End, Extension, Leg, Queue, Tier
from wallboard.sim.pbx import Pbx
from wallboard.sim.queueing import Distributor

_SESSION_BASE = 884_000_000_000_000_000
_OWN_WORDS = {LOGGED_OUT: "LOGGED_OUT", AVAILABLE: ""}


class UnfitError(Exception):
    """The call is not in a state for this, or the party is not in it; the text says what is wrong."""


def session_id(call: Call) -> int:
    return _SESSION_BASE + int(call.id, 16) % 1_000_000_000_000_000


def _real(phone: Extension | None) -> list[Leg]:
    return [leg for leg in phone.legs.values() if leg.real and leg.role == "talk"] if phone is not None else []


def _hold_others(leg: Leg) -> None:
    """A phone speaks in one call at a time."""
    for other in _real(leg.extension):
        other.held = other.held or (other is not leg and other.answered is not None)


class Sessions:
    """Call control of one site."""

    def __init__(self, pbx: Pbx, controls: Controls) -> None:
        self.pbx = pbx
        self.controls = controls

    def find(self, identity: int) -> Call | None:
        return next((call for call in self.pbx.calls.values() if session_id(call) == identity), None)

    def phone(self, number: str) -> Extension | None:
        found = self.pbx.known(number)
        return found if found is not None and (found.kind, found.number) == ("phone", number) else None

    def latest(self, number: str) -> Call | None:
        """The latest call of an extension (what session id 1 stands for)."""
        legs = _real(self.phone(number))
        return max(legs, key=lambda leg: leg.started).call if legs else None

    def _talks(self, number: str) -> list[Leg]:
        return [leg for leg in _real(self.phone(number)) if leg.answered is not None and leg.call.callee is not None]

    def leg_of(self, call: Call, number: str) -> Leg:
        """The leg that an extension talks on in this call. `UnfitError`: it is not talking in it."""
        for leg in self._talks(number):
            if leg.call is call:
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
        if waits_at is None or waits_at.number != number:
            leg = self.leg_of(call, number)
            if reached is not None:
                self.controls.perform(leg, "transfer", target)
        elif reached is not None:
            self.pbx.detach(call)
            self.pbx.route(call, target, waits_at)

    def attended_refer(self, number: str, first: tuple[str, Call | None], second: tuple[str, Call | None]) -> None:
        """Join the two parties that `number` talks to, each given by its number and perhaps its call."""
        one, two = self._talk_with(number, *first), self._talk_with(number, *second)
        stays, goes = one.call, two.call
        if stays is goes:
            raise UnfitError("both targets are in the same session")
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
        stays.on_end = lambda: [each() for each in tails]
        self.pbx.connect(stays, other)

    def _talk_with(self, number: str, party: str, call: Call | None) -> Leg:
        for leg in self._talks(number):
            ends = (leg.call.caller, leg.call.callee)
            other = next((end for end in ends if end is not None and end.leg is not leg), None)
            if call in (None, leg.call) and other is not None and plain_number(other.number) == plain_number(party):
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

    def originate(self, caller: str, callee: str, caller_name: str = "") -> Call:
        """Ring `caller`, an extension of the site, and then `callee`. A held call on the same phone does not hinder."""
        phone = self.phone(caller)
        if phone is None or not phone.registered:
            raise UnfitError(f"extension {caller} is not registered")
        if any(not leg.held for leg in _real(phone)):
            raise UnfitError(f"extension {caller} is busy")
        call = self.pbx.new_call(End(phone.number, caller_name or phone.label), counted=False)

        def answered(picked: Leg) -> None:
            call.caller.leg = picked
            _hold_others(picked)
            self.controls.dial(call, callee, picked)

        leg = self.pbx.add_leg(call, phone, "out", callee)
        self.pbx.ring(leg, answered, lambda: self.pbx.end(call, "unanswered"), 30.0)
        return call


def agent_state(tier: Tier, now: float) -> str:
    """The state of a queue's agent in that queue, in the document's words."""
    agent = tier.agent
    why = _OWN_WORDS.get(agent.status, "BREAK") or tier.pause
    if agent.extension is None or not agent.extension.registered:
        return "OFFLINE"
    if agent.state == "In a queue call":
        return "QUEUE_CALL"
    if why == "LOGGED_OUT":
        return why
    if agent.state != "Receiving" and _real(agent.extension):
        return "OTHER_CALL"
    if not why and agent.ready_at > now and agent.last_bridge_end + agent.wrap_up_time > now:
        return "WRAP_UP"
    return why or "READY"


def set_agent_state(distributor: Distributor, queue: Queue, tier: Tier, word: str) -> None:
    """Give an agent a state in this queue alone. What held for all queues goes on holding for the others."""
    everywhere = _OWN_WORDS.get(tier.agent.status, "BREAK")
    if everywhere:
        for each in [each for other in tier.agent.queues for each in other.tiers]:
            if each.agent is tier.agent:
                each.pause = each.pause or everywhere
        distributor.set_status(tier.agent, AVAILABLE)
    distributor.pause(queue, tier, "" if word in ("READY", "LOGGED_IN") else word)
