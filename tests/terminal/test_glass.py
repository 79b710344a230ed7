"""The terminal of the console: as it was found, as somebody else left it, shared with a shell, and given back."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyte
import pytest

from tests.terminal.stage import (
    PATIENCE,
    assert_restored,
    has,
    leave,
    live,
    open_board,
    plain,
    press,
    quit_console,
    wallboard,
)
from tests.terminal.term import Terminal

pytestmark = pytest.mark.pty

FIRST_FRAME = (
    "import time\n"
    "from wallboard.ui.terminal import splash\n"
    "splash.show('north', 'connecting', ascii_only=False, colour=True)\n"
    # Not one long sleep: a signal that comes just before it begins would be seen only after it.
    "while True: time.sleep(0.05)\n"
)
MODES = {"1049", "1000", "1006", "1004", "2004", "kitty"}
DEMO = wallboard("demo", "--speed", "0.001")


def scribble(terminal: Terminal) -> None:
    """What `wall`, a stray error or a new emulator do to a screen: nobody tells the program."""
    for line in range(1, 51, 3):
        terminal.show(f"\x1b[{line}H\x1b[7mBroadcast message: the disk is full \x1b[0m")
    terminal.modes = {"25", "7"}


def whole(screen: list[str]) -> bool:
    return live(screen) and not has(screen, "Broadcast")


def test_ctrl_l_and_every_return_of_the_focus_draw_all_again_and_set_all_modes() -> None:
    with Terminal(DEMO, 160, 50) as terminal:
        open_board(terminal)
        terminal.wait(lambda _screen: terminal.modes >= MODES, PATIENCE)
        for asked in (b"\x0c", b"\x1b[O\x1b[I"):
            scribble(terminal)
            assert has(terminal.screen(), "Broadcast")
            terminal.send(asked)
            terminal.wait(whole, PATIENCE)
            assert terminal.modes >= MODES - ({"1004"} if asked != b"\x0c" else set())
            terminal.modes |= MODES
        terminal.pass_time(1.2)  # who comes back and types on typed for another window
        # Where something is asked it must be read whole to be answered.
        press(terminal, b"q", "Quit?")
        terminal.pass_time(0.8)  # the same key sooner than this may be held
        scribble(terminal)
        terminal.send(b"\x0c")
        terminal.wait(lambda screen: whole(screen) and has(screen, "Quit?"), PATIENCE)
        terminal.send(b"y")
        assert terminal.wait_exit(PATIENCE) == 0
        assert_restored(terminal)


def test_no_move_of_the_pointer_is_asked_for() -> None:
    with Terminal(DEMO, 80, 24) as terminal:
        terminal.wait(lambda _screen: terminal.modes >= MODES, PATIENCE)
        assert not re.search(rb"\x1b\[\?(1003|1002)h", terminal.raw)


# As it was found


@pytest.mark.parametrize(
    "left",
    [
        b"\x1b(0", b"\x1b)0\x0e", b"\x1b[4h", b"\x1b[5;10r", b"\x1b[5;10r\x1b[?6h", b"\x1b[7;4;31m", b"\x1b[?5h",
        b"\x1b[20h", b"\x1b[?7l\x1b[10;70H", b"\x1b[1;2H",
    ],
    ids=["lines in G0", "lines in G1", "insert", "margins", "origin", "colours", "reversed", "newline", "no wrap", "-"],
)  # fmt: skip
def test_what_a_dead_program_left_on_does_not_show(left: bytes) -> None:
    with Terminal([sys.executable, "-c", FIRST_FRAME]) as terminal:
        terminal.wait_for("connecting", PATIENCE)
        screens = []
        for before in (left, b""):
            screen = pyte.Screen(80, 24)
            stream = pyte.Stream(screen)
            stream.use_utf8 = False
            # Of these pyte knows nothing, and would print what stands in them.
            data = re.sub(rb"\x1b\[[<>=][^a-z]*[a-z]|\x1b[ -'].", b"", before + terminal.raw)
            stream.feed(data.decode())
            screens.append((screen.display, screen.buffer[0][1], screen.buffer[2][5], screen.mode - {7 << 5}))
        assert screens[0] == screens[1]
        for mode in (b"?69l", b"?1003l", b"?1006l", b"?2004l", b"?2048l", b"?1l", b"?1004l"):
            assert terminal.raw.index(b"\x1b[" + mode) < terminal.raw.index(b"connecting")
        assert terminal.raw.index(b"\x1b>") < terminal.raw.index(b"connecting")


def test_without_a_second_screen_no_name_stays_when_it_ends() -> None:
    with Terminal(DEMO, 160, 50) as terminal:
        open_board(terminal)
        screen = pyte.HistoryScreen(160, 50, history=1000)
        stream = pyte.Stream(screen, strict=False)
        stream.feed("$ wallboard\r\n")
        quit_console(terminal)
        stream.feed(re.sub(rb"\x1b\[\?[\d;]*[hl]|\x1b\[[<>=][^a-z]*[a-z]|\x1b[ -'].", b"", terminal.raw).decode())
        assert not "".join(screen.display).strip()
        assert not screen.history.top
        assert b"\x1b[2J" not in terminal.raw[-400:], "tmux and others keep what that erases"


# Shared with a shell


@pytest.mark.parametrize(
    ("number", "early"),
    [
        *((number, True) for number in ("QUIT", "HUP", "USR1", "USR2", "ABRT", "ALRM", "RTMIN")),
        *((number, False) for number in ("USR1", "ABRT", "RTMIN")),
    ],
)
def test_whatever_signal_ends_it_the_terminal_is_given_back(number: str, early: bool) -> None:
    command = [sys.executable, "-c", FIRST_FRAME] if early else [sys.executable, "-m", "tests.terminal.pty_app"]
    sent = signal.Signals[f"SIG{number}"]
    with Terminal(command) as terminal:
        terminal.wait_for("connecting" if early else "keys ready.", PATIENCE)
        terminal.signal(sent)
        assert terminal.wait_exit(PATIENCE) == 128 + sent
        assert_restored(terminal)


def test_ctrl_backslash_in_the_first_frame_gives_the_terminal_back() -> None:
    with Terminal([sys.executable, "-c", FIRST_FRAME]) as terminal:
        terminal.wait_for("connecting", PATIENCE)
        terminal.send(b"\x1c")
        assert terminal.wait_exit(PATIENCE) == 128 + signal.SIGQUIT
        assert_restored(terminal)


@contextmanager
def under_a_shell(folder: Path, program: str) -> Iterator[tuple[Terminal, Callable[[int], None]]]:
    """A program as the job of an interactive shell, and what sends it a signal."""
    path, number = folder / "program.py", folder / "pid"
    path.write_text(f"import os\nopen({str(number)!r}, 'w').write(str(os.getpid()))\n{program}")
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed: stopping the console under a shell was NOT tested")
    with Terminal(["bash", "--norc", "--noprofile", "-i"], 160, 50, {"PS1": "shell> "}) as terminal:
        terminal.wait_for("shell>", PATIENCE)
        terminal.send(f"{sys.executable} {path}\n".encode())
        try:
            yield terminal, lambda sent: os.kill(int(number.read_text()), sent)
        finally:
            with suppress(FileNotFoundError, ProcessLookupError):
                os.kill(int(number.read_text()), signal.SIGKILL)


def assert_the_shells(terminal: Terminal) -> None:
    """The terminal is as a shell expects it, and takes its commands; the program is one of its stopped jobs."""
    terminal.wait(lambda _screen: "1049" not in terminal.modes, PATIENCE)

    def stopped(screen: list[str]) -> bool:
        terminal.send(b"clear; jobs; echo $((6 * 7))\n")
        terminal.pass_time(0.2)
        return has(screen, "Stopped") and has(screen, "42")

    terminal.wait(stopped, PATIENCE)
    assert terminal.modes - {"7", "2004"} == {"25"}, "the shell itself marks pastes"


@pytest.mark.parametrize("stopped_by", [None, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU])
def test_stopped_in_the_first_frame_it_gives_the_terminal_to_the_shell_and_comes_back(
    tmp_path: Path, stopped_by: signal.Signals | None
) -> None:
    with under_a_shell(tmp_path, FIRST_FRAME) as (terminal, kill):
        terminal.wait_for("connecting", PATIENCE)
        if stopped_by is None:
            terminal.send(b"\x1a")
        else:
            kill(stopped_by)
        assert_the_shells(terminal)
        terminal.send(b"bg\n")
        assert_the_shells(terminal)
        terminal.send(b"fg\n")
        terminal.wait_for("north  connecting", PATIENCE)
        assert "1049" in terminal.modes
        terminal.send(b"\x03")
        terminal.wait_for("shell>", PATIENCE)
        assert "1049" not in terminal.modes


@pytest.mark.parametrize("stopped_by", ["ctrl-z", "TSTP", "STOP, then bg"])
def test_the_console_is_suspended_and_comes_back_whole(tmp_path: Path, stopped_by: str) -> None:
    console = "from wallboard.cli.start import entry\nimport sys\nsys.argv[1:] = ['demo']\nsys.exit(entry())\n"
    with under_a_shell(tmp_path, console) as (terminal, kill):
        open_board(terminal)
        if stopped_by == "ctrl-z":
            terminal.send(b"\x1a")
            assert_the_shells(terminal)
        elif stopped_by == "TSTP":
            kill(signal.SIGTSTP)
            assert_the_shells(terminal)
        else:
            # Nothing hears of SIGSTOP; in the background at the latest the screen is the shell's.
            kill(signal.SIGSTOP)
            terminal.wait_for("shell>", PATIENCE)
            terminal.send(b"bg\n")
            assert_the_shells(terminal)
        terminal.send(b"fg\n")
        open_board(terminal)
        assert terminal.modes >= MODES
        quit_console_of(terminal)


def quit_console_of(terminal: Terminal) -> None:
    press(terminal, b"q", "Quit?")
    terminal.send(b"y")
    terminal.wait_for("shell>", PATIENCE)
    assert terminal.modes - {"7", "2004"} == {"25"}


def test_without_a_shell_ctrl_z_stops_nothing_and_says_so() -> None:
    with Terminal(DEMO, 160, 50) as terminal:
        open_board(terminal)
        press(terminal, b"\x1a", "no shell to go to")
        assert not terminal.stopped()
        terminal.wait(live, PATIENCE)
        assert terminal.modes >= MODES
        terminal.pass_time(0.6)
        quit_console(terminal)


# What it can


@pytest.mark.parametrize(("env", "colours"), [({"TERM": "screen", "STY": "1.pts-0"}, 16), ({"TERM": "linux"}, 16)])
def test_colorterm_of_the_terminal_around_a_multiplexer_is_not_believed(env: dict[str, str], colours: int) -> None:
    with Terminal(DEMO, 80, 24, {"TMUX": "", **env, "COLORTERM": "truecolor"}) as terminal:
        terminal.wait_for("SIMULATED", PATIENCE)
        plain(terminal.raw.rpartition(b"\x1b")[0], colours=colours)  # the last sequence may be half here


def test_where_colorterm_holds_it_is_believed() -> None:
    env = {"TERM": "screen-256color", "TMUX": "/tmp/t,1,0", "COLORTERM": "truecolor"}
    with Terminal(DEMO, 80, 24, env) as terminal:
        terminal.wait_for("SIMULATED", PATIENCE)
        assert b"38;2;" in terminal.raw


@pytest.mark.parametrize("seed", range(2))
def test_what_is_drawn_line_by_line_is_what_a_whole_frame_shows(seed: int, tmp_path: Path) -> None:
    chance, told = random.Random(seed), tmp_path / "told"
    with Terminal(
        [sys.executable, "-m", "tests.terminal.compared", str(told), "demo", "--speed", "5"], 160, 50
    ) as terminal:
        open_board(terminal)
        for key in chance.choices((b"j", b"k", b"1", b"2", b"3", b"4", b"5", b"\r", b"z", b"s", b"G", b"g"), k=60):
            terminal.send(key)
            terminal.pass_time(0.06)  # quicker is no hand
        press(terminal, b"/", "filter ")
        terminal.pass_time(0.5)  # what comes right behind it is pasted there
        for key in (b"s", b"a", b"\x7f", b"\x7f", b"e"):
            terminal.send(key)
            terminal.pass_time(0.1)
        leave(terminal, b"\x1b", "keeps it")
    found = told.read_text().splitlines()
    assert [line for line in found if line != "same"] == []
    assert len(found) > 10
