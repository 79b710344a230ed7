"""What every view may look at: the board at one instant, and what the console itself adds to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import tzinfo
from functools import partial
from typing import Any, TypeVar

from wallboard.board.board import Board
from wallboard.board.freshness import PaneState, SourceView
from wallboard.board.queue_numbers import QueueFigures
from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Row
from wallboard.domain.notation import shown
from wallboard.domain.records import dataclass
from wallboard.domain.states import OLD, ResourceState
from wallboard.history.notes import Note
from wallboard.view.format import moment

R = TypeVar("R", bound=Row)
T = TypeVar("T")


def _nothing_noted(_row: Row) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Context:
    """The board, the instant, the zone of shown times, sentences about rows that this console acted on (`said`),
    the worst alarm on each row (`severities`: "warn" or "alarm"), and what people noted on rows."""

    board: Board
    now: float
    zone: tzinfo | None = None
    said: Mapping[Key, str] = field(default_factory=dict)
    severities: Mapping[Key, str] = field(default_factory=dict)
    notes: Callable[[Row], Note | None] = _nothing_noted
    _made: dict[object, tuple[object, Any]] = field(default_factory=dict, compare=False, repr=False)
    """By name: a list, and what was made of it."""
    _known: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was asked of the board for this instant: a frame asks the same of it many times."""

    def earlier(self, seconds: float) -> Context:
        """The same so long ago, for a row that has gone since."""
        return replace(self, now=self.now - max(0.0, seconds), _known={})

    def shown(self, row: R) -> R:
        """The row with its numbers as people read them."""
        return shown(row, self.region(row.key.source))

    def region(self, source: str) -> str:
        """The country of a source's national numbers, "" where it is not known."""
        return self.board.settings.regions.get(source, "")

    def stats(self, queue: Key) -> QueueFigures:
        """The queue in numbers, asked of the board once."""
        found: QueueFigures | None = self._known.get(queue)
        if found is None:
            found = self._known[queue] = self.board.queue_stats(queue)
        return found

    def counts(self, queue: Key) -> QueueFigures:
        """Who is in the queue and at it: without service level, figures of the day and trend, which take longer."""
        found: QueueFigures | None = self._known.get(queue) or self._known.get(("counts", queue))
        if found is None:
            found = self._known["counts", queue] = self.board.queue_stats(queue, level=False)
        return found

    def views(self) -> Sequence[SourceView]:
        """The sources and their freshness, asked of the board once."""
        return self.once("views", self.board.source_views)

    def state(self, key: Key) -> ResourceState:
        """The freshness of the row's own scope, asked of the board once."""
        asked = ("state", key)
        found: ResourceState | None = self._known.get(asked)
        if found is None:
            found = self._known[asked] = self.board.row_state(key)
        return found

    def cause(self, key: Key, *conditions: str) -> str:
        """The severity of the worst alarm of these conditions on the row: "warn", "alarm" or ""."""
        if key not in self.severities:
            return ""
        found = self.once("causes", self._causes).get(key, {})
        severities = [found[each] for each in conditions if each in found]
        return "alarm" if "alarm" in severities else "warn" if severities else ""

    def _causes(self) -> Mapping[Key, Mapping[str, str]]:
        found: dict[Key, dict[str, str]] = {}
        for alarm in self.board.alarms.listed():
            if alarm.key is not None and not alarm.cleared:
                found.setdefault(alarm.key, {})[alarm.condition] = alarm.severity
        return found

    def pane(self, resource: Resource) -> PaneState:
        """A list over all sources and its freshness, asked of the board once."""
        return self.once(("pane", resource), partial(self.board.pane_state, resource))

    def once(self, name: object, made: Callable[[], T]) -> T:
        """What `made` gives, worked out once for this instant."""
        if name not in self._known:
            self._known[name] = made()
        found: T = self._known[name]
        return found

    def made_of(self, name: object, rows: Sequence[Row], make: Callable[[Sequence[Row]], T]) -> T:
        """What `make` gives of a list of the board, worked out once for as long as it is the same list."""
        known = self._made.get(name)
        if known is None or known[0] is not rows:
            known = self._made[name] = rows, make(rows)
        found: T = known[1]
        return found

    def note(self, row: Row) -> str:
        """The note on a row, with who left it and when; "" where there is none."""
        note = self.notes(row)
        if note is None:
            return ""
        return f"{note.text} · {' '.join(part for part in (note.by, moment(note.at, self.now, self.zone)) if part)}"

    def since(self, instant: float | None) -> float | None:
        """Seconds from `instant` to now, None if it is unknown."""
        return None if instant is None else max(0.0, self.now - instant)

    def dim(self, key: Key) -> bool:
        """Whether the row is too old to be shown as if it were true."""
        return self.state(key) in OLD

    def elapsed(self, key: Key, instant: float | None) -> float | None:
        """A running clock: it counts while its row is live or late, and stops where the data stopped."""
        if instant is None:
            return None
        if self.dim(key):
            seen = self.board.seen_at(key)
            return None if seen is None else max(0.0, seen - instant)
        return max(0.0, self.now - instant)


def severities(board: Board, now: float) -> dict[Key, str]:
    """The worst alarm of each row."""
    worst: dict[Key, str] = {}
    for alarm in board.alarms.listed():
        if alarm.key is not None and not alarm.cleared and worst.get(alarm.key) != "alarm":
            worst[alarm.key] = alarm.severity
    return worst


def many_sources(context: Context, resource: Resource) -> bool:
    """Whether a pane shows rows of more than one source, and so needs its source column."""
    return len({view.info.name for view in context.views() if any(r.name == resource for r in view.resources)}) > 1
