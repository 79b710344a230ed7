"""What the tests of the whole program share: the console in a terminal, a simulated site behind HTTP, and a strict
reading of the bytes that reach the terminal."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import uvicorn
from wcwidth import wcswidth

from tests.terminal.term import Terminal
from wallboard.sim import World, demo_environment, make_app, ready_config
from wallboard.sim.server import SimServer

PATIENCE = 30.0
"""Seconds that a busy machine may take for what takes one on a free one."""
STILL = 1e-6
"""Speed of a world in which nothing happens by itself."""
DIVIDER = {160: 68, 120: 46}
"""Column of the hairline between the panes, by columns of the terminal."""

_ALLOWED = re.compile(
    r"\x1b\[(?P<sgr>[0-9;]*)m"
    r"|\x1b\[(?:[0-9]+(?:;[0-9]+)?)?H"  # cursor to a place
    r"|\x1b\[[0-9]*C"  # cursor to the right
    r"|\x1b\[(?:2J|[KJr])"
    r"|\x1b\[\?(?:1|5|6|9|7|25|69|1000|1002|1003|1004|1005|1006|1015|1016|1049|2004|2026|2031|2048)[hl]"
    r"|\x1b\[(?:2|4|20)l|\x1b[()]B|\x1b>|\x1b\[>4m"  # what a dead program left on
    r"|\x1b\[(?:>3|<)u"  # keyboard protocol
    r"|\x1b\[\?(?:2026|70\d\d)\$p"
    r"|\x1b F"  # controls of seven bits
    r"|\x1b\]22;[a-z]*\x07"  # shape of the mouse pointer
    r"|\x1b\\"
)
_CONTROL = re.compile(
    "[\x00-\x07\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U0001f3fb-\U0001f3ff\ue000-\uf8ff\U000e0000-\U000e01ef]"
)
"""No text of the console may hold one of these."""


def wallboard(*arguments: str) -> list[str]:
    """The command line of the real program."""
    return [sys.executable, "-m", "wallboard", *arguments]


class Site:
    """The simulation behind HTTP on a free port of this machine, in a thread; `sim.requests` is its request log. Left
    out, `sim` is a busy evening at that speed."""

    def __init__(
        self,
        folder: Path,
        *,
        wrap: Callable[[SimServer], Any] | None = None,
        speed: float = STILL,
        sim: SimServer | None = None,
    ) -> None:
        self.folder = folder
        self.sim = sim or make_app(World(1, datetime.now(UTC)), speed=speed)
        self._server = uvicorn.Server(
            uvicorn.Config(
                wrap(self.sim) if wrap is not None else self.sim,
                log_level="critical",
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=0,
            )
        )
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(64)
        address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.config = folder / "site.toml"
        self.config.write_text(ready_config(address))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._server.serve(sockets=[self._socket])

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(10)
        self._socket.close()

    def console(
        self,
        *arguments: str,
        columns: int = 160,
        rows: int = 50,
        env: Mapping[str, str] | None = None,
        answers: frozenset[str] = frozenset(),
    ) -> Terminal:
        """The console on this site."""
        command = wallboard("--config", str(self.config), *arguments)
        return Terminal(command, columns, rows, {**demo_environment(), **(env or {})}, answers=answers)

    def happen(self, what: Callable[[], object]) -> None:
        """Let something happen in the world, between two requests; once a request was answered."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(what)

    def actions(self) -> list[tuple[str, str]]:
        """Method and path of every request that asked for a change."""
        return [(request.method, request.path) for request in self.sim.actions()]


# What is on the screen


def has(screen: list[str], text: str) -> bool:
    return any(text in line for line in screen)


def live(screen: list[str]) -> bool:
    """Whether every pane of the board on this screen has been read."""
    return all(re.search(rf"{title} [1-9]", "\n".join(screen)) for title in ("Queues", "Members", "Agents", "Calls"))


def clock(screen: list[str]) -> str:
    """The time in the header, "" if none is shown."""
    found = re.search(r"\d\d:\d\d:\d\d", screen[0]) if screen else None
    return found[0] if found else ""


def open_board(terminal: Terminal, columns: int = 160) -> list[str]:
    """Wait until the board is read and its clock goes, so that it is past the moment in which it takes no keys."""
    seen = live if columns >= 100 else (lambda screen: has(screen, "Queues 10"))
    first = clock(terminal.wait(seen, PATIENCE))
    return terminal.wait(lambda screen: clock(screen) not in ("", first), PATIENCE)


def press(terminal: Terminal, keys: bytes, seen: str) -> list[str]:
    """Type, and wait for a text on the screen."""
    terminal.send(keys)
    return terminal.wait_for(seen, PATIENCE)


def leave(terminal: Terminal, keys: bytes, gone: str) -> list[str]:
    """Type, and wait for a text to go away."""
    terminal.send(keys)
    return terminal.wait(lambda screen: not has(screen, gone), PATIENCE)


def target(screen: list[str]) -> str:
    """The line that names what a verb would hit."""
    return next((line.strip() for line in reversed(screen) if re.match(r" [▸>] ", line)), "")


def to_another_row(terminal: Terminal, key: bytes) -> None:
    """Type a key that leads to another row, and wait until that is the one a verb would hit."""
    was = target(terminal.screen())
    terminal.send(key)
    terminal.wait(lambda screen: target(screen) not in ("", was), PATIENCE)
    terminal.pass_time(0.1)  # keys at the pace of a machine are a paste


def to_a_call_of_hq(terminal: Terminal) -> None:
    """To Calls, and there to one of hq, by a filter that goes again: not every vendor can listen."""
    terminal.send(b"4")
    press(terminal, b"/", "filter Calls")
    press(terminal, b"hq", "filter Calls: hq ")
    terminal.pass_time(0.2)  # Enter right behind what came in one read is a part of it
    # The title names the filter while it is typed, too: that its line has gone says that Enter was heard.
    leave(terminal, b"\r", "filter Calls")
    leave(terminal, b"\x1b", '"hq"')
    # Of the calls there are, only one of hq can be listened to; its name may be too long to leave room for "hq".
    # To whisper is offered also on the call that I listen to already.
    terminal.wait(lambda screen: target(screen) and "whisper" in screen[-1].partition("dim:")[0], PATIENCE)
    terminal.pass_time(0.5)  # a row that has just come under the cursor is not hit


def quit_console(terminal: Terminal) -> None:
    """`q`, `y`, and a terminal as it was found."""
    press(terminal, b"q", "Quit?")
    terminal.pass_time(0.3)  # faster than that nobody reads, on a busy machine no console is
    terminal.send(b"y")
    assert terminal.wait_exit(PATIENCE) == 0
    assert_restored(terminal)


def assert_restored(terminal: Terminal) -> None:
    assert terminal.modes - {"7"} == {"25"}, "only the cursor and wrapping are on"
    assert terminal.attributes() == terminal.attributes_before
    assert b"Traceback" not in terminal.raw


def at_column(line: str, column: int) -> str:
    """The character that stands in that column of the terminal, "" beyond the end."""
    place = 0
    for index, char in enumerate(line):
        if place == column:
            return char
        if place > column:
            return ""
        place = wcswidth(line[: index + 1])
    return ""


def divided(screen: list[str], columns: int) -> bool:
    """Whether the hairline between the panes stands in one column on every line from the first title to the last."""
    titles = [index for index, line in enumerate(screen) if re.match(r"[─-]\d ", line)]
    if len(titles) < 3:
        return False
    lines = screen[titles[0] : titles[-1]]
    return all(at_column(line, DIVIDER[columns]) in ("│", "┬", "┼", "┴", "┤", "├") for line in lines)


def assert_divided(screen: list[str], columns: int) -> None:
    assert divided(screen, columns), "\n".join(screen)


# What reached the terminal


def plain(raw: bytes, *, colours: int | None = 256) -> str:
    """The text that was written, once the console's own sequences are taken out.

    AssertionError for any other sequence or control, and for a colour beyond `colours` (None: without any).
    """
    text = raw.decode("utf-8")
    out: list[str] = []
    at = 0
    text = text.replace("\x0f\x1b(B", "\x1b(B")  # letters again, where lines may have been drawn
    while (escape := text.find("\x1b", at)) >= 0:
        out.append(text[at:escape])
        match = _ALLOWED.match(text, escape)
        assert match, f"not the console's: {text[escape : escape + 40]!r} after {text[max(0, escape - 80) : escape]!r}"
        if match["sgr"]:
            assert_colours(match["sgr"], colours)
        at = match.end()
    out.append(text[at:])
    assert_clean("\n".join(out))
    return "".join(out)


def assert_clean(text: str) -> None:
    """No control, format, bidirectional or invisible character; line ends and backspace are the terminal's own."""
    found = _CONTROL.search(text)
    around = "" if found is None else text[max(0, found.start() - 60) : found.end() + 60]
    assert found is None, repr(around)


def assert_colours(parameters: str, colours: int | None) -> None:
    """Only attributes that the console uses and colours that the terminal has."""
    numbers = [int(number or 0) for number in parameters.split(";")]
    while numbers:
        number = numbers.pop(0)
        if number in (38, 48):
            kind = numbers.pop(0)
            del numbers[: 1 if kind == 5 else 3]
            assert colours == 256
            assert kind == 5, parameters
        elif number in (39, 49) or 30 <= number <= 47 or 90 <= number <= 107:
            assert colours is not None, f"a colour: {parameters}"
            assert colours == 16 or number in (39, 49), parameters
        else:
            assert number in (0, 1, 2, 4, 7), parameters
