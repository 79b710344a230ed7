"""What a person asked to be done, to exactly the row that they saw."""

from __future__ import annotations

import os
import time

from wallboard.domain.keys import Key
from wallboard.domain.language import tr
from wallboard.domain.models import (
    Address,
    Agent,
    Call,
    Hotline,
    Member,
    Notice,
    ParkedCall,
    Phone,
    Queue,
    Receptionist,
    Row,
)
from wallboard.domain.notation import PAIR, written
from wallboard.domain.records import dataclass
from wallboard.domain.verbs import FORMS as FORMS
from wallboard.domain.verbs import MONITORING as MONITORING
from wallboard.domain.verbs import Verb as Verb

TOLERANCE = 2.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What makes a row the one that was seen: its parties, its start and its state.

    `started` may differ by `TOLERANCE` between two readings of the same call; the rest must be equal.
    """

    parties: tuple[str, ...]
    started: float | None
    state: str

    def difference(self, now: Fingerprint) -> str:
        """ "" when `now` is the same thing in the same state, else what changed, as a clause."""
        if self.parties != now.parties:
            return tr("it is {who} now", who=PAIR.join(written(p) for p in now.parties if p) or tr("nobody"))
        if self.started is not None and now.started is not None and abs(self.started - now.started) > TOLERANCE:
            return tr("it is another call now")
        if self.state != now.state:
            return tr("it was {before}, is {state} now", before=_told(self.state), state=_told(now.state))
        return ""


_ASKED = ", asked "


def _told(state: str) -> str:
    now, asked, wanted = state.partition(_ASKED)
    return tr("{state}, asked {asked}", state=tr(now), asked=tr(wanted)) if asked else tr(now)


def fingerprint(row: Row) -> Fingerprint:
    """The identity of `row` as painted."""
    match row:
        case Member():
            return Fingerprint((row.number, row.name, row.serving), row.joined_at, row.state.value)
        case Agent():
            return Fingerprint((row.name, row.with_name), None, row.state.value)
        case Call():
            return Fingerprint((row.from_number, row.to, row.agent), row.started_at, row.state.value)
        case Hotline():
            return Fingerprint((row.name, row.number), None, f"{row.state.value}{_ASKED}{row.asked}")
        case ParkedCall():
            return Fingerprint((row.caller, row.number, row.slot), row.since, "parked")
        case Queue():
            return Fingerprint((row.name,), None, "")
        case Notice():
            return Fingerprint((row.title,), row.active_from, "")
        case Receptionist():
            return Fingerprint((row.name, row.number), None, "")
        case Phone():
            return Fingerprint((row.name, row.extension), None, "")


@dataclass(frozen=True, slots=True)
class Target:
    """The row that a verb was pressed on, as it was painted. `label` names it for people."""

    key: Key
    label: str
    print: Fingerprint
    address: Address = ()
    via: Key | None = None
    """The row under the cursor when the verb acts on another one: the agent whose call this is."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a call is to go: `number` is what is really dialled; `key` the directory entry it came from, if any."""

    number: str
    label: str = ""
    key: Key | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One action asked for once. `id` is unique and sortable by time; `args` are verb-specific
    (`slot`, `queue`, `level`, `position`, `reason`, `session`, `phone`; of `call` `typed`, the number as a person typed
    it; for `FORMS` verbs `form`, the id of the form that was filled in, and its fields by their names)."""

    id: str
    verb: Verb
    target: Target
    destination: Destination | None = None
    args: tuple[tuple[str, str], ...] = ()
    asked_at: float = 0.0
    """When a person pressed the last key of it, or said yes (steady UTC seconds; 0: when it is submitted)."""
    origin: str = "console"
    private: tuple[str, ...] = ()
    """Names of arguments that are sent but stand in no journal and no sentence: an address may hold a key."""
    by: str = ""
    """Who asked, where another machine carries it out: as their console says, which nobody has proven."""
    node: str = ""
    """Their console there."""

    def arg(self, name: str) -> str:
        """The argument called `name`, or ""."""
        for key, value in self.args:
            if key == name:
                return value
        return ""


_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    """A ULID: 26 characters, sortable by the wall clock, unique without asking anyone."""
    number = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10), "big")
    return "".join(_DIGITS[(number >> shift) & 31] for shift in range(125, -1, -5))
