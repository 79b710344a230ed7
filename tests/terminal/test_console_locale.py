"""Terminals whose locale is not UTF-8: the console and the commands run in them, and write only what they can show."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.stage import PATIENCE, Site, leave, open_board, press, quit_console, wallboard
from tests.terminal.term import Terminal

pytestmark = pytest.mark.pty

NARROW = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""A C locale taken at its word, as older systems do: terminal, files and their names are ASCII."""
LATIN_1 = {**NARROW, "PYTHONIOENCODING": "iso8859-1"}
PLAIN = {"LC_ALL": "POSIX"}
"""The C locale as Python takes it by itself: files and pipes are UTF-8. The terminal is still said to be plain."""

each_locale = pytest.mark.parametrize("locale", [NARROW, LATIN_1, PLAIN], ids=["narrow", "latin-1", "plain"])


@each_locale
def test_the_demo_runs_and_draws_in_ascii(locale: dict[str, str]) -> None:
    with Terminal(wallboard("demo"), 120, 36, locale) as terminal:
        assert any(line.startswith("-1 Queues") for line in open_board(terminal, 120))
        press(terminal, b"5/", "filter Hotlines")
        # What the keyboard sends is read in the terminal's own encoding: it finds Süd, shown by its stand-in.
        press(terminal, b"S\xfcd" if locale is LATIN_1 else "Süd".encode(), "filter Hotlines: Sud    1 of 4")
        leave(terminal, b"\x1b", "filter Hotlines")
        quit_console(terminal)
        assert terminal.raw.isascii()


@each_locale
def test_commands_write_what_the_terminal_can_show(locale: dict[str, str], tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        text = site.config.read_text(encoding="utf-8") + '\n[[favourite]]\nname = "李"\nnumber = "+49301"\n'
        site.config = tmp_path / "müller.toml"
        site.config.write_text(text, encoding="utf-8")
        for words, seen in (
            (("check",), b"not UTF-8: the console uses ASCII signs"),
            (("snapshot", "--table"), b"Nystr\xf6m" if locale is LATIN_1 else b"Nystrom"),
            (("config", "show"), b'name = "??"'),
        ):
            with site.console(*words, env=locale) as terminal:
                assert terminal.wait_exit(PATIENCE) == 0, terminal.text()
                assert seen in terminal.raw
                assert locale is LATIN_1 or terminal.raw.isascii()
