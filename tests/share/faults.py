"""Three consoles press the same keys on the same rows through two that act, while lines break, messages come twice and
late, and those who act are killed at the worst moments. Everything is drawn from one seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import anyio
from anyio.abc import TaskGroup

from tests.share.nats import Server
from tests.share.orders import Account, Member, Serving, Viewing, state_of
from tests.share.site import until
from wallboard.control.outcome import Phase
from wallboard.domain.command import Command, Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.states import AgentState, ResourceState

AGENTS = tuple(Key("hq", Kind.AGENT, f"a{number}") for number in range(3))
CONSOLES, ACTING = 3, 2
KEPT = 60
"""Messages that may come again much later."""
ENDINGS = {"confirmed", "not_confirmed", "accepted", "unknown", "refused", "failed"}


@dataclass
class Copied:
    """A console's line: each message may come again at once, or later."""

    console: Viewing
    faults: Faults

    def __post_init__(self) -> None:
        assert self.console.bus is not None
        self.request = self.console.bus.request
        self.console.bus.request = self.say  # type: ignore[method-assign]  # a line that stutters

    async def say(self, subject: str, data: bytes, seconds: float) -> bytes | None:
        if ".act." in subject and b'"may"' not in data:
            self.faults.old = [*self.faults.old[-KEPT:], (subject, data)]
            for _ in range(self.faults.chance.choice((0, 0, 1, 2))):
                self.faults.count("twice")
                await self.faults.publish(self.console, subject, data)
        return await self.request(subject, data, seconds)


@dataclass
class Faults:
    url: str
    folder: Path
    chance: Random
    tasks: TaskGroup
    world: Account = field(default_factory=Account)
    seen: Counter[str] = field(default_factory=Counter)
    asked: dict[str, tuple[Verb, Key, Viewing]] = field(default_factory=dict)
    endings: Counter[str] = field(default_factory=Counter)
    old: list[tuple[str, bytes]] = field(default_factory=list)
    consoles: list[Viewing] = field(default_factory=list)
    acting: list[Serving] = field(default_factory=list)
    gone: list[Serving] = field(default_factory=list)
    started: int = 0

    def count(self, what: str) -> None:
        self.seen[what] += 1

    @property
    def total(self) -> int:
        return sum(self.seen.values())

    async def begin(self) -> None:
        self.world.ready()
        self.world.doing = self._called
        for number in range(CONSOLES):
            console = Viewing(self.url, self.folder, f"desk-{number}", ahead=number * 100.0, phone=f"200{number}")
            self.consoles.append(console)
            self.tasks.start_soon(console.run)
        for _ in range(ACTING):
            self._seat()
        await self.ready()
        for console in self.consoles:
            Copied(console, self)

    def _seat(self) -> None:
        self.started += 1
        serving = Serving(self.url, self.folder, f"serve-{self.started}", self.world)
        serving.claimed = partial(self._claimed, serving)
        self.acting.append(serving)
        self.tasks.start_soon(serving.run)

    async def ready(self) -> None:
        await until(lambda: all(map(_live, (*self.consoles, *self.acting))), "all are there", 60)

    # ---- faults ----------------------------------------------------------------------------------------------

    async def _claimed(self, serving: Serving, _: Command) -> None:
        """Between the claim and the call."""
        drawn = self.chance.random()
        if drawn < 0.03 and serving in self.acting:
            self.count("killed between claim and call")
            self._kill(serving)
            await anyio.sleep_forever()
        if drawn < 0.08:
            self.count("line of who acts broken before the call")
            _break(serving)

    async def _called(self, command: Command) -> None:
        """Between the call and its answer."""
        drawn = self.chance.random()
        serving = next((each for each in self.acting if command.id in each.executor._pending), None)
        if serving is not None and drawn < 0.03:
            self.count("killed between call and answer")
            self._kill(serving)
            await anyio.sleep_forever()
        if serving is not None and drawn < 0.08:
            self.count("line of who acts broken before the answer")
            _break(serving)
        elif drawn < 0.14:
            self.count("a vendor that hangs")
            await anyio.sleep(1.0)

    def _kill(self, serving: Serving) -> None:
        self.acting.remove(serving)
        self.gone.append(serving)
        serving.scope.cancel()

    async def publish(self, member: Member, subject: str, data: bytes) -> None:
        assert member.bus is not None
        try:
            await member.bus.publish(subject, data)
        except OSError:
            # That line is broken already.
            self.count("lost")

    # ---- a round ---------------------------------------------------------------------------------------------

    async def round(self) -> None:
        """Each console presses on each agent what the first sees to be possible; all have an ending when it is over."""
        while len(self.acting) < ACTING:
            self._seat()
            await self.ready()
        idents: list[tuple[Viewing, str]] = []
        for key in AGENTS:
            state = state_of(self.consoles[0].board.row(key))
            verb = Verb.UNPAUSE if state is AgentState.BREAK else Verb.PAUSE
            for console in self.consoles:
                ident = console.press(verb, key)
                self.asked[ident] = (verb, key, console)
                idents.append((console, ident))
        if self.chance.random() < 0.15:
            self.count("line of a console broken")
            _break(self.chance.choice(self.consoles))
        for subject, data in self.chance.sample(self.old, min(len(self.old), self.chance.randrange(6))):
            self.count("late")
            await self.publish(self.chance.choice(self.consoles), subject, data)
        for console, ident in idents:
            await until(partial(console.ending, ident), f"an ending of {ident}", 30)
            ending = console.ending(ident)
            assert ending is not None
            self.endings[ending.phase.value] += 1
            console.outcomes[:] = [each for each in console.outcomes if each.command.id != ident]

    def judge(self) -> None:
        """What must hold of all of it."""
        times = Counter(command.id for command in self.world.done)
        assert not [ident for ident, count in times.items() if count > 1], "done twice"
        for command in self.world.done:
            verb, key, console = self.asked[command.id]
            assert (command.verb, command.target.key) == (verb, key), "done to another row"
            assert command.node == console.node
        journals = {member.node: _phases(member) for member in (*self.consoles, *self.acting, *self.gone)}
        for ident, (_, _, console) in self.asked.items():
            assert journals[console.node][ident][-1] in ENDINGS, f"{ident} has no ending at its console"
        for serving in (*self.acting, *self.gone):
            for ident, phases in journals[serving.node].items():
                assert phases[-1] in ENDINGS, f"{ident} has no ending at {serving.node}"
        begun = {ident for node, found in journals.items() if node.startswith("serve") for ident in found}
        assert set(times) <= begun, "done, and in no journal of who acts"
        refused = {Phase.REFUSED.value, Phase.FAILED.value}
        for ident in times:
            _, _, console = self.asked[ident]
            assert journals[console.node][ident][-1] not in refused, (
                f"{ident} was done, and its console says it was not"
            )


def _phases(member: Member) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for record in member.records():
        if record.get("id") and record.get("verb"):
            found.setdefault(record["id"], []).append(record["phase"])
    return found


def _live(member: Member) -> bool:
    view = member.board.resource_view("hq", Resource.AGENTS)
    told = not isinstance(member, Viewing) or bool(member.adapter._can)
    connected = member.bus is not None and member.bus.connected
    return connected and told and view is not None and view.state is ResourceState.LIVE


def _break(member: Member) -> None:
    """As a cable that is pulled: the connection is gone, and made anew."""
    client = member.bus._client if member.bus is not None else None
    if client is not None and client._transport is not None:
        client._transport.close()  # type: ignore[no-untyped-call]


async def play(folder: Path, seed: int, rounds: int = 0, faults: int = 0, tell: object = None) -> Faults:
    """So many rounds, or as many as it takes for so many faults."""
    server = Server(folder).start()
    try:
        async with anyio.create_task_group() as tasks:
            played = Faults(server.url, folder, Random(seed), tasks)
            await played.begin()
            number = 0
            while number < rounds or played.total < faults:
                number += 1
                await played.round()
                if callable(tell):
                    tell(played, number)
            # The last endings are written while those who acted are still there.
            await until(lambda: not any(each.executor._pending for each in played.acting), "nothing is under way", 30)
            played.judge()
            tasks.cancel_scope.cancel()
    finally:
        server.kill()
    return played
