"""What a flow may ask on the way from a verb to a command. The console shows it as lines, `do` answers it from its
arguments and the terminal. None as an answer means that it was left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Any

from wallboard.domain.command import Command, Destination
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key
from wallboard.domain.models import Row
from wallboard.domain.records import dataclass
from wallboard.domain.verbs import Verb

Changed = Callable[[], str]
"""Says what has changed since a question was asked about what it speaks of; "" while it is the same."""


@dataclass(frozen=True, slots=True)
class Question:
    """`title` for its first line."""

    title: str
    changed: Changed | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Confirm(Question):
    """Yes or no to `command`. `effect`: who notices what. The answer is a bool."""

    effect: str = ""
    command: Command | None = None


@dataclass(frozen=True, slots=True)
class TypeOut(Question):
    """`word` must be typed before `command` goes: the answer is what was."""

    effect: str = ""
    word: str = ""
    command: Command | None = None
    number: str = ""
    """Its last four digits say it as well."""


@dataclass(frozen=True, slots=True)
class Option:
    """`row`: whose state belongs beside it; `hint`: what taking it does."""

    value: Any
    text: str
    hint: str = ""
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Choose(Question):
    """One of `options`; the answer is its value, with `several` a tuple of them. `about`: the row that it is asked for;
    `does`: what taking one does, as a word."""

    options: tuple[Option, ...] = ()
    about: Row | None = None
    several: bool = False
    does: str = "take"


@dataclass(frozen=True, slots=True)
class Write(Question):
    """Free text, beginning with what is there; the answer is a str."""

    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Where(Question):
    """A destination for the call `row`; the answer is a `Way`. What it costs whom, blind (`effect`) and attended; where
    it may not be attended, why not."""

    row: Row | None = None
    effect: str = ""
    attended_effect: str = ""
    attended: bool = False
    may_attend: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a call is to go, and how. `asked`: that no directory knows the number has been asked about."""

    destination: Destination
    attended: bool
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Fill(Question):
    """One of the adapter's forms, of `verb` on `target`; the answer maps its fields' names to values."""

    target: Key | None = None
    verb: Verb = Verb.CHANGE
    form: Form | None = None
    again: bool = False
    """Begin with what was typed the last time."""
