"""Find: every row of every pane and every destination that has none, searched as fast as one types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wallboard.board.board import Board
from wallboard.control.labels import number_of
from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import tr
from wallboard.domain.models import Row
from wallboard.domain.numbers import dialled, e164
from wallboard.domain.places import Favourite
from wallboard.view.dialogs import Choice, Chooser
from wallboard.view.directory import Entry, Index, Searched, gather
from wallboard.view.filters import words


@dataclass(slots=True)
class Finder(Chooser):
    """A chooser over thousands of lines: `texts` stand for `choices`, one each. It is a place to look, so nothing is
    sent from it."""

    texts: Sequence[Searched] = ()
    region: str = ""
    _index: Index = field(init=False, repr=False)
    _seen: tuple[str, list[Choice]] | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        Chooser.__post_init__(self)
        self._index = Index(self.texts, self.region)

    def visible(self) -> list[Choice]:
        text = self.field_.text.strip()
        if self._seen is None or self._seen[0] != text:
            self._seen = (text, self._matching(text))
        return self._seen[1]

    def _matching(self, text: str) -> list[Choice]:
        if not text:
            return list(self.choices)
        # A hit is its place and below that its tier: by tier, and within one in the order of the panes.
        found = sorted(self._index.find(text), key=lambda hit: (hit & 7, hit >> 3))
        return [self.choices[hit >> 3] for hit in found]


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


def choice(entry: Entry) -> Choice:
    """A destination as a line of the list; its value is the row to go to, or the entry itself where there is none."""
    value: Key | Entry = entry.key if entry.key is not None else entry
    return Choice(value, f"{entry.name} {entry.number}".strip(), f"{tr(entry.kind)} {entry.source}".strip())
