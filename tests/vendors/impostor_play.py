"""A stage for evidence: what was there when an action was sent, what each reading since shows, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.facts import Seen
from wallboard.control.outcome import Phase
from wallboard.control.verification import judge
from wallboard.domain.command import Command, Destination, Fingerprint, Target, Verb, fingerprint
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Row
from wallboard.vendors.base import Receipt, Trial, Verification

NOW = 1_772_439_247.0
SENT, ANSWERED = NOW, NOW + 0.2
IDENTITY = "01J0000000000000000000TEST"


@dataclass(frozen=True, slots=True)
class Look:
    """One reading: `after` seconds after the answer, these rows. `first` is what else becomes known before it."""

    after: float
    rows: Sequence[Row] = ()
    first: Callable[[], None] = lambda: None


def twice(*rows: Row, after: float = 1.0) -> tuple[Look, ...]:
    """Two readings that show the same."""
    return (Look(after, rows), Look(after + 1.0, rows))


def before_the_answer(*rows: Row) -> tuple[Look, ...]:
    """What shows the goal is a list that was asked for before the vendor answered."""
    return (Look(-0.1, rows),)


@dataclass(frozen=True, slots=True)
class Play:
    """One action. `there` is what else was on the board when it was sent, `ids` what the vendor's answer named."""

    target: Row | None
    looks: Sequence[Look]
    there: Sequence[Row] = ()
    to: str = ""
    ids: tuple[str, ...] = ()
    args: Mapping[str, str] = field(default_factory=dict)
    queue: str = ""

    def command(self, verb: Verb) -> Command:
        row = self.target
        if row is None:
            target = Target(Key("cc", Kind.SOURCE, "cc"), "cc", Fingerprint((), None, ""))
        else:
            target = Target(row.key, "it", fingerprint(row), row.address)
        destination = Destination(self.to) if self.to else None
        return Command(IDENTITY, verb, target, destination, tuple(self.args.items()))


@dataclass(frozen=True, slots=True)
class Ending:
    """`held`: which of the table's confirming rows held at any reading; `confirmed`: the one that ended the action."""

    held: frozenset[int]
    confirmed: str


def ending(play: Play, verb: Verb, verification: Verification) -> Ending:
    """Look as often as `play` says, as the console does, until something decides."""
    command = play.command(verb)
    rows = [row for row in (play.target, *play.there) if row is not None]
    receipt = Receipt("", "200", SENT, ANSWERED, play.ids)
    held: set[int] = set()
    confirmed = ""
    for look in play.looks:
        look.first()
        facts = Seen(ANSWERED + look.after, look.rows)
        trial = Trial(command, receipt, play.target, facts, {row.key: row for row in rows})
        held |= {number for number, each in enumerate(verification.confirms) if each.test(trial)}
        verdict = judge(verification, trial)
        if verdict is not None:
            confirmed = verdict.evidence if verdict.phase is Phase.CONFIRMED else ""
            break
    return Ending(frozenset(held), confirmed)


def on(target: Row | None, *looks: Look, **more: Any) -> Callable[[], Play]:
    return lambda: Play(target, looks, **more)


@dataclass(frozen=True, slots=True)
class Case:
    vendor: str
    verb: Verb
    row: int
    name: str
    play: Callable[[], Play]
    genuine: bool

    @property
    def id(self) -> str:
        return f"{self.vendor}-{self.verb.value}-{self.row}-{self.name.replace(' ', '_')}"


CASES: list[Case] = []


def impostor(vendor: str, verbs: Verb | tuple[Verb, ...], name: str, play: Callable[[], Play], row: int = 0) -> None:
    """`name` says what the world did by itself."""
    for verb in verbs if isinstance(verbs, tuple) else (verbs,):
        CASES.append(Case(vendor, verb, row, name, play, genuine=False))


def genuine(vendor: str, verbs: Verb | tuple[Verb, ...], name: str, play: Callable[[], Play], row: int = 0) -> None:
    for verb in verbs if isinstance(verbs, tuple) else (verbs,):
        CASES.append(Case(vendor, verb, row, name, play, genuine=True))
