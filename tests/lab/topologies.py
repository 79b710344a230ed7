"""Every verb on every shape that a call takes in ordinary dialplans, on a real Asterisk: whose channel it hits, how it
ends, and who hears whom afterwards. ``python -m tests.lab.topologies`` writes what it saw into docs/asterisk.md.

What must be hit is said here by the telephones that the lab answers, not by anything that the adapter thinks.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.to_thread

from tests.lab.conftest import Site, running
from tests.lab.desk import Console, console, settings_for
from tests.lab.phone import SILENCE, TONE, Leg, Phone
from tests.support.offers import offered
from wallboard.domain.command import Verb
from wallboard.domain.errors import ActionError, NotSent
from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Call, Member, Row
from wallboard.domain.states import CallState, MemberState
from wallboard.vendors.asterisk.ami import Ami, open_ami
from wallboard.vendors.asterisk.protocol import AmiRefused
from wallboard.vendors.asterisk.streams import tcp

PAGE = Path(__file__).parents[2] / "docs" / "asterisk.md"
MARKS = re.compile(r"(<!-- topologies:begin -->\n).*?(<!-- topologies:end -->)", re.DOTALL)
LOUD = 4000
ME, AGENT, SECOND, TARGET, CUSTOMER = "PJSIP/phone9", "PJSIP/phone1", "PJSIP/phone2", "PJSIP/phone3", "PJSIP/phone4"
TRUNK = "PJSIP/trunk"
#: How the numbers begin that call here; those of the lab's own callers are +1555, one to eight and more digits.
OURS = "+1555000"
#: What is walked, in the order of the table's columns.
VERBS = (
    *(Verb.LISTEN, Verb.WHISPER, Verb.BARGE, Verb.TRANSFER, Verb.ATTENDED, Verb.PARK, Verb.PICKUP, Verb.FETCH),
    Verb.HANGUP,
)


@dataclass
class Stage:
    """One call in its shape. ``party`` is whom the verbs must move or end, ``agent`` whose leg must be listened to:
    both as devices, with the legs at the telephones. ``near``: what may transfer in the agent's place."""

    name: str
    row: Callable[[], Row | None]
    party: str
    party_leg: Leg | None
    agent: str = ""
    agent_leg: Leg | None = None
    near: str = ""
    refuses: dict[Verb, str] = field(default_factory=dict)
    #: The agent stays on the line when the call goes: signed in to the pool.
    stays: bool = False
    #: The agent has put the call on hold: that telephone plays nothing until it is taken back.
    deaf: bool = False
    #: The dialplan gives the agent's leg no feature codes, which Atxfer presses.
    attends: bool = True
    #: The others on the call, who must not be touched.
    others: list[Leg] = field(default_factory=list)


@dataclass(frozen=True)
class Cell:
    verb: Verb
    text: str
    wrong: tuple[str, ...] = ()


class Stuck(AssertionError):
    """A call goes on that Asterisk was told ten times to end."""


@dataclass
class Walk:
    """The lab, a console on it, and hands to make calls with."""

    site: Site
    shown: Console
    ami: Ami

    async def originate(self, device: str, exten: str, context: str = "from-agents") -> None:
        """The person at this telephone dials: it rings, is answered, and the call goes on as if dialled."""
        await self.ami.action(
            "Originate",
            ("Channel", device),
            ("Context", context),
            ("Exten", exten),
            ("Priority", "1"),
            ("CallerID", f"<{device.partition('/')[2]}>"),
            ("Async", "true"),
        )

    async def staff(self, interface: str, state: str = "", queue: str = "bench") -> None:
        fields = [("Queue", queue), ("Interface", interface), ("MemberName", f"Agent {interface}")]
        await self.ami.action("QueueAdd", *fields, *([("StateInterface", state)] if state else []))

    async def until(self, test: Callable[[], object], what: str, within: float = 30.0) -> None:
        try:
            await self.shown.desk.until(test, what, within)
        except AssertionError as error:
            shown = [f"{call.from_number} → {call.to} {call.state} {dict(call.address)}" for call in self.calls()]
            raise AssertionError(f"{error}; shown: {shown}") from None

    async def leg(self, phone: Phone) -> Leg:
        return await anyio.to_thread.run_sync(phone.wait_leg)

    async def loud(self, leg: Leg | None) -> bool:
        if leg is None:
            return False
        await anyio.to_thread.run_sync(leg.hears)  # what was on the way
        return await anyio.to_thread.run_sync(leg.hears) > LOUD

    def calls(self) -> list[Call]:
        return [row for row in self.shown.desk.rows(Resource.CALLS) if isinstance(row, Call)]

    def members(self) -> list[Member]:
        """The callers in the queues that are used here; other tests may have left callers in the others."""
        rows = (row for row in self.shown.desk.rows(Resource.MEMBERS) if isinstance(row, Member))
        return [row for row in rows if row.queue_id in ("bench", "q404")]

    def busy(self) -> list[Call]:
        """The calls that were made here."""
        ours = (*(f"/{phone.name}-" for phone in self.phones), OURS)
        return [call for call in self.calls() if any(each in f"{call.from_number} {call.address}" for each in ours)]

    @property
    def phones(self) -> tuple[Phone, ...]:
        return (*self.site.ears, *self.site.others, self.site.desk, self.site.callers)

    def agent(self, interface: str) -> Agent | None:
        rows = (row for row in self.shown.desk.rows(Resource.AGENTS) if isinstance(row, Agent))
        return next((row for row in rows if row.key.id == interface), None)

    def call_of(self, number: str) -> Call | None:
        return next((call for call in self.calls() if number in (call.from_number, call.to)), None)

    def dialled(self, number: str, device: str) -> Call | None:
        """The call of this number that reaches this telephone, whoever is taken for its party."""
        return next((c for c in self.calls() if c.from_number == number and ("device", device) in c.address), None)

    async def talking(self, number: str, agent: str = "") -> None:
        """Until the call of this number talks, with this agent if one is named."""

        def talks() -> bool:
            call = self.call_of(number)
            with_agent = not agent or (call is not None and call.agent_key is not None and call.agent_key.id == agent)
            return call is not None and call.state is CallState.TALKING and with_agent

        await self.until(talks, f"the call of {number} talks with {agent or 'somebody'}")

    async def clear(self) -> None:
        """Nobody on the telephone, nobody in the queue."""
        for phone in self.phones:
            phone.reset()
            phone.says = TONE if phone is self.site.desk else SILENCE
        for item in await self.ami.collect("QueueStatus", ("Queue", "bench")):
            if item.event == "QueueMember":
                await self.ami.action("QueueRemove", ("Queue", "bench"), ("Interface", item.get("Location")))
        # More than once: what was just being made when it was asked is ended by the next round.
        for _ in range(10):
            await self._hang_up()
            with suppress(AssertionError):
                await self.until(lambda: not self._left(), "quiet", 2.0)
                return
        channels = [
            " ".join(item.get(name) for name in ("Channel", "ChannelStateDesc", "Application", "Duration", "BridgeId"))
            for item in await self.ami.collect("CoreShowChannels")
        ]
        raise Stuck(f"the lab does not become quiet: {self._left()}, where Asterisk has {channels}")

    def _left(self) -> list[str]:
        rows: list[Call | Member] = [*self.busy(), *self.members()]
        return [f"{row.key.id} {dict(row.address)}" for row in rows]

    async def _hang_up(self) -> None:
        shown = str(self._left())
        for item in await self.ami.collect("CoreShowChannels"):
            name, number = item.get("Channel"), item.get("CallerIDNum")
            mine = name in shown or any(f"/{phone.name}-" in name for phone in self.phones)
            if name and (mine or number.startswith(OURS)):
                with suppress(AmiRefused):  # it ended meanwhile
                    await self.ami.action("Hangup", ("Channel", name))


Setting = Callable[[Walk], Awaitable[Stage]]


async def _queue_call(walk: Walk, agent: str, device: str, *, state: str = "", near: str = "") -> Stage:
    await walk.staff(agent, state)
    await walk.until(lambda: walk.agent(agent) is not None, "the agent is shown")
    caller = walk.site.callers.call("bench", name="Ann Lee", number="+15550002222")
    leg = await walk.leg(walk.site.ears[0])
    await walk.talking("+15550002222", agent)
    return Stage("", lambda: walk.call_of("+15550002222"), TRUNK, caller, device, leg, near or device)


async def queue_call(walk: Walk) -> Stage:
    return await _queue_call(walk, AGENT, AGENT)


async def local_with_n(walk: Walk) -> Stage:
    interface = "Local/4001@from-queue/n"
    return await _queue_call(walk, interface, AGENT, state="hint:4001@ext-local", near="Local/4001@from-queue")


async def local_without_n(walk: Walk) -> Stage:
    stage = await _queue_call(walk, "Local/4001@from-queue", AGENT, state="hint:4001@ext-local")
    stage.attends = False
    # The Local channel gets out of the way a moment after the answer.
    await walk.until(lambda: dict(_row(stage).address).get("near_channel", "").startswith(AGENT), "optimised")
    return stage


async def over_trunk(walk: Walk) -> Stage:
    return await _queue_call(walk, f"PJSIP/4711@{AGENT[6:]}", AGENT, state=AGENT)


async def on_hold(walk: Walk) -> Stage:
    stage = await queue_call(walk)
    assert stage.agent_leg is not None
    stage.agent_leg.hold()
    stage.deaf = True
    stage.refuses = {Verb.WHISPER: "the agent has the call on hold"}
    await walk.until(lambda: _call(stage).state is CallState.HELD, "the caller is on hold")
    return stage


async def pool(walk: Walk) -> Stage:
    await walk.originate(AGENT, "902", "agentlogin")
    leg = await walk.leg(walk.site.ears[0])
    await walk.until(lambda: (a := walk.agent("Local/300001@dialer")) and a.state.value == "ready", "signed in", 15.0)
    caller = walk.site.callers.call("pooltest", name="Ann Lee", number="+15550002222")
    await walk.talking("+15550002222", "Local/300001@dialer")
    stage = Stage("", lambda: walk.call_of("+15550002222"), TRUNK, caller, AGENT, leg, AGENT, stays=True, attends=False)
    await walk.until(lambda: dict(_row(stage).address).get("near_channel", "").startswith(AGENT), "optimised")
    return stage


async def picked_up(walk: Walk) -> Stage:
    walk.site.ears[0].answers = False
    for device in (AGENT, SECOND):
        await walk.staff(device, queue="bench") if device == AGENT else None
    await walk.until(lambda: walk.agent(AGENT) is not None, "the agent is shown")
    caller = walk.site.callers.call("bench", name="Ann Lee", number="+15550002222")
    await walk.leg(walk.site.ears[0])
    await walk.originate(SECOND, "880", "targets")
    leg = await walk.leg(walk.site.ears[1])
    await walk.talking("+15550002222")
    stage = Stage("", lambda: walk.call_of("+15550002222"), TRUNK, caller, SECOND, leg, SECOND)
    await walk.until(lambda: dict(_row(stage).address).get("agent_channel", "").startswith(SECOND), "picked up")
    return stage


async def direct_in(walk: Walk) -> Stage:
    await walk.staff(SECOND)
    await walk.until(lambda: walk.agent(SECOND) is not None, "the agent is shown")
    caller = walk.site.callers.call("4102", name="Ann Lee", number="+15550002222")
    await walk.talking("+15550002222", SECOND)
    leg = await walk.leg(walk.site.ears[1])
    return Stage("", lambda: walk.call_of("+15550002222"), TRUNK, caller, SECOND, leg, SECOND)


async def direct_out(walk: Walk) -> Stage:
    await walk.staff(AGENT)
    await walk.until(lambda: walk.agent(AGENT) is not None, "the agent is shown")
    await walk.originate(AGENT, "4104", "targets")
    leg = await walk.leg(walk.site.ears[0])
    await walk.talking("phone1", AGENT)
    customer = await walk.leg(walk.site.others[1])
    return Stage("", lambda: walk.call_of("phone1"), CUSTOMER, customer, AGENT, leg, AGENT)


async def internal(walk: Walk) -> Stage:
    """One agent calls another; pressed on the row of the one who called: their telephone is listened to."""
    for device in (AGENT, SECOND):
        await walk.staff(device)
    await walk.until(lambda: walk.agent(AGENT) and walk.agent(SECOND), "the agents are shown")
    await walk.originate(AGENT, "4102", "targets")
    first = await walk.leg(walk.site.ears[0])
    await walk.talking("phone1", SECOND)
    second = await walk.leg(walk.site.ears[1])
    return Stage("", lambda: walk.call_of("phone1"), AGENT, first, SECOND, second, SECOND)


async def two_calls(walk: Walk) -> Stage:
    """The agent has a caller of the queue on hold and a call of their own: the row is the queue's."""
    stage = await queue_call(walk)
    assert stage.agent_leg is not None
    await walk.originate(AGENT, "4104", "targets")
    await walk.until(lambda: walk.call_of("phone1") is not None, "the second call is shown")
    await walk.talking("phone1", AGENT)
    stage.others = [await walk.leg(walk.site.others[1])]
    return stage


async def transferred(walk: Walk) -> Stage:
    """An agent has sent the caller on to a telephone that is no member's; an extension's hint names it."""
    stage = await queue_call(walk)
    row = _call(stage)
    ending, _ = await walk.shown.act(Verb.TRANSFER, row, to="4102")
    assert ending == "confirmed"
    leg = await walk.leg(walk.site.ears[1])
    await walk.until(lambda: dict(_row(stage).address).get("agent_channel", "").startswith(SECOND), "talks there")
    return Stage("", stage.row, TRUNK, stage.party_leg, SECOND, leg, SECOND)


_UNANSWERED = dict.fromkeys((Verb.LISTEN, Verb.WHISPER, Verb.BARGE, Verb.ATTENDED), "not answered yet")


async def ringing_all(walk: Walk) -> Stage:
    for phone, device in zip(walk.site.ears, (AGENT, SECOND), strict=True):
        phone.answers = False
        await walk.staff(device)
    await walk.until(lambda: walk.agent(AGENT) and walk.agent(SECOND), "the agents are shown")
    caller = walk.site.callers.call("bench", name="Ann Lee", number="+15550002222")
    await walk.until(lambda: [m.state for m in walk.members()] == [MemberState.RINGING], "it rings")
    await walk.leg(walk.site.ears[1])

    def row() -> Row | None:
        return next(iter(walk.members()), None) or walk.call_of("+15550002222")

    return Stage("", row, TRUNK, caller, refuses=_UNANSWERED)


async def ringing_out(walk: Walk) -> Stage:
    """An agent calls a customer who has not answered: nobody is there to be moved."""
    await walk.staff(AGENT)
    await walk.until(lambda: walk.agent(AGENT) is not None, "the agent is shown")
    walk.site.others[1].answers = False
    await walk.originate(AGENT, "4104", "targets")
    customer = await walk.leg(walk.site.others[1])

    def row() -> Call | None:
        return walk.dialled("phone1", CUSTOMER)

    await walk.until(lambda: (c := row()) and c.state is CallState.RINGING, "it rings")
    refuses = _UNANSWERED | {Verb.PARK: "not answered yet"}
    refuses |= dict.fromkeys((Verb.TRANSFER, Verb.PICKUP), "nobody has answered")
    return Stage("", row, CUSTOMER, customer, refuses=refuses)


async def conference(walk: Walk) -> Stage:
    await walk.staff(AGENT)
    await walk.until(lambda: walk.agent(AGENT) is not None, "the agent is shown")
    legs = [walk.site.callers.call("700", name=name, number=f"+1555000{name}") for name in ("Ann", "Bea", "Cis")]
    await walk.originate(AGENT, "700")
    await walk.leg(walk.site.ears[0])
    await walk.until(
        lambda: len([c for c in walk.calls() if "conference of 4" in c.to_name]) == 4, "every party has a row", 15.0
    )
    between = (Verb.LISTEN, Verb.WHISPER, Verb.BARGE, Verb.ATTENDED, Verb.PARK, Verb.PICKUP)
    stage = Stage("", lambda: walk.call_of("+1555000Bea"), TRUNK, legs[1], refuses=dict.fromkeys(between, "conference"))
    stage.others = [legs[0], legs[2]]
    return stage


async def parked(walk: Walk) -> Stage:
    stage = await queue_call(walk)
    ending, _ = await walk.shown.act(Verb.PARK, _call(stage))
    assert ending == "confirmed"
    await walk.until(lambda: walk.shown.desk.rows(Resource.PARKED), "the caller is in a slot")
    no = dict.fromkeys((Verb.LISTEN, Verb.WHISPER, Verb.BARGE, Verb.PARK, Verb.ATTENDED), "parked")
    return Stage("", stage.row, TRUNK, stage.party_leg, refuses=no)


TOPOLOGIES: dict[str, Setting] = {
    "queue call": queue_call,
    "queue call, member `Local/…/n`": local_with_n,
    "queue call, member `Local/…`": local_without_n,
    "queue call, member over a trunk": over_trunk,
    "queue call on hold": on_hold,
    "agent pool": pool,
    "picked up by a colleague": picked_up,
    "direct in": direct_in,
    "direct out": direct_out,
    "between two agents": internal,
    "two calls of one agent": two_calls,
    "transferred": transferred,
    "ringing all": ringing_all,
    "ringing out": ringing_out,
    "conference": conference,
    "parked": parked,
}


def _row(stage: Stage) -> Call | Member:
    row = stage.row()
    assert isinstance(row, Call | Member), f"{stage.name}: no row"
    return row


def _call(stage: Stage) -> Call:
    row = stage.row()
    assert isinstance(row, Call), f"{stage.name}: no row"
    return row


def hit(request: str) -> str:
    """The device whose channel the request names: of a spy or a bridge the one taken, else the one it is for."""
    for pattern in (r"Application=(?:ChanSpy|Bridge) Data=([^ ,]+)", r"Application=ParkedCall", r"Channel=(\S+)"):
        found = re.search(pattern, request)
        if found:
            return found[1].rpartition("-")[0] if found.groups() else "the slot"
    return "?"


def dull(device: str) -> str:
    names = {TRUNK: "caller", CUSTOMER: "customer", AGENT: "agent", SECOND: "second agent"}
    return names.get(device, "agent" if device.startswith("Local/") else device)


class Walker:
    """One cell at a time: refused with the reason, or done on the right channel with the right people hearing."""

    def __init__(self, walk: Walk, stage: Stage) -> None:
        self.walk = walk
        self.stage = stage
        self.wrong: list[str] = []

    def check(self, right: bool, what: str) -> None:
        if not right:
            row = self.stage.row()
            seen = f" (row: {row.key.id} {dict(row.address)})" if isinstance(row, Call | Member) else " (no row)"
            self.wrong.append(what + seen)

    async def refused(self, verb: Verb) -> Cell:
        row = _row(self.stage)
        adapter = self.walk.shown.adapter
        may = offered(adapter, verb, row)
        self.check(not may.ok, f"{verb.value} would be sent")
        self.check(self.stage.refuses[verb] in may.reason, f"the reason is {may.reason!r}")
        if not adapter.can(verb, row):
            sent = True
            try:
                await adapter.perform(self.walk.shown.command(verb, row, to="4003"), row)
            except NotSent:
                sent = False
            self.check(not sent, f"{verb.value} was sent")
        return Cell(verb, f"– {self.stage.refuses[verb]}", tuple(self.wrong))

    async def act(self, verb: Verb, wanted: str, to: str = "", ending: str = "confirmed") -> None:
        ended, receipt = await self.walk.shown.act(verb, _row(self.stage), to=to)
        self.check(ended == ending, f"{verb.value} ended {ended}")
        if not receipt.request.startswith("PlayDTMF"):
            self.check(hit(receipt.request) == wanted, f"{verb.value} hit {hit(receipt.request)}, not {wanted}")

    async def spying(self) -> list[Cell]:
        walk, stage = self.walk, self.stage
        cells = []
        for verb, agent, party in (
            (Verb.LISTEN, False, False),
            (Verb.WHISPER, True, False),
            (Verb.BARGE, True, True),
        ):
            self.wrong = []
            if verb in stage.refuses:
                cells.append(await self.refused(verb))
                continue
            await self.act(verb, stage.agent)
            agent = agent and not stage.deaf
            for who, leg, hears in (("agent", stage.agent_leg, agent), ("party", stage.party_leg, party)):
                self.check(await walk.loud(leg) is hears, f"the {who} {'does not hear' if hears else 'hears'} me")
            for other in stage.others:
                self.check(not await walk.loud(other), "somebody else hears me")
            if verb is Verb.LISTEN and stage.party_leg is not None:
                stage.party_leg.phone.says = TONE
                mine = await walk.leg(walk.site.desk)
                held = isinstance(stage.row(), Call) and _call(stage).state is CallState.HELD
                self.check(await walk.loud(mine) or held, "I do not hear the party")
                stage.party_leg.phone.says = SILENCE
            hearing = [dull(device) for device, hears in ((stage.agent, agent), (stage.party, party)) if hears]
            text = f"{' and '.join(hearing) or 'nobody'} {'hear' if len(hearing) == 2 else 'hears'} me"
            cells.append(Cell(verb, f"{dull(stage.agent)} · {text}", tuple(self.wrong)))
        ending, _ = await walk.shown.act(Verb.END, _row(stage))
        self.check(ending == "confirmed", f"end was {ending}")
        return cells

    async def transfer(self) -> Cell:
        walk, stage = self.walk, self.stage
        walk.site.others[0].says = TONE
        direct = bool(stage.near)
        await self.act(Verb.TRANSFER, stage.near if direct else stage.party, "4003")
        await walk.leg(walk.site.others[0])
        self.check(await walk.loud(stage.party_leg), "the party does not hear the destination")
        await self._agent_left()
        return Cell(Verb.TRANSFER, f"{dull(stage.party)} at the destination", tuple(self.wrong))

    async def attended(self) -> Cell:
        walk, stage = self.walk, self.stage
        walk.site.others[0].says = TONE
        if not stage.attends:
            await self.act(Verb.ATTENDED, stage.near, "4003", ending="not confirmed")
            return Cell(Verb.ATTENDED, f"{dull(stage.agent)} · not confirmed: no feature codes", tuple(self.wrong))
        await self.act(Verb.ATTENDED, stage.near, "4003")
        await walk.leg(walk.site.others[0])
        self.check(await walk.loud(stage.agent_leg) is not stage.deaf, "the agent does not hear the destination")
        self.check(not await walk.loud(stage.party_leg), "the party hears the consultation")
        return Cell(Verb.ATTENDED, f"{dull(stage.agent)} consults, {dull(stage.party)} held", tuple(self.wrong))

    async def park(self) -> Cell:
        walk, stage = self.walk, self.stage
        await self.act(Verb.PARK, stage.party)
        await walk.until(lambda: walk.shown.desk.rows(Resource.PARKED), "in a slot")
        lists = await walk.ami.collect("ParkedCalls")
        devices = [item.get("ParkeeChannel").rpartition("-")[0] for item in lists if item.event == "ParkedCall"]
        self.check(devices == [stage.party], f"parked is {devices}")
        return Cell(Verb.PARK, f"{dull(stage.party)} in a slot", tuple(self.wrong))

    async def pickup(self) -> Cell:
        walk, stage = self.walk, self.stage
        await self.act(Verb.PICKUP, stage.party)
        self.check(await walk.loud(stage.party_leg), "the party does not hear me")
        await self._agent_left()
        return Cell(Verb.PICKUP, f"{dull(stage.party)} on my phone", tuple(self.wrong))

    async def fetch(self) -> Cell:
        walk, stage = self.walk, self.stage
        row = walk.shown.desk.rows(Resource.PARKED)[0]
        ending, _ = await walk.shown.act(Verb.FETCH, row)
        self.check(ending == "confirmed", f"fetch ended {ending}")
        self.check(await walk.loud(stage.party_leg), "the party does not hear me")
        return Cell(Verb.FETCH, f"{dull(stage.party)} on my phone", tuple(self.wrong))

    async def hangup(self) -> Cell:
        stage = self.stage
        await self.act(Verb.HANGUP, stage.party)
        assert stage.party_leg is not None
        ended = await anyio.to_thread.run_sync(stage.party_leg.ended.wait, 5)
        self.check(ended, "the party's telephone is not free")
        for other in stage.others:
            self.check(not other.ended.is_set(), "somebody else was hung up")
        if stage.stays and stage.agent_leg is not None:
            self.check(not stage.agent_leg.ended.is_set(), "the agent was signed out")
        return Cell(Verb.HANGUP, f"{dull(stage.party)} ended", tuple(self.wrong))

    async def _agent_left(self) -> None:
        stage = self.stage
        if stage.agent_leg is None:
            return
        if stage.stays:
            self.check(not stage.agent_leg.ended.is_set(), "the agent was signed out")
        else:
            self.check(await anyio.to_thread.run_sync(stage.agent_leg.ended.wait, 5), "the agent is not free")
        for other in stage.others:
            self.check(not other.ended.is_set(), "somebody else was cut off")


async def cells_of(walk: Walk, name: str) -> list[Cell]:
    """The row of the table for one topology, each verb on a call of its own (the three of a spy on one)."""
    found: dict[Verb, Cell] = {}
    for verb in VERBS:
        if verb in found or ((verb is Verb.FETCH) is not (name == "parked") and verb is Verb.FETCH):
            continue
        if name == "parked" and verb is Verb.PICKUP:
            continue
        await walk.clear()
        stage = await TOPOLOGIES[name](walk)
        stage.name = name
        while True:
            walker = Walker(walk, stage)
            if verb in stage.refuses:
                found[verb] = await walker.refused(verb)
                # Nothing happened: the next one may be refused on the same call.
                after = VERBS[VERBS.index(verb) + 1 :]
                verb = next((v for v in after if v in stage.refuses and v not in found), verb)
                if verb in found:
                    break
                continue
            try:
                if verb is Verb.LISTEN:
                    found |= {cell.verb: cell for cell in await walker.spying()}
                else:
                    found[verb] = await getattr(walker, verb.value)()
            except (AssertionError, ActionError) as error:
                found[verb] = Cell(verb, "", (*walker.wrong, str(error)))
            break
    await walk.clear()
    return [found[verb] for verb in VERBS if verb in found]


def line(name: str, cells: list[Cell]) -> str:
    by = {cell.verb: cell for cell in cells}
    texts = [by[verb].text + "".join(f" **{w}**" for w in by[verb].wrong) if verb in by else "" for verb in VERBS]
    return f"| {name} | " + " | ".join(texts) + " |"


def table(rows: dict[str, list[Cell]]) -> str:
    head = "| call | " + " | ".join(verb.value for verb in VERBS) + " |"
    return (
        "\n".join([head, "|---" * (len(VERBS) + 1) + "|", *(line(name, cells) for name, cells in rows.items())]) + "\n"
    )


def written() -> dict[str, str]:
    """The lines of the page, by topology."""
    found = MARKS.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    return {row.split(" | ")[0][2:]: row for row in found[0].splitlines() if row.startswith("| ")}


@asynccontextmanager
async def walking(site: Site) -> AsyncIterator[Walk]:
    """An account that is shown everything, so that every ending can be evidence."""
    async with (
        open_ami(tcp("127.0.0.1", site.port), "admin", site.secret, on_event=lambda event: None) as ami,
        console(settings_for(site.port, "admin", site.secret, phone=ME)) as shown,
    ):
        yield Walk(site, shown, ami)


async def walked(site: Site, name: str) -> list[Cell]:
    """The row of one topology; once more after a restart where a call got stuck, which on a machine under load Asterisk
    brings about by itself: the telephone had said goodbye, each Hangup was accepted, and its thread did not move."""
    async with walking(site) as walk:
        try:
            return await cells_of(walk, name)
        except Stuck as stuck:
            print(f"Asterisk is started again: {stuck}")
    await anyio.to_thread.run_sync(site.lab.restart)
    async with walking(site) as walk:
        return await cells_of(walk, name)


async def walk_all(site: Site) -> dict[str, list[Cell]]:
    return {name: await walked(site, name) for name in TOPOLOGIES}


def main() -> None:
    """Walk them all and write the page."""
    with running() as site:
        rows = anyio.run(walk_all, site)
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(MARKS.sub(lambda found: found[1] + table(rows) + found[2], text), encoding="utf-8")
    for name, cells in rows.items():
        for cell in cells:
            for wrong in cell.wrong:
                print(f"{name}: {cell.verb.value}: {wrong}")


if __name__ == "__main__":
    main()
