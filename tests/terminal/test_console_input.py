"""What a bad line, a clipboard or a heavy hand sends to the whole program: no verb runs by accident."""

from __future__ import annotations

import os
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terminal.stage import (
    PATIENCE,
    Site,
    assert_restored,
    has,
    leave,
    open_board,
    press,
    quit_console,
    target,
    to_a_call_of_hq,
)
from tests.terminal.term import Terminal
from wallboard.ui.terminal.guard import PAUSE_SECONDS
from wallboard.ui.terminal.sequences import QUESTIONS

pytestmark = pytest.mark.pty

SEQUENCES = (b"\x1b[A", b"\x1b[B", b"\x1bOA", b"\x1b[5~", b"\x1b[1;2A", b"\x1b[99~", b"\x1b[120;5u")
"""Moves, a page, and keys that mean nothing here. Their tails spell verbs: `A` acknowledges, `u` picks up."""

PAUSE = 2 * PAUSE_SECONDS
"""A paste is over when it is quiet."""


@contextmanager
def on_a_call(folder: Path, env: dict[str, str] | None = None) -> Iterator[tuple[Site, Terminal]]:
    """The console with its cursor on a call that can be listened to."""
    with Site(folder) as site, site.console(env=env) as terminal:
        open_board(terminal)
        to_calls(terminal)
        yield site, terminal
        assert terminal.process.poll() is None
        quit_console(terminal)


def to_calls(terminal: Terminal) -> None:
    """To Calls by way of Members: once there, everything typed before has been worked off."""
    was = target(terminal.screen())
    terminal.send(b"2")
    terminal.wait(lambda screen: "waits" in target(screen) or target(screen) != was, PATIENCE)
    to_a_call_of_hq(terminal)


def assert_untouched(site: Site, terminal: Terminal) -> None:
    """Nothing was asked of the vendor, and no question stands."""
    screen = terminal.screen()
    assert site.actions() == []
    assert not any(line.startswith("─ ") for line in screen), "\n".join(screen)
    assert has(screen, "1 Queues")
    assert has(screen, "4 Calls")


@pytest.mark.parametrize("env", [{}, {"SSH_TTY": "/dev/pts/9"}], ids=["local", "over ssh"])
def test_a_split_sequence_is_its_key_or_nothing(tmp_path: Path, env: dict[str, str]) -> None:
    with on_a_call(tmp_path, env) as (site, terminal):
        for number, sequence in enumerate(SEQUENCES):
            for cut in range(1, len(sequence)):
                terminal.send(sequence[:cut])
                terminal.pass_time((0.02, 0.15, 0.3)[(number + cut) % 3])
                terminal.send(sequence[cut:])
                terminal.pass_time(0.02)
        for byte in SEQUENCES[4]:
            terminal.send(bytes([byte]))
            terminal.pass_time(0.12)
        assert_untouched(site, terminal)
        to_calls(terminal)
        assert_untouched(site, terminal)


def test_pastes_bursts_and_alt_keys_run_no_verb(tmp_path: Path) -> None:
    with on_a_call(tmp_path) as (site, terminal):
        before = terminal.memory()
        terminal.send(b"\x1b[200~" + b"exy\r" * 262_144 + b"\x1b[201~")
        terminal.wait_for("dropped: pasted?", PATIENCE)
        terminal.pass_time(PAUSE)
        to_calls(terminal)
        assert_untouched(site, terminal)
        terminal.send(b"exy\r" * 16_384)
        terminal.pass_time(PAUSE)
        to_calls(terminal)
        assert_untouched(site, terminal)
        assert terminal.memory() - before < 40

        for burst in (b"eeeeee", b"xyxyxy", b"pppyyy", b"AyAyAy", b"ewbHpu"):
            terminal.send(burst)
            terminal.pass_time(PAUSE)
            assert_untouched(site, terminal)
        for letter in b"ewbtTHpuxcioLnAQq+-":
            terminal.send(b"\x1b" + bytes([letter]))
            terminal.pass_time(0.02)
        to_calls(terminal)
        assert_untouched(site, terminal)

        # Into a field a paste does go, and no further than the field.
        press(terminal, b"/", "filter")
        terminal.send(b"\x1b[200~gustavo\x1b[201~")
        terminal.wait_for('"gustavo"', PATIENCE)
        leave(terminal, b"\x1b", '"gustavo"')
        assert_untouched(site, terminal)


def test_a_held_verb_key_asks_the_vendor_once(tmp_path: Path) -> None:
    with on_a_call(tmp_path) as (site, terminal):
        terminal.send(b"e")
        terminal.pass_time(0.5)
        for _ in range(25):
            terminal.send(b"e")
            terminal.pass_time(0.033)
        terminal.wait(lambda _screen: site.actions(), PATIENCE)
        to_calls(terminal)
        assert len(site.actions()) == 1
        # A verb that asks: held down, it opens its question and answers it with no, or leaves it; it is never done.
        terminal.send(b"x")
        terminal.pass_time(0.5)
        for _ in range(25):
            terminal.send(b"x")
            terminal.pass_time(0.033)
        terminal.pass_time(0.5)
        assert len(site.actions()) == 1
        if has(terminal.screen(), "HANG UP"):
            leave(terminal, b"\x1b", "HANG UP")


def test_a_row_that_a_stopped_terminal_has_not_shown_is_not_hit(tmp_path: Path) -> None:
    with on_a_call(tmp_path) as (site, terminal):
        was = target(terminal.screen())
        line = os.open(f"/proc/{terminal.process.pid}/fd/1", os.O_RDWR | os.O_NOCTTY)
        try:
            termios.tcflow(line, termios.TCOOFF)
            terminal.send(b"\x1b[B")
            terminal.pass_time(1.5)
            terminal.send(b"e")
            terminal.pass_time(1.5)
            assert target(terminal.screen()) == was
            assert site.actions() == []
            terminal.send(b"x")
            terminal.pass_time(1.5)
            terminal.send(b"y")
            terminal.pass_time(1.5)
            termios.tcflow(line, termios.TCOON)
        finally:
            os.close(line)
        terminal.wait(lambda screen: target(screen) not in ("", was), PATIENCE)
        assert site.actions() == []
        assert_untouched(site, terminal)


def test_a_row_that_waits_somewhere_in_the_network_is_not_hit(tmp_path: Path) -> None:
    """The system takes every byte at once, as over ssh, and the terminal shows nothing for a while."""
    answers = frozenset(str(number) for number in QUESTIONS)
    with Site(tmp_path) as site, site.console(answers=answers) as terminal:
        open_board(terminal)
        to_calls(terminal)
        terminal.frozen = True
        terminal.send(b"\x1b[B")
        terminal.pass_time(1.5)
        terminal.send(b"e")
        terminal.pass_time(1.5)
        assert site.actions() == []
        terminal.frozen = False
        terminal.wait_for("the terminal has not shown this row yet", PATIENCE)
        terminal.pass_time(1.5)
        to_calls(terminal)
        terminal.send(b"e")
        terminal.wait(lambda _screen: site.actions(), PATIENCE)
        quit_console(terminal)


@pytest.mark.parametrize("attempt", range(3))
def test_a_key_pressed_as_soon_as_there_is_something_to_see_is_heard(tmp_path: Path, attempt: int) -> None:
    with Site(tmp_path) as site, site.console() as terminal:
        terminal.send(b"exA")  # too early: for what was there before
        terminal.wait_for("1 Queues", PATIENCE)
        terminal.pass_time(0.1 * attempt)
        press(terminal, b"?", "ALL KEYS")
        assert site.actions() == []
        leave(terminal, b"\x1b", "ALL KEYS")
        quit_console(terminal)


def test_a_terminal_that_tells_when_a_key_is_let_go_types_nothing_of_it_to_the_shell(tmp_path: Path) -> None:
    """The kitty keyboard protocol: text stays text, and the end of each key is a sequence of its own."""
    with Site(tmp_path) as site, site.console() as terminal:
        open_board(terminal)
        to_calls(terminal)
        terminal.send(b"j\x1b[106;1:3u")
        terminal.pass_time(0.5)
        to_calls(terminal)
        terminal.send(b"e")
        terminal.wait(lambda _screen: site.actions(), PATIENCE)
        terminal.pass_time(2.0)  # longer than silence would take to stand for its end
        terminal.send(b"e")
        terminal.pass_time(1.0)
        assert len(site.actions()) == 1
        terminal.send(b"\x1b[101;1:3u")
        press(terminal, b"q\x1b[113;1:3u", "Quit?")
        terminal.send(b"y")
        terminal.wait_raw(lambda raw: raw.endswith(b"\x1b[<u\x1b[5n"), PATIENCE)
        assert terminal.process.poll() is None, "what the key's end is sent as is awaited"
        terminal.send(b"\x1b[121;1:3u\x1b[0n")
        assert terminal.wait_exit(PATIENCE) == 0
        assert_restored(terminal)
