"""A board whose rows and alarms are read with their telephone numbers masked. Inside it knows them: who calls again,
who is known and who went where stays as true as on any other board."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from wallboard.board.alarm import Alarm
from wallboard.board.alarms import AlarmBook
from wallboard.board.board import Board
from wallboard.board.repeat_callers import Repeat
from wallboard.board.settings import BoardSettings
from wallboard.board.source import SourceState
from wallboard.board.verdicts import Verdict
from wallboard.domain.clock import Clock
from wallboard.domain.keys import Key, Resource
from wallboard.domain.known import Known
from wallboard.domain.masking import masked, masked_row, whole
from wallboard.domain.models import Row

MOST = 20_000
"""Rows that are kept as they are shown; then all are made anew."""


class MaskedBook(AlarmBook):
    def restore(self, kept: Iterable[Alarm]) -> None:
        super().restore(replace(each, object=masked(each.object), text=masked(each.text)) for each in kept)


class MaskedBoard(Board):
    """See the module."""

    book = MaskedBook

    def __init__(self, clock: Clock, settings: BoardSettings | None = None) -> None:
        super().__init__(clock, settings)
        self._shown: dict[Key, tuple[Row, Row]] = {}

    def row(self, key: Key) -> Row | None:
        row = super().row(key)
        return None if row is None else self._hidden(row)

    def rows(self, resource: Resource, source: str | None = None) -> Sequence[Row]:
        return tuple(map(self._hidden, super().rows(resource, source)))

    def _hidden(self, row: Row) -> Row:
        known = self._shown.get(row.key)
        if known is None or known[0] is not row:
            if len(self._shown) >= MOST:
                self._shown.clear()
            known = self._shown[row.key] = row, masked_row(row)
        return known[1]

    def spelled(self, ident: str) -> str:
        return masked(ident)

    def caller(self, source: str, number: str) -> Known | None:
        return super().caller(source, whole(number))

    def repeat(self, source: str, number: str) -> Repeat | None:
        return super().repeat(source, whole(number))

    def wait_severity(self, queue: Key, seconds: float, number: str = "") -> str:
        return super().wait_severity(queue, seconds, whole(number))

    def _verdicts(self, source: SourceState, judged: Collection[Key | None], now: float) -> Sequence[Sequence[Verdict]]:
        return [[_hidden(verdict) for verdict in found] for found in super()._verdicts(source, judged, now)]


def _hidden(verdict: Verdict) -> Verdict:
    hidden = masked(verdict.object)
    return verdict if hidden is verdict.object else replace(verdict, object=hidden)
