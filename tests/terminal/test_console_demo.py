"""`wallboard demo` in a real terminal, as a newcomer would try it, in every size and with every kind of terminal."""

from __future__ import annotations

import base64
import os
import re
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.terminal.stage import (
    PATIENCE,
    clock,
    divided,
    has,
    leave,
    live,
    open_board,
    plain,
    press,
    quit_console,
    target,
    to_another_row,
    wallboard,
)
from tests.terminal.term import Terminal

pytestmark = pytest.mark.pty

_NUMBERS_FOR_UNKNOWN = re.compile(
    r"\b(?:Queues|Members|Agents|Calls|Hotlines) 0\b|\b(?:wait|longest|ready|hotlines|no alarms?) 0"
)


def test_from_the_first_frame_to_a_moving_board_and_through_every_page_to_the_end() -> None:
    with Terminal(wallboard("demo", "--speed", "4"), 160, 50) as terminal:
        # Nothing is known yet: it says so, and shows no number for what it does not know.
        terminal.wait_for("connecting", PATIENCE)

        def honest_until_read(screen: list[str]) -> bool:
            # Whichever source answers first: at night one without a call does.
            read = re.search(r"sources [1-9]", "\n".join(screen))
            found = None if read else _NUMBERS_FOR_UNKNOWN.search("\n".join(screen))
            assert found is None, f"{found} before anything was read"
            assert not has(screen, "down"), "called down before it can have answered"
            return bool(read)

        terminal.wait(honest_until_read, PATIENCE)
        terminal.wait(live, PATIENCE)
        assert has(terminal.screen(), "SIMULATED")

        before = open_board(terminal)
        terminal.wait(partial(divided, columns=160), PATIENCE)
        longest = re.compile(r"longest (\d+:\d\d)")
        shown = longest.search(before[0])
        terminal.wait(lambda screen: (now := longest.search(screen[0])) and now[1] != (shown and shown[1]), PATIENCE)

        for key, title in ((b"2", "Members"), (b"3", "Agents"), (b"4", "Calls"), (b"5", "Hotlines"), (b"1", "Queues")):
            to_another_row(terminal, key)
            assert has(terminal.screen(), f"─{key.decode()} {title}")

        # Filter: live while typing, kept by Enter, cleared by Esc.
        to_another_row(terminal, b"3")
        press(terminal, b"/", "filter Agents")
        press(terminal, b"kim", '1 of 38 "kim"')
        press(terminal, b"\r", '1 of 38 "kim"')
        leave(terminal, b"\x1b", '"kim"')
        # Find: over all panes.
        press(terminal, b"F", "FIND")
        press(terminal, b"Res", "› Res")
        press(terminal, b"erve", "› Reserve")
        terminal.pass_time(0.4)  # Enter is taken only from a mark that rests
        terminal.send(b"\r")
        terminal.wait(lambda screen: "Leitstelle Reserve" in target(screen), PATIENCE)
        terminal.send(b"\x1b")
        terminal.wait(lambda screen: "Leitstelle Reserve" not in target(screen), PATIENCE)
        # Details and zoom, and back.
        terminal.send(b"1")
        terminal.wait(lambda screen: "staff" in screen[-1], PATIENCE)
        press(terminal, b"\r", "CALLERS")
        leave(terminal, b"\x1b", "CALLERS")
        leave(terminal, b"z", "─2 Members")
        press(terminal, b"\x1b", "─2 Members")
        # Help, palette, log, sources, wall.
        press(terminal, b"?", "ALL KEYS")
        leave(terminal, b"\x1b", "ALL KEYS")
        press(terminal, b":", "COMMANDS")
        leave(terminal, b"\x1b", "COMMANDS")
        press(terminal, b"9", "LOG")
        press(terminal, b"0", "SOURCES")
        press(terminal, b"\x1b", "─2 Members")
        # Its last line, so that the Esc after it does not fall into the same breath as the key after that.
        press(terminal, b"\x1bOQ", "leaves the wall")
        leave(terminal, b"\x1b", "leaves the wall")
        # Any other key keeps the console.
        press(terminal, b"q", "Quit?")
        leave(terminal, b"n", "Quit?")
        assert terminal.process.poll() is None
        quit_console(terminal)
        plain(terminal.raw)


def test_a_kiosk_is_ended_by_nothing_but_control_c_twice() -> None:
    with Terminal(wallboard("demo", "--kiosk"), 160, 50) as terminal:
        terminal.wait_for("page 1/", PATIENCE)
        terminal.wait_for("sources 5/5", PATIENCE)
        terminal.send(b"q\x1b\x1a\x1cx:y2")
        terminal.pass_time(0.5)
        press(terminal, b"\x03", "Ctrl+C again within 2 s ends it")
        assert terminal.process.poll() is None
        leave(terminal, b"j", "Ctrl+C again")
        press(terminal, b"\x03", "Ctrl+C again")
        terminal.send(b"\x03")
        assert terminal.process.wait(PATIENCE) == 0
        assert has(terminal.raw.decode(errors="replace").splitlines(), "WAITING")


def test_every_size_is_laid_out_anew_and_a_storm_of_them_leaves_no_trace() -> None:
    with Terminal(wallboard("demo"), 160, 50) as terminal:
        open_board(terminal)
        terminal.wait(partial(divided, columns=160), PATIENCE)  # a frame may be on its way
        for columns, rows in ((120, 36), (80, 24), (40, 10), (39, 9), (80, 24), (160, 50)):
            terminal.resize(columns, rows)
            terminal.wait(partial(laid_out, columns=columns, rows=rows), PATIENCE)
        for step in range(60):
            sizes = ((160, 50), (120, 36), (80, 24), (40, 10), (39, 9), (1, 1), (20, 5), (300, 90))
            terminal.resize(*sizes[step % len(sizes)])
            terminal.pump(0.01)
        terminal.resize(120, 36)
        terminal.wait(lambda screen: laid_out(screen, 120, 36), PATIENCE)
        was = clock(terminal.screen())
        terminal.wait(lambda screen: clock(screen) != was, PATIENCE)
        quit_console(terminal)


def laid_out(screen: list[str], columns: int, rows: int) -> bool:
    """Whether this is a whole frame of that size, and only that."""
    text = "\n".join(screen)
    if (columns, rows) == (39, 9):
        return "larger" in text and "Queues" not in text
    lines = [line for line in screen if re.match(r"─\d ", line)]
    headers = [line for line in screen if "SIMULATED" in line]
    whole = len(headers) == 1 and screen[0] == headers[0] and (columns < 80 or bool(clock(screen)))
    # Beside the title of a left pane may stand a row of a right one, which ends where its words do.
    hairlines = [line.rstrip() for line in lines if line is lines[0] or line.rstrip().endswith("─")]
    full = bool(hairlines) and all(len(line) == columns for line in hairlines)
    panes = divided(screen, columns) if columns >= 120 else len(lines) == 1
    return whole and full and panes and len(screen) == rows


def test_ascii_writes_nothing_but_ascii_on_any_page_and_the_demo_leaves_no_file(home: Path) -> None:
    with Terminal(wallboard("demo", "--ascii"), 120, 36) as terminal:
        open_board(terminal)
        assert any(line.startswith("-1 Queues") for line in terminal.screen())
        press(terminal, b"?", "ALL KEYS")
        leave(terminal, b"\x1b", "ALL KEYS")
        for key, seen in ((b"0", "SOURCES"), (b"9", "LOG"), (b"\x1bOQ", "READY")):
            press(terminal, key, seen)
        press(terminal, b"\x1b", "-2 Members")
        press(terminal, b"F", "FIND")
        leave(terminal, b"\x1b", "FIND")
        press(terminal, b"\r", "CALLERS")
        leave(terminal, b"\x1b", "CALLERS")
        quit_console(terminal)
        text = plain(terminal.raw)
        assert text.isascii(), sorted({char for char in text if not char.isascii()})
    assert [path for path in home.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("arguments", "env", "colours"),
    [
        ([], {"NO_COLOR": "1"}, None),
        (["--theme", "mono"], {}, None),
        ([], {"TERM": "xterm"}, 16),
        ([], {"TERM": "xterm-256color"}, 256),
    ],
    ids=["NO_COLOR", "mono", "16 colours", "256 colours"],
)
def test_no_colour_is_sent_that_the_terminal_or_the_person_does_not_want(
    arguments: list[str], env: dict[str, str], colours: int | None
) -> None:
    with Terminal(wallboard("demo", *arguments), 120, 36, env) as terminal:
        open_board(terminal)
        terminal.wait(partial(divided, columns=120), PATIENCE)
        press(terminal, b"0", "SOURCES")
        press(terminal, b"\x1b", "─2 Members")
        quit_console(terminal)
        plain(terminal.raw, colours=colours)
        if colours is not None:
            assert re.search(rb"\x1b\[(?:\d+;)*(?:3[1-6]|9[1-6]|38;5;\d+)[;m]", terminal.raw)


def test_a_terminal_that_can_show_no_console_is_refused_in_one_sentence() -> None:
    with Terminal(wallboard("demo"), 80, 24, {"TERM": "dumb"}) as terminal:
        assert terminal.wait_exit(PATIENCE) == 5
        said = terminal.raw.decode()
        assert len(said.strip().splitlines()) == 1
        assert "TERM is dumb" in said
        assert "\x1b" not in said
        assert_restored_untouched(terminal)


def assert_restored_untouched(terminal: Terminal) -> None:
    assert terminal.modes == set()
    assert terminal.attributes() == terminal.attributes_before


def test_without_a_terminal_it_says_what_to_do_instead() -> None:
    done = subprocess.run(
        wallboard("demo"), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, env=os.environ
    )
    assert done.returncode == 5
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "not a terminal" in done.stderr


def test_a_number_is_copied_by_one_sequence_and_said() -> None:
    with Terminal(wallboard("demo"), 160, 50, {"TMUX": "", "VTE_VERSION": ""}) as terminal:
        open_board(terminal)
        terminal.send(b"5")  # a hotline has a number, as a caller may not
        terminal.wait(lambda screen: "Bereitschaft" in target(screen), PATIENCE)
        terminal.pass_time(0.3)  # keys at the pace of a machine are a paste
        press(terminal, b"Y", "clipboard: ")
        number = target(terminal.screen()).partition("clipboard: ")[2].split()[0]
        (sent,) = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x1b\\", terminal.raw)
        assert base64.b64decode(sent).decode() == number
        quit_console(terminal)
