"""Rows of a selection without a pane."""

from __future__ import annotations

from typing import NoReturn


class Says:
    """A row that says this, and has no fields."""

    def __init__(self, words: str) -> None:
        self.words = words

    def text(self) -> str:
        return self.words.casefold()

    def read(self, name: str) -> NoReturn:
        raise KeyError(name)
