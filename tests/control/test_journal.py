"""The action journal: durable, private, chained, shared, rotated, and honest about what it lost."""

from __future__ import annotations

import errno
import json
import os
import pwd
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wallboard.cli.main import main
from wallboard.control import process
from wallboard.control.journal import Journal, JournalError, describe
from wallboard.control.journal_reader import (
    canonical,
    digest,
    lock_of,
    open_elsewhere,
    open_unknowns,
    segments,
    show,
    verify,
)
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Destination, Fingerprint, Target, Verb
from wallboard.domain.keys import Key, Kind

CLOCK = ManualClock()


def journal(path: Path, **options: Any) -> Journal:
    return Journal(path, CLOCK, operator="Mira", environment={"SSH_CONNECTION": "192.0.2.7 5 192.0.2.1 22"}, **options)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "audit.jsonl"


def test_records_are_chained_and_say_who_asked_for_what_from_where(path: Path) -> None:
    book = journal(path)
    target = Target(Key("hq", Kind.CALL, "c-1"), "Mia Sand", Fingerprint(("+49", "601", "Bo"), 5.0, "talking"))
    command = Command("01A", Verb.TRANSFER, target, Destination("204", "Anna"), (("text_in", "hello"),))
    book.append("requested", describe(command), durable=False)
    book.append("sent", {**describe(command), "request": "PUT x"}, durable=True)
    first, second = lines(path)
    assert (first["prev"], second["prev"]) == ("0" * 64, first["hash"])
    assert first["target"]["key"] == "hq/call/c-1"
    assert first["destination"] == {"number": "204", "label": "Anna", "key": ""}
    assert (first["ssh_from"], first["operator"], first["verb"]) == ("192.0.2.7", "Mira", "transfer")
    assert first["args"] == {"text_in": "5 characters"}
    assert first["ts"].endswith("Z")
    assert verify(path).ok


def test_the_file_is_private_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        journal(path).append("requested", {"id": "1"}, durable=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_planted_symlink_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    victim = tmp_path / "victim"
    victim.write_text("mine")
    path.symlink_to(victim)
    with pytest.raises(JournalError):
        journal(path).append("requested", {"id": "1"}, durable=True)
    assert victim.read_text() == "mine"


def test_an_edit_in_the_middle_shows_with_its_line(path: Path) -> None:
    book = journal(path)
    for number in range(5):
        book.append("requested", {"id": str(number), "verb": "park"}, durable=False)
    text = path.read_text().splitlines()
    text[2] = text[2].replace('"park"', '"hold"')
    path.write_text("\n".join(text) + "\n")
    assert [problem.where for problem in verify(path).problems] == ["audit.jsonl:3"]


def test_a_removed_line_shows(path: Path) -> None:
    book = journal(path)
    for number in range(4):
        book.append("requested", {"id": str(number)}, durable=False)
    text = path.read_text().splitlines()
    path.write_text("\n".join([text[0], *text[2:]]) + "\n")
    assert [problem.where for problem in verify(path).problems] == ["audit.jsonl:2"]


def test_a_garbage_line_shows(path: Path) -> None:
    book = journal(path)
    book.append("requested", {"id": "1"}, durable=False)
    with path.open("a") as stream:
        stream.write("[" * 100_000 + "\n")
    assert [problem.where for problem in verify(path).problems] == ["audit.jsonl:2"]


def test_a_torn_last_line_is_tolerated_and_sealed_by_the_next_console(path: Path) -> None:
    journal(path).append("sent", {"id": "1"}, durable=True)
    with path.open("a") as stream:
        stream.write('{"id":"2","phase":"se')
    assert verify(path).ok
    assert verify(path).torn == 1
    journal(path).append("requested", {"id": "3"}, durable=True)
    assert [record["phase"] for record in show(path)] == ["sent", "recovered", "requested"]
    report = verify(path)
    assert (report.ok, report.torn, report.records) == (True, 1, 3)


def test_rotation_keeps_one_chain_and_a_removed_segment_is_told(path: Path) -> None:
    book = journal(path, rotate_at=2000)
    for number in range(30):
        book.append("requested", {"id": str(number)}, durable=False)
    assert len(segments(path)) > 3
    assert [record["id"] for record in show(path) if record["phase"] == "requested"] == [str(n) for n in range(30)]
    assert verify(path).ok
    segments(path)[0].unlink()
    report = verify(path)
    assert (report.ok, report.begins_later) == (True, True)


def test_two_consoles_write_one_chain_through_rotations(path: Path) -> None:
    one, two = journal(path, rotate_at=3000), journal(path, rotate_at=3000)
    for number in range(40):
        (one if number % 3 else two).append("requested", {"id": str(number)}, durable=False)
    report = verify(path)
    assert report.ok
    assert len({record["id"] for record in show(path) if record["phase"] == "requested"}) == 40


def test_processes_that_write_at_once_do_not_break_the_chain(path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from wallboard.control.journal import Journal;"
        "from wallboard.domain.clock import SystemClock;"
        "book = Journal(Path(sys.argv[1]), SystemClock(), rotate_at=20000);"
        "[book.append('requested', {'id': sys.argv[2] + str(n)}, durable=False) for n in range(50)]"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(path), name]) for name in "abc"]
    assert [process.wait(30) for process in running] == [0, 0, 0]
    assert verify(path).ok
    assert len([record for record in show(path) if record["phase"] == "requested"]) == 150


def test_a_full_disk_raises_and_leaves_nothing_that_looks_sent(path: Path) -> None:
    full = False

    def sync(descriptor: int) -> None:
        if full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    book = journal(path, sync=sync)
    book.append("requested", {"id": "1"}, durable=False)
    full = True
    with pytest.raises(JournalError, match="No space left on device"):
        book.append("sent", {"id": "1"}, durable=True)
    assert book.problem == "the action journal cannot be written: No space left on device"
    assert [record["phase"] for record in show(path)] == ["requested"]
    full = False
    book.append("refused", {"id": "1"}, durable=True)
    assert book.problem == ""
    assert verify(path).ok


@pytest.mark.parametrize("where", ["file", "missing"])
def test_a_state_directory_that_cannot_be_is_a_sentence(tmp_path: Path, where: str) -> None:
    (tmp_path / "state").write_text("a file")
    path = tmp_path / "state" / "audit.jsonl" if where == "file" else tmp_path / "state" / "deep" / "audit.jsonl"
    with pytest.raises(JournalError, match="cannot be written"):
        journal(path).append("requested", {"id": "1"}, durable=True)


def test_hostile_names_put_no_control_character_into_the_file(path: Path) -> None:
    key = Key("hq", Kind.CALL, "\x1b]0;x\x07")
    target = Target(key, "\x1b[2J\u202eMia", Fingerprint(("\x9b",), None, "talking"))
    journal(path).append("sent", describe(Command("1", Verb.HANGUP, target)), durable=True)
    data = path.read_bytes()
    assert all(0x20 <= byte < 0x7F or byte == 0x0A for byte in data)
    assert "\\u202e" not in data.decode()


def test_a_killed_console_leaves_its_sent_actions_open_and_a_living_one_does_not(path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from wallboard.control.journal import Journal;"
        "from wallboard.domain.clock import SystemClock;"
        "book = Journal(Path(sys.argv[1]), SystemClock());"
        "book.append('sent', {'id': 'done'}, durable=True); book.append('confirmed', {'id': 'done'}, durable=True);"
        "book.append('sent', {'id': 'open', 'verb': 'transfer'}, durable=True);"
        "sys.stdout.write('ready'); sys.stdout.flush(); sys.stdin.read()"
    )
    child = subprocess.Popen([sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.read(5) == b"ready"
    assert open_unknowns(path) == []
    child.kill()
    child.wait(10)
    child.stdin.close()
    child.stdout.close()
    assert [record["id"] for record in open_unknowns(path)] == ["open"]
    mine = journal(path)
    mine.append("unknown", {"id": "open"}, durable=True)
    assert open_unknowns(path) == []


def said(path: Path) -> list[str]:
    return [problem.text for problem in verify(path).problems]


def written(path: Path, count: int = 4, **options: Any) -> Journal:
    book = journal(path, **options)
    for number in range(count):
        book.append("requested", {"id": str(number)}, durable=True)
    assert said(path) == []
    return book


def rewrite_last(path: Path) -> None:
    """Put another record in the place of the last, with a hash that fits."""
    *kept, last = path.read_text().splitlines()
    record = {**json.loads(last), "id": "another"}
    record["hash"] = digest(record)
    path.write_text("\n".join([*kept, canonical(record).decode()]) + "\n")


def cut_last(path: Path) -> None:
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))


def empty(path: Path) -> None:
    path.write_text("")


@pytest.mark.parametrize("change", [rewrite_last, cut_last, empty])
def test_an_end_that_was_cut_off_or_replaced_shows(path: Path, change: Callable[[Path], None]) -> None:
    written(path).close()
    last = lines(path)[-1]["hash"]
    change(path)
    assert said(path) == [f"its end was cut off or replaced: the last record {last[:12]}… is missing"]


def test_a_journal_that_was_removed_shows_by_its_lock(path: Path) -> None:
    written(path).close()
    last = lines(path)[-1]["hash"]
    path.unlink()
    assert said(path) == [f"was removed: its lock is there, and it is not, the last of its records {last[:12]}…"]


@pytest.mark.parametrize("change", [rewrite_last, cut_last, Path.unlink, empty])
@pytest.mark.parametrize("who", ["the same console", "the next one"])
def test_what_was_cut_under_a_console_stays_told_however_much_follows(
    path: Path, change: Callable[[Path], None], who: str
) -> None:
    book = written(path)
    last = lines(path)[-1]["hash"]
    change(path)
    if who == "the next one":
        book.close()
        book = journal(path)
    book.append("requested", {"id": "later"}, durable=True)
    book.append("requested", {"id": "and later"}, durable=True)
    assert f"follows records that were cut off or replaced, the last of them {last[:12]}…" in said(path)
    assert [record["id"] for record in show(path)][-2:] == ["later", "and later"]


def test_a_console_that_was_killed_before_it_could_vouch_for_its_record_is_no_tampering(path: Path) -> None:
    written(path).close()
    before = lock_of(path).read_bytes()
    journal(path).append("requested", {"id": "last"}, durable=True)
    lock_of(path).write_bytes(before)
    assert said(path) == []
    journal(path).append("requested", {"id": "next"}, durable=True)
    assert said(path) == []


def test_a_journal_of_a_version_that_vouched_for_nothing_goes_on(path: Path) -> None:
    written(path, 2).close()
    lock_of(path).write_bytes(b"")
    assert said(path) == []
    journal(path).append("requested", {"id": "next"}, durable=True)
    assert said(path) == []
    assert lock_of(path).read_text().strip() == lines(path)[-1]["hash"]


def test_rotation_is_no_cut(path: Path) -> None:
    book = written(path, 30, rotate_at=2000)
    assert len(segments(path)) > 3
    book.append("requested", {"id": "last"}, durable=True)
    journal(path, rotate_at=2000).append("requested", {"id": "another's"}, durable=True)
    assert said(path) == []


def sent_by(path: Path, **who: object) -> None:
    """A record without an ending, as another process wrote it."""
    book = journal(path)
    book._who.update(who)
    book.append("sent", {"id": "open", "verb": "transfer"}, durable=True)
    book.close()


def test_an_open_action_of_another_machine_is_told_and_never_closed_from_here(path: Path) -> None:
    sent_by(path, host="desk-9", boot="another", pid=os.getppid())
    assert open_unknowns(path) == []
    assert [record["host"] for record in open_elsewhere(path)] == ["desk-9"]


def test_a_machine_that_was_renamed_is_still_this_one(path: Path) -> None:
    sent_by(path, host="its-old-name", pid=2**22 + 1, began="1")
    assert open_elsewhere(path) == []
    assert [record["id"] for record in open_unknowns(path)] == ["open"]


def test_a_number_that_another_process_has_now_is_not_taken_for_the_console(path: Path) -> None:
    parent = os.getppid()
    began = process._began(parent)
    assert began
    sent_by(path, pid=parent, began=began)
    assert open_unknowns(path) == []
    # The same number, begun at another time, or before the machine was started again.
    sent_by(path, pid=parent, began=str(int(began) - 1))
    assert [record["id"] for record in open_unknowns(path)] == ["open"]
    sent_by(path, pid=parent, began=began, boot="00000000-0000-0000-0000-000000000000")
    assert [record["id"] for record in open_unknowns(path)] == ["open"]


def test_verify_tells_on_the_command_line_what_it_knows(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sent_by(path, host="desk-9\x1b[2J", boot="another")
    assert main(["audit", "verify", "--file", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "no ending yet, on desk-9·[2J, where alone it shows whether that console runs" in shown
    path.unlink()
    assert main(["audit", "verify", "--file", str(path)]) == 1
    shown = capsys.readouterr().out
    assert "audit.jsonl: was removed: its lock is there, and it is not" in shown
    assert "BROKEN in 1 place" in shown


def test_a_hash_that_was_kept_elsewhere_finds_a_cut_end(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(path).close()
    hashes = [record["hash"] for record in lines(path)]
    assert main(["audit", "show", "--file", str(path), "--last", "1"]) == 0
    assert capsys.readouterr().err == f"head {hashes[-1]}\n"

    def verified(head: str, code: int) -> str:
        assert main(["audit", "verify", "--file", str(path), "--head", head]) == code
        return capsys.readouterr().out

    assert f"{hashes[-1][:12]}… is in the chain (audit.jsonl:4), and 0 records follow it" in verified(hashes[-1], 0)
    assert "(audit.jsonl:2), and 2 records follow it" in verified(hashes[1][:12].upper(), 0)
    assert "and 4 records follow it" in verified("0" * 64, 0)
    # Who may write the journal may cut its end and write its lock anew: to itself it is whole.
    cut_last(path)
    lock_of(path).write_text(hashes[-2] + "\n")
    assert verify(path).ok
    missing = f"audit.jsonl: the record {hashes[-1][:12]}… that is known elsewhere is missing"
    assert missing in verified(hashes[-1], 1)
    path.unlink()
    lock_of(path).unlink()
    assert missing in verified(hashes[-1], 1)


def test_a_hash_of_a_part_that_was_moved_away_is_known_by_what_follows_it(path: Path) -> None:
    written(path, 30, rotate_at=2000).close()
    first = lines(segments(path)[0])
    segments(path)[0].unlink()
    report = verify(path, first[-1]["hash"])
    assert (report.ok, report.begins_later, report.after) == (True, True, report.records)
    assert not verify(path, first[0]["hash"]).ok


@pytest.mark.parametrize("head", ["", "12", "x" * 64, "0" * 65])
def test_what_is_no_hash_verifies_nothing(path: Path, head: str, capsys: pytest.CaptureFixture[str]) -> None:
    written(path).close()
    assert main(["audit", "verify", "--file", str(path), "--head", head]) == 2
    assert "--head: " in capsys.readouterr().err


def test_who_acted_is_also_what_the_system_says(path: Path) -> None:
    journal(path).append("requested", {"id": "1"}, durable=True)
    (record,) = lines(path)
    found = Path("/proc/self/loginuid")
    number = int(found.read_text()) if found.exists() else 2**32 - 1
    assert record["login"] == ("" if number == 2**32 - 1 else pwd.getpwuid(number).pw_name)
    assert record["user"] == pwd.getpwuid(os.getuid()).pw_name
