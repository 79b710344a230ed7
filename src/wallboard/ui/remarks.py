"""What the console says: the outcome line, the sentence on a row, what was done to a row, and the log."""

from __future__ import annotations

from collections import deque
from typing import TypeVar

from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.clock import Clock
from wallboard.domain.keys import Key
from wallboard.domain.language import tr
from wallboard.domain.redaction import redact_long
from wallboard.view.eventlog import Entry

REMEMBERED = 200
"""Rows of which what was done to them is kept."""
TOLD = 10
SAID_SECONDS = 12.0
"""How long a row carries the sentence about what was done to it."""
REMARK_SECONDS = 8.0
"""How long a remark ("no alarm to acknowledge") stands before the last outcome is shown again."""
_STYLES = {Phase.CONFIRMED: "ok", Phase.ACCEPTED: "info", Phase.SENT: "muted"}
T = TypeVar("T")


class Remarks:
    """Times in steady UTC seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: tuple[str, str] = ("", "muted")
        self._said: dict[Key, tuple[str, float]] = {}
        self._seen: dict[Key, list[str]] = {}
        self.latest: tuple[str, str, float] | None = None
        """The last remark: its text, style and time."""
        self.entries: deque[Entry] = deque(maxlen=2000)
        """The log."""
        self.touched = 0
        """Rises with each sentence that is put on a row."""

    def say(self, text: str, style: str = "muted") -> None:
        """A remark in the outcome line: it stands for a few seconds, then the last outcome is there again."""
        self.latest = (redact_long(text), style, self._clock.now())

    @property
    def outcome(self) -> tuple[str, str]:
        """Text and token of the outcome line: what was just said, else what became of the last action."""
        if self.latest is not None and self._clock.now() - self.latest[2] < REMARK_SECONDS:
            return self.latest[:2]
        return self._last

    def log(self, what: str, text: str, style: str = "text", about: tuple[Key, ...] = ()) -> None:
        self.entries.append(Entry(self._clock.now(), what, redact_long(text), style, about))

    def said(self, now: float) -> dict[Key, str]:
        """What rows carry now."""
        self._said = {key: told for key, told in self._said.items() if now - told[1] < SAID_SECONDS}
        return {key: text for key, (text, _) in self._said.items()}

    def seen(self, key: Key) -> list[str]:
        """What was done to a row, the latest last."""
        return self._seen.get(key, [])

    def tell(self, outcome: Outcome) -> None:
        """What became of a command: the outcome line, the row and the log say it in the same words."""
        key, style = outcome.command.target.key, _STYLES.get(outcome.phase, "warn")
        self._last = (tr("last: {outcome}", outcome=outcome.brief), style)
        self.latest = (outcome.brief, style, outcome.at)
        self._said[key] = (outcome.ending, outcome.at)
        self.touched += 1
        told = [*self._seen.pop(key, ()), outcome.sentence if outcome.final else outcome.brief]
        _remember(self._seen, key, told[-TOLD:])
        about = tuple(each for each in (key, outcome.command.target.via) if each is not None)
        self.entries.append(Entry(outcome.at, "action", outcome.sentence, style, about, outcome))


def _remember(kept: dict[Key, T], key: Key, what: T) -> None:
    """Keep `what` of a row as the latest, and forget the rows of long ago."""
    kept.pop(key, None)
    kept[key] = what
    while len(kept) > REMEMBERED:
        del kept[next(iter(kept))]
