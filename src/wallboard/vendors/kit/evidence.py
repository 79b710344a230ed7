"""How it is known that an action happened: what a row of any vendor's evidence table is made of.

What one reading says may be a list that flapped, lacked a page or was half an answer, and what was so before is not the
action's doing. Which rows a vendor shows, and what makes two of them the same call, is the vendor's own statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from wallboard.domain.command import Command, Fingerprint, Target, Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.language import tr
from wallboard.domain.models import Call, Member, Queue, Row
from wallboard.domain.states import MemberState
from wallboard.vendors.base import Evidence, Trial, Verification

Test = Callable[[Trial], bool]
ReadAt = Callable[[Trial], float | None]
"""When the list behind a test was last asked for (steady UTC seconds; None: never, or not whole)."""
Says = Callable[[Row | None], bool]
"""What a row shows; None: it is not there."""
R = TypeVar("R", bound=Row)

DEADLINE = 20.0
SETTLED = 6.0
"""A reading this many seconds after the answer that still shows the old state denies the action."""
WRITTEN = 4.0
"""The same for an object that was written as a whole and is read back alone."""
TOLERANCE = 3.0
"""Seconds that a start may lie before our request: the vendor's clock is known to 2 s, its times to 1 s."""
SOON = 5.0
"""Seconds after the answer within which a call known by a number alone must have begun: nobody hangs up and dials again
so fast."""


def documented(verb: Verb) -> Command:
    """The command of a verb as the tables of the documents need it: on nothing."""
    return Command("", verb, Target(Key("", Kind.CALL, "-"), "", Fingerprint((), None, "")))


def read_at(resource: Resource, scope: str = "") -> ReadAt:
    return lambda trial: trial.facts.read_at(trial.source, resource, scope)


def late(trial: Trial, at: float | None, seconds: float = SETTLED) -> bool:
    """Whether a reading at `at` came so long after the answer that it speaks against the action."""
    return at is not None and at > trial.receipt.answered_at + seconds


def settled(trial: Trial, resource: Resource, scope: str = "", seconds: float = SETTLED) -> bool:
    """Whether the list was read long after the answer."""
    return late(trial, read_at(resource, scope)(trial), seconds)


def read_back(
    verb: Verb,
    request: str,
    at: ReadAt,
    done: Mapping[str, Says],
    denied: Mapping[str, Says],
    impostor: str,
    *,
    before: Row | None = None,
    deadline: float = DEADLINE,
    watch: tuple[Resource, ...] = (),
    cannot: str = "",
) -> Verification:
    """An act that shows in its own row: one of `done` in a reading since the answer, one of `denied` in one that is
    long since. By their words, each a look at the row; `before` is the row as it was."""

    def seen(says: Says, seconds: float) -> Test:
        return lambda trial: late(trial, at(trial), seconds) and says(trial.after())

    return Verification(
        verb,
        request,
        tuple(
            Evidence(was_so(text, before is not None and says(before)), seen(says, 0.0), impostor)
            for text, says in done.items()
        ),
        tuple(Evidence(text, seen(says, SETTLED)) for text, says in denied.items()),
        deadline,
        watch,
        cannot,
    )


class TwiceRunning:
    """A test that holds when two readings in a row, both begun after the vendor's answer, say the same.

    Holds state of one action, so each verification makes its own.
    """

    def __init__(self, test: Test, read_at: ReadAt) -> None:
        self._test = test
        self._read_at = read_at
        self._first: float | None = None

    def __call__(self, trial: Trial) -> bool:
        at = self._read_at(trial)
        if at is None or at <= trial.receipt.answered_at or not self._test(trial):
            self._first = None
            return False
        if self._first is None:
            self._first = at
        return at > self._first


def oldest(*times: float | None) -> float | None:
    """The age of what several lists say together: of the oldest; None if one of them was not read."""
    known = [at for at in times if at is not None]
    return min(known) if known and len(known) == len(times) else None


def was_so(text: str, already: bool) -> str:
    """`text`, and where it was so before the action, that it shows no change."""
    return tr("{text} (it was so before)", text=text) if already else text


def shown(trial: Trial, resource: Resource, model: type[R]) -> list[R]:
    """The rows of a resource as they stand."""
    return [row for row in trial.facts.rows(resource, trial.source) if isinstance(row, model)]


def calls(trial: Trial) -> list[Call]:
    return shown(trial, Resource.CALLS, Call)


def members(trial: Trial) -> list[Member]:
    return shown(trial, Resource.MEMBERS, Member)


def over(trial: Trial) -> bool:
    """The row is no longer there, or its caller has hung up."""
    after = trial.after()
    return after is None or (isinstance(after, Member) and after.state is MemberState.ABANDONED)


def began(row: Call | Member) -> float | None:
    return row.started_at if isinstance(row, Call) else row.joined_at


def began_with(trial: Trial, row: Call | Member) -> bool:
    """Whether it began when the action was sent."""
    at, receipt = began(row), trial.receipt
    return at is not None and receipt.sent_at - TOLERANCE <= at <= receipt.answered_at + SOON


def unmoved(trial: Trial, same_call: Callable[[Call, Call], bool]) -> bool:
    """The row is there as it was; of a call, `same_call` of now and before says so."""
    match trial.after(), trial.before:
        case Call() as after, Call() as before:
            return same_call(after, before)
        case Member() as after, Member() as before:
            return (after.queue_id, after.state) == (before.queue_id, before.state)
    return False


def arrived(
    number: str, left: Test, there: Callable[[Trial, Call], bool], waits: Callable[[Trial, Member], bool], at: ReadAt
) -> Test:
    """In two readings running the call has left where it was, and a call of it is `there`, or it `waits` in the queue
    with that number."""

    def test(trial: Trial) -> bool:
        if not number or not left(trial):
            return False
        if any(there(trial, call) for call in calls(trial)):
            return True
        queues = {row.key.id for row in shown(trial, Resource.QUEUES, Queue) if row.number == number}
        return any(row.queue_id in queues and waits(trial, row) for row in members(trial))

    return TwiceRunning(test, at)
