"""Who is rung for whom: the queue engine, after FreeSWITCH's mod_callcenter.

Strategies, tiers and agent delays follow what the vendor's document (seed 003, queue settings) names. Every change of
a member's or an agent's state happens here.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from wallboard.sim.engine import stop
from wallboard.sim.history import ANSWERED, Visit
from wallboard.sim.model import AVAILABLE, LOGGED_OUT, Agent, Call, End, Extension, Leg, Member, Offer, Queue, Tier
from wallboard.sim.pbx import Pbx

LINGER = 60.0
"""Seconds an abandoned member stays in the list (FreeSWITCH `discard-abandoned-after`)."""


class Distributor:
    """Hands out the callers of one account's queues."""

    def __init__(self, pbx: Pbx) -> None:
        self.pbx = pbx
        self.engine = pbx.engine
        pbx.leave_queue = self.leave
        pbx.release_agent = self.release
        pbx.phone_freed = self.phone_freed
        pbx.join_queue = self.join

    def arrive(self, queue: Queue, number: str, name: str, patience: float | None = None) -> Member:
        """A caller from outside dials the queue's number."""
        call = self.pbx.new_call(End(number, name), counted=True, did=queue.profile.did)
        self.join(queue, call, patience)
        assert call.member is not None
        return call.member

    def join(self, queue: Queue, call: Call, patience: float | None = None) -> None:
        if patience is None:
            rng = self.engine.stream(f"{self.pbx.name}/patience")
            patience = 12.0 + rng.expovariate(1.0 / queue.profile.patience_mean)
        visit = Visit(queue.extension.number, call.caller.number, self.engine.now)
        self.pbx.history.visits.append(visit)
        member = Member(f"{queue.id}-{self.pbx.new_hex()}", queue, call, self.engine.now, visit)
        call.member = member
        queue.members[member.id] = member
        member.timers.append(self.engine.after(patience, lambda: self._abandon(member)))
        self.dispatch(queue)

    def _abandon(self, member: Member) -> None:
        if member.state not in ("Waiting", "Trying"):
            return
        self.pbx.end(member.call, "abandoned")
        # The row stays a while.
        members = member.queue.members
        member.state, member.serving = "Abandoned", ""
        members[member.id] = member
        member.timers.append(self.engine.after(LINGER, lambda: members.pop(member.id, None)))

    def hang_up(self, member: Member) -> None:
        """The caller is cut off (a supervisor's doing, or ours)."""
        self.pbx.end(member.call, "hung up")

    def leave(self, member: Member, outcome: str) -> None:
        """Out of the queue, whatever the state; the row goes."""
        member.visit.settle(outcome, self.engine.now)
        member.visit.left = self.engine.now
        self._withdraw(member)
        member.queue.members.pop(member.id, None)

    def _withdraw(self, member: Member, keep: Offer | None = None) -> None:
        """Nothing that was meant for the waiting caller happens any more, but for one offer."""
        stop(member.timers)
        for offer in [offer for offer in member.offers if offer is not keep]:
            member.offers.remove(offer)
            self.pbx.drop_leg(offer.leg)
            self._idle(offer.agent)
            self._rest(offer.agent, 0.0)

    def _idle(self, agent: Agent) -> None:
        agent.state = "Idle" if agent.status == LOGGED_OUT else "Waiting"
        agent.call_started = None

    def _rest(self, agent: Agent, delay: float) -> None:
        agent.ready_at = max(agent.ready_at, self.engine.now + delay)
        self.engine.at(agent.ready_at, lambda: self.wake(agent))

    def release(self, agent: Agent) -> None:
        """A queue call is over for this agent: wrap-up begins."""
        agent.last_bridge_end = self.engine.now
        self._idle(agent)
        self._rest(agent, agent.wrap_up_time)

    def set_status(self, agent: Agent, status: str) -> None:
        """Sign in, out, or go on a break. A talk goes on; an offer is withdrawn."""
        agent.status = status
        agent.breaks += 1
        if agent.state == "Receiving" and status != AVAILABLE:
            for queue in list(agent.queues):
                self._call_off(queue, agent)
        if agent.state in ("Idle", "Waiting"):
            self._idle(agent)
        self.wake(agent)

    def pause(self, queue: Queue, tier: Tier, why: str) -> None:
        """This queue alone rings the agent no more (`why`), or again (""). A talk goes on; an offer is withdrawn."""
        tier.pause = why
        if why:
            self._call_off(queue, tier.agent)
        else:
            tier.agent.ready_at = min(tier.agent.ready_at, self.engine.now)
            self.wake(tier.agent)

    def _call_off(self, queue: Queue, agent: Agent) -> None:
        for member in list(queue.members.values()):
            for offer in [offer for offer in member.offers if offer.agent is agent]:
                self._refused(member, offer, 0)

    def wake(self, agent: Agent) -> None:
        for queue in list(agent.queues):
            self.dispatch(queue)

    def phone_freed(self, extension: Extension) -> None:
        for agent in extension.agents:
            self.wake(agent)

    def eligible(self, agent: Agent) -> bool:
        phone = agent.extension
        return (
            agent.status == AVAILABLE
            and agent.state == "Waiting"
            and agent.ready_at <= self.engine.now
            and (phone is None or (phone.registered and not phone.busy))
        )

    def dispatch(self, queue: Queue) -> None:
        """Offer every waiting caller, oldest first, to whoever may be rung now."""
        for member in sorted(queue.members.values(), key=lambda each: each.joined):
            if member.state != "Waiting":
                continue
            agents = self._candidates(queue, member)
            if agents:
                self._offer(member, agents if queue.strategy == "ring-all" else agents[:1])

    def _allowed(self, queue: Queue, member: Member) -> list[Tier]:
        """Each further level is asked after another `tier_rule_wait_second`, where tiers have rules at all."""
        if not queue.settings.get("tier_rules_apply"):
            return queue.tiers
        step = float(str(queue.settings["tier_rule_wait_second"]))
        due = {
            level: member.joined + step * rank
            for rank, level in enumerate(sorted({each.level for each in queue.tiers}))
        }
        closed = [moment for moment in due.values() if moment > self.engine.now]
        if closed and (queue.next_check is None or not queue.next_check.waiting):
            queue.next_check = self.engine.at(min(closed) + 0.01, lambda: self.dispatch(queue))
        return [tier for tier in queue.tiers if due[tier.level] <= self.engine.now]

    def _candidates(self, queue: Queue, member: Member) -> list[Agent]:
        tiers = [tier for tier in self._allowed(queue, member) if not tier.pause and self.eligible(tier.agent)]
        if not tiers:
            return []
        level = min(tier.level for tier in tiers)
        if queue.strategy == "ring-all":
            return [tier.agent for tier in tiers]
        rng = self.engine.stream(f"{self.pbx.name}/strategy")
        best = sorted((tier for tier in tiers if tier.level == level), key=lambda tier: tier.position)
        return [tier.agent for tier in sorted(best, key=lambda tier: self._order(queue, member, tier, rng))]

    def _order(self, queue: Queue, member: Member, tier: Tier, rng: random.Random) -> tuple[float, float]:
        agent, place = tier.agent, tier.position
        match queue.strategy:
            case "longest-idle-agent":
                return agent.last_bridge_end, place
            case "round-robin":
                return float(place <= queue.last_offered), place
            case "top-down":
                return float(agent.id in member.tried), place
            case "agent-with-fewest-calls":
                return agent.calls_answered, place
            case "random":
                return rng.random(), 0.0
            case _:
                return place, agent.last_offered

    def _offer(self, member: Member, agents: list[Agent]) -> None:
        queue = member.queue
        ring_all = queue.strategy == "ring-all"
        member.state = "Trying"
        if member.visit.rung is None:
            member.visit.rung = self.engine.now
        member.serving = "ring-all" if ring_all else agents[0].name_fs
        for agent in agents:
            agent.state = "Receiving"
            agent.last_offered = self.engine.now
            member.tried.add(agent.id)
            queue.last_offered = next(tier.position for tier in queue.tiers if tier.agent is agent)
            leg = self.pbx.add_leg(member.call, agent.extension, "in", queue.extension.short_name)
            offer = Offer(agent, leg)
            member.offers.append(offer)
            self._ring(member, offer)

    def _ring(self, member: Member, offer: Offer) -> None:
        agent, phone = offer.agent, offer.agent.extension
        rng = self.engine.stream(f"{self.pbx.name}/answers")
        delay = self.pbx.answer_delay(phone, timeout=agent.call_timeout) if phone else rng.uniform(3.0, 9.0)
        due: Callable[[], None] = partial(self._answered, member, offer)
        if delay is None:
            delay, due = float(agent.call_timeout), partial(self._refused, member, offer, agent.no_answer_delay_time)
        elif rng.random() < self.pbx.behaviour.reject_chance:
            due = partial(self._refused, member, offer, agent.reject_delay_time)
        offer.leg.timers.append(self.engine.after(delay, due))

    def refuse(self, leg: Leg) -> bool:
        """Reject the offer that rings on this leg, as the agent's reject key does; False if it is no offer."""
        member = leg.call.member
        offer = next((each for each in member.offers if each.leg is leg), None) if member else None
        if member is None or offer is None:
            return False
        self._refused(member, offer, offer.agent.reject_delay_time)
        return True

    def _refused(self, member: Member, offer: Offer, pause: float) -> None:
        member.offers.remove(offer)
        self.pbx.drop_leg(offer.leg)
        self._idle(offer.agent)
        self._rest(offer.agent, pause)
        if not member.offers:
            member.state, member.serving = "Waiting", ""
            self.dispatch(member.queue)

    def _answered(self, member: Member, offer: Offer) -> None:
        now, agent, call, queue = self.engine.now, offer.agent, member.call, member.queue
        self._withdraw(member, keep=offer)
        member.offers.clear()
        member.state, member.serving = "Answered", agent.name_fs
        member.visit.settle(ANSWERED, now, agent.name_fs)
        agent.state, agent.call_started = "In a queue call", now
        agent.calls_answered += 1
        offer.leg.answered = now
        if queue.settings.get("record_enabled") and offer.leg.extension is not None:
            offer.leg.recording = f"{offer.leg.extension.id}-{self.pbx.new_hex()[:24].upper()}"
        call.agent = agent
        number = agent.extension.number if agent.extension else agent.extension_name
        self.pbx.connect(call, End(number, agent.name, offer.leg), queue.profile.talk_mean)
