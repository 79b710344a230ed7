"""What was painted is what is hit: a console whose line is slow, stopped or loses frames, against a model of the
terminal's glass. No command ever names anything but what stood there when its key was pressed."""

from __future__ import annotations

import random
import tempfile
from collections import Counter, deque
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.console import HQ, Desk, desk
from wallboard.domain.command import Fingerprint, Verb, fingerprint
from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Call, Member, Row
from wallboard.domain.text import clean
from wallboard.ui.restraint import REST_SECONDS
from wallboard.ui.visibility import SILENCE_SECONDS
from wallboard.view.dialogs import ARM_SECONDS
from wallboard.view.target import label

LISTS = (Resource.MEMBERS, Resource.AGENTS, Resource.CALLS)
SIZES = ((160, 50), (120, 36), (80, 24), (60, 16), (40, 10))
SMALL = ((39, 24), (80, 9), (20, 5))
NAMES = ("Ada Ash", "Bea Birch", "Cai Cedar", "Dan Dogwood", "Eve Lund", "Mia Sand")


@dataclass(frozen=True, slots=True)
class Picture:
    """What is on the glass, and which row and question of the console stand there."""

    lines: tuple[str, ...] = ()
    key: object = None
    print: Fingerprint | None = None
    question: object = None


class Glass:
    """A console, its line, the glass at the end of it, and a person who acts on what stands there.

    The line and the app are as `ConsoleWriter` and `ConsoleApp` have them: what was drawn last is believed to be read
    when everything before it was taken and no frame that got lost has still to be made up for. With `far` the system
    takes everything at once and only the terminal knows what has come, as over a network.
    """

    def __init__(self, folder: Path, far: bool = False) -> None:
        self.far = far
        self.questions: list[int] = []
        self.stood = 0.0
        self.here: Desk = desk(folder, settings={"idle_lock": 5.0})
        self.here.console.visibility.terminal = True
        self.size = SIZES[0]
        self.line: deque[Picture] = deque()
        self.stopped = self.lost = False
        self.glass = Picture()
        self.asked = Picture()
        """The glass when the question that stands was asked for."""
        self.did: Counter[Verb] = Counter()
        self.draw()

    def step(self, what: str, number: int) -> None:
        """One thing that happens; `number` chooses which of its kind."""
        match what:
            case "time":
                self.pass_time((0.05, 0.3, REST_SECONDS, 4.0, 400.0)[number % 5])
            case "stop":
                self.stopped = True
            case "go":
                self.go_on()
            case "lose" if self.stopped:
                # Too many for a line that stands still: all that wait are forgotten.
                self.line.clear()
                self.questions.clear()
                self.lost = True
            case "change" | "end" | "new":
                self.change(what, number)
            case "size":
                self.resize((*SIZES * 3, *SMALL)[number % 18])
            case "focus":
                self.draw()
            case "pane":
                self.press("234"[number % 3])
                self.press(("down", "up")[number % 2])
            case "view":
                self.press(("1", "5", "tab", "s", "S", "z", "f", "enter", "escape", "f2", "9", "/", "q")[number % 13])
            case "act" if self.here.console.takes_text and number % 3 == 0:
                self.press("escape")  # whoever has typed verbs into a list leaves it
            case "act":
                self.pass_time(REST_SECONDS)
                self.press("xepHbwcutTin+-.3"[number % 16])
            case "answer":
                self.pass_time(ARM_SECONDS)
                self.press(("y", "y", "enter", "escape", "down", "3")[number % 6])

    # what the app does

    def draw(self) -> None:
        console = self.here.console
        lines = tuple(self.here.paint(*self.size))
        text = "\n".join(lines)
        key = console.panel.subject if any(line.startswith(" ▸ ") for line in lines) else None
        row = console.pane.row(key) if console.pane.live(key) and console.mode == "board" else None
        if row is not None:
            assert label(row, console.at.context())[:6] in text, "the row that is named stands there"
        dialog = console.dialog
        title = "" if dialog is None else str(getattr(dialog.dialog, "title", ""))[:8]
        question = dialog if dialog is not None and title in text else None
        picture = Picture(lines, key, None if row is None else fingerprint(row), question)
        if not self.lost:
            self.line.append(picture)
            console.visibility.sent(console.visibility.drawn())
            if self.far and (number := console.visibility.ask()) is not None:
                self.questions.append(number)
        self.flow()

    def flow(self) -> None:
        if not self.stopped and self.line:
            self.glass = self.line[-1]
            self.line.clear()
        if not self.stopped:
            for number in self.questions:
                self.here.console.visibility.taken(number)
            self.questions.clear()
        if (self.far or not self.line) and not self.lost:
            self.here.console.visibility.settle()

    def idle_draw(self) -> None:
        """What no key asked for is left out while the line is busy."""
        if self.far or not self.line:
            self.draw()

    # what the world does

    def pass_time(self, seconds: float) -> None:
        self.stood += seconds
        if self.far and self.stood > SILENCE_SECONDS - 5:
            self.go_on()  # after that nobody waits for an answer any more
        self.here.wait(seconds)
        self.idle_draw()

    def go_on(self) -> None:
        self.stopped = False
        self.stood = 0.0
        self.flow()
        if self.lost:
            self.lost = False
            self.here.console.visibility.unasked()
            self.draw()

    def change(self, what: str, number: int) -> None:
        resource = LISTS[number % 3]
        rows = self.here.lists[HQ, resource]
        if not rows:
            return
        victim = rows[number % len(rows)]
        name = clean(NAMES[number % len(NAMES)])
        other: Row = victim
        match victim:
            case Member() | Agent():
                other = replace(victim, name=name)
            case Call():
                other = replace(victim, to=name)
        if what == "new":
            fresh = replace(other, key=other.key._replace(id=f"{other.key.id}-{number}"))
            self.here.read({(HQ, resource): tuple({row.key: row for row in (*rows, fresh)}.values())})
        else:
            kept = other if what == "change" else None
            self.here.change(HQ, resource, lambda row: kept if row.key == victim.key else row)
        self.idle_draw()

    def resize(self, size: tuple[int, int]) -> None:
        """The old picture is gone; until the next one has come, nothing stands there."""
        self.size = size
        self.here.console.visibility.lose()
        if size in SMALL:
            self.here.console.see(False)
        self.glass = Picture()
        self.draw()

    # what the person does

    def press(self, key: str) -> None:
        here, console = self.here, self.here.console
        stood, before = console.dialog, len(here.commands)
        here.key(key, key if len(key) == 1 else None)
        seen = self.asked if stood is not None else self.glass
        if stood is None and console.dialog is not None:
            self.asked = self.glass
        for command in here.commands[before:]:
            self.did[command.verb] += 1
            assert seen.key is not None, "nothing that names a row stood there"
            assert seen.key in (command.target.key, command.target.via), "another row stood there"
            if command.target.key == seen.key:
                assert command.target.print == seen.print, "it did not stand there like that"
            if stood is not None:
                assert self.glass.question is stood, "the question did not stand there"
        self.draw()


OFTEN = ("act",) * 6 + ("answer",) * 4 + ("pane", "change", "time", "stop", "go") * 2 + ("end", "new")
STEPS = (*OFTEN * 2, "view", "view", "size", "focus", "lose")


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 1000)), max_size=80), st.booleans())
@settings(max_examples=40, deadline=None)
def test_whatever_happens_no_command_names_what_does_not_stand_there(steps: list[tuple[str, int]], far: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        glass = Glass(Path(folder), far)
        for what, number in steps:
            glass.step(what, number)


@pytest.mark.parametrize("seed", range(12))
def test_no_command_names_what_nobody_can_have_read(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    glass = Glass(tmp_path, far=bool(seed % 2))
    for _ in range(450):
        glass.step(rng.choice(STEPS), rng.randrange(1000))
        if glass.here.dispatcher.locked:
            glass.here.dispatcher.locked = ""  # somebody typed the name
    assert sum(glass.did.values()) > 0, "a person can work with it"
