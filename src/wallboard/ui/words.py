"""How rows are called where the console asks about them."""

from __future__ import annotations

from wallboard.control.labels import number_of
from wallboard.domain.models import Row
from wallboard.ui.settings import Station
from wallboard.view.directory import name_of
from wallboard.view.target import label


class Words:
    def __init__(self, at: Station) -> None:
        self._at = at

    def label(self, row: Row) -> str:
        return label(row, self._at.context())

    def whose(self, row: Row) -> str:
        """What the directory says of the number on the row, if the row itself does not say it."""
        at = self._at
        number = number_of(row)
        if not number:
            return ""
        settings = at.settings
        name = name_of(number, row.key.source, at.board, settings.favourites, settings.regions)
        return f" · {name}" if name and name.casefold() not in label(row, at.context()).casefold() else ""
