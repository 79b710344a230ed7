"""The panel above the target line when no question is open: details of the row under the cursor, or the card of a row
that stands in no pane; how far it is scrolled, and what is read for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wallboard.domain.keys import RESOURCE_OF, Key, Resource
from wallboard.domain.models import Row
from wallboard.ui.drawn import Turned
from wallboard.ui.modes import BOARD
from wallboard.ui.reading import Readings

if TYPE_CHECKING:
    from wallboard.ui.console import Console


class Panel:
    def __init__(self, console: Console) -> None:
        self._console = console
        ports = console.ports
        self.readings = Readings(console.board, console.clock, ports.reports, ports.start, ports.repaint)
        self.details = False
        """Whether the details of the row under the cursor are open."""
        self.explains = False
        """Whether the panel says what the row's figures are made of."""
        self._card: tuple[Key, Resource, object] | None = None
        self.card_painted: Row | None = None
        """The row of the card as it was last drawn."""
        self.turned = Turned()
        self._looked: Key | None = None

    # ---- which row ----------------------------------------------------------------------------------------

    @property
    def open(self) -> bool:
        return self.details or self.card_key is not None

    @property
    def card_key(self) -> Key | None:
        """The row whose card is open. Going elsewhere closes it: another pane, another row under the cursor."""
        if self._card is None:
            return None
        key, pane, cursor = self._card
        console = self._console
        now = console.pane.selection.cursor
        return key if pane is console.active and now in (cursor, None) else None

    @property
    def subject(self) -> object | None:
        """The key of the row that keys act on: the card's, else that under the cursor."""
        return self.card_key or self._console.pane.selection.cursor

    def live(self, key: object) -> bool:
        card = self.card_key
        if card is not None and key == card:
            return self._console.board.row(card) is not None
        return isinstance(key, Key) and self._console.pane.live(key)

    def known(self, key: object) -> Row | None:
        """The row as the board has it, or as it was when it went."""
        card = self.card_key
        if card is not None and key == card:
            return self._console.board.row(card) or self.card_painted
        return self._console.pane.row(key) if isinstance(key, Key) else None

    def painted(self, key: Key) -> Row | None:
        """The living row as it was last drawn."""
        return self.card_painted if key == self.card_key else self._console.pane.painted.get(key)

    # ---- open and closed ----------------------------------------------------------------------------------

    def card(self, key: Key) -> None:
        """Show a row that stands in no pane; a row of a pane is gone to instead, with its details."""
        console = self._console
        row = console.board.row(key)
        if RESOURCE_OF.get(key.kind) in console.panes:
            console.seeking.jump(key)
            self.details = True
        elif row is None:
            console.remarks.say(f"{key.id}: it is not listed any more", "warn")
        else:
            if console.mode != BOARD:
                console.mode = BOARD
                console.demand()
            self._card = (key, console.active, console.pane.selection.cursor)
            self.card_painted = row
        self.look()

    def close_card(self) -> bool:
        """Whether there was one."""
        was = self.card_key is not None
        self._card = None
        return was

    def close(self) -> bool:
        """One step back; whether there was one to take."""
        if self.close_card():
            return True
        was, self.details, self.explains = self.details, False, False
        return was

    def toggle(self) -> None:
        if not self.close_card():
            there = self._console.pane.selection.cursor is not None
            self.details, self.explains = there and (self.explains or not self.details), False

    def explain(self) -> None:
        self.explains = not (self.open and self.explains)
        self.details = self.explains and self._console.pane.selection.cursor is not None
        self.turned = replace(self.turned, top=0)

    def look(self) -> None:
        """Have what the panel shows read, and what it no longer shows left alone."""
        row = self.known(self.subject) if self._console.mode == BOARD and self.open else None
        key = None if row is None else row.key
        if key != self._looked:
            self._looked, self.turned = key, replace(self.turned, top=0)
        self.readings.look(row)

    def page(self, down: bool) -> bool:
        """Turn a page of what does not fit; False where all of it is in sight."""
        turned = self.turned
        if not turned.over or not self.open:
            return False
        step = max(1, turned.lines - 1)
        top = max(0, min(turned.over, turned.top + (step if down else -step)))
        self.turned = replace(turned, top=top)
        return True
