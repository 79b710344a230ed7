"""The calls around a queue, remembered for a while: which leg a caller went on in, and whose it is.

A leg carries another id than the caller in the queue, so it is known by the number and the moment as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable

from wallboard.board.caller_history.stay import SLACK, Outcome, Stay
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Call
from wallboard.domain.numbers import MASK
from wallboard.domain.records import dataclass
from wallboard.domain.states import CallState, Direction

_UP = frozenset({CallState.TALKING, CallState.HELD, CallState.PARKED})
PUBLIC = 7
"""Digits of a number that means the same telephone everywhere."""
_LAST = 9


def line_of(number: str) -> str:
    """A number by which two rows are the same line: the end of a public one, the digits of an extension (without the
    prefix of its account); "" for none. One that is masked stays so, or it would be taken for an extension."""
    if number.startswith(MASK):
        return number
    digits = re.sub(r"[^0-9]", "", number.split("@")[0].rsplit("*", 1)[-1])
    return digits[-_LAST:] if len(digits) >= PUBLIC else digits


def whose(source: str, line: str) -> tuple[str, str]:
    """Whose telephone a line is: a public one means the same everywhere, an extension at its source."""
    return ("" if len(line) >= PUBLIC else source, line)


@dataclass(slots=True, eq=False)
class Leg:
    """What was seen of one leg between the readings `first` and `last`; `gone` at the first reading without it."""

    id: str
    line: str
    to: str
    where: str
    agent: Key | None
    outgoing: bool
    mine: bool
    began: float | None
    answered: float | None
    up: bool
    first: float
    last: float
    gone: float | None = None
    claimed: Stay | None = None


class Legs:
    """The legs of one source. `pace`: seconds between the last two readings of the slowest of its lists of calls."""

    def __init__(self) -> None:
        self._legs: dict[Key, Leg] = {}
        self._lines: dict[str, set[Key]] = {}
        self._scopes: dict[str, set[Key]] = {}
        self._read: dict[str, tuple[float, float]] = {}

    @property
    def pace(self) -> float:
        return max((pace for _, pace in self._read.values()), default=float("inf"))

    def listed(self, scope: str, rows: Iterable[Call], changed: Container[Key], at: float) -> None:
        """All calls of a scope as they were `at`; what is not `changed` reads as it did before."""
        known = self._read.get(scope)
        self._read[scope] = (at, float("inf") if known is None else max(0.0, at - known[0]))
        present: set[Key] = set()
        for row in rows:
            present.add(row.key)
            leg = self._legs.get(row.key)
            if leg is None or leg.gone is not None or leg.agent is not row.agent_key or row.key in changed:
                self._seen(row, at)
            else:
                leg.last = at
        for key in self._scopes.get(scope, set()) - present:
            self._gone(key, at)
        self._scopes[scope] = present

    def told(self, rows: Iterable[Call], removed: Iterable[Key], at: float) -> None:
        """What an event told of single calls."""
        for row in rows:
            self._seen(row, at)
        for key in removed:
            self._gone(key, at)

    def _gone(self, key: Key, at: float) -> None:
        leg = self._legs.get(key)
        if leg is not None and leg.gone is None:
            leg.gone = at

    def _seen(self, row: Call, at: float) -> None:
        leg = self._legs.get(row.key)
        if leg is None or leg.gone is not None:
            leg = self._legs[row.key] = Leg(
                row.key.id,
                line_of(row.from_number),
                line_of(row.to),
                "",
                None,
                row.direction is Direction.OUT,
                row.mine and not row.spying,
                row.started_at,
                None,
                False,
                at,
                at,
            )
            self._lines.setdefault(leg.line, set()).add(row.key)
        leg.last = at
        leg.to = line_of(row.to)
        leg.where = str(row.agent or row.to_name or row.extension or row.to)
        leg.agent = row.agent_key or leg.agent
        leg.up = row.state in _UP
        if row.state in _UP and leg.answered is None:
            leg.answered = row.answered_at

    def answered(self, stay: Stay) -> float | None:
        """When the leg was answered on which the caller talks; None where there is none, or not one alone."""
        assert stay.left is not None
        low, high = stay.seen - SLACK, stay.left + SLACK
        found = {
            leg.answered
            for leg in self._of(stay)
            if leg.up and leg.answered is not None and low <= leg.answered <= high
            if stay.server is None or leg.agent is None or leg.agent == stay.server
        }
        return found.pop() if len(found) == 1 else None

    def _of(self, stay: Stay) -> Iterable[Leg]:
        ids = {stay.key.id, stay.call_id}
        return (leg for key in self._lines.get(stay.line, ()) if (leg := self._legs[key]).gone is None or leg.id in ids)

    def forget(self, before: float) -> None:
        for key in [key for key, leg in self._legs.items() if leg.gone is not None and leg.last < before]:
            line = self._legs.pop(key).line
            self._lines[line].discard(key)
            if not self._lines[line]:
                del self._lines[line]

    def around(self, seen: float, left: float, pace: float) -> tuple[int, int]:
        """How many legs were up before somebody left, and how many of those after."""
        before = [leg for leg in self._legs.values() if leg.first <= seen and leg.last >= seen - pace]
        if not self._read or any(at < left for at, _ in self._read.values()):
            return 0, 0
        return len(before), len([leg for leg in before if leg.gone is None])

    def explain(
        self, stay: Stay, queue_lines: set[str], serves: Callable[[Key], bool], lists_talks: bool
    ) -> tuple[Outcome, Leg] | None:
        """What a leg says of one who left the queue, and the leg; None: no leg is theirs."""
        assert stay.left is not None
        found: list[tuple[int, Outcome, Leg]] = []
        for leg, same in self._around(stay):
            if leg.last < stay.seen - SLACK:
                continue
            outcome = _outcome(leg, stay, same, queue_lines, serves, lists_talks)
            if outcome is not None:
                found.append((0 if same else 1, outcome, leg))
        if not found:
            return None
        _, outcome, leg = min(found, key=lambda each: (each[0], each[1] is not Outcome.ANSWERED, each[2].first))
        leg.claimed = stay
        return outcome, leg

    def leaving(self, stay: Stay, now: float) -> bool:
        """Whether they left a moment ago and their own leg is still there, but for no talk: they may be hanging up."""
        own = (self._legs.get(key) for key in _own(stay))
        there = any(leg is not None and leg.gone is None and not _since(leg, stay) for leg in own)
        return there and stay.left is not None and now - stay.left <= SLACK

    def beyond(self, stay: Stay) -> Leg | None:
        """A leg on which the caller still talks after they left; one who hangs up has none a moment later."""
        assert stay.left is not None
        return next((leg for leg, _ in self._around(stay) if leg.up and leg.last > stay.left + SLACK), None)

    def _around(self, stay: Stay) -> Iterable[tuple[Leg, bool]]:
        """The legs that may be the caller's, and whether one is by its id."""
        own = _own(stay)
        for key in own | self._lines.get(stay.line, set()):
            leg = self._legs.get(key)
            if leg is not None and leg.claimed in (None, stay) and (key in own or self._theirs(leg, stay)):
                yield leg, key in own

    def _theirs(self, leg: Leg, stay: Stay) -> bool:
        """Whether the leg has the caller's number, and began or was answered in the moment in which they left."""
        if not stay.line or leg.line != stay.line or (leg.outgoing and not leg.agent) or stay.left is None:
            return False
        moments = [moment for moment in (leg.began, leg.answered) if moment is not None]
        return any(stay.seen - SLACK <= moment <= stay.left + SLACK for moment in moments)


def _own(stay: Stay) -> set[Key]:
    """By which keys the caller's own leg may be listed."""
    return {Key(stay.key.source, Kind.CALL, id_) for id_ in (stay.key.id, stay.call_id)}


def _since(leg: Leg, stay: Stay) -> bool:
    """Whether the leg was answered since they came to the queue."""
    return leg.answered is not None and (stay.joined is None or leg.answered > stay.joined + 0.5)


def _outcome(
    leg: Leg, stay: Stay, same: bool, queue_lines: set[str], serves: Callable[[Key], bool], lists_talks: bool
) -> Outcome | None:
    assert stay.left is not None
    if leg.mine:
        return Outcome.PULLED if leg.last >= stay.left else None
    through = leg.to in queue_lines and not same
    ours = through or (leg.agent is not None and (leg.agent in stay.rung or (not stay.rung and serves(leg.agent))))
    # Their own leg outlives their place in the queue by a moment also where they hang up.
    hung_up = same and leg.gone is not None and leg.gone <= stay.left + SLACK
    if lists_talks and leg.up and leg.last > stay.left and not through:
        # One who talks to the queue's agent would be listed as served.
        return None if hung_up else Outcome.FLOWED
    if leg.up and (ours or (same and _since(leg, stay) and not lists_talks)):
        return Outcome.ANSWERED
    if ours and not same:
        # It rang for them and was not answered.
        return None
    # Where they are now is none of the queue's telephones.
    return Outcome.FLOWED if (leg.up or leg.last >= stay.left) and not hung_up else None
