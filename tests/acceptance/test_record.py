"""`wallboard record` as a process: what it leaves behind, however it ends."""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import Popen
from time import monotonic, sleep

import pytest

from tests.acceptance.scene import BO
from tests.acceptance.site import Site, simulated
from wallboard.domain.models import Member
from wallboard.domain.update import Update
from wallboard.recording.tape import Damage, Line, Tape


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with simulated(tmp_path) as made:
        yield made


def readable(file: Path) -> list[Line]:
    lines: list[Line] = []
    with suppress(Damage):
        for line in Tape(file).words():
            lines.append(line)
    return lines


def numbers(file: Path) -> set[str]:
    rows = (row for line in readable(file) if isinstance(line.word, Update) for row in line.word.rows)
    return {str(row.number) for row in rows if isinstance(row, Member)}


def until(process: Popen[str], condition: Callable[[], object]) -> None:
    """Wait for what the process does to its file; it is ended when it takes too long."""
    began = monotonic()
    while not condition():
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert monotonic() - began < 60
        sleep(0.05)


def has_callers(file: Path) -> Callable[[], object]:
    return lambda: file.exists() and file.stat().st_size > 200 and numbers(file)


def test_a_recording_that_is_ended_is_whole_private_and_without_numbers(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "shift.gz"
    with site.running("record", str(file)) as process:
        until(process, has_callers(file))
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 143
        assert process.stderr is not None
        said = process.stderr.read()
        assert process.stdout is not None
        assert process.stdout.read() == ""
    tape = Tape(file)
    assert tape.damage is None
    assert numbers(file) == {f"…{BO[-3:]}", "…777"}
    assert file.stat().st_mode & 0o777 == 0o600
    assert f"recording 5 sources into {file} (numbers are masked)" in said
    assert f"{len(readable(file))} words are in {file}" in said
    # What is said stands there, and nothing else was written.
    assert not list(site.config.parent.glob("home/state/wallboard/a*"))
    assert not list(site.config.parent.glob("home/state/wallboard/h*"))


def test_one_that_is_killed_can_be_read_up_to_there(site: Site, tmp_path: Path) -> None:
    site.config.write_text(site.config.read_text() + '\n[privacy]\nmask = ["wall"]\n')
    file = tmp_path / "shift.gz"
    with site.running("record", str(file)) as process:
        until(process, has_callers(file))
        before = len(readable(file))
        until(process, lambda: len(readable(file)) > before + 5)
        process.kill()
        process.wait(20)
    assert numbers(file) == {BO, "+493023125777"}
    damage = Tape(file).damage
    assert damage is not None
    assert damage.cut


def test_it_ends_by_itself(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "shift.gz"
    with site.running("record", str(file), "--for", "0.03") as process:
        assert process.wait(60) == 0
    tape = Tape(file)
    assert tape.damage is None
    assert tape.end - tape.start < 5


def test_a_full_disk_is_said(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "shift.gz"

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))

    with site.running("record", str(file), limit=limit) as process:
        assert process.wait(60) == 1
        assert process.stderr is not None
        assert f"{file} cannot be written any more: File too large" in process.stderr.read()
    assert file.stat().st_size <= 4000
    assert readable(file)


def test_a_file_that_is_there_stays_as_it_is(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "shift.gz"
    file.write_text("mine")
    with site.running("record", str(file)) as process:
        assert process.wait(60) == 2
        assert process.stderr is not None
        assert "there is a file already, and it stays as it is; name a new one" in process.stderr.read()
    assert file.read_text() == "mine"


def test_nobody_reached_is_3(site: Site, tmp_path: Path) -> None:
    text = site.config.read_text()
    port = text.partition("http://127.0.0.1:")[2].partition("/")[0]
    # The discard port: nobody listens there.
    site.config.write_text(text.replace(f"127.0.0.1:{port}", "127.0.0.1:9"))
    with site.running("record", str(tmp_path / "shift.gz")) as process:
        assert process.wait(60) == 3
        assert process.stderr is not None
        assert "no source was reached" in process.stderr.read()
