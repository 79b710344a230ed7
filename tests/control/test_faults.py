"""Ten thousand actions against a vendor that fails in every way: what control says is compared with what happened.

Goals: no duplicate at the vendor, no wrong target, no "done" that is not, and every action in the journal.
"""

from __future__ import annotations

import logging
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from tests.control.fakes import DONE, NOW, OVER, Desk, agent, call, desk_at, member, table
from wallboard.control.journal import Journal
from wallboard.control.journal_reader import RESULTS, open_unknowns, show, verify
from wallboard.control.outcome import Phase
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Verb, fingerprint
from wallboard.domain.errors import (
    Ambiguous,
    Late,
    NotPermitted,
    NotSent,
    Rejected,
    ServerTrouble,
    TargetGone,
)
from wallboard.domain.keys import RESOURCE_OF, Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Row
from wallboard.domain.states import AgentState, CallState, MemberState, ResourceState
from wallboard.domain.text import clean
from wallboard.vendors.base import Verification

ACTIONS = 10_000
BATCH = 40
ENDINGS = {Phase.CONFIRMED, Phase.NOT_CONFIRMED, Phase.UNKNOWN, Phase.ACCEPTED, Phase.REFUSED, Phase.FAILED}


@dataclass
class Deed:
    """What the vendor really did for one request."""

    key: Key
    real: Row | None
    happened: bool


class Chaos:
    """The vendor: its own truth beside the board, and answers that may be late, wrong, missing or broken."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self.desk, self.chance = desk, chance
        self.truth: dict[Key, Row] = {}
        self.deeds: dict[str, list[Deed]] = {}
        self.kinds: Counter[str] = Counter()

    def answer(self, command: Command) -> object:
        key = command.target.key
        real = self.truth.get(key)
        kind = self.chance.choice(
            ("done", "done", "lazy", "not sent", "no", "gone", "lost", "lost done", "500", "500 done", "bug", "other")
        )
        self.kinds[kind] += 1
        if real is None:
            kind = "gone"
        happened = kind in ("done", "lost done", "500 done")
        self.deeds.setdefault(command.id, []).append(Deed(key, real, happened))
        if happened and self.chance.random() < 0.8:
            # The vendor shows what it did, unless its event is lost.
            self.desk.board.prove(DONE, f"{command.verb.value} {key.id}")
        if kind in ("lazy", "lost", "500") and self.chance.random() < 0.3:
            self.truth.pop(key, None)
            self.desk.board.held.pop(key, None)
            self.desk.board.prove(OVER, key.id)
        if kind == "other":
            self.desk.board.prove(DONE, f"{command.verb.value} somebody-else")
        answers: dict[str, Callable[[], Exception]] = {
            "not sent": lambda: NotSent("connection refused"),
            "no": lambda: Rejected("not in this state", status="409"),
            "gone": lambda: TargetGone("404", status="404"),
            "lost": lambda: Ambiguous("no answer"),
            "lost done": lambda: Ambiguous("connection reset"),
            "500": lambda: Ambiguous("server error 500", status="500"),
            "500 done": lambda: Ambiguous("server error 502", status="502"),
            "bug": lambda: ValueError("not what the document says"),
        }
        return answers[kind]() if kind in answers else None


def rows_for(number: int) -> tuple[Verb, Row, str, tuple[tuple[str, str], ...]]:
    """Another verb and a row of its own for each action."""
    cases: list[tuple[Verb, Row, str, tuple[tuple[str, str], ...]]] = [
        (Verb.TRANSFER, call(f"c{number}"), "204", ()),
        (Verb.HANGUP, call(f"c{number}"), "", ()),
        (Verb.PARK, call(f"c{number}"), "", ()),
        (Verb.HOLD, call(f"c{number}"), "", ()),
        (Verb.PICKUP, member(f"m{number}"), "", ()),
        (Verb.SIGNOUT, agent(f"a{number}"), "", ()),
        (Verb.STAFF, agent(f"a{number}"), "", (("queue", "602"),)),
    ]
    return cases[number % len(cases)]


def other(row: Row, chance: random.Random) -> Row | None:
    """What the same id may have become: another party, another state, a reused id, nothing."""
    match row:
        case Call():
            return chance.choice(
                (
                    replace(row, from_number=clean("+4999")),
                    replace(row, started_at=NOW - 1),
                    replace(row, state=CallState.PARKED),
                    None,
                )
            )
        case Member():
            return chance.choice((replace(row, number=clean("+4999")), replace(row, state=MemberState.TALKING), None))
        case Agent():
            return chance.choice((replace(row, state=AgentState.TALKING), None))
    return None


def slow_or_cannot(verb: Verb) -> Verification:
    row = table(verb, deadline=0.5)
    return replace(row, confirms=(), denies=(), cannot="no state in its lists") if verb is Verb.HOLD else row


@pytest.fixture
def quiet() -> Iterator[None]:
    """The faults are wanted; a hundred thousand log lines about them are not."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.anyio
@pytest.mark.usefixtures("quiet")
async def test_ten_thousand_faulted_actions(tmp_path: Path) -> None:
    chance = random.Random(20_26)
    path = tmp_path / "audit.jsonl"
    async with anyio.create_task_group() as group:
        clock = ManualClock(NOW)
        full = False

        def sync(descriptor: int) -> None:
            if full:
                raise OSError(28, "No space left on device")

        desk = Desk(group, path, journal=Journal(path, clock, rotate_at=4_000_000, sync=sync), clock=clock)
        chaos = Chaos(desk, chance)
        desk.adapter.answer = chaos.answer
        desk.adapter.check_table = slow_or_cannot
        desk.adapter.truth = lambda row: chaos.truth.get(row.key)
        commands: dict[str, Command] = {}
        refused_by_disk = 0
        for start in range(0, ACTIONS, BATCH):
            desk.board.held.clear()
            desk.board.evidence.clear()
            chaos.truth.clear()
            # One kind of trouble with the data a batch: fresh, old, late or stale, readable again or not.
            state = chance.choice((ResourceState.LIVE, ResourceState.LIVE, ResourceState.LATE, ResourceState.STALE))
            error = chance.choice((None, None, NotPermitted("no such read"), Late("too late"), ServerTrouble("502")))
            age = chance.choice((0.5, 0.5, 5.0)) if state is ResourceState.LIVE else 12.0
            for resource in (Resource.CALLS, Resource.MEMBERS, Resource.AGENTS):
                desk.board.view("hq", resource).state = state
                desk.board.view("hq", resource).age = age
            desk.adapter.refresh_error = error
            batch: list[Command] = []
            for number in range(start, start + BATCH):
                verb, row, destination, args = rows_for(number)
                desk.board.held[row.key] = row
                chaos.truth[row.key] = row
                command = desk.command(verb, row, destination, *args)
                commands[command.id] = command
                batch.append(command)
                trouble = chance.random()
                changed = other(row, chance)
                if trouble < 0.15:
                    # Changed on the board between the paint and the key.
                    desk.board.held.pop(row.key)
                    chaos.truth.pop(row.key)
                    if changed is not None:
                        desk.board.held[row.key] = chaos.truth[row.key] = changed
                elif trouble < 0.3 and (age > 3.0 or state is not ResourceState.LIVE) and error is None:
                    # Changed at the vendor, and the old list does not show it.
                    chaos.truth.pop(row.key)
                    if changed is not None:
                        chaos.truth[row.key] = changed
                full = chance.random() < 0.02
                desk.dispatcher.submit(command)
                if chance.random() < 0.1:
                    desk.dispatcher.submit(command)
                if chance.random() < 0.1:
                    again = replace(desk.command(verb, row, destination, *args), target=command.target)
                    commands[again.id] = again
                    batch.append(again)
                    desk.dispatcher.submit(again)
                if full:
                    await desk.idle()
                    full = False
            await settled(desk, batch)

        # 0 duplicates at the vendor.
        assert max(Counter(command.id for command in desk.adapter.performed).values()) == 1
        # 0 wrong targets: whatever was still there when the request came was what had been painted.
        for identity, deeds in chaos.deeds.items():
            for deed in deeds:
                target = commands[identity].target
                assert deed.key == target.key
                if deed.real is not None:
                    # Every change in this test is one that the board or a re-reading shows: there is no excuse.
                    assert target.print.difference(fingerprint(deed.real)) == ""
        # 0 false "done", and exactly one ending each.
        endings = Counter(outcome.command.id for outcome in desk.outcomes if outcome.final)
        assert set(endings) == set(commands)
        assert set(endings.values()) == {1}
        for outcome in desk.outcomes:
            if outcome.final and outcome.phase is Phase.CONFIRMED:
                assert any(deed.happened for deed in chaos.deeds[outcome.command.id])
            if outcome.final and outcome.phase is Phase.REFUSED:
                assert outcome.command.id not in chaos.deeds
                refused_by_disk += "No space left" in outcome.ending
        assert {outcome.phase for outcome in desk.outcomes if outcome.final} == ENDINGS
        assert refused_by_disk > 10
        assert min(chaos.kinds.values()) > 100
        # Nothing of it stays locked or pending.
        assert set(desk.board.pending) <= set(desk.board.settled)
    # Every one in the journal, sent before it was performed, ended once; but for what the full disk refused.
    recorded: dict[str, list[str]] = {}
    for record in show(path):
        recorded.setdefault(record["id"], []).append(record["phase"])
    ending = {outcome.command.id: outcome.ending for outcome in desk.outcomes if outcome.final}
    for identity in commands:
        if identity not in recorded:
            # The disk was full when a new segment was to begin, and when the refusal was to be written.
            assert "No space left" in ending[identity]
            continue
        phases = recorded[identity]
        assert phases[0] == "requested"
        assert sum(phase in RESULTS for phase in phases) <= 1
        if identity in chaos.deeds:
            assert "sent" in phases
    report = verify(path)
    assert report.ok
    assert report.files > 1
    assert len(commands) >= ACTIONS


async def settled(desk: Desk, batch: list[Command]) -> None:
    for _ in range(40):
        ended = {outcome.command.id for outcome in desk.outcomes[-20 * BATCH :] if outcome.final}
        if all(command.id in ended for command in batch):
            return
        await desk.idle()
        desk.clock.advance(0.5)
    pytest.fail("an action has no ending")


KILLED = """
import sys, anyio, anyio.lowlevel
from pathlib import Path
from tests.control.fakes import call, desk_at
from wallboard.domain.command import Verb

async def main():
    async with desk_at(Path(sys.argv[1]), call()) as desk:
        desk.adapter.hold = anyio.Event()
        command = desk.press(Verb.TRANSFER, call(), "204")
        while not desk.adapter.performed:
            await anyio.lowlevel.checkpoint()
        sys.stdout.write(command.id)
        sys.stdout.flush()
        await anyio.sleep_forever()

anyio.run(main)
"""


@pytest.fixture
def killed(tmp_path: Path) -> tuple[Path, str]:
    """The journal that a console leaves that was killed while the vendor worked, and the action it had sent."""
    path = tmp_path / "audit.jsonl"
    root = Path(__file__).resolve().parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)],
        stdout=subprocess.PIPE,
        cwd=root,
        env={"PYTHONPATH": f"{root / 'src'}:{root}", "PATH": "/usr/bin:/bin"},
    )
    assert child.stdout is not None
    identity = child.stdout.read(26).decode()
    child.send_signal(signal.SIGKILL)
    child.wait(10)
    child.stdout.close()
    return path, identity


@pytest.mark.anyio
async def test_a_console_killed_while_the_vendor_works_is_told_at_the_next_start(killed: tuple[Path, str]) -> None:
    path, identity = killed
    assert [record["id"] for record in open_unknowns(path)] == [identity]
    async with desk_at(path, call()) as desk:
        taken = await desk.dispatcher.take_over()
        assert [record["target"]["key"] for record in taken] == [str(Key("hq", Kind.CALL, "c-1"))]
        # Found, told and closed; above all, not sent again.
        assert desk.adapter.performed == []
    assert open_unknowns(path) == []
    assert show(path, action=identity)[-1]["phase"] == "unknown"


def test_every_resource_of_the_cases_has_a_kind() -> None:
    assert {RESOURCE_OF[rows_for(number)[1].key.kind] for number in range(7)} == {
        Resource.CALLS,
        Resource.MEMBERS,
        Resource.AGENTS,
    }
