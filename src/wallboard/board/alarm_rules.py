"""What is wrong at a source, what is not, and what cannot be known: the verdicts that alarms are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wallboard.board.alarms import Alarm, Verdict
from wallboard.board.conditions import hotline_condition, loss_condition, queue_condition, source_condition
from wallboard.board.freshness import TRUSTED
from wallboard.board.settings import BoardSettings
from wallboard.board.source import SourceState
from wallboard.board.tally import AgentCounts
from wallboard.domain.keys import Resource
from wallboard.domain.models import Hotline, Queue


def losses(source: SourceState, now: float) -> Iterator[Verdict]:
    """The source as a whole, and each list of it that has gone."""
    view = source.whole(now)
    name = view.info.name
    whole = source_condition(view)
    yield Verdict(f"source:{name}", None, name, None, whole)
    for part in view.resources:
        condition = None if whole is not None else loss_condition(name, part)
        yield Verdict(f"data:{name}/{part.name.value}", None, name, part.name, condition)


def queues(source: SourceState, settings: BoardSettings, now: float) -> Iterator[Verdict]:
    return (_queue(source, row, settings, now) for row in source.rows(Resource.QUEUES) if isinstance(row, Queue))


def hotlines(source: SourceState, now: float) -> Iterator[Verdict]:
    return (_hotline(source, row, now) for row in source.rows(Resource.HOTLINES) if isinstance(row, Hotline))


def blind(source: SourceState, alarm: Alarm, now: float) -> bool:
    """Whether it cannot be seen that an alarm of this source without a verdict is over."""
    if alarm.key is None or alarm.resource is None:
        return False
    if source.confirming(alarm.resource):
        return True
    return alarm.resource in source.resources() and source.view(alarm.resource, now).state not in TRUSTED


def _queue(source: SourceState, queue: Queue, settings: BoardSettings, now: float) -> Verdict:
    key = queue.key
    held = source.confirming(Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS)
    verdict = Verdict(f"queue:{key}", key, key.source, Resource.QUEUES, None, held=held)
    if source.row_state(key, now) not in TRUSTED:
        return replace(verdict, known=False)
    stats = source.queue_stats(key, now, level=False)
    partial = False
    if stats.counts.ready is not None and not source.trusted(Resource.AGENTS, key.id, now):
        stats, partial = replace(stats, counts=AgentCounts(), staffed=None), True
    if source.read_at(Resource.MEMBERS) is not None and not source.trusted(Resource.MEMBERS, key.id, now):
        stats, partial = replace(stats, waiting=queue.waiting, longest_since=queue.longest_since), True
    condition = queue_condition(queue, stats, source.rule(queue), settings, now)
    # What can still be seen is enough to raise an alarm, not to end one.
    return replace(verdict, condition=condition, known=condition is not None or not partial)


def _hotline(source: SourceState, hotline: Hotline, now: float) -> Verdict:
    key = hotline.key
    known = source.row_state(key, now) in TRUSTED
    condition = hotline_condition(hotline, now) if known else None
    return Verdict(
        f"hotline:{key}", key, key.source, Resource.HOTLINES, condition, known, source.confirming(Resource.HOTLINES)
    )
