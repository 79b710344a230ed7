"""Which of what the terminal sent a person pressed: one key at a time, at the pace of a hand.

Text that comes in one read, or faster than fingers, is a paste and none of it is a key; neither is what follows it
without a pause. A key whose keyboard repeats it is the same key held down. This guard holds a character for as long as
another may still show that nobody typed it. It is pure: text and instants in, tokens out.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from wallboard.domain.records import dataclass
from wallboard.ui.terminal.grammar import (
    INTERRUPT,
    PASTE_LIMIT,
    Cut,
    Cutter,
    Keys,
    LetGo,
    Paste,
    Sequence,
    Swallowed,
    printable,
)
from wallboard.ui.terminal.sequences import is_report, is_step

FAST_ESCAPE = 0.25
SLOW_ESCAPE = 0.5
"""Seconds of silence after which a lone ESC is the Escape key, on this machine and over a network."""
HAND_SECONDS = 0.04
"""Two different keys within this time come from no hand: a serial line, a console's paste and the like need 20 ms."""
REPEAT_SECONDS = 0.12
"""The slowest keyboards repeat a key that is held after 92 ms."""
STALL_SECONDS = 4.0
"""A line may stand still this long: until then the same key again may be the same press."""
PAUSE_SECONDS = 0.25
"""After a paste nothing is a key until nothing has come for this long."""
FIELD_SECONDS = 0.1
"""The same where text is being typed, and keys that roll off the fingers are taken for a little paste."""


_ESCAPE = "\x1b"
ROLL = 3
"""As many keys may come at once where all but the last only move, and the last does nothing beyond the screen."""


@dataclass(frozen=True, slots=True)
class Held:
    """One key that its keyboard repeats: nobody pressed it so often."""

    text: str


Token = Cut | Held


def escape_delay(environment: Mapping[str, str], *, slow: bool = False) -> float:
    """Seconds to wait for the rest of a sequence: longer where the keys come over a network."""
    remote = bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))
    return SLOW_ESCAPE if slow or remote else FAST_ESCAPE


class InputGuard:
    """Turns input into tokens.

    `escape_delay` is in seconds; `listens_at` and every `at` are instants of one steady clock, also in seconds: what
    comes before `listens_at` was meant for what the terminal showed before. Call `tick` when `deadline` has passed
    without input. Bytes that may have waited in a buffer should be fed with the instant when that buffer was last seen
    empty, or a busy machine would be taken for a slow line.
    """

    def __init__(self, escape_delay: float, listens_at: float) -> None:
        self._cutter = Cutter(escape_delay, listens_at)
        self.moving: frozenset[str] = frozenset()
        """Characters that only move: they need not wait until it is known who typed them."""
        self.harmless: frozenset[str] = frozenset()
        """Characters that do nothing beyond the screen."""
        self.opening: frozenset[str] = frozenset()
        """Characters that open a field in place: what comes with them is pasted there."""
        self.in_field = False
        """Whether text is being typed, so that a paste has somewhere to go."""
        self._waiting = ""
        self._typed = ""  # the last character of text, and when it came
        self._typed_at = float("-inf")
        self._lifted = False  # its key was let go since
        self._run = 0  # how many characters have come so fast
        self._patience = HAND_SECONDS
        self._pause_until = float("-inf")
        self._burst_size = 0
        self._pressed = ("", float("-inf"))  # the last key of several bytes that does not move, and when it came
        self._waiting_key = ""
        self._behind: list[LetGo] = []
        self.tells_releases = False
        """Whether the terminal says when a key was let go."""
        self._out: list[Token] = []

    def listen(self, at: float) -> None:
        """What begins from now on is heard; the first call counts."""
        self._cutter.listens_at = min(self._cutter.listens_at, at)

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to decide, or None."""
        text = self._typed_at + self._patience if self._waiting else None
        key = self._pressed[1] + REPEAT_SECONDS if self._waiting_key else None
        return min((at for at in (self._cutter.deadline, text, key) if at is not None), default=None)

    def feed(self, text: str, at: float) -> list[Token]:
        """The tokens that `text`, one read, completes."""
        self._out = []
        self._expire(at)
        for is_text, tokens in groupby(self._cutter.feed(text, at), _is_text):
            if is_text:
                self._text("".join(token.text for token in tokens if isinstance(token, Keys)), at)
            else:
                for token in tokens:
                    self._take(token, at)
        if not self._waiting:
            self._out += self._behind
            self._behind = []
        return self._out

    def tick(self, at: float) -> list[Token]:
        """The tokens that silence completes."""
        return self.feed("", at)

    def _expire(self, at: float) -> None:
        if (self._waiting and at >= self._typed_at + self._patience) or (
            self._waiting_key and at >= self._pressed[1] + REPEAT_SECONDS
        ):
            self._release()

    def _take(self, token: Cut, at: float) -> None:
        match token:
            case Keys():  # the one that must not wait
                self._swallow(len(self._waiting))
                self._waiting = self._waiting_key = ""
                self._out.append(token)
            case Paste(text):
                self._release()
                self._paste(text, at)
            case LetGo():
                # What waits may still be a paste; the key that it is if it is none comes first.
                self.tells_releases = True
                self._lifted |= self._typed.casefold() == token.character.casefold()
                self._behind.append(token)
            case Sequence(text) if not is_report(text):
                # No hand goes from a letter to this key so soon: neither was pressed.
                self._disbelieve(at)
                if at < self._pause_until:
                    self._release()
                    self._pause(at)
                    self._swallow(1)
                else:
                    self._press(text, at)
            case Swallowed(count, noise):
                if noise and at >= self._cutter.listens_at:
                    self._disbelieve(at)
                    self._pause(at)
                self._swallow(count)
            case _:
                self._out.append(token)

    def _disbelieve(self, at: float) -> None:
        """What has only just come came with something that no hand types so soon after it."""
        if self._waiting and at - self._typed_at < HAND_SECONDS:
            waiting, self._waiting = self._waiting, ""
            self._paste(waiting, at)

    def _press(self, sequence: str, at: float) -> None:
        """A key of several bytes. One that its keyboard repeats is held, as a letter is, however long the line stood
        still in between."""
        before, since = self._pressed[0], at - self._pressed[1]
        if sequence == _ESCAPE or is_step(sequence):
            self._release()
            self._out.append(Sequence(sequence))
            return
        self._pressed = sequence, at
        if sequence == before and since < REPEAT_SECONDS:
            self._waiting_key = ""
            self._out.append(Held(sequence))
            return
        self._release()
        self._waiting_key = sequence
        if sequence != before or since >= STALL_SECONDS:
            self._release()

    def _text(self, text: str, at: float) -> None:
        if self._waiting_key:
            self._release()
        rolled = len(text) == 2 and text[0] in self.moving and text[1] in self.harmless
        if rolled or (len(set(text)) > 1 and text[0] in self.opening):
            self._text(text[0], at)
            text = text[1:]
        before, since = self._typed, at - self._typed_at
        fast = since < HAND_SECONDS
        repeats_within = HAND_SECONDS if self._lifted else REPEAT_SECONDS
        stall = 0.0 if self._lifted else STALL_SECONDS
        self._lifted = False
        self._typed, self._typed_at = text[-1], at
        self._run = len(text) + (self._run if fast else 0)
        kinds = {*text, before} if fast else set(text)
        if at < self._pause_until:
            self._paste(text, at)
        elif len(kinds) > 1 and not self._rolls(before, text):
            text, self._waiting = self._waiting + text, ""
            self._paste(text, at)
        elif len(text) > 1 or (text == before and since < repeats_within):
            self._out.append(Held(self._waiting + text))
            self._waiting, self._run = "", 0
        else:
            self._release()
            self._waiting = text
            if text in self.moving or text in self.opening:
                self._release()
            # A line that stood still may bring the rest of a key that is held: one at first, the next soon after.
            self._patience = REPEAT_SECONDS if text == before and since < stall else HAND_SECONDS

    def _rolls(self, before: str, text: str) -> bool:
        """Whether fingers may have sent this so soon: moves and one key more, or a move while another key is held."""
        if self._waiting or self._run > ROLL:
            return False
        return text in self.moving if self._run == 1 else before in self.moving and text in self.harmless

    def _release(self) -> None:
        """What waited is a key."""
        if self._waiting:
            self._out.append(Keys(self._waiting))
        elif self._waiting_key:
            self._out.append(Sequence(self._waiting_key))
        self._waiting = self._waiting_key = ""

    def _paste(self, text: str, at: float) -> None:
        before = self._burst_size if at < self._pause_until else 0
        self._burst_size = before + len(text)
        kept = printable(text[: max(0, PASTE_LIMIT - before)])
        self._out.append(Paste(kept) if kept else Swallowed(len(text)))
        self._pause(at)

    def _pause(self, at: float) -> None:
        self._pause_until = at + (FIELD_SECONDS if self.in_field else PAUSE_SECONDS)

    def _swallow(self, count: int) -> None:
        last = self._out[-1] if self._out else None
        if isinstance(last, Swallowed):
            count += last.count
            self._out.pop()
        if count:
            self._out.append(Swallowed(count))


def _is_text(token: Cut) -> bool:
    return isinstance(token, Keys) and token.text != INTERRUPT
