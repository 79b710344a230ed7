"""What the console says: the outcome line, the sentence on a row, what was done to a row, and the log."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import replace
from typing import TypeVar

from wallboard.board.board import Board
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.clock import Clock
from wallboard.domain.keys import Key
from wallboard.domain.language import tr
from wallboard.domain.redaction import redact_long
from wallboard.view.context import Context
from wallboard.view.eventlog import Entry
from wallboard.view.numbers import in_words

REMEMBERED = 200
"""Rows of which what was done to them is kept."""
TOLD = 10
SAID_SECONDS = 12.0
"""How long a row carries the sentence about what was done to it."""
REMARK_SECONDS = 8.0
"""How long a remark ("no alarm to acknowledge") stands before the last outcome is shown again."""
_GONE_WRONG = (Phase.REFUSED, Phase.NOT_CONFIRMED, Phase.UNKNOWN, Phase.FAILED)
_STYLES = {Phase.CONFIRMED: "ok", Phase.ACCEPTED: "info", Phase.SENT: "muted"}
T = TypeVar("T")


class Remarks:
    """Times in steady UTC seconds: of what was said by `clock`, of the log's lines by that of the `board`, which also
    knows how people call what a command names."""

    def __init__(self, clock: Clock, board: Board) -> None:
        self._clock = clock
        self._board = board
        self._last: tuple[str, str] = ("", "muted")
        self._said: dict[Key, tuple[str, float]] = {}
        self._seen: dict[Key, list[str]] = {}
        self.latest: tuple[str, str, float] | None = None
        """The last remark: its text, style and time."""
        self.entries: deque[Entry] = deque(maxlen=2000)
        """The log."""
        self._under_way: set[str] = set()
        self._wrong: tuple[float, Collection[str]] = (float("-inf"), ())
        """When it was last told that a command went wrong, and which others were under way then."""
        self.touched = 0
        """Rises with each sentence that is put on a row."""

    def say(self, text: str, style: str = "muted") -> None:
        """A remark in the outcome line: it stands for a few seconds, then the last outcome is there again."""
        self.latest = (redact_long(text), style, self._clock.now())

    @property
    def outcome(self) -> tuple[str, str]:
        """Text and token of the outcome line: what was just said, else what became of the last action."""
        return self.latest[:2] if self.latest is not None and self.fresh else self._last

    @property
    def fresh(self) -> bool:
        """Whether it is of this moment."""
        return self.latest is not None and self._clock.now() - self.latest[2] < REMARK_SECONDS

    def log(self, what: str, text: str, style: str = "text", about: tuple[Key, ...] = ()) -> None:
        self.entries.append(Entry(self._board.now(), what, redact_long(text), style, about))

    def forget(self, since: float) -> None:
        """The log as it was then."""
        kept = [entry for entry in self.entries if entry.at <= since]
        self.entries.clear()
        self.entries.extend(kept)

    def said(self, now: float) -> dict[Key, str]:
        """What rows carry now."""
        self._said = {key: told for key, told in self._said.items() if now - told[1] < SAID_SECONDS}
        return {key: text for key, (text, _) in self._said.items()}

    def seen(self, key: Key) -> list[str]:
        """What was done to a row, the latest last."""
        return self._seen.get(key, [])

    def tell(self, outcome: Outcome) -> None:
        """What became of a command: the outcome line, the row and the log say it in the same words."""
        if outcome.phase is Phase.REQUESTED:
            self._under_way.add(outcome.command.id)
            return
        key, style = outcome.command.target.key, _STYLES.get(outcome.phase, "warn")
        words = replace(outcome, command=in_words(outcome.command, Context(self._board, self._board.now())))
        if outcome.final:
            self._under_way.discard(outcome.command.id)
        if not self._hides(outcome):
            self._last = (tr("last: {outcome}", outcome=words.brief), style)
            self.latest = (words.brief, style, outcome.at)
        if outcome.phase in _GONE_WRONG:
            self._wrong = (outcome.at, frozenset(self._under_way))
        self._said[key] = (outcome.ending, outcome.at)
        self.touched += 1
        told = [*self._seen.pop(key, ()), words.sentence if outcome.final else words.brief]
        _remember(self._seen, key, told[-TOLD:])
        about = tuple(each for each in (key, outcome.command.target.via) if each is not None)
        self.entries.append(Entry(outcome.at, "action", words.sentence, style, about, outcome, outcome.sentence))

    def _hides(self, outcome: Outcome) -> bool:
        """Whether it would take what went wrong out of sight before anybody can have read it: of several commands that
        are given at once, one may fail and the others not."""
        at, beside = self._wrong
        fine = outcome.phase not in _GONE_WRONG
        return fine and outcome.command.id in beside and outcome.at - at < REMARK_SECONDS


def _remember(kept: dict[Key, T], key: Key, what: T) -> None:
    """Keep `what` of a row as the latest, and forget the rows of long ago."""
    kept.pop(key, None)
    kept[key] = what
    while len(kept) > REMEMBERED:
        del kept[next(iter(kept))]
