"""Texts from outside in the whole program: none of them reaches the terminal, the log or the journal uncleaned."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.terminal.hostile import Hostile
from tests.terminal.stage import (
    PATIENCE,
    Site,
    assert_clean,
    assert_divided,
    at_column,
    divided,
    has,
    leave,
    open_board,
    plain,
    press,
    quit_console,
    to_a_call_of_hq,
    to_another_row,
)
from tests.terminal.term import Terminal

pytestmark = pytest.mark.pty

COUNTS = ("Queues 10", "Agents 26", "Hotlines 4")


def test_hostile_texts_break_neither_the_board_nor_a_page_nor_an_action(tmp_path: Path, home: Path) -> None:
    gates: list[Hostile] = []

    def wrapped(sim: object) -> Hostile:
        gates.append(Hostile(sim))  # type: ignore[arg-type]  # a SimServer
        return gates[-1]

    with Site(tmp_path, wrap=wrapped) as site, site.console(env={"COLORTERM": ""}) as terminal:
        (gate,) = gates
        open_board(terminal)
        whole(terminal.wait(lambda screen: all(has(screen, count) for count in COUNTS) and _callers(screen), PATIENCE))
        every_page(terminal)
        act(terminal, site)
        terminal.resize(120, 36)
        terminal.wait(lambda screen: has(screen, "Hotlines 4") and divided(screen, 120), PATIENCE)
        press(terminal, b"0", "SOURCES")
        terminal.send(b"\x1b")
        terminal.wait(lambda screen: has(screen, "Hotlines 4") and divided(screen, 120), PATIENCE)
        terminal.resize(160, 50)
        terminal.wait(lambda screen: all(has(screen, count) for count in COUNTS) and divided(screen, 160), PATIENCE)

        gate.states = True
        since = gate.answers
        terminal.send(b"r")
        terminal.wait(lambda _screen: gate.answers > since + 40, PATIENCE)
        terminal.wait(lambda screen: has(screen, "? unknown"), PATIENCE)
        # The ids have just become others: rows of the old ones go with the next reading of their list.
        counts = ("Queues 10", "Hotlines 4")
        whole(terminal.wait(lambda screen: all(has(screen, count) for count in counts), PATIENCE), counts)
        press(terminal, b"\r", "CALLERS")
        leave(terminal, b"\x1b", "CALLERS")

        gate.broken = True
        since = gate.answers
        terminal.send(b"r")
        terminal.wait(lambda screen: gate.answers > since + 10 and has(screen, "stale"), PATIENCE)
        press(terminal, b"0", "SOURCES")
        terminal.wait_for("500", PATIENCE)
        press(terminal, b"9", "LOG")
        press(terminal, b"\x1b", "Queues")
        quit_console(terminal)

        plain(terminal.raw)
        assert b"evil" in terminal.raw, "the texts were shown, cleaned"
    assert_files_clean(home)


def tick(terminal: Terminal) -> list[str]:
    was = terminal.screen()[0]
    return terminal.wait(lambda screen: screen[0] != was, PATIENCE)


def _callers(screen: list[str]) -> list[str]:
    """The lines of Members that hold a row."""
    start = next(index for index, line in enumerate(screen) if "─2 Members" in line)
    end = next(index for index, line in enumerate(screen) if "─4 Calls" in line)
    return [line for line in screen[start + 1 : end] if re.search(r"│.*(waiting|talking|ringing|unknown)", line)]


def whole(screen: list[str], counts: tuple[str, ...] = COUNTS) -> None:
    """All rows in their places: the counts, the hairline, and one column for the source."""
    assert all(has(screen, count) for count in counts), "\n".join(screen)
    assert_divided(screen, 160)
    column = next(line for line in screen if "─2 Members" in line).rindex("src")
    rows = _callers(screen)
    assert rows
    for line in rows:
        assert at_column(line, column) in ("h", "b", "f", "c"), line
        assert at_column(line, column - 1) == " ", line


def every_page(terminal: Terminal) -> None:
    details = {b"2": "DETAILS", b"3": "QUEUES", b"4": "DETAILS", b"5": "ON DUTY", b"1": "CALLERS"}
    for key, word in details.items():
        to_another_row(terminal, key)
        press(terminal, b"\r", word)
        leave(terminal, b"\x1b", word)
    press(terminal, b"F", "FIND")
    press(terminal, b"evil", "› evil")
    leave(terminal, b"\x1b", "FIND")
    press(terminal, b"\x1bOQ", "READY")
    press(terminal, b"\x1b", "Queues 10")


def act(terminal: Terminal, site: Site) -> None:
    """Listen to a call, and open the picker: verbs hit a row with a hostile id, and say so in clean words."""
    to_a_call_of_hq(terminal)
    press(terminal, b"e", "listen to")
    terminal.wait(lambda _screen: site.actions(), PATIENCE)
    press(terminal, b"t", "TRANSFER")
    leave(terminal, b"\x1b", "TRANSFER")
    terminal.send(b"1")
    terminal.wait(lambda screen: "take" in screen[-1], PATIENCE)


def assert_files_clean(home: Path) -> None:
    """Log and journal, as bytes and as what their JSON spells; the history, as what stands in its tables."""
    files = {path.name: path for path in home.rglob("*") if path.is_file()}
    history = files.pop("history.sqlite3")
    with closing(sqlite3.connect(history)) as database:
        assert_clean(" ".join(database.iterdump()).replace("\n", " "))
    assert files.keys() >= {"audit.jsonl", "wallboard.log"}
    for path in (path for name, path in files.items() if not name.startswith(history.name)):
        text = path.read_bytes().decode("utf-8")
        assert_clean(text.replace("\n", " "))
        assert "\r" not in text
        if path.suffix == ".jsonl":
            for line in text.splitlines():
                assert_clean("".join(texts(json.loads(line))))


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [value] if isinstance(value, str) else []
