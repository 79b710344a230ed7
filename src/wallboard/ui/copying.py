"""Copying to the clipboard of the terminal: a row's number, or an address that was read about it."""

from __future__ import annotations

from wallboard.control.labels import number_of
from wallboard.domain.language import tr
from wallboard.domain.models import Row
from wallboard.ui.asking import Asking
from wallboard.ui.panel import Panel
from wallboard.ui.settings import Station
from wallboard.view.dialogs import Answer, Choice, Chooser
from wallboard.view.eventlog import Entry
from wallboard.view.links import in_row, in_sheet
from wallboard.view.target import label


class Copying:
    def __init__(self, at: Station, panel: Panel, asking: Asking) -> None:
        self._at = at
        self._panel = panel
        self._asking = asking

    def row(self) -> None:
        """The number of the row under the cursor; where its details hold addresses, one is chosen of all."""
        row = self._panel.known(self._panel.subject)
        if row is None:
            self._at.remarks.say(tr("nothing selected; move to a row first"))
            return
        found = self._addresses(row) if self._panel.open else []
        number = number_of(row)
        if found:
            numbers = [Choice(number, number, tr("its number"))] if number else []
            title = tr("COPY of {row}: what?", row=label(row, self._at.context()))
            self._asking.ask(Chooser(title, [*found, *numbers], self._at.clock.now()), self._chosen)
        elif number:
            self.text(number)
        else:
            self._at.remarks.say(tr("{row} has no number to copy", row=label(row, self._at.context())))

    def _addresses(self, row: Row) -> list[Choice]:
        """Those in what is told of the row, and in what was read about it."""
        sheets = [(shown.title, shown.sheet) for shown in self._panel.readings.shown if shown.sheet is not None]
        found = [(tr("details"), name, link) for name, link in in_row(row)]
        found += [(above or title, name, link) for title, sheet in sheets for name, above, link in in_sheet(sheet)]
        return [
            Choice(
                link.url,
                tr("{name} at {host}", name=name, host=link.host) if name else tr("at {host}", host=link.host),
                of,
            )
            for of, name, link in found
        ]

    def _chosen(self, answer: Answer) -> None:
        if isinstance(answer.value, str):
            self.text(answer.value)

    def entry(self, entry: Entry | None) -> None:
        """A line of the log, whole."""
        if entry is not None:
            self.text(entry.text)

    def text(self, text: str) -> None:
        """Nobody answers whether it arrived, so no more is said than what was done."""
        doubt = self._at.ports.copy(text)
        said = tr("to the terminal's clipboard: {text}", text=text)
        self._at.remarks.say(f"{said} · {doubt}" if doubt else said, "text")
