"""Keys that come to their turn late: held back by the journal, or typed while the console was stopped."""

from __future__ import annotations

import fcntl
import os
import signal
from pathlib import Path

import pytest

from tests.terminal.stage import PATIENCE, Site, clock, leave, open_board, press, quit_console, to_a_call_of_hq
from tests.terminal.test_console_signals import phases

pytestmark = pytest.mark.pty


def test_a_listen_that_waits_for_the_journal_says_so_and_esc_takes_it_back(tmp_path: Path, home: Path) -> None:
    with Site(tmp_path) as site, site.console() as terminal:
        open_board(terminal)
        to_a_call_of_hq(terminal)
        (log,) = home.rglob("wallboard.log")
        lock = os.open(log.with_name("audit.jsonl.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        press(terminal, b"e", "waits for the journal, Esc cancels")
        press(terminal, b"\x1b", "cancelled, nothing was sent")
        os.close(lock)
        assert site.actions() == []
        quit_console(terminal)


def test_a_key_typed_while_the_console_was_stopped_does_nothing(tmp_path: Path) -> None:
    with Site(tmp_path) as site, site.console() as terminal:
        open_board(terminal)
        to_a_call_of_hq(terminal)
        terminal.signal(signal.SIGSTOP)
        before = clock(terminal.screen())
        terminal.send(b"e")
        terminal.pass_time(6.5)
        terminal.signal(signal.SIGCONT)
        terminal.wait(lambda screen: clock(screen) not in ("", before), PATIENCE)
        terminal.pass_time(1.0)
        press(terminal, b"?", "ALL KEYS")
        leave(terminal, b"\x1b", "ALL KEYS")
        assert site.actions() == []
        quit_console(terminal)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["TERM", "HUP"])
def test_a_console_that_is_told_to_end_leaves_unknown_and_not_silence(
    tmp_path: Path, home: Path, number: int, code: int
) -> None:
    with Site(tmp_path) as site, site.console() as terminal:
        open_board(terminal)
        to_a_call_of_hq(terminal)
        fault = site.sim.faults.set("*/current_calls/*", "hang", method="PUT")
        terminal.send(b"e")
        terminal.wait(lambda _screen: fault.hits == 1, PATIENCE)
        terminal.signal(number)
        assert terminal.wait_exit(PATIENCE) == code
    assert phases(home) == ["requested", "sent", "unknown"]
