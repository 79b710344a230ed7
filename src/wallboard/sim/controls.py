"""What a supervisor's request does to the calls of an account.

The vendor accepts most requests with 200 whether or not anything comes of them, so these functions return nothing of
the outcome: it shows, or does not show, in the calls afterwards. Only "no such call" and bad slots are refused.
"""

from __future__ import annotations

from wallboard.sim.history import PULLED
from wallboard.sim.model import Call, End, Extension, Leg, Member, Parked
from wallboard.sim.pbx import Outside, Pbx
from wallboard.sim.queueing import Distributor

SUPERVISION = ("eavesdrop", "whisper", "conference")
CALL_ACTIONS = (*SUPERVISION, "transfer", "attended_transfer", "hold", "offhold", "park", "pickup")
PARK_RETURN = 180.0
"""Seconds that a parked caller waits before going back to who parked."""

Target = Leg | Member | Parked


class SlotRefusedError(Exception):
    """A slot is taken, empty, or not given; the text is what the vendor answers."""


class Controls:
    """Actions on one account."""

    def __init__(self, pbx: Pbx, distributor: Distributor) -> None:
        self.pbx = pbx
        self.engine = pbx.engine
        self.distributor = distributor

    def find(self, extension: Extension, handle: str) -> Target | None:
        """The leg, queue member or parked caller that `handle` (`call_api_id`) names on this extension."""
        if handle in extension.legs:
            return extension.legs[handle]
        parked = self.pbx.parked.get(handle)
        if parked is not None and parked.parker is extension:
            return parked
        queue = self.pbx.queues.get(extension.id)
        member = queue.members.get(handle) if queue else None
        return member if member is not None and member.state != "Abandoned" else None

    def perform(self, target: Target, action: str, send_dst: str | None, name: str = "", number: str = "") -> None:
        """One `action` of the call resource; `name` and `number` are shown to who listens. Impossible wishes change
        nothing."""
        if action in SUPERVISION:
            self._supervise(target, action, send_dst, name, number)
        elif action == "pickup":
            self._pick_up(target, send_dst)
        elif action == "transfer":
            self._transfer(target, send_dst)
        elif action == "attended_transfer":
            self._attended(target, send_dst)
        elif action == "park":
            self.park(target, None)
        elif isinstance(target, Leg):
            target.held = action == "hold"

    def hang_up(self, target: Target) -> None:
        call = target.call
        if isinstance(target, Leg) and self.distributor.refuse(target):
            return
        if isinstance(target, Leg) and (target.role != "talk" or (target.answered is None and call.callee is not None)):
            self.pbx.drop_leg(target)
        else:
            self.pbx.end(call, "hung up")

    def _other_end(self, target: Target) -> Call | None:
        """The call with only the party left that `target` talks to or waits for; None when there is none to move."""
        call = target.call
        if isinstance(target, Leg) and target.role != "talk":
            return None
        if isinstance(target, Leg) and target is call.caller.leg:
            if call.callee is None:
                return None
            # The party left behind sits on no phone of ours, or on its own leg: either way it is the caller now.
            call.caller, call.callee = call.callee, call.caller
        return call

    def _origin(self, target: Target) -> Extension | None:
        if isinstance(target, Leg):
            return target.extension
        return target.parker if isinstance(target, Parked) else target.queue.extension

    def _supervise(self, target: Target, mode: str, send_dst: str | None, name: str, number: str) -> None:
        call = target.call
        phone = self.pbx.resolve(send_dst)
        if phone is None or (isinstance(phone, Extension) and phone.kind != "phone"):
            return
        if isinstance(phone, Extension):
            # One new request to the same phone switches: what it listened to before ends.
            for leg in [leg for leg in phone.legs.values() if leg.role != "talk"]:
                self.pbx.drop_leg(leg)
        if call.callee is None or (isinstance(target, Leg) and target.answered is None):
            return
        listened = target.extension.short_name if isinstance(target, Leg) and target.extension else call.caller.number
        caller = (number or listened, name)
        if isinstance(phone, Outside):
            leg = self.pbx.add_leg(call, None, "out", phone.number, caller=caller, role=mode)
            leg.answered = self.engine.now
        elif not phone.busy:
            leg = self.pbx.add_leg(call, phone, "in", phone.short_name, caller=caller, role=mode)
            self.pbx.ring(leg, lambda picked: None, lambda: None)

    def _pick_up(self, target: Target, send_dst: str | None) -> None:
        phone = self.pbx.resolve(send_dst)
        call = target.call
        if not isinstance(phone, Extension) or phone.kind != "phone" or phone.busy:
            return
        if isinstance(target, Leg) and target.role != "talk":
            return

        def take_over(leg: Leg) -> None:
            if self._other_end(target) is None:
                self.pbx.drop_leg(leg)
                return
            self.pbx.detach(call, keep=leg, outcome=PULLED)
            self.pbx.connect(call, End(phone.number, phone.label, leg), 120.0)

        self.pbx.ring(self.pbx.add_leg(call, phone, "in", phone.short_name), take_over, lambda: None)

    def _transfer(self, target: Target, send_dst: str | None) -> None:
        origin = self._origin(target)
        call = self._other_end(target)
        if call is not None:
            self.pbx.detach(call)
            self.pbx.route(call, send_dst, origin)

    def _attended(self, target: Target, send_dst: str | None) -> None:
        destination = self.pbx.resolve(send_dst)
        queue_bound = isinstance(destination, Extension) and destination.kind == "queue"
        if destination is None:
            return
        if not isinstance(target, Leg) or target.answered is None or queue_bound:
            self._transfer(target, send_dst)
            return
        call = target.call
        if target.role != "talk" or call.callee is None or (isinstance(destination, Extension) and destination.busy):
            return
        target.held = True

        def complete(leg: Leg) -> None:
            if self._other_end(target) is not None:
                self.pbx.detach(call, keep=leg)
                self.pbx.connect(call, End(leg.called_number, "", leg))

        def consult(leg: Leg) -> None:
            leg.answered = self.engine.now
            leg.timers.append(self.engine.after(5.0, lambda: complete(leg)))

        def refused() -> None:
            target.held = False

        if isinstance(destination, Outside):
            leg = self.pbx.add_leg(call, target.extension, "out", destination.number)
            leg.real = False
            leg.timers.append(self.engine.after(6.0, lambda: consult(leg)))
        else:
            caller = (target.extension.number, target.extension.label) if target.extension else None
            leg = self.pbx.add_leg(call, destination, "in", destination.short_name, caller=caller)
            self.pbx.ring(leg, consult, refused)
        leg.on_drop = refused

    def park(self, target: Target, slot: int | None) -> None:
        """Put the other party on hold nowhere (plain) or in a slot."""
        if slot is not None and self.in_slot(slot) is not None:
            raise SlotRefusedError(f"Slot {slot} is occupied")
        origin = self._origin(target)
        call = self._other_end(target)
        if call is None or origin is None:
            return
        self.pbx.detach(call)
        handle = target.handle if isinstance(target, Parked) else target.id
        call.parked = self.pbx.parked[handle] = Parked(handle, slot, call, origin)

        def give_back() -> None:
            self.pbx.detach(call)
            self.pbx.route(call, origin.name, origin)

        call.timers.append(self.engine.after(PARK_RETURN, give_back))

    def in_slot(self, slot: int) -> Parked | None:
        return next((parked for parked in self.pbx.parked.values() if parked.slot == slot), None)

    def bridge(self, target: Target, slot: int) -> None:
        """Join the addressed phone with the caller in `slot`; whoever it talked to is let go."""
        parked = self.in_slot(slot)
        if parked is None:
            raise SlotRefusedError(f"Slot {slot} is empty")
        if not isinstance(target, Leg) or target.extension is None or not target.real or target.call is parked.call:
            return
        phone, call, flow = target.extension, parked.call, target.flow
        if target.role == "talk":
            self.pbx.end(target.call, "hung up")
        else:
            self.pbx.drop_leg(target)
        self.pbx.detach(call)
        leg = self.pbx.add_leg(call, phone, flow, phone.short_name)
        leg.answered = self.engine.now
        self.pbx.connect(call, End(phone.number, phone.label, leg), 120.0)

    def callback(
        self, sources: list[str], destination: str, number: str = "", name: str = "", patience: float = 30.0
    ) -> str:
        """Ring all `sources`, then join the first to answer with the destination; `number` and `name` are shown.
        Returns the id of the new call, even if nobody can be rung."""
        identity = self.pbx.new_hex()
        phones = [phone for phone in map(self.pbx.resolve, sources) if isinstance(phone, Extension)]
        free = [phone for phone in phones if phone.kind == "phone" and phone.registered and not phone.busy]
        if not free:
            return identity
        caller = End(number or free[0].number, name or free[0].label)
        call = self.pbx.new_call(caller, counted=False, identity=identity)
        call.callback_id = identity
        shown = (caller.number, caller.name)
        ringing = [self.pbx.add_leg(call, phone, "out", destination, caller=shown) for phone in free]

        def answered(leg: Leg) -> None:
            call.caller.leg = leg
            for other in [other for other in ringing if other is not leg]:
                self.pbx.drop_leg(other)
            ringing.clear()
            self.dial(call, destination, leg)

        def failed() -> None:
            if call.caller.leg is None and not any(leg in call.legs for leg in ringing):
                self.pbx.end(call, "unanswered")

        for leg in list(ringing):
            self.pbx.ring(leg, answered, failed, patience)
        return identity

    def dial(self, call: Call, destination: str, leg: Leg) -> None:
        """`leg` has picked up: let its call reach the destination."""
        target = self.pbx.resolve(destination)
        if not isinstance(target, Outside):
            self.pbx.route(call, destination, leg.extension)
            return
        delay = self.engine.stream(f"{self.pbx.name}/outside").uniform(3.0, 8.0)
        call.timers.append(self.engine.after(delay, lambda: self.pbx.connect(call, End(target.number, "", None), 90.0)))
