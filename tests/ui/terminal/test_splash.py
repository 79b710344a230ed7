"""The first frame: there at once, true, and gone without a trace."""

from __future__ import annotations

import re
import subprocess
import sys

import pyte
import pytest

from tests.terminal.term import ROOT, Terminal
from wallboard.domain.text import cell_width
from wallboard.ui.terminal.splash import frame


def shown(columns: int, lines: int, *, site: str = "north", ascii_only: bool = False, colour: bool = True) -> list[str]:
    screen = pyte.Screen(columns, lines)
    pyte.Stream(screen).feed(frame(site, "connecting", columns, lines, ascii_only=ascii_only, colour=colour))
    return [line.rstrip() for line in screen.display]


def test_it_names_the_site_and_says_what_it_does() -> None:
    lines = shown(80, 24)
    assert lines[0] == " north  connecting"
    assert lines[2] == "─" * 80
    assert not any(char.isdigit() for line in lines for char in line), "no numbers before there are any"


@pytest.mark.parametrize(("columns", "lines"), [(160, 50), (40, 10), (20, 5), (8, 2), (1, 1)])
def test_it_fits_any_size(columns: int, lines: int) -> None:
    text = frame("a rather long name of a site 世界", "connecting", columns, lines, ascii_only=False, colour=False)
    for row, column, rest in re.findall(r"\x1b\[(\d+);(\d+)H([^\x1b]*(?:\x1b\[\d*m[^\x1b]*)*)", text):
        plain = re.sub(r"\x1b\[[\d;]*m", "", rest)
        assert int(row) <= lines
        assert int(column) - 1 + cell_width(plain) <= max(columns, int(column) - 1)


def test_without_colour_and_without_unicode() -> None:
    plain = frame("nörth", "connecting", 80, 24, ascii_only=True, colour=False)
    assert plain.isascii()
    assert "38;5" not in plain
    assert shown(80, 24, site="nörth", ascii_only=True)[0] == " n?rth  connecting"


def test_a_hostile_site_name_cannot_control_the_terminal() -> None:
    assert "\x1b]0" not in frame("\x1b]0;x\x07", "connecting", 80, 24, ascii_only=False, colour=True)


def test_nothing_heavy_is_imported_for_it() -> None:
    code = "import sys, wallboard.ui.terminal.splash; print(' '.join(sys.modules))"
    found = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"textual", "rich", "httpx", "pydantic", "asyncio", "typing_extensions", "logging"} & set(found)


def test_it_shows_and_leaves_the_terminal_as_it_was() -> None:
    code = (
        "from wallboard.ui.terminal import splash\n"
        "splash.show('north', 'connecting', ascii_only=False, colour=True)\n"
        "input()\n"
        "splash.leave()\n"
        "print('after')\n"
    )
    with Terminal([sys.executable, "-c", code]) as terminal:
        terminal.wait_for("connecting")
        assert "1049" in terminal.modes
        assert terminal.cursor_hidden
        terminal.send(b"\n")
        terminal.wait_for("after")
        assert terminal.wait_exit() == 0
        assert "1049" not in terminal.modes
        assert not terminal.cursor_hidden
        assert terminal.attributes() == terminal.attributes_before


@pytest.mark.parametrize(("key", "code"), [(b"\x03", 130), (b"", 143)])
def test_interrupted_while_loading_it_restores_the_terminal(key: bytes, code: int) -> None:
    program = (
        "import time\n"
        "from wallboard.ui.terminal import splash\n"
        "splash.show('north', 'connecting', ascii_only=False, colour=True)\n"
        # Not one long sleep: a signal that comes just before it begins would be seen only after it.
        "while True: time.sleep(0.05)\n"
    )
    with Terminal([sys.executable, "-c", program]) as terminal:
        terminal.wait_for("connecting")
        terminal.send(key)
        if not key:
            terminal.signal(15)
        assert terminal.wait_exit(2.0) == code
        assert "1049" not in terminal.modes
        assert terminal.attributes() == terminal.attributes_before
