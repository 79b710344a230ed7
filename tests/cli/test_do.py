"""`wallboard do` and `wallboard audit`: the same safety from a script, with exit codes that a script can trust."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import anyio
import anyio.abc
import anyio.lowlevel
import pytest

from tests.control.fakes import NOW, agent, call, inline, table
from tests.support.adapters import FakeAdapter
from wallboard.board.board import Board
from wallboard.cli import audit, do
from wallboard.cli.answers import Order
from wallboard.cli.exits import Exit
from wallboard.control.dispatcher import Dispatcher
from wallboard.control.journal import Journal
from wallboard.control.ports import BoardPort
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Row
from wallboard.domain.update import FeedStatus, Proof, SourceInfo, Update, UpdateKind
from wallboard.domain.verbs import SCRIPTED


class Poller:
    """Reads the vendor's rows into the board, as the scheduler does."""

    def __init__(self, board: Board, clock: ManualClock, *rows: Row) -> None:
        self.board, self.clock, self.rows, self.seq = board, clock, rows, 0

    def demand(self, wanted: frozenset[Resource]) -> None:
        self.wanted = wanted

    async def run(self) -> None:
        self.read()
        await anyio.sleep_forever()

    def read(self) -> None:
        self.seq += 1
        for resource in (Resource.CALLS, Resource.AGENTS, Resource.QUEUES):
            rows = tuple(row for row in self.rows if row.key.kind.value + "s" == resource.value)
            now = self.clock.now()
            self.board.status(FeedStatus("hq", resource, "", 2.0, 8.0, last_ok=now, successes=1))
            self.board.apply(Update("hq", resource, "", UpdateKind.SNAPSHOT, 1, self.seq, now, rows))

    def prove(self, verb: Verb, ident: str) -> None:
        proof = Proof("Done", self.clock.now(), (f"{verb.value} {ident}",))
        update = Update("hq", Resource.CALLS, "", UpdateKind.PROOF, 1, self.seq, self.clock.now(), proofs=(proof,))
        self.board.apply(update)


class Shop:
    def __init__(self, group: anyio.abc.TaskGroup, path: Path, *rows: Row, happens: bool = True) -> None:
        clock = ManualClock(NOW)
        self.board = Board(clock)
        self.board.source(SourceInfo("hq", "fake", phone="2001"))
        self.poller = Poller(self.board, clock, *rows)
        self.adapter = FakeAdapter(clock)
        self.adapter.check_table = lambda verb: table(verb, deadline=0.0)

        def answer(command: Command) -> object:
            if happens:
                self.poller.prove(command.verb, command.target.key.id)
            return None

        self.adapter.answer = answer
        port: BoardPort = self.board
        self.dispatcher = Dispatcher(
            port,
            {"hq": self.adapter},
            Journal(path, clock, sync=lambda descriptor: None),
            clock,
            hurry=lambda source, resources: None,
            start=group.start_soon,
            offload=inline,
        )
        self.questions: list[str] = []
        self.reply: bool | None = True

    def confirm(self, question: str, expected: str) -> bool | None:
        self.questions.append(f"{question} | {expected}")
        return self.reply

    async def do(self, verb: Verb, target: str, destination: str = "", *, yes: bool = False) -> int:
        order = Order(verb, target, destination, yes)
        return await do.act(self.dispatcher, self.board, self.poller, order, self.confirm)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


@pytest.mark.anyio
async def test_what_asks_on_the_screen_asks_here_too(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with anyio.create_task_group() as group:
        shop = Shop(group, path, call(), agent())
        assert await shop.do(Verb.HANGUP, "hq/call/c-1") == Exit.OK
        assert shop.questions[0].endswith("(ends the call of Bo Quist ↔ Mia Sand)? Type 'y' and Enter to go on | y")
        shop.reply = False
        assert await shop.do(Verb.HANGUP, "hq/call/c-1") == Exit.FAILED
        shop.reply = None
        assert await shop.do(Verb.HANGUP, "hq/call/c-1") == Exit.USAGE
        assert "add --yes" in capsys.readouterr().err
        shop.reply = True
        assert await shop.do(Verb.TRANSFER, "hq/call/c-1", "999") == Exit.OK
        assert "→ 999" in shop.questions[-1]
        asked = len(shop.questions)
        assert await shop.do(Verb.TRANSFER, "hq/call/c-1", "202") == Exit.OK
        assert len(shop.questions) == asked
    assert [command.verb for command in shop.adapter.performed] == [Verb.HANGUP, Verb.TRANSFER, Verb.TRANSFER]


@pytest.mark.anyio
async def test_an_agent_stands_for_their_call_and_two_calls_are_listed(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with anyio.create_task_group() as group:
        shop = Shop(group, path, agent())
        assert await shop.do(Verb.LISTEN, "hq/agent/bo") == Exit.FAILED
        assert "not on a call" in capsys.readouterr().err
        shop = Shop(group, path, agent(), call("c-1"), call("c-2"))
        assert await shop.do(Verb.LISTEN, "hq/agent/bo") == Exit.USAGE
        assert capsys.readouterr().err.split()[-2:] == ["hq/call/c-1", "hq/call/c-2"]
        assert shop.adapter.performed == []
        shop = Shop(group, path, agent(), call("c-2"))
        assert await shop.do(Verb.LISTEN, "hq/agent/bo") == Exit.OK
        assert shop.adapter.performed[0].target.key.id == "c-2"


@pytest.mark.anyio
async def test_a_target_that_is_not_there_or_not_known_has_its_own_code(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(do, "GRACE", 0.0)
    async with anyio.create_task_group() as group:
        shop = Shop(group, path, call())
        assert await shop.do(Verb.HANGUP, "hq/call/nope", yes=True) == Exit.FAILED
        assert await shop.do(Verb.HANGUP, "elsewhere/call/c-1") == Exit.USAGE
        assert await shop.do(Verb.HANGUP, "c-1") == Exit.USAGE
        assert await shop.do(Verb.TRANSFER, "hq/call/c-1") == Exit.USAGE
        assert await shop.do(Verb.HANGUP, "hq/call/c-1", "204") == Exit.USAGE
    said = capsys.readouterr().err
    assert "hq/call/nope is not there" in said
    assert "'c-1' is not source/kind/id" in said


@pytest.mark.anyio
@pytest.mark.parametrize("fails", [False, True])
async def test_what_says_whose_call_it_is_is_waited_for_unless_it_fails(
    path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    monkeypatch.setattr(do, "GRACE", 0.0)
    async with anyio.create_task_group() as group:
        shop = Shop(group, path, call(), agent())
        read, shop.poller.read = shop.poller.read, lambda: None  # type: ignore[method-assign]  # it is late
        shop.board.status(FeedStatus("hq", Resource.AGENTS, "", 2.0, 8.0, failures=int(fails), cause="silent"))
        read_calls = FeedStatus("hq", Resource.CALLS, "", 2.0, 8.0, last_ok=NOW, successes=1)
        shop.board.status(read_calls)
        shop.board.apply(Update("hq", Resource.CALLS, "", UpdateKind.SNAPSHOT, 1, 0, NOW, (call(),)))
        codes: list[int] = []

        async def hang_up() -> None:
            codes.append(await shop.do(Verb.HANGUP, "hq/call/c-1", yes=True))

        group.start_soon(hang_up)
        await anyio.wait_all_tasks_blocked()
        if not fails:
            assert shop.adapter.performed == []
            read()
        while not codes:
            await anyio.lowlevel.checkpoint()
        assert codes == [Exit.OK]


def test_the_verbs_are_those_of_the_contract() -> None:
    calls = "listen whisper barge transfer attended hold resume park pickup fetch hangup call note"
    assert set(SCRIPTED) == {
        *calls.split(),
        *["signin", "signout", "pause", "unpause", "staff", "unstaff", "open", "close"],
    }


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    audit.add(parser.add_subparsers())
    return parser.parse_args(["audit", *words])


def test_audit_verify_says_whole_then_broken(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = Journal(path, ManualClock(NOW))
    book.append("requested", {"id": "1", "verb": "park"}, durable=True)
    book.append("refused", {"id": "1", "verb": "park", "ending": "refused: read-only"}, durable=True)
    assert audit.run(parsed("verify", "--file", str(path))) == Exit.OK
    assert "2 records in 1 files, whole" in capsys.readouterr().out
    path.write_text(path.read_text().replace("park", "hold", 1))
    assert audit.run(parsed("verify", "--file", str(path))) == Exit.FAILED
    assert "audit.jsonl:1: was changed" in capsys.readouterr().out


def test_audit_show_prints_clean_lines_or_the_records(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = Journal(path, ManualClock(NOW), operator="Mira")
    target = {"label": "Mia\x1b[2J", "key": str(Key("hq", Kind.CALL, "c-1"))}
    book.append("sent", {"id": "1", "verb": "park", "target": target}, durable=True)
    book.append("confirmed", {"id": "1", "verb": "park", "ending": "confirmed by it"}, durable=True)
    assert audit.run(parsed("show", "--file", str(path))) == Exit.OK
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert out.splitlines()[1].endswith("confirmed Mira park confirmed by it")
    assert audit.run(parsed("show", "--last", "1", "--json", "--file", str(path))) == Exit.OK
    assert json.loads(capsys.readouterr().out)["phase"] == "confirmed"


def test_audit_show_says_what_it_was_asked_for_and_has_not(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = path.with_name("other.txt")
    assert audit.run(parsed("show", "--file", str(plain))) == Exit.USAGE
    assert f"there is no action journal {plain}: write the path" in capsys.readouterr().err
    plain.write_text("no journal\n")
    assert audit.run(parsed("show", "--file", str(plain))) == Exit.USAGE
    assert f"{plain} is no action journal" in capsys.readouterr().err
    Journal(path, ManualClock(NOW)).append("acknowledged", {"id": "1", "verb": "acknowledge"}, durable=True)
    # What a person did with an alarm stands there under a verb that `do` does not have.
    for words in (["--verb", "acknowledge"], ["--action", "1"]):
        assert audit.run(parsed("show", *words, "--file", str(path))) == Exit.OK
        assert len(capsys.readouterr().out.splitlines()) == 1
    assert audit.run(parsed("show", "--action", "NOPE", "--file", str(path))) == Exit.FAILED
    said = capsys.readouterr()
    assert (said.out, "no record is of the action 'NOPE'" in said.err) == ("", True)


def test_without_a_journal_there_is_nothing_to_verify(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.run(parsed("verify")) == Exit.OK
    assert audit.run(parsed("verify", "--file", str(path))) == Exit.USAGE
    assert "no action journal" in capsys.readouterr().err
