"""What was painted is what is hit: a console whose terminal is slow, stopped or drops frames, against a model that
knows what a person can have read. No command ever names anything else."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.golden.sample import HQ, Desk, desk
from wallboard.domain.command import Fingerprint, fingerprint
from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Call, Member, Row
from wallboard.domain.text import clean
from wallboard.ui.restraint import REST_SECONDS

LISTS = (Resource.MEMBERS, Resource.AGENTS, Resource.CALLS)


@dataclass(frozen=True, slots=True)
class Read:
    """What stands in a frame: the row that the target line names, and the question."""

    key: object
    print: Fingerprint | None
    question: object


class Person:
    """Reads what the terminal shows, presses keys, and knows what became of them."""

    def __init__(self, here: Desk, rng: random.Random) -> None:
        self.here, self.rng = here, rng
        here.console.glimpses.terminal = True
        self.on_the_way: Read | None = None
        self.seen: Read | None = None
        self.asked: Read | None = None  # what was seen when the question that stands was asked for
        self.did: Counter[str] = Counter()

    def draw(self) -> None:
        here = self.here
        here.paint()
        key = here.console.pane.selection.cursor
        row = here.console.pane.row(key) if here.console.pane.live(key) else None
        self.on_the_way = Read(key, None if row is None else fingerprint(row), here.console.dialog)
        here.console.glimpses.sent(here.console.glimpses.drawn())

    def take(self) -> None:
        """The terminal has caught up."""
        self.here.console.glimpses.settle()
        self.seen = self.on_the_way

    def change(self) -> None:
        resource = self.rng.choice(LISTS)
        rows = self.here.lists[HQ, resource]
        if not rows:
            return
        victim = self.rng.choice(rows).key
        name = clean(self.rng.choice(("Ada Ash", "Bea Birch", "Cai Cedar")))

        def other(row: Row) -> Row | None:
            if row.key != victim:
                return row
            match row:
                case Member() | Agent():
                    return replace(row, name=name)
                case Call():
                    return replace(row, to=name)
            return row

        self.here.change(HQ, resource, other)

    def press(self) -> None:
        here, before = self.here, len(self.here.commands)
        stood = here.console.dialog
        key = self.rng.choice("y" * 6 + "xepHbwcu" if stood else "xepHbwcuu")
        seen = self.asked if stood else self.seen
        here.console.key(key, key)
        if stood is None and here.console.dialog is not None:
            self.asked = self.seen
        for command in here.commands[before:]:
            assert seen is not None
            assert seen.key in (command.target.key, command.target.via), "a row that nobody can have read"
            if command.target.key == seen.key:
                assert command.target.print == seen.print, "not as it was read"
            if stood:
                assert self.seen is not None
                assert self.seen.question is stood, "a question that nobody can have read"
            self.did["sent"] += 1

    def step(self) -> None:
        here = self.here
        match self.rng.randrange(14):
            case 0 | 1:
                self.change()
            case 2 | 3 | 4:
                self.draw()
            case 5 | 6 | 9:
                self.draw()
                self.take()
            case 7:
                here.console.key(self.rng.choice(("down", "up", "down")))
            case 8:
                key = self.rng.choice("234")
                here.console.key(key, key)
            case _:
                self.press()
        here.wait(self.rng.choice((0.0, 0.5, REST_SECONDS, REST_SECONDS)))


@pytest.mark.parametrize("seed", range(12))
def test_no_command_names_what_nobody_can_have_read(tmp_path: Path, seed: int) -> None:
    here = desk(tmp_path)
    person = Person(here, random.Random(seed))
    for _ in range(250):
        person.step()
    assert person.did["sent"] > 0, "a person can work with it"
