"""Looks at the whole board each second and says what is wrong, what is not, and what cannot be known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from wallboard.board.alarms import Alarm, Verdict
from wallboard.board.conditions import hotline_condition, loss_condition, queue_condition, source_condition
from wallboard.board.freshness import TRUSTED, SourceView
from wallboard.board.kpi import AgentCounts
from wallboard.domain.keys import Resource
from wallboard.domain.models import Hotline, Queue

if TYPE_CHECKING:
    from wallboard.board.board import Board


class Judge:
    """Makes the verdicts for the alarm book."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def verdicts(self, now: float) -> Iterator[Verdict]:
        for view in self._board.source_views():
            yield from self._losses(view)
        for row in self._board.rows(Resource.QUEUES):
            if isinstance(row, Queue):
                yield self._queue(row, now)
        for row in self._board.rows(Resource.HOTLINES):
            if isinstance(row, Hotline):
                yield self._hotline(row, now)

    def blind(self, alarm: Alarm) -> bool:
        """Whether it cannot be seen that an alarm without a verdict is over."""
        if alarm.key is None or alarm.resource is None:
            return False
        if self._board.confirming(alarm.source, alarm.resource):
            return True
        view = self._board.resource_view(alarm.source, alarm.resource)
        return view is not None and view.state not in TRUSTED

    def _losses(self, view: SourceView) -> Iterator[Verdict]:
        name = view.info.name
        whole = source_condition(view)
        yield Verdict(f"source:{name}", None, name, None, whole)
        for part in view.resources:
            condition = None if whole is not None else loss_condition(name, part)
            yield Verdict(f"data:{name}/{part.name.value}", None, name, part.name, condition)

    def _queue(self, queue: Queue, now: float) -> Verdict:
        board, key = self._board, queue.key
        held = any(board.confirming(key.source, r) for r in (Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS))
        verdict = Verdict(f"queue:{key}", key, key.source, Resource.QUEUES, None, held=held)
        if board.row_state(key) not in TRUSTED:
            return replace(verdict, known=False)
        stats = board.queue_stats(key, level=False)
        partial = False
        if stats.counts.ready is not None and not board.trusted(key.source, Resource.AGENTS, key.id):
            stats, partial = replace(stats, counts=AgentCounts(), staffed=None), True
        if board.read_at(key.source, Resource.MEMBERS) is not None and not board.trusted(
            key.source, Resource.MEMBERS, key.id
        ):
            stats, partial = replace(stats, waiting=queue.waiting, longest_since=queue.longest_since), True
        condition = queue_condition(queue, stats, board.rule(queue), board.settings, now)
        # What can still be seen is enough to raise an alarm, not to end one.
        return replace(verdict, condition=condition, known=condition is not None or not partial)

    def _hotline(self, hotline: Hotline, now: float) -> Verdict:
        key = hotline.key
        known = self._board.row_state(key) in TRUSTED
        held = self._board.confirming(key.source, Resource.HOTLINES)
        condition = hotline_condition(hotline, now) if known else None
        return Verdict(f"hotline:{key}", key, key.source, Resource.HOTLINES, condition, known, held)
