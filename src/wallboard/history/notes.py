"""Notes that people leave on rows: on a caller's number, which comes back with the caller, else on the row itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from wallboard.board.caller_history import line_of, whose
from wallboard.domain.command import Command
from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import english
from wallboard.domain.models import Row
from wallboard.domain.parties import number_of
from wallboard.domain.records import dataclass
from wallboard.domain.text import Clean, clean
from wallboard.history.records import Record, Written

MOST = 500
"""Notes that are kept at hand; then the oldest go."""
LONGEST = 250
"""Characters of one, as a field of the history holds them."""
NUMBER = "number"
"""The argument of a command that names whose number the note is on, and the kind of such a subject."""
CALLERS = frozenset({Kind.MEMBER, Kind.CALL, Kind.PARKED})
"""Rows that are about somebody's number."""
Subject = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Note:
    """`at`: UTC epoch seconds."""

    text: Clean
    by: Clean
    at: float


class Notes:
    """`add` writes records down; `by` names who notes here."""

    def __init__(self, add: Callable[[Record], None], by: str = "") -> None:
        self._add = add
        self._by = by
        self._written: dict[Subject, Written] = {}
        """The last word on each subject; one without text took the note away."""

    def on(self, row: Row) -> Note | None:
        if not self._written:
            return None
        record = self._written.get(_subject(row.key, number_of(row) if row.key.kind in CALLERS else ""))
        return Note(clean(record.text), clean(record.by), record.at) if record is not None and record.text else None

    def write(self, command: Command, at: float) -> None:
        """Keep what a note's command says; an empty text takes the note away."""
        key, number = command.target.key, command.arg(NUMBER)
        known = self._written.get(_subject(key, number))
        line = _line(number)
        row = f"{NUMBER} {line}" if line else str(key)
        written = Written(
            # Of two in one second the later counts.
            max(int(at), 0 if known is None else known.at + 1),
            key.source,
            row,
            english(command.target.label),
            self._by,
            clean(command.arg("text"), LONGEST),
        )
        self.take(written)

    def take(self, written: Written) -> None:
        """The same by whomever; what was not known here is kept."""
        if self.restore([written]):
            self._add(written)

    def restore(self, written: Iterable[Written]) -> bool:
        """What was written down, by whomever; of each subject the latest counts. Whether anything was new."""
        new = False
        for record in sorted(written, key=_rank):
            subject = _written_on(record)
            known = self._written.get(subject)
            if known is None or _rank(known) < _rank(record):
                new = True
                self._written.pop(subject, None)
                self._written[subject] = replace(record, text=clean(record.text, LONGEST), by=clean(record.by))
        while len(self._written) > MOST:
            del self._written[next(iter(self._written))]
        return new

    def last(self) -> Iterable[Written]:
        """The last word on each subject."""
        return self._written.values()


def standing(written: Iterable[Written]) -> list[Written]:
    """The notes of which none was taken away since."""
    listed = sorted(written, key=lambda each: each.at)
    removed = {_written_on(record): record.at for record in listed if not record.text}
    return [record for record in listed if record.text and record.at > removed.get(_written_on(record), 0)]


def _rank(record: Written) -> tuple[int, str]:
    return record.at, record.by


def _line(number: str) -> str:
    """Withheld numbers are a word or a row of zeros: nobody's line."""
    line = line_of(number)
    return line if line.strip("0") else ""


def _subject(key: Key, number: str) -> Subject:
    line = _line(number)
    return whose(key.source, line) if line else (str(key), "")


def _written_on(record: Written) -> Subject:
    kind, _, line = record.row.partition(" ")
    return whose(record.source, line) if kind == NUMBER and line else (record.row, "")
