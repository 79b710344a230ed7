"""The log under a cursor: which line it stands on whatever comes after it, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.board.board import Board
from wallboard.domain.language import mark
from wallboard.ui.remarks import Remarks
from wallboard.view.eventlog import Entry, matching


class LogBook:
    """A list that the filter line narrows (`asking.Filtered`). Without a cursor it follows what happens; the first key
    that moves sets one, on a line that was painted."""

    name = mark("log")

    def __init__(self, board: Board, remarks: Remarks) -> None:
        self._board = board
        self._remarks = remarks
        self.filter = ""
        self.cursor: Entry | None = None
        self.row = 0
        """The line of the page on which the cursor stands, as last drawn."""
        self.painted: Entry | None = None
        """What stood under it then; without a cursor the newest."""

    def open(self, wanted: str = "") -> None:
        self.filter, self.cursor, self.row = wanted, None, 0

    def entries(self) -> Sequence[Entry]:
        return matching(tuple(self._remarks.entries), self.filter, self._board.unproven())

    @property
    def counts(self) -> tuple[int, int]:
        return len(self.entries()), len(self._remarks.entries)

    def set_filter(self, text: str) -> None:
        """Narrow the list; a cursor that it hides goes to the newest that is left."""
        self.filter = text
        found = self.entries()
        if self.cursor is not None and self.cursor not in found:
            self.cursor = found[-1] if found else None

    def to(self, what: object, line: int) -> bool:
        """Put the cursor on an entry, which was drawn in this line of the page; whether it stood there."""
        there = what is self.cursor
        if isinstance(what, Entry) and not there:
            self.cursor, self.row = what, line - 1
        return there

    def move(self, lines: int) -> None:
        """So many lines on; far beyond the newest for following it again."""
        entries = self.entries()
        here = self.cursor in entries
        anchor = self.cursor if here else self.painted
        if anchor not in entries or lines > len(entries):
            self.cursor = None
            return
        if not here and abs(lines) == 1:
            self.cursor = anchor
            return
        at = next(index for index, entry in enumerate(entries) if entry is anchor)
        self.cursor = entries[max(0, min(len(entries) - 1, at + lines))]
        if abs(lines) == 1:
            # The page moves only where the cursor would leave it.
            self.row += lines
