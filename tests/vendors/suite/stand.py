"""What every stand is: a small scripted vendor, the lists it serves, what can be done to it and what it does to us.

A stand is written from its vendor's documents and knows nothing of the adapter. It keeps score of every request that
acts and of every request that no document describes. What a vendor cannot do at all is declared with its reason in
`exceptions`; the suite checks that each case is either played or excepted.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

import anyio
import anyio.lowlevel

from tests.vendors.server import NOW, Item
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import FORMS, Command, Destination, Target, Verb, fingerprint, new_id
from wallboard.domain.errors import (
    ActionError,
    Ambiguous,
    BadAnswer,
    CredentialsRefused,
    Late,
    Missing,
    NotPermitted,
    NotSent,
    ReadError,
    Rejected,
    ServerTrouble,
    TargetGone,
    Throttled,
    Unreachable,
)
from wallboard.domain.forms import Form, Takes
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Notice, Row
from wallboard.domain.text import NOTHING
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.vendors.base import Adapter

T = TypeVar("T")
SOURCE = "src"
WORD = "Levitating"
"""A word that no vendor has."""
AGAIN = 30.0
"""Seconds of every Retry-After."""


class Fault(StrEnum):
    """What can come instead of an answer."""

    REFUSED = "401"
    FORBIDDEN = "403"
    MISSING = "404"
    CONFLICT = "409"
    THROTTLED = "429 with Retry-After"
    BROKEN = "500"
    BUSY = "503"
    PAUSED = "503 with Retry-After"
    NOT_JSON = "text that is no JSON"
    HTML = "a web page"
    TRUNCATED = "half an answer"
    EMPTY = "an empty answer"
    TOO_LARGE = "a huge answer"
    NOT_A_NUMBER = "NaN"
    SLOW = "no answer in time"
    DROPPED = "a connection that breaks"
    CLOSED = "a connection that is refused"


GARBAGE = (Fault.NOT_JSON, Fault.HTML, Fault.TRUNCATED, Fault.EMPTY, Fault.TOO_LARGE, Fault.NOT_A_NUMBER)

REMEDIES: dict[Fault, type[ReadError]] = {
    Fault.REFUSED: CredentialsRefused,
    Fault.FORBIDDEN: NotPermitted,
    Fault.MISSING: Missing,
    Fault.CONFLICT: BadAnswer,
    Fault.THROTTLED: Throttled,
    Fault.BROKEN: ServerTrouble,
    Fault.BUSY: ServerTrouble,
    Fault.PAUSED: Throttled,
    **dict.fromkeys(GARBAGE, BadAnswer),
    Fault.SLOW: Late,
    Fault.DROPPED: BadAnswer,
    Fault.CLOSED: Unreachable,
}
"""What a reading must raise."""

ENDINGS: dict[Fault, type[ActionError]] = {
    Fault.REFUSED: Rejected,
    Fault.FORBIDDEN: Rejected,
    Fault.MISSING: TargetGone,
    Fault.CONFLICT: TargetGone,
    Fault.THROTTLED: Rejected,
    Fault.BROKEN: Ambiguous,
    Fault.BUSY: Ambiguous,
    Fault.PAUSED: Ambiguous,
    Fault.SLOW: Ambiguous,
    Fault.DROPPED: Ambiguous,
    Fault.CLOSED: NotSent,
}
"""What an action must raise, by what can have happened."""


class Case(StrEnum):
    """Cases that a vendor may be unable to play, beside the faults."""

    PAGES = "lists in pages"
    HOLE = "a page that comes short in the middle"
    NUMBERS = "ids as numbers"
    SEVERAL_FORMS = "lists bare and wrapped"
    STRANGE = "words that no document has"
    RENEWAL = "a sign-in that can be renewed"
    STATUS = "feeds that are polled"


@dataclass(frozen=True)
class Strange:
    """A word that no document has, in one field; `state`: the row's state must be unknown for it."""

    change: Callable[[Item], Item]
    state: bool = True


@dataclass(frozen=True)
class Listed:
    """One of the vendor's main lists and the feed that shows it.

    `make(i)` is its i-th row over the wire, `key(i)` that row's id on the board, `identity` the field with its id,
    `needs` the fields without which it is no row. `page` rows come at once (0: all of them). `ways` are the forms in
    which it may come, the documented one first, made of one page and the total; `nothing` what may stand for none.
    `after` are the discoveries that must have been through. `indirect` says why its faults are not raised as such,
    `besides` are ids that another list of the vendor brings to the same pane, `request` names the one
    request with which several lists come.
    """

    name: str
    resource: Resource
    make: Callable[[int], Item]
    key: Callable[[int], str]
    identity: str
    needs: tuple[str, ...]
    scope: str = ""
    page: int = 0
    ways: Mapping[str, Callable[[list[Item], int], object]] = field(default_factory=dict)
    nothing: Mapping[str, object] = field(default_factory=dict)
    strange: tuple[Strange, ...] = ()
    after: tuple[Resource, ...] = ()
    indirect: str = ""
    besides: frozenset[str] = frozenset()
    request: str = ""

    @property
    def sizes(self) -> tuple[int, ...]:
        if not self.page:
            return 0, 1, 7, 120
        return 0, 1, self.page, self.page + 1, 2 * self.page + self.page // 2


def keys(listed: Listed, count: int) -> list[str]:
    return sorted(listed.key(index) for index in range(count))


def changed(**fields: object) -> Callable[[Item], Item]:
    return lambda item: {**item, **fields}


def ids(rows: tuple[Row, ...], listed: Listed) -> list[str]:
    """The ids of rows, each as often as it stands there."""
    return sorted(row.key.id for row in rows if row.key.id not in listed.besides)


class Warp:
    """Time that passes for the event loop when told to: a deadline of ten seconds is over at once."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        real = loop.time
        self._ahead = 0.0
        setattr(loop, "time", lambda: real() + self._ahead)  # noqa: B010  # a method, replaced for this loop alone

    def jump(self, seconds: float) -> None:
        self._ahead += seconds


async def settle(turns: int = 40) -> None:
    """Let everything happen that can happen without time passing."""
    for _ in range(turns):
        await anyio.lowlevel.checkpoint()


class Nowhere:
    """A sink that nothing is expected in but proofs."""

    def apply(self, update: Update) -> None:
        assert update.kind is UpdateKind.PROOF
        assert not update.rows

    def status(self, status: FeedStatus) -> None:
        raise AssertionError("who only acts says nothing of lists")

    def source(self, info: SourceInfo) -> None:
        raise AssertionError("who only acts says nothing of the source")


class Session(ABC):
    """An adapter that talks to a stand."""

    def __init__(self, stand: Stand, adapter: Adapter) -> None:
        self.stand = stand
        self.adapter = adapter

    @abstractmethod
    async def read(self, listed: Listed) -> tuple[Row, ...]:
        """The rows of a list as the board would have them now. Raises ReadError."""

    @abstractmethod
    async def read_slowly(self, listed: Listed) -> tuple[Row, ...]:
        """The same from a vendor that does not answer, without waiting for as long as it takes."""

    @abstractmethod
    async def everything(self) -> list[Row]:
        """Every row of every list."""

    @abstractmethod
    async def refuse(self, fault: Fault | None) -> None:
        """From now on every action meets with this."""

    async def outlast(self, job: Callable[[], Awaitable[T]]) -> T:
        """Do `job` while the vendor keeps it waiting for ever."""
        found: list[T] = []
        failed: list[Exception] = []

        async def work() -> None:
            try:
                found.append(await job())
            except (ReadError, ActionError) as error:
                failed.append(error)

        warp = Warp()
        self.stand.hanging = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(work)
            await self.stand.hanging.wait()
            await settle()
            self.stand.clock.advance(120.0)
            warp.jump(120.0)
        if failed:
            raise failed[0]
        return found[0]

    def command(
        self, verb: Verb, row: Row | None, form: Form | None = None, changes: Mapping[str, str] | None = None
    ) -> Command:
        """What the console makes of a key on a row, filled in as a person would."""
        if row is None:
            key, label = Key(SOURCE, Kind.SOURCE, SOURCE), SOURCE
            target = Target(key, label, fingerprint(Notice(Key(SOURCE, Kind.NOTICE, ""), NOTHING, NOTHING)))
        else:
            target = Target(row.key, "the row", fingerprint(row), row.address)
        number = self.stand.destination(verb, row)
        args = dict(self.stand.args(verb, row))
        if form is not None:
            args = {"form": form.id, **{each.name: each.value for each in form.fields}, **(changes or {})}
        destination = Destination(number) if number else None
        return Command(new_id(), verb, target, destination, tuple(args.items()), self.stand.clock.now())

    def asked(self, verb: Verb, row: Row | None) -> list[Command]:
        """Every command that the console could make of the verb: one, or one a form."""
        if verb not in FORMS:
            return [self.command(verb, row)]
        return [self.command(verb, row, form, filled(form)) for form in self.adapter.forms(verb, row)]


def filled(form: Form) -> dict[str, str]:
    """A form filled in so that something is asked for: another choice, closed instead of open, an address."""
    values: dict[str, str] = {}
    for each in form.fields:
        match each.takes:
            case Takes.CHOICE if any(option.value == "HANGUP" for option in each.options):
                values[each.name] = "REPEAT" if each.value == "HANGUP" else "HANGUP"
            case Takes.SEVERAL if not each.value and each.options and "where" not in values:
                values[each.name] = each.options[0].value
            case Takes.HOURS:
                values[each.name] = "all day" if each.value == "closed" else "closed"
            case Takes.LINE if each.name == "url":
                values[each.name] = "https://speech.example.net/in"
            case Takes.LINE if each.name in ("remarks", "text_in"):
                values[each.name] = "said by the suite"
    return values


def fitting(verb: Verb, rows: list[Row]) -> list[Row | None]:
    """The rows that the verb may be pressed on; publishing needs none."""
    if verb is Verb.PUBLISH:
        return [None]
    return [row for row in rows if row.key.kind in verb.facts.kinds]


class Stand(ABC):
    """See the module. `rows` by list name, `ways` the form in which a list comes, `faults` by list name, `everywhere`
    for every reading, `refusal` for the next actions; `acted` every acting request that arrived, in words."""

    name: ClassVar[str]
    lists: ClassVar[tuple[Listed, ...]]
    states: ClassVar[Mapping[tuple[str, str], str]]
    """What rows of an ordinary day are, by kind and id."""
    exceptions: ClassVar[Mapping[str, str]]
    breaks: ClassVar[bool] = False
    """Whether an action that fails can take the connection with it."""
    shared: ClassVar[frozenset[Fault]] = frozenset()
    """Faults that concern every list at once."""
    remedies: ClassVar[Mapping[Fault, type[ReadError]]] = REMEDIES
    endings: ClassVar[Mapping[Fault, type[ActionError]]] = ENDINGS

    def __init__(self) -> None:
        self.clock = ManualClock(NOW)
        self.rows: MutableMapping[str, list[Item]] = {}
        self.ways: dict[str, str] = {}
        self.instead: dict[str, object] = {}
        """What a list is answered with, whatever its rows."""
        self.faults: dict[str, Fault] = {}
        self.everywhere: Fault | None = None
        self.refusal: Fault | None = None
        self.refusals = 99
        """So many actions are refused."""
        self.hidden: set[int] = set()
        """Places of rows that the vendor takes out of a page after it was cut."""
        self.litter = False
        """Whether there is rubbish between the rows of every list, and its first row twice."""
        self.acted: list[str] = []
        self.undocumented: list[str] = []
        self.hanging = anyio.Event()

    def fill(self, listed: Listed, count: int) -> None:
        self.rows[listed.name] = [listed.make(index) for index in range(count)]

    def ready(self, verb: Verb) -> None:  # noqa: B027  # most vendors need nothing
        """Make what the verb needs to be there before anybody looks."""

    @abstractmethod
    def open(self, told: Sequence[Row] | None = None, **changes: Any) -> AbstractAsyncContextManager[Session]:
        """A healthy vendor unless told otherwise; `changes` of the source's settings. With `told` these are the rows
        that another console has read of it, and the adapter only acts."""

    def destination(self, verb: Verb, row: Row | None) -> str:
        """Where a call is to go, "" where the verb takes none."""
        return ""

    def args(self, verb: Verb, row: Row | None) -> dict[str, str]:
        return {}

    def of(self, name: str) -> Listed:
        return next(listed for listed in self.lists if listed.name == name)
