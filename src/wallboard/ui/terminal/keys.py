"""From guarded input to Textual's messages, through its own parser, one complete piece at a time."""

from __future__ import annotations

from textual import events
from textual.message import Message

from wallboard.ui.terminal.grammar import Answer, Keys, LetGo, Paste, Sequence, Swallowed
from wallboard.ui.terminal.guard import Held, Token
from wallboard.ui.terminal.private import ANSI_SEQUENCES_KEYS, FUNCTIONAL_KEYS, XTermParser, waits_for_more

MOST_PER_READ = 64
"""Sequences of one read that act; more is a key held down on a line that stalled."""
_NOT_NUMBERED = frozenset("uMmIOy")
"""Finals of characters, the mouse, the focus and mode reports."""


class HeldKey(events.Key):
    """A key that its keyboard repeats."""


class KeyLetGo(events.Event, bubble=False):
    """The key with this character on it is held no more."""

    def __init__(self, character: str) -> None:
        super().__init__()
        self.character = character


class FrameTaken(events.Event, bubble=False):
    """The terminal has come to this question of ours."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Translator:
    """Tokens to Textual's messages, one complete piece at a time."""

    def __init__(self, debug: bool) -> None:
        self._debug = debug
        self._parser = XTermParser(debug)

    def messages(self, tokens: list[Token]) -> list[Message]:
        out: list[Message] = []
        sequences = 0
        for token in tokens:
            match token:
                case Keys(text):
                    out += self._parser.feed(text)
                case Held(text):
                    for message in self._parser.feed(text[:MOST_PER_READ]):
                        if isinstance(message, events.Key):
                            out.append(HeldKey(message.key, message.character))
                case Paste(text):
                    out.append(events.Paste(text))
                case Sequence(text):
                    sequences += 1
                    if sequences <= MOST_PER_READ:
                        out += self._sequence(text)
                case LetGo(character):
                    out.append(KeyLetGo(character))
                case Answer(number):
                    out.append(FrameTaken(number))
                case Swallowed():
                    pass
        return out

    def _sequence(self, text: str) -> list[Message]:
        if text == "\x1b":
            return [events.Key("escape", "\x1b")]
        if len(text) == 2:
            # The stock parser leaves the alt out where the key has a name, and a bare plus is a verb.
            plain = [message.key for message in self._parser.feed(text[1]) if isinstance(message, events.Key)]
            return [events.Key(f"alt+shift+{key.lower()}" if _capital(key) else f"alt+{key}", None) for key in plain]
        if text.startswith("\x1b[") and not _is_key(text):
            named = ANSI_SEQUENCES_KEYS.get(text)
            if not isinstance(named, tuple) or len(named) != 1 or named[0].value.startswith("<"):
                return []
            return [events.Key(named[0].value, None)]
        out = list(self._parser.feed(text))
        if waits_for_more(self._parser):
            # It waits for more of a sequence that is complete: one it does not know, and would type as text.
            self._parser = XTermParser(self._debug)
            return []
        return out


def _is_key(sequence: str) -> bool:
    """Whether the stock parser has a name for a numbered key; it reads the number of any other as a character, so that
    F20 of a VT220 would be a quotation mark, and a third parameter as the text that the key types."""
    code, *more = sequence[2:-1].split(";")
    final = sequence[-1]
    if final in _NOT_NUMBERED or not (code or "1").isdecimal():
        return True
    return len(more) < 2 and f"{code or 1}{final}" in FUNCTIONAL_KEYS


def _capital(key: str) -> bool:
    return len(key) == 1 and key.isupper()
