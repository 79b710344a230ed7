"""Sleep, a held journal and the end of the console, at every step of an action: what went out, what the ending says,
what the journal has. The same table stands in docs/faults.md."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.control.fakes import DONE, NOW, Desk, FakeBoard, call, desk_at, table
from tests.support.adapters import FakeAdapter
from wallboard.control.dispatcher import Dispatcher
from wallboard.control.journal import Journal
from wallboard.control.journal_reader import open_unknowns, show, verify
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain import sending
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Verb
from wallboard.domain.models import Row
from wallboard.vendors.base import Receipt

pytestmark = pytest.mark.anyio

SLEPT = 47.0
STEPS = ("asked", "journalled", "read again", "recorded", "connecting", "sent", "answered")
"""`asked`: nothing is written yet; `recorded`: the record that it is sent is on the disk; `connecting`: in the client,
before its first byte; `sent`: the vendor has it; `answered`: the vendor accepted it, and nothing shows it yet."""


class Client(FakeAdapter):
    """As the clients of the adapters do: a last look, then the bytes."""

    connecting: Callable[[], None] = staticmethod(lambda: None)

    async def perform(self, command: Command, row: Row | None) -> Receipt:
        self.connecting()
        sending.look()
        return await super().perform(command, row)


class Told(Journal):
    """A journal that says what was written to it."""

    def __init__(self, path: Path, clock: ManualClock) -> None:
        super().__init__(path, clock, sync=lambda descriptor: None)
        self.after: dict[str, Callable[[], None]] = {}

    def append(self, phase: str, fields: Any, *, durable: bool, patience: float = 0.0) -> None:
        super().append(phase, fields, durable=durable, patience=patience)
        self.after.pop(phase, lambda: None)()


@dataclass
class Scene:
    """One hang-up, and one fault at one of its steps."""

    path: Path
    step: str
    fault: Callable[[Scene], None]
    lock: list[int] = field(default_factory=list)
    ended: bool = False

    def hit(self) -> None:
        self.fault(self)

    # ---- the faults

    def sleep(self) -> None:
        self.clock.advance(SLEPT)

    def hold(self) -> None:
        """Another process takes the journal and does not let go of it."""
        descriptor = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        self.lock.append(descriptor)

    def end(self) -> None:
        """As SIGTERM, SIGHUP and the quit key do."""
        self.group.cancel_scope.cancel()

    # ---- the action

    async def run(self) -> Outcome:
        self.clock = ManualClock(NOW)
        journal = Told(self.path, self.clock)
        try:
            async with anyio.create_task_group() as self.group:
                desk = Desk(
                    self.group, self.path, journal=journal, board=FakeBoard(self.clock, call()), clock=self.clock
                )
                adapter = Client(self.clock)
                adapter.check_table = table
                desk.dispatcher = Dispatcher(
                    desk.board,
                    {"hq": adapter},
                    journal,
                    self.clock,
                    hurry=lambda source, resources: None,
                    start=self.group.start_soon,
                    offload=_checkpointed,
                )
                desk.dispatcher.subscribe(desk.outcomes.append)
                self.desk, desk.adapter = desk, adapter
                hooks: dict[str, Callable[[], None]] = {
                    "asked": lambda: None,
                    "journalled": lambda: journal.after.__setitem__("requested", self.hit),
                    "read again": lambda: setattr(adapter, "truth", self._again),
                    "recorded": lambda: journal.after.__setitem__("sent", self.hit),
                    "connecting": lambda: setattr(adapter, "connecting", self.hit),
                    "sent": lambda: setattr(adapter, "answer", self._sent),
                    "answered": lambda: journal.after.__setitem__("answered", self.hit),
                }
                hooks[self.step]()
                self.command = desk.press(Verb.HANGUP, call())
                if self.step == "asked":
                    self.hit()
                await desk.idle()
                if adapter.performed:
                    desk.board.prove(DONE, "hangup c-1")
                outcome = await desk.settle(self.command)
                # Whoever held the journal lets go of it, and what could not be written yet is.
                while self.lock:
                    os.close(self.lock.pop())
                self.clock.advance(1.0)
                await desk.idle()
        finally:
            while self.lock:
                os.close(self.lock.pop())
        ended = self.desk.ending(self.command)
        return outcome if ended is None else ended

    def _again(self, row: Row) -> Row:
        self.hit()
        return row

    def _sent(self, command: Command) -> None:
        self.hit()

    @property
    def went_out(self) -> int:
        return len(self.desk.adapter.performed)

    @property
    def phases(self) -> list[str]:
        return [record["phase"] for record in show(self.path, action=self.command.id)]


async def _checkpointed(work: Callable[[], None]) -> None:
    await anyio.lowlevel.checkpoint()
    work()


OLD = "refused: 47 s old when it could be sent; press again"
HELD = "refused: the action journal is held by another process for 5 s; nothing was sent"
UNSENT = "refused: this console ended, nothing was sent"
ENDED = "unknown: this console ended before the answer"
DONE_IT = "confirmed by the vendor's event"
LATER = f"{DONE_IT} (not journalled yet: the action journal is held by another process)"
RECORDED = ["requested", "sent", "refused"]
WHOLE = ["requested", "sent", "answered", "confirmed"]

TABLE: list[tuple[str, str, int, str, list[str]]] = [
    ("asked", "sleep", 0, OLD, ["requested", "refused"]),
    ("journalled", "sleep", 0, OLD, ["requested", "refused"]),
    ("read again", "sleep", 0, OLD, ["requested", "refused"]),
    ("recorded", "sleep", 0, OLD, RECORDED),
    ("connecting", "sleep", 0, OLD, RECORDED),
    ("sent", "sleep", 1, DONE_IT, WHOLE),
    ("answered", "sleep", 1, DONE_IT, WHOLE),
    ("asked", "hold", 0, HELD, ["refused"]),
    ("journalled", "hold", 0, HELD, ["requested", "refused"]),
    ("read again", "hold", 0, HELD, ["requested", "refused"]),
    ("recorded", "hold", 1, LATER, ["requested", "sent", "confirmed"]),
    ("connecting", "hold", 1, LATER, ["requested", "sent", "confirmed"]),
    ("sent", "hold", 1, LATER, ["requested", "sent", "confirmed"]),
    ("answered", "hold", 1, LATER, WHOLE),
    ("asked", "end", 0, UNSENT, ["refused"]),
    ("journalled", "end", 0, UNSENT, ["requested", "refused"]),
    ("read again", "end", 0, UNSENT, ["requested", "refused"]),
    ("recorded", "end", 0, UNSENT, RECORDED),
    ("connecting", "end", 1, ENDED, ["requested", "sent", "unknown"]),
    ("sent", "end", 1, ENDED, ["requested", "sent", "unknown"]),
    ("answered", "end", 1, ENDED, ["requested", "sent", "answered", "unknown"]),
]


@pytest.mark.parametrize(("step", "fault", "sent", "ending", "phases"), TABLE, ids=lambda value: str(value)[:12])
async def test_a_fault_at_a_step(
    tmp_path: Path, step: str, fault: str, sent: int, ending: str, phases: list[str]
) -> None:
    scene = Scene(tmp_path / "audit.jsonl", step, getattr(Scene, fault))
    outcome = await scene.run()
    assert (scene.went_out, outcome.ending, scene.phases) == (sent, ending, phases)
    assert outcome.phase in (Phase.REFUSED, Phase.UNKNOWN, Phase.CONFIRMED)
    # The row is free, the board has forgotten it, the chain is whole, and the next start has nothing to tell.
    assert scene.desk.board.settled == {scene.command.id: outcome.phase.value}
    assert scene.desk.dispatcher.offer(Verb.HANGUP, call().key).ok
    assert verify(scene.path).ok
    assert open_unknowns(scene.path) == []


def test_every_step_meets_every_fault() -> None:
    assert {(step, fault) for step, fault, *_ in TABLE} == {
        (step, fault) for step in STEPS for fault in ("sleep", "hold", "end")
    }


# ---- the wait, seen and taken back --------------------------------------------------------------------------------


@pytest.fixture
def held(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def taken(path: Path) -> int:
    descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


async def test_what_waits_for_the_journal_says_so_and_goes_when_it_is_free(held: Path) -> None:
    async with desk_at(held, call()) as desk:
        lock = taken(held)
        command = desk.press(Verb.HANGUP, call())
        for _ in range(8):
            await desk.idle()
            desk.clock.advance(0.5)
        assert [out.ending for out in desk.outcomes] == ["requested", "waits for the journal"]
        assert desk.board.pending == {command.id: command.target.key}
        assert desk.adapter.performed == []
        os.close(lock)
        desk.clock.advance(0.5)
        await desk.idle()
        desk.board.prove(DONE, "hangup c-1")
        outcome = await desk.settle(command)
    assert (outcome.ending, len(desk.adapter.performed)) == (DONE_IT, 1)


async def test_a_short_wait_is_not_worth_a_word(held: Path) -> None:
    async with desk_at(held, call()) as desk:
        lock = taken(held)
        command = desk.press(Verb.HANGUP, call())
        await desk.idle()
        os.close(lock)
        desk.clock.advance(0.1)
        await desk.idle()
        desk.board.prove(DONE, "hangup c-1")
        await desk.settle(command)
    assert "waiting" not in [out.phase.value for out in desk.outcomes]


@pytest.mark.parametrize("what", ["the journal", "a new reading"])
async def test_what_waits_is_taken_back_and_nothing_is_sent(held: Path, what: str) -> None:
    async with desk_at(held, call()) as desk:
        assert not desk.dispatcher.take_back(), "there is nothing to take back"
        desk.adapter.refresh_hangs = what == "a new reading"
        lock = taken(held) if what == "the journal" else -1
        command = desk.press(Verb.HANGUP, call())
        await desk.idle()
        desk.clock.advance(0.4)
        await desk.idle()
        assert desk.outcomes[-1].ending == f"waits for {what}"
        assert desk.dispatcher.take_back()
        await desk.idle()
        outcome = await desk.settle(command)
        if lock >= 0:
            os.close(lock)
        desk.clock.advance(1.0)
        await desk.idle()
        assert not desk.dispatcher.take_back()
    assert outcome.phase is Phase.REFUSED
    assert outcome.ending.startswith("cancelled, nothing was sent")
    assert desk.adapter.performed == []
    assert [record["phase"] for record in show(held, action=command.id)][-1] == "refused"


async def test_what_was_sent_cannot_be_taken_back(held: Path) -> None:
    async with desk_at(held, call()) as desk:
        desk.adapter.hold = anyio.Event()
        command = desk.press(Verb.HANGUP, call())
        await desk.idle()
        assert not desk.dispatcher.take_back()
        desk.adapter.hold.set()
        await desk.settle(command)


async def test_a_wait_between_reading_and_sending_is_followed_by_another_reading(held: Path) -> None:
    """The journal was held for two seconds after the call had been read again: its id may be another call's by now."""
    locks: list[int] = []
    async with desk_at(held, call()) as desk:

        def truth(row: Row) -> Row | None:
            if desk.adapter.refreshed == 1:
                locks.append(taken(held))
                return row
            return call(caller="+49999")

        desk.adapter.truth = truth
        command = desk.press(Verb.HANGUP, call())
        await desk.idle()
        desk.clock.advance(2.0)
        os.close(locks.pop())
        outcome = await desk.settle(command)
    assert outcome.ending == "refused: it is +49999 ↔ 601 ↔ Bo Quist now"
    assert desk.adapter.performed == []


def test_the_table_of_faults_says_the_same() -> None:
    told = (Path(__file__).resolve().parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")
    for _, _, sent, ending, phases in TABLE:
        assert f"| {sent} sent; “{ending}”; journal {' '.join(phases)} |" in told
