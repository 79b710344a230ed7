"""The panel above the target line when no question is open: details of the row under the cursor, or the card of a row
that stands in no pane; how far it is scrolled, and what is read for it."""

from __future__ import annotations

from dataclasses import replace

from wallboard.domain.keys import Key, Resource
from wallboard.domain.language import tr
from wallboard.domain.models import Queue, Row
from wallboard.ui.drawn import Turned
from wallboard.ui.modes import BOARD, Modes
from wallboard.ui.panes import Panes
from wallboard.ui.reading import Readings
from wallboard.ui.settings import Station


class Panel:
    def __init__(self, at: Station, panes: Panes, modes: Modes) -> None:
        self._at = at
        self._panes = panes
        self._modes = modes
        ports = at.ports
        self.readings = Readings(at.board, at.clock, ports.reports, ports.start, ports.repaint)
        self.details = False
        """Whether the details of the row under the cursor are open."""
        self.explains = False
        """Whether the panel says what the row's figures are made of."""
        self.settings = False
        """Whether it shows how the queue is set up."""
        self._card: tuple[Key, Resource, object] | None = None
        self.card_painted: Row | None = None
        """The row of the card as it was last drawn."""
        self.turned = Turned()
        self._looked: Key | None = None

    @property
    def open(self) -> bool:
        return self.details or self.card_key is not None

    @property
    def looks(self) -> bool:
        """Whether the row under the cursor is shown in one look."""
        return self.details and not (self.explains or self.settings or self.card_key is not None)

    @property
    def card_key(self) -> Key | None:
        """The row whose card is open. Going elsewhere closes it: another pane, another row under the cursor."""
        if self._card is None:
            return None
        key, pane, cursor = self._card
        now = self._panes.pane.selection.cursor
        return key if pane is self._panes.active and now in (cursor, None) else None

    @property
    def subject(self) -> object | None:
        """The key of the row that keys act on: the card's, else that under the cursor."""
        return self.card_key or self._panes.pane.selection.cursor

    def live(self, key: object) -> bool:
        card = self.card_key
        if card is not None and key == card:
            return self._at.board.row(card) is not None
        return isinstance(key, Key) and self._panes.pane.live(key)

    @property
    def row(self) -> Row | None:
        """The row that a key would act on, if it lives."""
        key = self.subject
        return self.known(key) if self.live(key) else None

    def known(self, key: object) -> Row | None:
        """The row as the board has it, or as it was when it went."""
        card = self.card_key
        if card is not None and key == card:
            return self._at.board.row(card) or self.card_painted
        return self._panes.pane.row(key) if isinstance(key, Key) else None

    def painted(self, key: Key) -> Row | None:
        """The living row as it was last drawn."""
        return self.card_painted if key == self.card_key else self._panes.pane.painted(key)

    def card(self, key: Key) -> None:
        """Show a row that stands in no pane."""
        row = self._at.board.row(key)
        if row is None:
            self._at.warn(tr("{row}: it is not listed any more", row=self._at.board.spelled(key.id)))
        else:
            if self._modes.now != BOARD:
                self._modes.to(BOARD)
            self._card = (key, self._panes.active, self._panes.pane.selection.cursor)
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
        if self.settings:
            self.settings = False
            return True
        was, self.details, self.explains = self.details, False, False
        return was

    def _enter(self) -> None:
        """Have a row under the cursor: the pane was not entered yet, or what stood there is gone."""
        selection = self._panes.pane.selection
        if selection.cursor is None:
            selection.enter(self._at.clock.now())

    def toggle(self) -> None:
        """Open it or close it; of a queue its settings are one key further."""
        self._enter()
        if self.close_card():
            return
        if self.details and not (self.explains or self.settings) and isinstance(self.row, Queue):
            self.settings = True
        else:
            there = self._panes.pane.selection.cursor is not None
            self.details, self.explains = there and (self.explains or not self.details), False
            self.settings = False
        self.turned = replace(self.turned, top=0)

    def explain(self) -> None:
        self._enter()
        self.explains = not (self.open and self.explains)
        self.details = self.explains and self._panes.pane.selection.cursor is not None
        self.settings = False
        self.turned = replace(self.turned, top=0)

    def look(self) -> None:
        """Have what the panel shows read, and what it no longer shows left alone."""
        row = self.known(self.subject) if self._modes.now == BOARD and self.open else None
        key = None if row is None else row.key
        if key != self._looked:
            self._looked, self.turned, self.settings = key, replace(self.turned, top=0), False
        # What is read of a queue is how it is set up, which is shown with its settings alone.
        self.readings.look(None if isinstance(row, Queue) and not self.settings else row)

    def page(self, down: bool) -> bool:
        """Turn a page of what does not fit; False where all of it is in sight."""
        turned = self.turned
        if not turned.over or not self.open:
            return False
        step = max(1, turned.lines - 1)
        self.turn(step if down else -step)
        return True

    def turn(self, lines: int) -> None:
        """Go on by so many lines of what does not fit."""
        top = max(0, min(self.turned.over, self.turned.top + lines))
        self.turned = replace(self.turned, top=top)
