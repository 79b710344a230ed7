"""Standard streams that are closed, full or read by nobody: a sentence where one is left, the right exit code, and no
other file is written to because it got the number of a stream."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FAULTS = {
    "stdin closed": "<&-",
    "stdout closed": ">&-",
    "stderr closed": "2>&-",
    "stdin and stdout closed": "<&- >&-",
    "all closed": "<&- >&- 2>&-",
    "stdout full": "> /dev/full",
    "stderr full": "2> /dev/full",
    "both full": "> /dev/full 2>&1",
}
COMMANDS = {
    "--version": 0,
    "--help": 0,
    "do --help": 0,
    "keys --defaults": 0,
    "themes": 0,
    "config path": 0,
    "config schema": 0,
    "--config @ config show": 0,
    "--config @ check": 3,
    "--config @ snapshot --json": 3,
    "--config @ do hangup nowhere/call/1": 2,
    "audit verify": 0,
    "audit show": 0,
    "--config new.toml init": 0,
    "demo": 5,
    "--config @ run": 5,
    "sim --port x": 2,
}
"""Each with what it ends with where nothing is wrong with its streams. No server answers."""


def started(tmp_path: Path, command: str, fault: str) -> subprocess.Popen[bytes]:
    config = tmp_path / "config.toml"
    if not config.exists():
        config.write_text(
            '[[source]]\nname = "hq"\nvendor = "ringme"\nurl = "http://127.0.0.1:9/api/ver1.0"\n'
            'auth = { kind = "none" }\nqueues = ["1"]\nphones = ["201"]\n'
        )
    words = command.replace("@", str(config)).replace("new.toml", str(tmp_path / f"{abs(hash(fault))}" / "new.toml"))
    return subprocess.Popen(
        ["/bin/sh", "-c", f'exec "$0" -m wallboard {words} {fault}', sys.executable],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_fails_on_a_closed_or_full_stream(tmp_path: Path, command: str) -> None:
    usual = COMMANDS[command]
    faults = FAULTS if command in ("--version", "themes") else dict(list(FAULTS.items())[4:6])
    running = {fault: started(tmp_path, command, redirection) for fault, redirection in faults.items()}
    for fault, process in running.items():
        out, err = process.communicate(timeout=60)
        told = err.decode()
        assert "Traceback" not in told + out.decode(), fault
        assert "Exception ignored" not in told, fault
        unwritten = ("stdout" in fault or "all" in fault or "both" in fault) and usual not in (2, 5)
        if command.startswith("audit") or " do " in command:
            unwritten = False  # there is nothing that they would print
        if not unwritten:
            assert process.returncode == usual, (fault, told)
            continue
        assert process.returncode == (usual or 1), (fault, told)
        if "stdout" in fault:
            why = "it is closed" if "closed" in fault else "No space left on device"
            assert f"standard output cannot be written: {why}" in told, fault
            assert told.count("standard output") == 1


def test_a_reader_that_goes_away_hides_no_fault(tmp_path: Path) -> None:
    process = started(tmp_path, "--config @ snapshot --json", "")
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    told = process.communicate(timeout=60)[1].decode()
    assert (process.returncode, told) == (3, "wallboard: no source was reached; `wallboard check` says why\n")


def test_no_file_gets_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    """What commands write lies in files of their own: nothing that was meant for a person or a pipe is in them."""
    for redirection in ("<&- >&- 2>&-", ">&-"):
        process = started(tmp_path, "--config @ snapshot --json", redirection)
        process.communicate(timeout=60)
        assert process.returncode == 3
    written = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".toml"}
    assert written, "a log at least"
    for path, text in written.items():
        assert "schema" not in text, path
        assert "wallboard: no source was reached" not in text, path
        assert "standard output" not in text, path
