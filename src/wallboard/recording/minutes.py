"""The minutes of the history, played like a recording: queues alone, a row a minute, for when nothing was recorded.

A figure is the worst of its minute, as it was written down, so the clock stands for a minute and no wait goes on in it.
A minute in which a source was not read is a gap; a queue that alone is missing in one has no figures then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Queue
from wallboard.domain.text import clean
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.history.reading import History, Unreadable
from wallboard.history.records import Minute
from wallboard.recording.tape import Damage, Line, Place

MINUTE = 60
DAY = 86_400
READ = 10 * MINUTE
"""Seconds of the history that are read at once."""
STALE_SOON = 10.0
"""Seconds of a pace at which what is a minute old is stale."""
NOT_KEPT = mark("only minutes of queues were kept")
ABSENT = {
    **dict.fromkeys((Resource.MEMBERS, Resource.AGENTS, Resource.CALLS), NOT_KEPT),
    # Of those the history has too little to say how they stood.
    Resource.HOTLINES: mark("only minutes of queues are shown"),
}
"""What is not played, and why."""


class Minutes:
    """What can be played of the history at `path`; `vendors` by the name of the source, as far as they are known.
    Unreadable, where there is no minute of a queue as well."""

    step = float(MINUTE)
    lead = 3600.0
    """A queue's trend goes back so far."""

    def __init__(self, path: Path, vendors: Mapping[str, str]) -> None:
        self._path = path
        self._vendors = vendors
        self.damage: Damage | None = None
        with History(path) as history:
            span = history.span()
            if span is None:
                raise Unreadable(tr("the history holds no minute of a queue yet"))
            self.start, self.end = map(float, span)
            # Those alone that have queues; one that has none any more is met in its minutes.
            self._sources = {source for source, _ in history.watched(self.end - DAY, self.end)}

    def words(self, place: Place | None = None, at: float | None = None) -> Iterator[Line]:
        """From the minute `at` on, with a place from the next one. Raises Damage where the history cannot be read any
        more."""
        begin = int(self.start if at is None else at)
        told = {name: self._source(name) for name in sorted(self._sources)}
        if place is not None:
            for queues in self._read(begin - READ, begin).values():
                for name, rows in queues.items():
                    told.setdefault(name, self._source(name)).named(rows)
            begin += MINUTE
        for source in told.values():
            yield from source.introduced(begin)
        for since in range(begin, int(self.end) + 1, READ):
            until = min(since + READ, int(self.end) + MINUTE)
            found = self._read(since, until - MINUTE)
            for minute in range(since, until, MINUTE):
                queues = found.get(minute, {})
                for name in sorted(queues.keys() - told.keys()):
                    told[name] = self._source(name)
                    yield from told[name].introduced(minute)
                for name, source in told.items():
                    yield from source.minute(minute, queues.get(name, ()))

    def _source(self, name: str) -> _Source:
        return _Source(name, self._vendors.get(name, ""))

    def _read(self, since: int, until: int) -> dict[int, dict[str, list[Minute]]]:
        """By minute and source."""
        try:
            with History(self._path) as history:
                rows = [row for row in history.minutes(since, until) if row.kind == "queue"]
        except Unreadable:
            raise Damage from None
        return {
            at: {source: list(queues) for source, queues in groupby(minute, lambda row: row.source)}
            for at, minute in groupby(rows, lambda row: row.at)
        }


class _Source:
    """What is told of a source, and its queues so far."""

    def __init__(self, name: str, vendor: str) -> None:
        self._name = name
        self._vendor = vendor
        self._names: dict[str, str] = {}
        self._known: bool | None = None
        """Whether the last minute was written down; None: there was none yet."""

    def introduced(self, at: int) -> Iterator[Line]:
        yield _line(at, SourceInfo(self._name, self._vendor))
        for resource, why in ABSENT.items():
            yield _line(at, FeedStatus(self._name, resource, "", MINUTE, 0.0, cause=tr(why), wanted=False))

    def named(self, queues: Sequence[Minute]) -> None:
        self._names |= {row.row: row.name for row in queues}

    def minute(self, at: int, queues: Sequence[Minute]) -> Iterator[Line]:
        if self._known is not bool(queues):
            self._known = bool(queues)
            told = FeedStatus(self._name, Resource.QUEUES, "", MINUTE, 0.0)
            gap = replace(told, interval=STALE_SOON, failures=1, cause=tr("nothing was recorded"))
            yield _line(at, told if queues else gap)
        if queues:
            self.named(queues)
            rows = {ident: Queue(self._key(ident), clean(name), channel=None) for ident, name in self._names.items()}
            rows |= {row.row: self._queue(row) for row in queues}
            kind, seq = UpdateKind.SNAPSHOT, at // MINUTE
            yield _line(at, Update(self._name, Resource.QUEUES, "", kind, 1, seq, at, tuple(rows.values())))

    def _queue(self, row: Minute) -> Queue:
        somebody = row.longest is not None and (row.longest or row.waiting)
        return Queue(
            self._key(row.row),
            clean(row.name),
            channel=None,
            waiting=row.waiting,
            talking=row.talking,
            longest_since=row.at - row.longest if row.longest is not None and somebody else None,
            ready=row.ready,
            staffed=row.staffed,
        )

    def _key(self, ident: str) -> Key:
        return Key(self._name, Kind.QUEUE, ident)


def _line(at: int, word: Update | FeedStatus | SourceInfo) -> Line:
    return Line(float(at), word, Place())
