"""Copies of the journal go to the machine's own log: after the file, each once, in order, in nobody's way."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio import to_thread

from tests.support.machine_log import Log
from wallboard.control import forwarding
from wallboard.control.copies import for_journald, for_syslog
from wallboard.control.forwarding import Forwarder, place_of
from wallboard.control.journal import Journal
from wallboard.control.journal_reader import digest, show
from wallboard.domain.clock import ManualClock

CLOCK = ManualClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    return tmp_path / "state" / "audit.jsonl"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with closing(Log(tmp_path / "log")) as made:
        yield made


def forwarder(path: Path, at: Path, kind: str = "syslog") -> Forwarder:
    return Forwarder(path, kind, CLOCK, str(at))


def write(path: Path, *ids: str, **options: Any) -> None:
    book = Journal(path, CLOCK, operator="Mira", **options)
    for each in ids:
        book.append("requested", {"id": each, "verb": "park", "source": "hq"}, durable=False)
    book.close()


def test_each_record_goes_on_whole_once_and_in_order(path: Path, log: Log) -> None:
    write(path, "before")
    sends = forwarder(path, log.path)
    write(path, "1", "2")
    anyio.run(sends.flush)
    anyio.run(sends.flush)
    sent = log.records()
    # What was there before anybody forwarded stays where it is; the chain says what it was.
    assert sent == show(path)[1:]
    assert sent[0]["prev"] == show(path)[0]["hash"]
    assert all(digest(record) == record["hash"] for record in sent)
    # The next console goes on where this one was.
    write(path, "3")
    anyio.run(forwarder(path, log.path).flush)
    assert log.ids() == ["3"]
    assert place_of(path).stat().st_mode & 0o777 == 0o600


def test_from_the_first_record_on_where_there_was_no_journal(path: Path, log: Log) -> None:
    sends = forwarder(path, log.path)
    anyio.run(sends.flush)
    write(path, "1")
    anyio.run(sends.flush)
    assert log.ids() == ["1"]


def test_rotation_loses_and_repeats_nothing(path: Path, log: Log) -> None:
    sends = forwarder(path, log.path)
    got: list[str] = []
    for number in range(40):
        write(path, str(number), rotate_at=3000)
        if number % 7 == 0:
            anyio.run(sends.flush)
            got += [record["id"] for record in log.records() if record["phase"] == "requested"]
    anyio.run(sends.flush)
    got += [record["id"] for record in log.records() if record["phase"] == "requested"]
    assert got == [str(number) for number in range(40)]


def test_a_log_that_is_down_is_said_once_and_gets_all_when_it_is_back(
    path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sends = forwarder(path, tmp_path / "log")
    said: list[str] = []
    sends.subscribe(said.append)
    for each in ("1", "2", "3"):
        write(path, each)
        anyio.run(sends.flush)
    why = "the action journal is not forwarded to syslog (No such file or directory); what is missing follows"
    assert said == [why]
    assert sends.problem == why
    with closing(Log(tmp_path / "log")) as log:
        anyio.run(sends.flush)
        assert log.ids() == ["1", "2", "3"]
        assert sends.problem == ""
    # Its socket is left behind by one that was stopped.
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as gone:
        gone.bind(str(tmp_path / "left"))
    write(path, "4")
    anyio.run(forwarder(path, tmp_path / "left").flush)
    assert "Connection refused" in caplog.text
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_log_that_takes_nothing_holds_nobody_up(path: Path, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "PATIENCE", 0.05)
    sends = forwarder(path, log.path)
    ids = [str(number) for number in range(2000)]
    write(path, *ids)
    anyio.run(sends.flush)
    assert "it does not answer" in sends.problem
    first = log.ids()
    assert 0 < len(first) < len(ids)
    # And the journal goes on meanwhile.
    write(path, "more")
    got = first
    for _ in range(2000):
        anyio.run(sends.flush)
        got += log.ids()
        if got[-1] == "more":
            break
    assert got == [*ids, "more"]


def test_what_is_too_old_stays_in_the_file_and_that_is_said(
    path: Path, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "MOST_BEHIND", 4000)
    sends = forwarder(path, log.path)
    said: list[str] = []
    sends.subscribe(said.append)
    write(path, *(str(number) for number in range(40)), rotate_at=3000)
    anyio.run(sends.flush)
    got = [record["id"] for record in log.records() if record["phase"] == "requested"]
    assert got == [str(number) for number in range(40)][-len(got) :]
    assert 4 <= len(got) <= 12
    assert said == ["0.0 MB of the action journal were not forwarded, and stand in the file alone"]
    write(path, "40", rotate_at=3000)
    anyio.run(sends.flush)
    assert log.ids()[-1:] == ["40"]
    assert sends.problem == ""


def test_a_line_that_is_torn_or_no_record_holds_up_none_that_follows(path: Path, log: Log) -> None:
    sends = forwarder(path, log.path)
    write(path, "1")
    with path.open("a") as stream:
        stream.write('{"id":"2","phase":"se')
    anyio.run(sends.flush)
    assert log.ids() == ["1"]
    write(path, "3")
    anyio.run(sends.flush)
    assert [(record["phase"], record["id"]) for record in log.records()][-1] == ("requested", "3")
    with path.open("a") as stream:
        stream.write("x" * 3_000_000 + "\n")
    write(path, "4")
    anyio.run(sends.flush)
    assert log.ids()[-1:] == ["4"]


def test_a_journal_that_was_replaced_is_sent_rather_than_passed_over(path: Path, log: Log) -> None:
    sends = forwarder(path, log.path)
    write(path, "1", "2", "3")
    anyio.run(sends.flush)
    log.datagrams()
    path.rename(path.with_name("elsewhere"))
    write(path, "4")
    anyio.run(sends.flush)
    assert log.ids()[-1:] == ["4"]


def test_consoles_that_run_together_send_each_record_once(path: Path, log: Log) -> None:
    script = (
        "import sys, anyio; from pathlib import Path\n"
        "from wallboard.control.forwarding import Forwarder\n"
        "from wallboard.control.journal import Journal\n"
        "from wallboard.domain.clock import SystemClock\n"
        "path, at, name = Path(sys.argv[1]), sys.argv[2], sys.argv[3]\n"
        "book, sends = Journal(path, SystemClock(), rotate_at=20000), Forwarder(path, 'syslog', SystemClock(), at)\n"
        "async def go():\n"
        "    for n in range(20):\n"
        "        book.append('requested', {'id': name + str(n)}, durable=False)\n"
        "        await sends.flush()\n"
        "anyio.run(go)\n"
    )
    got: list[str] = []
    running = [subprocess.Popen([sys.executable, "-c", script, str(path), str(log.path), name]) for name in "abc"]
    while any(process.poll() is None for process in running):
        log.wait()
        got += [record["id"] for record in log.records() if record["phase"] == "requested"]
    assert [process.returncode for process in running] == [0, 0, 0]
    anyio.run(forwarder(path, log.path).flush)
    got += [record["id"] for record in log.records() if record["phase"] == "requested"]
    assert sorted(got) == sorted(f"{name}{number}" for name in "abc" for number in range(20))
    assert got == [record["id"] for record in show(path) if record["phase"] == "requested"]


@pytest.mark.anyio
async def test_it_looks_by_itself_as_long_as_it_runs(path: Path, log: Log) -> None:
    clock = ManualClock()
    sends = Forwarder(path, "syslog", clock, str(log.path))
    got: list[str] = []
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sends.run)
        write(path, "1")
        with anyio.fail_after(30):
            while not got:
                clock.advance(1.0)
                await to_thread.run_sync(log.wait)
                got += log.ids()
        tasks.cancel_scope.cancel()
    assert got == ["1"]


def test_what_systemd_gets(path: Path) -> None:
    Journal(path, CLOCK, operator="Mi\nra=x\x1b[31m").append("sent", {"id": "7", "verb": "park"}, durable=False)
    (record,) = show(path)
    fields = dict(line.split("=", 1) for line in for_journald(record).decode().splitlines())
    assert fields["SYSLOG_IDENTIFIER"] == "wallboard"
    assert (fields["PRIORITY"], fields["SYSLOG_FACILITY"]) == ("6", "10")
    assert fields["WALLBOARD_HASH"] == record["hash"]
    assert json.loads(fields["WALLBOARD_RECORD"]) == record
    assert "sent" in fields["MESSAGE"]
    assert "park" in fields["MESSAGE"]
    assert set(fields) <= {name for name in fields if re.fullmatch(r"[A-Z][A-Z0-9_]*", name)}
    assert "\x1b" not in for_journald(record).decode()


def test_what_syslog_gets_is_rfc_5424(path: Path) -> None:
    write(path, "7")
    (record,) = show(path)
    record["host"] = "a b\n" + "h" * 300
    head = re.fullmatch(rb"<86>1 (\S+) (\S{1,255}) wallboard (\d+) (\S{1,32}) - (\{[ -~]*\})", for_syslog(record))
    assert head is not None
    assert head[1].decode() == record["ts"]
    assert re.fullmatch(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", head[1])
    assert head[2].startswith(b"a_b_h")
    assert int(head[3]) == os.getpid()


def test_a_record_that_is_too_long_for_the_log_is_told_in_short(
    path: Path, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    sends = forwarder(path, log.path)
    Journal(path, CLOCK).append("sent", {"id": "long", "args": "x" * 30_000}, durable=False)
    connect = socket.socket.connect

    def narrow(self: socket.socket, address: str) -> None:
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", narrow)
    write(path, "next")
    anyio.run(sends.flush)
    long, after = log.records()
    assert (long["id"], long["too_long"], long["hash"]) == ("long", True, show(path)[0]["hash"])
    assert after["id"] == "next"
