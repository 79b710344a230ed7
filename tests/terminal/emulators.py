"""The console on several terminal emulators at once: the very same bytes, and what each makes of them.

`python -m tests.terminal.emulators [--seed N] [--steps N]` sends 200 random interactions at the pace of a hand to a
console on a seeded simulation whose names are written in twenty-nine scripts. After every tenth the cells that the
console means to show are compared with those of pyte, of a headless xterm.js and of tmux. npm installs xterm.js inside
the virtual environment, from the list in `xterm/`; what cannot be had is said.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Protocol

from tests.bench.terminal import Emulator
from tests.terminal.hostile import Hostile
from tests.terminal.shown import MARK, REQUEST
from tests.terminal.stage import PATIENCE, Site, open_board
from tests.terminal.term import Terminal
from tests.ui.terminal.widths import NAMES
from wallboard.sim import demo_environment
from wallboard.ui.terminal.widths import certain

KEYS = (
    *(key.encode() for key in "jkhlgGsSzr!afFntTpuHcxewb.oO+-:?/12345678"),
    *(b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1b[5~", b"\x1b[6~", b"\x1b[H", b"\x1b[F", b"\x1bOP", b"\x1bOS"),
    *(b"\r", b"\t", b"\x1b[Z", b"\x7f", b" ", b"\x0c"),
    *(b"\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % (x, y, x, y) for x, y in ((9, 6), (60, 20), (100, 12))),
    *(b"\x1b[<64;20;9M", b"\x1b[<65;20;9M", b"\x1b[O", b"\x1b[I"),
    "ü".encode(),
    "นี".encode(),
    b"\x1b[200~\xe0\xa4\xa8\xe0\xa5\x80\xe0\xa4\xa4\xe0\xa4\xbe\x1b[201~",
)
"""Whatever a supervisor might press but what ends the console."""
SIZES = ((160, 50), (120, 36), (80, 24), (200, 60))
_FIELDS = frozenset({"name", "serving_agent", "caller_name", "cid_name", "callerIdName", "displayName", "label"})
_XTERM = Path(__file__).parent / "xterm"


class Named(Hostile):
    """The simulation with the names of another world."""

    def _made(self, value: object, field: str) -> object:
        if isinstance(value, dict):
            return {name: self._made(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._made(inner, field) for inner in value]
        if not isinstance(value, str) or not re.search(r"[a-z]", value) or field not in _FIELDS:
            return value
        made = f"{NAMES[zlib.crc32(value.encode()) % len(NAMES)]} {value}"
        self._known[made] = value
        return made


class Missing(Exception):
    """An emulator that is not on this machine; says why."""


class Seen(NamedTuple):
    """A cell as an emulator has it: "" in the second column of a wide one; no pen where the emulator tells none."""

    text: str
    pen: tuple[str, ...] | None


class Screen(Protocol):
    """An emulator of a terminal."""

    name: str
    whole: bool
    """Whether it is known to take no more columns than are claimed: then it shows all of a name."""

    def feed(self, data: bytes) -> None: ...

    def resize(self, columns: int, rows: int) -> None: ...

    def cells(self) -> list[list[Seen]]: ...

    def close(self) -> None: ...


class Pyte:
    """Counts with the widths of the `wcwidth` package, and draws nothing of a text after a mark that it cannot join."""

    name = "pyte"
    whole = False

    def __init__(self, columns: int, rows: int) -> None:
        self._screen = Emulator(columns, rows)

    def feed(self, data: bytes) -> None:
        self._screen.feed(data)

    def resize(self, columns: int, rows: int) -> None:
        # What is drawn for a new size is drawn on nothing.
        self._screen = Emulator(columns, rows)

    def cells(self) -> list[list[Seen]]:
        return [[Seen(cell.data, None) for cell in row] for row in self._screen.rows()]

    def close(self) -> None:
        """Nothing is held."""


class Xterm:
    """A headless xterm.js in a process of its own."""

    name = "xterm.js"
    whole = True

    def __init__(self, columns: int, rows: int) -> None:
        command = ["node", str(_XTERM / "screen.js"), str(_installed()), str(columns), str(rows)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def _ask(self, request: dict[str, object]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(request), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())

    def feed(self, data: bytes) -> None:
        self._ask({"write": base64.b64encode(data).decode()})

    def resize(self, columns: int, rows: int) -> None:
        self._ask({"resize": [columns, rows]})

    def cells(self) -> list[list[Seen]]:
        lines = self._ask({"read": True})
        return [[Seen(text or (" " if width else ""), tuple(pen)) for text, width, pen in line] for line in lines]

    def close(self) -> None:
        self._process.communicate()


def _installed() -> Path:
    """The folder of xterm.js, installed if it is not. Missing, with the reason, where it cannot be."""
    folder = Path(sys.prefix) / "xterm"
    module = folder / "node_modules" / "@xterm" / "headless"
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise Missing(f"there is no {program} on this machine")
    if not module.is_dir():
        folder.mkdir(exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(_XTERM / name, folder)
        try:
            done = subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=120,
            )
        except subprocess.TimeoutExpired:
            raise Missing("npm did not install it within two minutes") from None
        if done.returncode:
            raise Missing(f"npm could not install it: {done.stderr.strip()[:200]}")
    return module


class Step(NamedTuple):
    """What came out of the console, and what happened then: another size, or a look at what it means to show."""

    data: bytes
    size: tuple[int, int] | None
    wanted: list[list[tuple[str, list[str]]]] | None


class Play:
    """A console under way, in a home of its own, and the steps so far."""

    def __init__(self, site: Site) -> None:
        self.steps: list[Step] = []
        self._shown = site.folder / "shown.json"
        self._taken = 0
        self._asked = 0
        self._size = columns, rows = SIZES[0]
        command = [sys.executable, "-m", "tests.terminal.shown", "--config", str(site.config)]
        homes = {f"XDG_{name}_HOME": str(site.folder / name) for name in ("CONFIG", "STATE", "DATA", "CACHE")}
        environment = {"HOME": str(site.folder), "COLORTERM": "", "SHOWN": str(self._shown), **homes}
        self.terminal = Terminal(command, columns, rows, {**demo_environment(), **environment})

    def __enter__(self) -> Play:
        open_board(self.terminal)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.terminal.__exit__(kind, error, tb)

    def resize(self, columns: int, rows: int) -> None:
        """Another window."""
        if self._size == (columns, rows):
            return
        self._size = columns, rows
        self.terminal.pump(0)
        self.steps.append(Step(self._take(len(self.terminal.raw)), self._size, None))
        self.terminal.resize(columns, rows)

    def look(self) -> None:
        """Note what the console means to show now."""
        self._asked += 1
        mark = MARK % self._asked
        self.terminal.process.send_signal(REQUEST)
        raw = self.terminal.wait_raw(lambda data: mark in data, PATIENCE)
        data = self._take(raw.index(mark) + len(mark)).removesuffix(mark)
        self.steps.append(Step(data, None, json.loads(self._shown.read_text())))

    def _take(self, end: int) -> bytes:
        data, self._taken = self.terminal.raw[self._taken : end], end
        return data


def play(site: Site, seed: int, steps: int, pace: float, every: int = 10) -> list[Step]:
    """`steps` random interactions, with a look after every so many."""
    dice = random.Random(seed)
    with Play(site) as console:
        for step in range(1, steps + 1):
            if dice.random() < 0.03:
                console.resize(*dice.choice(SIZES))
            else:
                console.terminal.send(dice.choice(KEYS))
            console.terminal.pass_time(pace * (0.5 + dice.random()))
            if step % every == 0:
                console.look()
        assert console.terminal.process.poll() is None, "the console has ended"
        return console.steps


def compare(screen: Screen, steps: Sequence[Step]) -> list[str]:
    """Every difference between what the console meant to show and what an emulator made of its bytes; none is right."""
    found: list[str] = []
    for number, step in enumerate(steps):
        screen.feed(step.data)
        if step.size is not None:
            screen.resize(*step.size)
        if step.wanted is not None:
            for y, (line, seen) in enumerate(zip(step.wanted, screen.cells(), strict=True)):
                found += [f"step {number}, line {y}, {what}" for what in differences(line, seen, screen.whole)]
    return found


def differences(line: Sequence[Sequence[Any]], seen: Sequence[Seen], whole: bool) -> list[str]:
    """Where a line is not what it should be. A piece about whose width terminals differ has the columns that it claims
    to itself: all of it and blanks, or without `whole` what the emulator can draw of it; nothing else."""
    found: list[str] = []
    column = 0
    while column < len(line):
        text, pen = line[column]
        end = column + 1
        while end < len(line) and line[end][0] == "":
            end += 1
        shown = [seen[at].text for at in range(column, end)]
        if certain(text):
            right = shown == [text] + [""] * (end - column - 1)
        elif whole:
            right = "".join(shown).rstrip(" ") == text
        else:
            right = set("".join(shown)) <= {*text, " "}
        pens = {seen[at].pen for at in range(column, end) if seen[at].text.strip()} - {None}
        if not right or pens - {tuple(pen)}:
            found.append(f"column {column}: {text!r} {pen} is {shown} {pens or ''}")
        column = end
    return found


def compare_tmux(steps: Sequence[Step]) -> list[str]:
    """The same for tmux, which tells its lines but not their columns: all text of a line, blanks left out.

    What is drawn out of its place covers something else, so that would be missing.
    """
    if shutil.which("tmux") is None:
        raise Missing("there is no tmux on this machine")
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        pipe = Path(folder) / "bytes"
        os.mkfifo(pipe)
        columns, rows = SIZES[0]
        tmux = ["tmux", "-u", "-f", "/dev/null", "-S", f"{folder}/socket"]
        size = ["-x", str(columns), "-y", str(rows)]
        command = f"stty raw -echo; exec cat {pipe}"
        subprocess.run([*tmux, "new-session", "-d", *size, command, ";", "set", "status", "off"], check=True)
        try:
            with pipe.open("wb", buffering=0) as feed:
                for number, step in enumerate(steps):
                    feed.write(step.data)
                    if step.size is not None:
                        columns, rows = step.size
                        subprocess.run([*tmux, "resize-window", "-x", str(columns), "-y", str(rows)], check=True)
                    if step.wanted is not None:
                        wanted = ["".join(text for text, _ in line).replace(" ", "") for line in step.wanted]
                        found += [f"step {number}, {what}" for what in _unlike(tmux, wanted)]
        finally:
            subprocess.run([*tmux, "kill-server"], capture_output=True, check=False)
    return found


def _unlike(tmux: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The lines that tmux shows otherwise, once it has had time to draw."""
    end = time.monotonic() + 3
    while True:
        seen = subprocess.run([*tmux, "capture-pane", "-p"], check=True, capture_output=True, text=True).stdout
        lines = [line.replace(" ", "") for line in seen.split("\n")[: len(wanted)]]
        if lines == list(wanted) or time.monotonic() > end:
            return [f"{right!r} is {line!r}" for right, line in zip(wanted, lines, strict=True) if right != line]
        time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--pace", type=float, default=0.25, help="seconds between two interactions, about")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Site(Path(folder), wrap=Named, speed=5.0) as site:
        steps = play(site, arguments.seed, arguments.steps, arguments.pace)
    print(f"seed {arguments.seed}: {arguments.steps} interactions, {sum(len(step.data) for step in steps)} bytes")
    worst = 0
    for kind in (Pyte, Xterm):
        try:
            screen = kind(*SIZES[0])
        except Missing as error:
            print(f"{kind.name}: not compared, {error}")
            continue
        found = compare(screen, steps)
        screen.close()
        worst = max(worst, len(found))
        print(f"{kind.name}: {len(found) or 'no'} differences", *found[:20], sep="\n  ")
    try:
        found = compare_tmux(steps)
        worst = max(worst, len(found))
        print(f"tmux: {len(found) or 'no'} differences", *found[:20], sep="\n  ")
    except Missing as error:
        print(f"tmux: not compared, {error}")
    sys.exit(worst > 0)


if __name__ == "__main__":
    main()
