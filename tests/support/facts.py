"""What evidence looks at: the board after one reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wallboard.domain.keys import RESOURCE_OF, Key, Resource
from wallboard.domain.models import Row
from wallboard.domain.update import Proof

Read = Mapping[tuple[Resource, str | None], float]


class Seen:
    """`rows` stand there at `time`. Every list was asked for then; or those of `read`, by resource and scope, at theirs
    and no other."""

    def __init__(self, time: float, rows: Iterable[Row] = (), read: Read | None = None) -> None:
        self._time = time
        self._rows = {row.key: row for row in rows}
        self._read = read

    def now(self) -> float:
        return self._time

    def row(self, key: Key) -> Row | None:
        return self._rows.get(key)

    def rows(self, resource: Resource, source: str | None = None) -> Sequence[Row]:
        return [row for row in self._rows.values() if RESOURCE_OF[row.key.kind] is resource]

    def read_at(self, source: str, resource: Resource, scope: str | None = None) -> float | None:
        return self._time if self._read is None else self._read.get((resource, scope))

    def proofs(self, source: str) -> Sequence[Proof]:
        return ()
