"""Find: every row of every pane and every destination that has none, searched as fast as one types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import overload

from wallboard.board.board import Board
from wallboard.control.labels import number_of
from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import tr
from wallboard.domain.models import Row
from wallboard.domain.notation import written
from wallboard.domain.numbers import dialled, e164
from wallboard.domain.places import Favourite
from wallboard.domain.records import dataclass
from wallboard.view.dialogs import Choice, Chooser
from wallboard.view.directory import Entry, Index, Searched, gather
from wallboard.view.filters import words

SLICE = 100
"""Lines that are read at once before anything is typed: no key waits for more."""


class Lines(Sequence[Choice]):
    """Thousands of lines, each made when somebody looks at it."""

    def __init__(self, count: int, make: Callable[[int], Choice]) -> None:
        self._count = count
        self._make = make
        self._made: dict[int, Choice] = {}

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Choice: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Choice]: ...
    def __getitem__(self, place: int | slice) -> Choice | Sequence[Choice]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(self._count))]
        if not 0 <= place < self._count:
            raise IndexError(place)
        found = self._made.get(place)
        if found is None:
            found = self._made[place] = self._make(place)
        return found


@dataclass(slots=True)
class Finder(Chooser):
    """A chooser over thousands of lines: `text` gives that by which each of the `choices` is found. It is a place to
    look, so nothing is sent from it."""

    text: Callable[[int], Searched] = lambda _place: Searched(())
    region: str = ""
    _index: Index = field(init=False, repr=False)
    _seen: tuple[str, Sequence[Choice]] | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        Chooser.__post_init__(self)
        self._index = Index((), self.region)

    def read(self, most: int) -> bool:
        """Read so many more of the texts; whether any are left. What is not read by then, the first letter reads."""
        begin = len(self._index)
        for place in range(begin, min(begin + most, len(self.choices))):
            self._index.add(self.text(place))
        return len(self._index) < len(self.choices)

    def visible(self) -> Sequence[Choice]:
        text = self.field_.text.strip()
        if self._seen is None or self._seen[0] != text:
            self._seen = (text, self._matching(text))
        return self._seen[1]

    def _matching(self, text: str) -> Sequence[Choice]:
        if not text:
            return self.choices
        self.read(len(self.choices))
        # A hit is its place and below that its tier: by tier, and within one in the order of the panes.
        found = sorted(self._index.find(text), key=lambda hit: (hit & 7, hit >> 3))
        return Lines(len(found), lambda place: self.choices[found[place] >> 3])


def searched_row(row: Row, label: str, search: str, rest: str, regions: Mapping[str, str]) -> Searched:
    """The texts by which a row of a pane is found: its label, its number in every writing, what its pane searches."""
    number = number_of(row)
    public = e164(number, regions.get(row.key.source, "")) if number else ""
    return Searched((label,), tuple(text for text in (dialled(number), public) if text), f"{search} {rest}")


def elsewhere(
    board: Board, favourites: Sequence[Favourite], regions: Mapping[str, str]
) -> list[tuple[Entry, Searched]]:
    """The destinations that no pane shows under this name or number: telephones, conference rooms, favourites and the
    further addresses of queues."""
    out: list[tuple[Entry, Searched]] = []
    for entry in gather(board, favourites, regions):
        row = None if entry.key is None else board.row(entry.key)
        in_pane = entry.key is not None and entry.key.kind is not Kind.PHONE
        if in_pane and not entry.digit and row is not None and number_of(row) == entry.number:
            continue
        numbers = tuple(dict.fromkeys(text for text in (dialled(entry.number), entry.public) if text))
        out.append((entry, Searched(entry.names, numbers, f"{words(entry.kind, entry.kind)} {entry.source}")))
    return out


def choice(entry: Entry, regions: Mapping[str, str]) -> Choice:
    """A destination as a line of the list; its value is the row to go to, or the entry itself where there is none."""
    number = written(entry.number, regions.get(entry.source, ""))
    value: Key | Entry = entry.key if entry.key is not None else entry
    return Choice(value, f"{entry.name} {number}".strip(), f"{tr(entry.kind)} {entry.source}".strip())
