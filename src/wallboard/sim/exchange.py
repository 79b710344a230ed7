"""The public network between the sites: a number dialled in one reaches what answers to it in another.

Only numbers of the simulated sites and hotlines are known here; every other number is somebody outside, whom the
dialling site makes up by itself.
"""

from __future__ import annotations

from functools import partial

from wallboard.sim.engine import Engine
from wallboard.sim.hotlines import Hotline, HotlineService
from wallboard.sim.model import Call, End, Leg
from wallboard.sim.pbx import Pbx


def plain_number(number: str) -> str:
    """`+49…` for `+49…`, `0049…` and `49…`."""
    return "+" + number.removeprefix("+").removeprefix("00")


class Exchange:
    """Joins the sites. A caller sent from one to another is one call in each; when either ends, so does the other."""

    def __init__(self, engine: Engine, hotlines: HotlineService) -> None:
        self.engine = engine
        self.hotlines = hotlines
        self.numbers: dict[str, tuple[Pbx, str]] = {}

    def join(self, pbx: Pbx) -> None:
        """Let a site dial through here, and be reached at the numbers of its queues."""
        pbx.dial_outside = lambda number, call, leg: self.dial(pbx, number, call, leg)
        for queue in pbx.queues.values():
            self.publish(queue.profile.did, pbx, queue.extension.number)

    def publish(self, number: str, pbx: Pbx, extension_number: str) -> None:
        """`number` (E.164) reaches this extension of a site."""
        self.numbers[plain_number(number)] = (pbx, extension_number)

    def dial(self, near: Pbx, number: str, call: Call, leg: Leg) -> bool:
        """Put a lone caller of `near`, for whom `leg` dials, through to `number`. False: nobody here has it."""
        wanted = plain_number(number)
        hotline = next((each for each in self.hotlines.hotlines.values() if plain_number(each.number) == wanted), None)
        if hotline is not None:
            # The hotline rings its responders; that the caller talks to one of them is the dialling site's affair.
            leg.timers.append(self.engine.after(1.0, partial(self._ring, hotline)))
            return False
        far, inner = self.numbers.get(wanted, (near, ""))
        if far is near:
            return False
        there = far.new_call(End(call.caller.number, call.caller.name), counted=True, did=wanted)

        def answered() -> None:
            leg.answered = self.engine.now
            call.callee = End(number, "", leg)

        def over() -> None:
            if leg in call.legs:
                near.end(call, "completed")

        leg.timers.append(self.engine.after(1.0, answered))
        leg.on_drop = lambda: far.end(there, "hung up")
        there.on_end = over
        far.route(there, inner, None)
        return True

    def _ring(self, hotline: Hotline) -> None:
        self.hotlines.call(hotline)
