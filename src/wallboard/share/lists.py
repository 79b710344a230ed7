"""What has been said of each list of a source: all that a joiner must know, and what of a new reading is news."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Row
from wallboard.domain.update import LISTS, Update, UpdateKind

Where = tuple[Resource, str]
ONE_BY_ONE = 50
"""Events that are told one by one to who joins, what came before them as one: a reading that is under way began after
some of them, and takes back those that came before it."""
NEWS = 0.5
"""Share of a list from which on all of it is said instead of what has changed."""


class Known:
    """One list: its last reading, and what events have said since, by row. `at`: the number of the last message about
    it."""

    def __init__(self) -> None:
        self.at = 0
        self._read: Update | None = None
        self._rows: dict[Key, Row] = {}
        self._since: dict[Key, tuple[int, int, Row | None]] = {}
        self._heard: Update | None = None

    def news(self, update: Update) -> tuple[Update, bool]:
        """The update as it is said to those who know what was said before, and whether it says the list whole. The
        list then stands as the update leaves it."""
        if update.kind not in LISTS:
            self._hear(update)
            return update, False
        if self._read is not None and (update.epoch, update.seq) < (self._read.epoch, self._read.seq):
            # An answer that was overtaken: the board passes over it, and so does who is told.
            update = self._read
        old, new = self._rows, {row.key: row for row in update.rows}
        changed = tuple(row for row in update.rows if old.get(row.key) != row)
        kept = [*(key for key in old if key in new), *(key for key in new if key not in old)]
        # Rows stand in the vendor's order, which a list of changes cannot say.
        whole = self._read is None or len(changed) > NEWS * len(new) or kept != list(new)
        removed = tuple(key for key in old if key not in new)
        self._keep(update, new)
        return (update, True) if whole else (replace(update, rows=changed, removed=removed), False)

    def told(self, update: Update, whole: bool) -> Update:
        """What the reader was told, made of what was said of it."""
        if update.kind not in LISTS:
            self._hear(update)
            return update
        rows = {} if whole else {key: row for key, row in self._rows.items() if key not in set(update.removed)}
        rows |= {row.key: row for row in update.rows}
        full = replace(update, rows=tuple(rows.values()), removed=())
        self._keep(full, rows)
        return full

    def everything(self) -> Iterator[Update]:
        """The last reading and the events since, without what an action would wait for."""
        if self._read is not None:
            yield replace(self._read, kind=UpdateKind.SNAPSHOT, proofs=())
        if self._heard is None:
            return
        events: dict[tuple[int, int], dict[Key, Row | None]] = {}
        for key, (epoch, seq, row) in self._since.items():
            events.setdefault((epoch, seq), {})[key] = row
        order = sorted(events)
        for together in (order[:-ONE_BY_ONE], *([each] for each in order[-ONE_BY_ONE:])):
            if together:
                found = {key: row for each in together for key, row in events[each].items()}
                rows = tuple(row for row in found.values() if row is not None)
                removed = tuple(key for key, row in found.items() if row is None)
                heard = replace(self._heard, kind=UpdateKind.DELTA, epoch=together[-1][0], seq=together[-1][1])
                yield replace(heard, rows=rows, removed=removed, proofs=())

    def _keep(self, update: Update, rows: dict[Key, Row]) -> None:
        """Events that came after the reading had begun are not in it."""
        self._read, self._rows = update, rows
        began = update.epoch, update.seq
        self._since = {key: said for key, said in self._since.items() if said[:2] > began}

    def _hear(self, update: Update) -> None:
        self._heard = update
        for row in update.rows:
            self._since[row.key] = (update.epoch, update.seq, row)
        for key in update.removed:
            # Of one, too, that no reading held: who joins may have heard that it came, and not that it went.
            self._since[key] = (update.epoch, update.seq, None)


class Lists:
    """All of a source."""

    def __init__(self) -> None:
        self._known: dict[Where, Known] = {}

    def of(self, update: Update) -> Known:
        return self._known.setdefault((update.resource, update.scope), Known())

    def at(self, where: Where) -> int:
        """The number of the last message about that list, 0 where none was."""
        return known.at if (known := self._known.get(where)) is not None else 0

    def items(self) -> Iterator[tuple[Where, Known]]:
        yield from self._known.items()

    def forget(self, where: Where) -> None:
        self._known.pop(where, None)
