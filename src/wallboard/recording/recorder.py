"""Stands between the sources and the board, and writes down every word before the board hears it."""

from __future__ import annotations

from collections.abc import Callable

from wallboard.domain.codec import Word
from wallboard.domain.update import FeedStatus, SourceInfo, Update
from wallboard.recording.tape import Writer
from wallboard.recording.unnumbered import Unnumbered
from wallboard.vendors.base import Sink


class Recorder:
    """A Sink before `sink`: a word that breaks the board is in the file. `without`: what takes the numbers out."""

    def __init__(self, sink: Sink, writer: Writer, now: Callable[[], float], without: Unnumbered | None) -> None:
        self._sink = sink
        self._writer = writer
        self._now = now
        self._without = without

    def apply(self, update: Update) -> None:
        self._note(update)
        self._sink.apply(update)

    def status(self, status: FeedStatus) -> None:
        self._note(status)
        self._sink.status(status)

    def source(self, info: SourceInfo) -> None:
        self._note(info)
        self._sink.source(info)

    def _note(self, word: Word) -> None:
        self._writer.add(self._now(), word if self._without is None else self._without.word(word))
