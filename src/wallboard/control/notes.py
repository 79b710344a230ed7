"""Notes on rows, in memory for this console's life; each is in the journal, where it stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wallboard.domain.keys import Key
from wallboard.domain.text import Clean, clean

MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Note:
    """`at` in steady UTC seconds."""

    key: Key
    text: Clean
    by: Clean
    at: float


class Notes:
    """The latest notes by row, oldest first; the rows noted longest ago are forgotten beyond `MOST_ROWS`."""

    def __init__(self) -> None:
        self._notes: dict[Key, tuple[Note, ...]] = {}

    def add(self, key: Key, text: str, by: str, at: float) -> Note:
        note = Note(key, clean(text), clean(by), at)
        self._notes[key] = (*self._notes.pop(key, ()), note)[-10:]
        while len(self._notes) > MOST_ROWS:
            del self._notes[next(iter(self._notes))]
        return note

    def on(self, key: Key) -> Sequence[Note]:
        return self._notes.get(key, ())
