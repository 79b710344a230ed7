"""The console and its terminal: what ends it, what is left behind, and what a bad line does to the keys."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.terminal.term import Terminal

pytestmark = pytest.mark.pty

SEEN = [sys.executable, "-m", "tests.terminal.pty_app"]


@contextmanager
def console(
    *arguments: str, env: dict[str, str] | None = None, controlling: bool = True, rows: int = 24
) -> Iterator[Terminal]:
    with Terminal([*SEEN, *arguments], 80, rows, env, controlling=controlling) as terminal:
        terminal.wait_for("keys ready.")
        yield terminal


def keys(terminal: Terminal) -> list[str]:
    line = next(line for line in terminal.screen() if line.startswith("keys "))
    return line[5:].rstrip(".").split()[1:]


def assert_restored(terminal: Terminal) -> None:
    assert terminal.modes - {"7"} == {"25"}, "only the cursor and wrapping are on"
    assert "7" in terminal.modes
    assert terminal.attributes() == terminal.attributes_before
    assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129), (signal.SIGQUIT, 131)]
)
def test_a_signal_ends_it_and_leaves_a_usable_terminal(number: int, code: int) -> None:
    with console() as terminal:
        assert {"1049", "1004", "2004", "kitty"} <= terminal.modes
        assert terminal.cursor_hidden
        assert terminal.attributes() != terminal.attributes_before
        terminal.signal(number)
        assert terminal.wait_exit(2.0) == code
        assert_restored(terminal)


def test_a_program_that_hangs_is_ended_in_time_and_restores_the_terminal() -> None:
    with console("hang") as terminal:
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit(2.0) == 143
        assert_restored(terminal)


def test_quitting_by_key_restores_the_terminal() -> None:
    with console() as terminal:
        terminal.send(b"q")
        assert terminal.wait_exit(3.0) == 0
        assert_restored(terminal)


def test_a_crash_restores_the_terminal_and_shows_its_message_after() -> None:
    with console("crash") as terminal:
        terminal.send(b"k")
        assert terminal.wait_exit(5.0) == 1
        assert "1049" not in terminal.modes
        assert terminal.attributes() == terminal.attributes_before
        assert terminal.raw.rfind(b"crashed on purpose") > terminal.raw.rfind(b"\x1b[?1049l")


def test_a_crash_before_the_console_restores_the_terminal() -> None:
    with Terminal([*SEEN, "crash-early"]) as terminal:
        assert terminal.wait_exit(5.0) == 1
        assert "1049" not in terminal.modes
        assert terminal.attributes() == terminal.attributes_before


@pytest.mark.parametrize("controlling", [True, False], ids=["with SIGHUP", "without a signal"])
def test_it_ends_when_its_terminal_is_gone(controlling: bool) -> None:
    with console(controlling=controlling) as terminal:
        terminal.hangup()
        assert terminal.wait_exit(2.0) == 129


def test_it_ends_when_its_terminal_goes_away_in_the_middle_of_a_frame() -> None:
    with console("flood", controlling=False, rows=60) as terminal:
        terminal.hangup()
        assert terminal.wait_exit(2.0) == 129


def test_it_ends_in_time_on_a_terminal_that_takes_no_output() -> None:
    with console("flood", rows=60) as terminal:
        stuck(terminal)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit(2.0, reading=False) == 143
        while terminal.pump(0.05):
            continue
        assert terminal.attributes() == terminal.attributes_before
        assert "1049" not in terminal.modes
        assert "25" in terminal.modes


def stuck(terminal: Terminal) -> None:
    """Let a second pass in which the terminal takes no output, as after Ctrl-S; that second is what is tested."""
    with pytest.raises(subprocess.TimeoutExpired):
        terminal.process.wait(1.0)


@pytest.mark.parametrize("layer", ["stock", "diff"])
def test_a_stopped_terminal_catches_up_with_the_newest_frame(layer: str) -> None:
    with console("flood", layer, rows=60) as terminal:
        terminal.wait_for("turn ")
        before = terminal.memory()
        stuck(terminal)
        assert terminal.memory() - before < 20
        size = len(terminal.raw)
        # Stock frames are so long that an emulator on a busy machine is always in the middle of one.
        terminal.wait(lambda screen: turn(screen, whole=layer == "diff") > 60, 30.0)
        # What waited was dropped, not queued: the way to a whole new frame is short.
        assert len(terminal.raw) - size < 2_000_000
        terminal.send(b"x")
        terminal.wait(lambda screen: any(line == "keys ready x." for line in screen))


def turn(screen: list[str], whole: bool) -> int:
    """The turn shown; with `whole` only if the rest of the screen belongs to one frame and not to several."""
    numbers = [line.split()[1] for line in screen if line.startswith("turn ") and line.endswith(" end")]
    one = len({line for line in screen if len(line) == 80}) == 1
    return int(numbers[0]) if numbers and (one or not whole) else 0


def test_a_storm_of_resizes_ends_at_the_last_size() -> None:
    with console() as terminal:
        for step in range(100):
            terminal.resize(60 + step, 10 + step % 30)
            terminal.pass_time(0.005)
        for columns, rows in [(1, 1), (0, 0), (20, 5), (500, 200)]:
            terminal.resize(columns, rows)
            terminal.pass_time(0.05)
        terminal.resize(100, 30)
        terminal.wait_for("size 100x30")
        terminal.send(b"x")
        terminal.wait_for("keys ready x.")


def test_split_sequences_and_late_answers_press_nothing() -> None:
    answers = [b"\x1b]11;rgb:1e1e/2e2e/3e3e\x1b\\", b"\x1b[24;80R", b"\x1b[?62;22c", b"\x1bP>|xterm(380)\x1b\\"]
    with console(env={"SSH_TTY": "/dev/pts/9"}) as terminal:
        for number, answer in enumerate([*answers, b"\x1b[99~", b"\x1b[?2048;0$y"]):
            for index in range(len(answer)):
                terminal.send(answer[index : index + 1])
                terminal.pass_time(0.2 if index < 3 and number < 2 else 0.005)
        for byte in b"\x1b[A":
            terminal.send(bytes([byte]))
            terminal.pass_time(0.2)
        terminal.send(b"j")
        terminal.wait_for("keys ready up j.")


def test_the_tail_of_a_sequence_that_took_too_long_presses_nothing() -> None:
    with console() as terminal:
        terminal.send(b"\x1b")
        terminal.wait_for("keys ready escape.")
        terminal.send(b"[1;5A")
        terminal.send(b"j")
        terminal.wait_for("keys ready escape j.")
        terminal.send(b"\x1b[2")
        terminal.pass_time(0.3)
        terminal.send(b"4~j")
        terminal.wait_for("keys ready escape j j.")


def test_reports_that_nobody_asked_for_and_sizes_of_no_screen_do_nothing() -> None:
    """What a terminal says whose modes a dead program left on."""
    with console() as terminal:
        assert [mode for mode in (b"1003", b"2004", b"2048") if b"\x1b[?" + mode + b"l" not in terminal.raw] == []
        for report in (
            b"\x1b[48;0;0;0;0t\x1b[<35;10;5M",
            b"\x1b[48;24;80;384;640t\x1b[<35;10;5M\x1b[<0;10;5M\x1b[<0;10;5m",
            b"\x9b48;50;160;0;0t\x9b<35;10;5M",
            b"\x1b[<35;0;0M\x1b[<35;9999;9999M\x1b[<0;500;400M",
            b"\x1b[?2048;1$y\x1b[?1016;1$y",
            b"\x1b[I\x1b[O\x1b[I",
        ):
            terminal.send(report)
            terminal.pass_time(0.1)
        for columns, rows in [(0, 0), (65_535, 65_535), (80, 0)]:
            terminal.resize(columns, rows)
            terminal.pass_time(0.1)
        terminal.resize(80, 24)
        terminal.send(b"j")
        terminal.wait_for("keys ready j.")
        terminal.wait_for("size 80x24")


def test_alt_and_a_letter_is_not_the_letter() -> None:
    with console() as terminal:
        terminal.send(b"\x1bx\x1b+\x1b\rj")
        terminal.wait_for("keys ready alt+x alt+plus alt+enter j.")


def test_a_megabyte_pasted_presses_nothing() -> None:
    with console() as terminal:
        before = terminal.memory()
        terminal.send(b"\x1b[200~" + b"qxt\r" * 262_144 + b"\x1b[201~")
        terminal.wait(lambda screen: not any("pasted 0" in line for line in screen))
        terminal.pass_time(0.5)
        terminal.send(b"j")
        terminal.wait_for("keys ready j.")
        assert terminal.memory() - before < 20
        terminal.send(b"qxt\r" * 65_536)
        terminal.pass_time(0.5)
        terminal.send(b"j")
        terminal.wait_for("keys ready j j.")


def test_ctrl_z_gives_the_terminal_to_the_shell_and_back() -> None:
    with console() as terminal:
        terminal.send(b"\x1a")
        terminal.wait(lambda _screen: terminal.stopped())
        while terminal.pump(0.05):
            continue
        assert_restored(terminal)
        terminal.signal(signal.SIGCONT)
        terminal.wait_for("keys ready ctrl+z.")
        assert {"1049", "2004"} <= terminal.modes
        terminal.pass_time(0.6)
        terminal.send(b"j")
        terminal.wait_for("keys ready ctrl+z j.")


def test_stopped_without_warning_it_draws_everything_again() -> None:
    with console() as terminal:
        terminal.signal(signal.SIGSTOP)
        terminal.wait(lambda _screen: terminal.stopped())
        terminal.raw = b""
        terminal.signal(signal.SIGCONT)
        terminal.wait_raw(lambda raw: b"\x1b[?1049h" in raw and b"ready" in raw.rpartition(b"\x1b[?1049h")[2])
        terminal.pass_time(0.6)
        terminal.send(b"j")
        terminal.wait_for("keys ready j.")


def test_the_first_frame_is_replaced_without_clearing_the_screen() -> None:
    with console() as terminal:
        assert terminal.raw.count(b"\x1b[?1049h") == 1
        assert terminal.raw.index(b"connecting") < 400
