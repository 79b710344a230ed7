"""What a supervisor's request does to the calls of an account.

The vendor accepts most requests with 200 whether or not anything comes of them, so these functions return nothing of
the outcome: it shows, or does not show, in the calls afterwards. Only "no such call" and bad slots are refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallboard.sim.model import Call, End, Extension, Leg, Member, Parked, Queue
from wallboard.sim.pbx import Outside, Pbx
from wallboard.sim.queueing import Distributor

CALL_ACTIONS = (
    "eavesdrop",
    "whisper",
    "conference",
    "transfer",
    "attended_transfer",
    "hold",
    "offhold",
    "park",
    "pickup",
)
SUPERVISION = ("eavesdrop", "whisper", "conference")

Target = Leg | Member | Parked


class SlotRefusedError(Exception):
    """A slot is taken, empty, or not given; the text is what the vendor answers."""


@dataclass(frozen=True, slots=True)
class CallbackRequest:
    """Body of an originate: every `sources` phone rings, the first to answer is joined with `destination`."""

    sources: tuple[str, ...]
    destination: str
    caller_number: str = ""
    caller_name: str = ""
    wait_for_pickup: float = 30.0


class Controls:
    """Actions on one account. `park_return` is how long a parked call waits before it goes back, in seconds."""

    def __init__(self, pbx: Pbx, distributor: Distributor, park_return: float = 180.0) -> None:
        self.pbx = pbx
        self.engine = pbx.engine
        self.distributor = distributor
        self.park_return = park_return

    def find(self, extension: Extension, handle: str) -> Target | None:
        """The leg, queue member or parked caller that `handle` (`call_api_id`) names on this extension."""
        if handle in extension.legs:
            return extension.legs[handle]
        parked = self.pbx.parked.get(handle)
        if parked is not None and parked.parker is extension:
            return parked
        queue: Queue | None = self.pbx.queues.get(extension.id)
        member = queue.members.get(handle) if queue else None
        return member if member is not None and member.state != "Abandoned" else None

    def perform(
        self, target: Target, action: str, send_dst: str | None, caller_name: str = "", caller_number: str = ""
    ) -> None:
        """One `action` of the call resource. Impossible wishes change nothing."""
        if action in SUPERVISION:
            self._supervise(target, action, send_dst, caller_name, caller_number)
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
        if not isinstance(target, Leg):
            self.pbx.end(call, "hung up")
        elif self.distributor.refuse(target):
            return
        elif target.role != "talk" or (target.answered is None and call.callee is not None):
            self.pbx.drop_leg(target)
        else:
            self.pbx.end(call, "hung up")

    def _other_end(self, target: Target) -> Call | None:
        """The call with only the party left that `target` talks to or waits for; None when there is none to move."""
        call = target.call
        if isinstance(target, Leg):
            if target.role != "talk":
                return None
            if target is call.caller.leg:
                if call.callee is None:
                    return None
                call.caller, call.callee = call.callee, call.caller
                # The party left behind sits on no phone of ours, or on its own leg: either way it is the caller now.
        return call

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
            leg = self.pbx.add_leg(
                call, None, "out", phone.number, caller=caller, role=mode, call_id=self.pbx.new_hex()
            )
            leg.answered = self.engine.now
        elif not phone.busy:
            leg = self.pbx.add_leg(
                call, phone, "in", phone.short_name, caller=caller, role=mode, call_id=self.pbx.new_hex()
            )
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
            self.pbx.detach(call, keep=(leg,))
            self.pbx.connect(call, End(phone.number, phone.label, leg), 120.0)

        self.pbx.ring(self.pbx.add_leg(call, phone, "in", phone.short_name), take_over, lambda: None)

    def _transfer(self, target: Target, send_dst: str | None) -> None:
        origin = self._origin(target)
        call = self._other_end(target)
        if call is not None:
            self.pbx.detach(call)
            self.pbx.route(call, send_dst, origin)

    def _origin(self, target: Target) -> Extension | None:
        if isinstance(target, Leg):
            return target.extension
        return target.parker if isinstance(target, Parked) else target.queue.extension

    def _attended(self, target: Target, send_dst: str | None) -> None:
        destination = self.pbx.resolve(send_dst)
        if destination is None:
            return
        queue_bound = isinstance(destination, Extension) and destination.kind == "queue"
        if not isinstance(target, Leg) or target.answered is None or queue_bound:
            self._transfer(target, send_dst)
            return
        call = target.call
        if target.role != "talk" or call.callee is None:
            return
        if isinstance(destination, Extension) and destination.busy:
            return
        target.held = True

        def complete(leg: Leg) -> None:
            if self._other_end(target) is not None:
                self.pbx.detach(call, keep=(leg,))
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

    def park(self, target: Target, slot: int | None) -> Parked | None:
        """Put the other party on hold nowhere (plain) or in a slot. After `park_return` it goes back to the parker."""
        if slot is not None and self.in_slot(slot) is not None:
            raise SlotRefusedError(f"Slot {slot} is occupied")
        origin = self._origin(target)
        call = self._other_end(target)
        if call is None or origin is None:
            return None
        self.pbx.detach(call)
        parked = Parked(target.handle if isinstance(target, Parked) else target.id, slot, call, origin, self.engine.now)
        call.parked = parked
        self.pbx.parked[parked.handle] = parked
        call.timers.append(self.engine.after(self.park_return, lambda: self._return(parked)))
        return parked

    def _return(self, parked: Parked) -> None:
        call, parker = parked.call, parked.parker
        self.pbx.detach(call)
        self.pbx.route(call, parker.name, parker)

    def in_slot(self, slot: int) -> Parked | None:
        return next((parked for parked in self.pbx.parked.values() if parked.slot == slot), None)

    def bridge(self, target: Target, slot: int | None) -> None:
        """Join the addressed phone with the caller in `slot`, or in any slot; whoever it talked to is let go."""
        if slot is None:
            taken = sorted(parked.slot for parked in self.pbx.parked.values() if parked.slot is not None)
            if not taken:
                raise SlotRefusedError("No parked calls")
            slot = self.engine.stream(f"{self.pbx.name}/slots").choice(taken)
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

    def callback(self, request: CallbackRequest) -> str:
        """Ring the sources, then the destination. Returns the id of the new call, even if nobody can be rung."""
        identity = self.pbx.new_hex()
        phones = [self.pbx.resolve(source) for source in request.sources]
        free = [
            phone
            for phone in phones
            if isinstance(phone, Extension) and phone.kind == "phone" and phone.registered and not phone.busy
        ]
        if not free:
            return identity
        caller = End(request.caller_number or free[0].number, request.caller_name or free[0].label)
        call = self.pbx.new_call(caller, counted=False, identity=identity)
        call.callback_id = identity
        ringing: list[Leg] = []

        def answered(leg: Leg) -> None:
            call.caller.leg = leg
            for other in [other for other in ringing if other is not leg]:
                self.pbx.drop_leg(other)
            ringing.clear()
            self._dial(call, request.destination, leg)

        def failed() -> None:
            if call.caller.leg is None and not any(leg in call.legs for leg in ringing):
                self.pbx.end(call, "unanswered")

        for phone in free:
            leg = self.pbx.add_leg(call, phone, "out", request.destination, caller=(caller.number, caller.name))
            ringing.append(leg)
        for leg in list(ringing):
            self.pbx.ring(leg, answered, failed, request.wait_for_pickup)
        return identity

    def _dial(self, call: Call, destination: str, leg: Leg) -> None:
        target = self.pbx.resolve(destination)
        if not isinstance(target, Outside):
            self.pbx.route(call, destination, leg.extension)
            return
        delay = self.engine.stream(f"{self.pbx.name}/outside").uniform(3.0, 8.0)
        call.timers.append(self.engine.after(delay, lambda: self.pbx.connect(call, End(target.number, "", None), 90.0)))
