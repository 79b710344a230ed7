"""Names typed where nobody takes them: `python -m tests.bench.names [100000]`.

Somebody types on after a key was refused, after a question that went away by itself, and as the keyboard comes back
from another window, at a hand's pace. Nothing may be sent, nothing acknowledged, nothing asked.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.support.console import HQ, Desk, desk
from wallboard.domain.keys import Key, Kind

NAMES = (
    "Anna Vogt",
    "Bo Quist",
    "Max Power",
    "Exner",
    "Patricia",
    "Hutbey",
    "Uwe",
    "Quax",
    "204",
    "+4930111",
    "y.Ay!aZM",
)
PACE = (0.06, 0.7)
"""Seconds between two keys of a word."""


def refused(here: Desk, dice: random.Random) -> str:
    """A key that can do nothing here."""
    here.press("2", "g")
    here.key("e", "e")
    return "refused"


def closed(here: Desk, dice: random.Random) -> str:
    """The question goes away under the hands: its window became too small and large again."""
    here.press("4", "g")
    here.key("n", "n")
    here.console.see(False)
    here.console.see(True)
    return "closed"


def returned(here: Desk, dice: random.Random) -> str:
    here.press(dice.choice("12345"))
    here.clock.advance(3.0)
    here.console.regain()
    return "returned"


WAYS = (refused, closed, returned)


def type_on(here: Desk, dice: random.Random) -> str:
    """One name where it is not wanted; says after what. Fails if it did anything."""
    way = dice.choice(WAYS)(here, dice)
    assert here.console.dialog is None
    for letter in dice.choice(NAMES):
        here.clock.advance(dice.uniform(*PACE))
        here.key(" " if letter == " " else letter, letter)
        assert here.console.dialog is None, f"{letter!r} asked something after {way}"
        assert not here.console.filtering
    assert not here.commands, f"something was sent after {way}"
    assert not [alarm.id for alarm in here.board.alarms.active() if alarm.acked_by or alarm.snoozed]
    here.clock.advance(2.0)
    here.press("escape", "escape")
    return way


def run(here: Desk, sequences: int, seed: int) -> Counter[str]:
    dice = random.Random(seed)
    assert here.board.row(Key(HQ, Kind.CALL, "c1")) is not None
    return Counter(type_on(here, dice) for _ in range(sequences))


def main() -> None:
    sequences = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        print(dict(run(desk(Path(folder)), sequences, 1)), "names typed, nothing sent and nothing acknowledged")


if __name__ == "__main__":
    main()
