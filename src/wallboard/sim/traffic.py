"""What people do by themselves: call in, call each other, pass callers on, put them on hold, take breaks."""

from __future__ import annotations

from wallboard.sim.model import AVAILABLE, ON_BREAK, Agent, Call, End, Extension, Leg, Queue
from wallboard.sim.pbx import Pbx
from wallboard.sim.people import crowd
from wallboard.sim.queueing import Distributor


class Traffic:
    """Drives one account. Each purpose has its own random stream, so the callers are the same whatever is done."""

    def __init__(self, pbx: Pbx, distributor: Distributor) -> None:
        self.pbx = pbx
        self.engine = pbx.engine
        self.distributor = distributor
        self.people = crowd(self.engine.stream(f"{pbx.name}/people"), self.engine.scale.callers)

    def begin(self) -> None:
        for queue in self.pbx.queues.values():
            self._next_arrival(queue)
        for agent in self.pbx.agents.values():
            self._next_break(agent)
        if self.pbx.behaviour.side_calls_per_hour > 0:
            self._next_side_call()
        self._fidget()

    def rate(self, queue: Queue, at: float) -> float:
        """Calls per second at a moment: the queue's day, times its surge."""
        moment = self.engine.utc(at)
        place = moment.hour + moment.minute / 60.0
        hours = queue.profile.hours
        low, high = hours[int(place) % 24], hours[(int(place) + 1) % 24]
        factor = low + (high - low) * (place % 1.0)
        surge = queue.profile.surge if at < queue.surge_until else 1.0
        return queue.profile.per_hour / 3600.0 * factor * surge * self.engine.scale.traffic

    def _next_arrival(self, queue: Queue) -> None:
        """Thinning: candidates at the highest possible rate, kept with the chance that the moment's rate gives."""
        rng = self.engine.stream(f"{self.pbx.name}/arrivals/{queue.id}")
        per_second = queue.profile.per_hour / 3600.0 * self.engine.scale.traffic
        highest = per_second * max(queue.profile.hours) * queue.profile.surge
        gap, keep, who, patience = rng.expovariate(highest), rng.random(), rng.randrange(len(self.people)), rng.random()

        def arrive() -> None:
            if keep < self.rate(queue, self.engine.now) / highest:
                number, name = self.people[who]
                self.distributor.arrive(queue, number, name, 10.0 + patience * 2.0 * queue.profile.patience_mean)
            self._next_arrival(queue)

        self.engine.after(gap, arrive)

    def _next_break(self, agent: Agent) -> None:
        rng = self.engine.stream(f"{self.pbx.name}/breaks/{agent.name_fs}")
        pause, length = rng.expovariate(1.0 / self.pbx.behaviour.breaks_every), self.pbx.behaviour.break_length

        def due() -> None:
            if agent.status == AVAILABLE and agent.state == "Waiting":
                self.take_break(agent, rng.uniform(*length))
                self._next_break(agent)
            else:
                self.engine.after(20.0, due)

        self.engine.after(pause, due)

    def take_break(self, agent: Agent, length: float) -> None:
        """Go, and come back unless the status was changed meanwhile."""
        self.distributor.set_status(agent, ON_BREAK)
        mark = agent.breaks

        def back() -> None:
            if agent.breaks == mark:
                self.distributor.set_status(agent, AVAILABLE)

        self.engine.after(length, back)

    def _fidget(self) -> None:
        """Every few seconds an agent in a talk may put the caller on hold or pass the call on."""
        rng = self.engine.stream(f"{self.pbx.name}/fidget")
        behaviour = self.pbx.behaviour
        period = 7.0
        for call in list(self.pbx.calls.values()):
            callee = call.callee
            if callee is None or callee.leg is None or callee.leg.extension is None or callee.leg.extension.desk:
                continue
            if sum(leg.real for leg in callee.leg.extension.legs.values()) > 1:
                # Between two calls on one phone somebody is being consulted.
                continue
            chance = rng.random()
            # Chances are for a whole talk of about 90 s; this looks at it thirteen times.
            if chance < behaviour.transfer_chance / 13.0 and call.agent is not None:
                self._pass_on(call, callee.leg)
            elif chance > 1.0 - behaviour.hold_chance / 13.0:
                callee.leg.held = not callee.leg.held
        self.engine.after(period, self._fidget)

    def _pass_on(self, call: Call, leg: Leg) -> None:
        rng = self.engine.stream(f"{self.pbx.name}/fidget")
        current = call.member.queue if call.member else None
        others = [queue for queue in self.pbx.queues.values() if queue is not current]
        origin = leg.extension
        known = self.pbx.near(origin.id if origin else 0)
        phones = [phone for phone in known if not phone.busy and phone.registered and not phone.desk]
        self.pbx.detach(call)
        if phones and rng.random() < 0.6:
            self.pbx.route(call, rng.choice(phones).number, origin)
        else:
            self.pbx.route(call, rng.choice(others).extension.number if others else None, origin)

    def _next_side_call(self) -> None:
        rng = self.engine.stream(f"{self.pbx.name}/side")
        per_second = self.pbx.behaviour.side_calls_per_hour / 3600.0

        def due() -> None:
            phones = [phone for phone in self.pbx.phones() if self._may_call(phone)]
            if len(phones) > 1:
                caller = rng.choice(phones)
                if rng.random() < 0.45:
                    self.dial_inside(caller, rng.choice([phone for phone in phones if phone is not caller]))
                else:
                    self.dial_out(caller, rng.choice(self.people)[0], rng.random() < 0.85, rng.uniform(4.0, 14.0))
            self._next_side_call()

        self.engine.after(rng.expovariate(per_second), due)

    def _may_call(self, phone: Extension) -> bool:
        if phone.busy or not phone.registered or phone.desk:
            return False
        agent = next(iter(phone.agents), None)
        return agent is None or agent.status != AVAILABLE or agent.state == "Waiting"

    def dial_inside(self, caller: Extension, callee: Extension) -> None:
        """One phone of the account calls another."""
        call = self.pbx.new_call(End(caller.number, caller.label), counted=False)
        leg = self.pbx.add_leg(call, caller, "out", callee.short_name, caller=(caller.short_name, caller.label))
        call.caller.leg = leg
        ringing = self.pbx.add_leg(call, callee, "in", callee.short_name, caller=(caller.short_name, caller.label))

        def joined(picked: Leg) -> None:
            leg.answered = self.engine.now
            self.pbx.connect(call, End(callee.number, callee.label, picked), 70.0)

        self.pbx.ring(ringing, joined, lambda: self.pbx.end(call, "unanswered"), 22.0)

    def dial_out(self, caller: Extension, number: str, answered: bool, delay: float) -> None:
        """A phone calls a number outside, which is answered after `delay` seconds, or not."""
        call = self.pbx.new_call(End(caller.number, caller.label), counted=False)
        leg = self.pbx.add_leg(call, caller, "out", number or "0", caller=(caller.short_name, caller.label))
        call.caller.leg = leg

        def joined() -> None:
            if answered:
                leg.answered = self.engine.now
                self.pbx.connect(call, End(number, "", None), 85.0)
            else:
                self.pbx.end(call, "unanswered")

        call.timers.append(self.engine.after(delay, joined))
