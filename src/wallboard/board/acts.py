"""What people of a site do that all of its consoles should know, as records that any of them can read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from wallboard.board.alarm_records import alarm_of, record
from wallboard.board.alarms import AlarmBook
from wallboard.board.board import Board
from wallboard.domain.keys import Key, Kind
from wallboard.domain.records import dataclass

NAMELESS = frozenset({"", "me"})
"""What somebody without a name is called: a name that means another person at each console."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done `at` (steady UTC seconds) `by` somebody to what `about` names at `source`. Of two about
    the same the later counts, of two at once the one whose `by` comes last. `fields` are what JSON can hold."""

    source: str
    about: str
    at: float
    by: str
    fields: Mapping[str, Any]

    @property
    def rank(self) -> tuple[float, str]:
        return (self.at, self.by)


class Acts(Protocol):
    """One kind of acts where it belongs. `kind`: a plain word; `lasts`: seconds after which it is nobody's matter any
    more."""

    kind: str
    lasts: float

    def known(self) -> Iterable[Act]:
        """The last about each thing, whoever did it."""

    def take(self, act: Act) -> None:
        """Another console's; whatever stands in it. Raises ValueError, KeyError or TypeError where that is none."""


class AlarmActs:
    """Acknowledgements and snoozes by name."""

    kind = "alarm"
    lasts = 12 * 3600.0

    def __init__(self, book: AlarmBook) -> None:
        self._book = book

    def known(self) -> Iterable[Act]:
        for alarm in self._book.kept():
            if alarm.acted_at is not None and alarm.acted_by not in NAMELESS and (alarm.acked or alarm.snoozed):
                yield Act(alarm.source, alarm.id, alarm.acted_at, alarm.acted_by, record(alarm))

    def take(self, act: Act) -> None:
        alarm = alarm_of(act.fields)
        if alarm is None or (alarm.source, alarm.id, *alarm.act) != (act.source, act.about, *act.rank):
            raise ValueError
        self._book.adopt([alarm])


class PullActs:
    """Callers whom somebody has taken out of a queue, by their rows."""

    kind = "pull"
    lasts = 120.0

    def __init__(self, board: Board) -> None:
        self._board = board

    def known(self) -> Iterable[Act]:
        return [Act(key.source, key.id, at, "", {}) for key, at in self._board.pulls().items()]

    def take(self, act: Act) -> None:
        self._board.pulled(Key(act.source, Kind.MEMBER, act.about), act.at)


def number(value: object) -> float:
    """A finite number. Raises TypeError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError
    return float(value)
