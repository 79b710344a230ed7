"""What the terminal sent, cut into keys, whole sequences and pastes, so that no fragment ever becomes a key.

A slow line may split an escape sequence anywhere, answers of the terminal arrive when they like, and a paste into the
wrong window is a row of verbs. The stock parser reads such fragments as single keys. This guard stands before it and
hands over complete pieces only. It is pure: text and instants in, tokens out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from wallboard.ui.sequences import LONGEST_SEQUENCE, RXVT_SHIFTED, known_csi

FAST_ESCAPE = 0.1
SLOW_ESCAPE = 0.5
"""Seconds of silence after which a lone ESC is the Escape key, on this machine and over a network."""
TAIL_SECONDS = 2.0
"""How long the rest of a broken-off sequence may still come in and is swallowed, counted from its last byte."""
QUIET_SECONDS = 0.5
"""Input this soon after the start was meant for what the terminal showed before."""
BURST = 6
"""As many printable characters in one read come from no keyboard."""
BURST_SECONDS = 0.1
"""The next piece of an unmarked paste follows within this time."""
PASTE_LIMIT = 65_536
"""Most characters kept of one paste."""
PASTE_SILENCE = 10.0
"""A marked paste whose end never comes is over after this much silence."""
HOLD_SECONDS = 0.75
"""A key again within this time is the same key held down: keyboards begin to repeat after 250 to 660 ms."""

_ESC = "\x1b"
_INTERRUPT = "\x03"
_PASTE_END = "\x1b[201~"
_STRING_INTRODUCERS = "]P^_X"

_ALWAYS_HEARD = re.compile(r"\?(?:2026|2048);\d\$y|99;5u")
"""Mode reports, and Ctrl-C as the kitty protocol spells it."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_RUN = re.compile(r"[^\x00-\x1f\x7f-\x9f\ufffd]+")


@dataclass(frozen=True, slots=True)
class Keys:
    """Characters that are one key each."""

    text: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One complete escape sequence; ESC alone is the Escape key, ESC and one character are alt and that key."""

    text: str


@dataclass(frozen=True, slots=True)
class Paste:
    """Pasted text, marked as such or too fast for fingers: no controls but tab and newline, bounded."""

    text: str


@dataclass(frozen=True, slots=True)
class Swallowed:
    """So many characters went nowhere."""

    count: int


Token = Keys | Sequence | Paste | Swallowed


class _State(Enum):
    GROUND = "ground"
    ESCAPE = "escape"
    CSI = "csi"
    SS3 = "ss3"
    STRING = "string"
    STRING_ESCAPE = "string escape"
    MOUSE = "mouse"  # the three raw characters of an X10 mouse report
    PASTE = "paste"


def escape_delay(environment: Mapping[str, str], *, slow: bool = False) -> float:
    """Seconds to wait for the rest of a sequence: longer where the keys come over a network."""
    remote = bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))
    return SLOW_ESCAPE if slow or remote else FAST_ESCAPE


class InputGuard:
    """Cuts input into tokens.

    `escape_delay` is in seconds; `now` and every `at` are instants of one steady clock, also in seconds. Call `tick`
    when `deadline` has passed without input. Bytes that may have waited in a buffer should be fed with the instant
    when that buffer was last seen empty, or a busy machine would be taken for a slow line.
    """

    def __init__(self, escape_delay: float, now: float) -> None:
        self._delay = escape_delay
        self._quiet_until = now + QUIET_SECONDS
        self._state = _State.GROUND
        self._buffer = ""
        self._dropping = False
        self._unheard = False  # the piece began too soon after the start
        self._last = now
        self._late_until = float("-inf")  # after an Escape key: its `[` may still come
        self._late_terminator = False  # after an ESC inside a swallowed string: its `\` may still come
        self._burst_until = float("-inf")
        self._burst_size = 0
        self._pasted: list[str] = []
        self._pasted_size = 0
        self._out: list[Token] = []

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to decide, or None."""
        if self._state is _State.GROUND:
            return None
        return self._last + self._patience()

    def feed(self, text: str, at: float) -> list[Token]:
        """The tokens that `text`, one read, completes."""
        self._out = []
        self._expire(at)
        index = 0
        while index < len(text):
            if self._state is _State.PASTE:
                index = self._paste(text, index)
            elif self._plain(at) and (run := _RUN.match(text, index)):
                self._out.append(Keys(run.group()))
                index = run.end()
            else:
                self._take(text[index], at)
                index += 1
        if text:
            self._last = at
        return self._settle(at)

    def tick(self, at: float) -> list[Token]:
        """The tokens that silence completes."""
        self._out = []
        self._expire(at)
        return self._settle(at)

    def _patience(self) -> float:
        if self._state is _State.PASTE:
            return PASTE_SILENCE
        return self._delay + TAIL_SECONDS if self._dropping else self._delay

    def _expire(self, at: float) -> None:
        if self._state is _State.GROUND or at < self._last + self._patience():
            return
        if self._state is _State.PASTE:
            self._end_paste()
        elif self._dropping:
            self._out.append(Swallowed(len(self._buffer)))
            self._to_ground()
        elif self._state is _State.ESCAPE:
            self._emit_escape()
            self._late_until = self._last + self._delay + TAIL_SECONDS
            self._to_ground()
        elif self._state is _State.STRING_ESCAPE:
            # Half a string terminator; were it the Escape key, pressing it again will do.
            self._out.append(Swallowed(1))
            self._to_ground()
            self._late_until = self._last + self._delay + TAIL_SECONDS
            self._late_terminator = True
        else:
            # What has come already is kept, to know the end of the rest when it comes.
            self._dropping = True
            # One long silence spends the time of the tail as well.
            self._expire(at)

    def _plain(self, at: float) -> bool:
        return self._state is _State.GROUND and at >= self._late_until and at >= self._quiet_until

    def _to_ground(self) -> None:
        self._state = _State.GROUND
        self._buffer = ""
        self._dropping = self._unheard = False

    def _enter(self, state: _State, char: str, at: float) -> None:
        if self._state is _State.GROUND:
            self._unheard = at < self._quiet_until
        self._state = state
        self._buffer += char

    def _take(self, char: str, at: float) -> None:
        if char == _INTERRUPT:
            self._abort()
            self._out.append(Keys(char))
            return
        match self._state:
            case _State.GROUND:
                self._ground(char, at)
            case _State.ESCAPE:
                self._escape(char, at)
            case _State.CSI:
                self._csi(char, at)
            case _State.SS3:
                self._ss3(char, at)
            case _State.MOUSE:
                self._buffer += char
                if len(self._buffer) >= 6:
                    self._finish(None)
            case _State.STRING | _State.STRING_ESCAPE:
                self._string(char, at)
            case _State.PASTE:
                raise AssertionError("pastes are taken whole")

    def _abort(self) -> None:
        """Break the sequence off for a key that must not wait; an ESC before it was a key too."""
        if self._state is _State.ESCAPE and not self._dropping:
            self._emit_escape()
        elif self._buffer:
            self._out.append(Swallowed(len(self._buffer)))
        self._to_ground()

    def _emit_escape(self) -> None:
        self._out.append(Swallowed(1) if self._unheard else Sequence(_ESC))

    def _ground(self, char: str, at: float) -> None:
        late, terminator = at < self._late_until, self._late_terminator
        self._late_until, self._late_terminator = float("-inf"), False
        if char == _ESC:
            self._enter(_State.ESCAPE, char, at)
        elif late and terminator:
            self._out.append(Swallowed(1) if char == "\\" else Keys(char))
        elif late and char == "[":
            self._late(_State.CSI, char, at)
        elif late and char == "O":
            self._late(_State.SS3, char, at)
        elif late and char in _STRING_INTRODUCERS:
            self._late(_State.STRING, char, at)
        elif "\x80" <= char <= "\x9f" or char == "\ufffd" or at < self._quiet_until:
            self._out.append(Swallowed(1))
        else:
            self._out.append(Keys(char))

    def _late(self, state: _State, char: str, at: float) -> None:
        self._enter(state, _ESC + char, at)
        self._dropping = True

    def _escape(self, char: str, at: float) -> None:
        if char == "[":
            self._enter(_State.CSI, char, at)
        elif char == "O":
            self._enter(_State.SS3, char, at)
        elif char in _STRING_INTRODUCERS:
            self._enter(_State.STRING, char, at)
        elif char == _ESC:
            self._emit_escape()
            self._to_ground()
            self._enter(_State.ESCAPE, char, at)
        else:
            self._finish(_ESC + char)

    def _finish(self, sequence: str | None) -> None:
        """The sequence is complete: pass it (None: swallow it) unless it is being dropped or came too soon."""
        size = len(self._buffer) + 1
        if sequence is None or self._dropping or (self._unheard and not _ALWAYS_HEARD.fullmatch(sequence[2:])):
            self._out.append(Swallowed(size))
        else:
            self._out.append(Sequence(sequence))
        self._to_ground()

    def _csi(self, char: str, at: float) -> None:
        if char == _ESC:
            self._out.append(Swallowed(len(self._buffer)))
            self._to_ground()
            self._enter(_State.ESCAPE, char, at)
            return
        body = self._buffer[2:] + char
        if char < " " or char > "~":
            self._finish(None)
        elif body == "[" or (" " <= char <= "?" and not RXVT_SHIFTED.fullmatch(body)):
            # A parameter or an intermediate; `[[` opens the function keys of the Linux console.
            if len(self._buffer) < 4 * LONGEST_SEQUENCE:
                self._buffer += char
        elif body == "M":
            self._enter(_State.MOUSE, char, at)
        elif body == "200~":
            self._open_paste()
        else:
            self._finish(known_csi(body))

    def _ss3(self, char: str, at: float) -> None:
        if char == _ESC:
            self._csi(char, at)
        elif char in "0123456789;" and len(self._buffer) < LONGEST_SEQUENCE:
            self._buffer += char
        elif len(self._buffer) > 2 or not char.isascii() or not char.isprintable():
            self._finish(None)
        else:
            self._finish(f"{_ESC}O{char}")

    def _string(self, char: str, at: float) -> None:
        if self._state is _State.STRING_ESCAPE and char != _ESC:
            if char == "\\":
                self._finish(None)
                return
            # The string broke off and this is the next sequence.
            self._out.append(Swallowed(max(1, len(self._buffer) - 1)))
            self._to_ground()
            self._enter(_State.ESCAPE, _ESC, at)
            self._escape(char, at)
        elif char == _ESC:
            self._state = _State.STRING_ESCAPE
            self._dropping = False
        elif char in "\x07\x18\x1a\x9c":
            self._finish(None)
        elif len(self._buffer) < PASTE_LIMIT:
            self._buffer += char

    def _open_paste(self) -> None:
        self._state = _State.PASTE
        self._buffer = ""
        self._pasted, self._pasted_size = [], 0

    def _paste(self, text: str, index: int) -> int:
        """Take `text` from `index` up to the end mark, which may have begun in the text before."""
        joined = self._buffer + text[index:]
        end = joined.find(_PASTE_END)
        stop = end if end >= 0 else max(0, len(joined) - len(_PASTE_END) + 1)
        room = max(0, PASTE_LIMIT - self._pasted_size)
        self._pasted.append(joined[: min(stop, room)])
        self._pasted_size += stop
        if end < 0:
            self._buffer = joined[stop:]
            return len(text)
        taken = end + len(_PASTE_END) - len(self._buffer)
        self._buffer = ""
        self._end_paste()
        return index + taken

    def _end_paste(self) -> None:
        if self._buffer and self._pasted_size < PASTE_LIMIT:
            # Silence ended it in the middle of what may have been the end mark.
            self._pasted.append(self._buffer)
            self._pasted_size += len(self._buffer)
        text = _printable("".join(self._pasted))
        self._out.append(Swallowed(self._pasted_size) if self._unheard or self._dropping or not text else Paste(text))
        if self._pasted_size > PASTE_LIMIT:
            self._out.append(Swallowed(self._pasted_size - PASTE_LIMIT))
        self._pasted, self._pasted_size = [], 0
        self._to_ground()

    def _settle(self, at: float) -> list[Token]:
        """Join neighbours, and take what is too fast for fingers for a paste."""
        out, self._out = self._out, []
        keys = "".join(token.text for token in out if isinstance(token, Keys))
        printable = [char for char in keys if char.isprintable()]
        follows = at < self._burst_until
        # A key held down on a line that stalls comes in bursts too, but what follows it is still that key.
        if len(printable) >= BURST or (follows and keys and keys != _INTERRUPT):
            self._burst_size = (self._burst_size if follows else 0) + len(keys)
            if follows or len(set(printable)) > 1:
                self._burst_until = at + BURST_SECONDS
            return self._as_paste(out, keys)
        joined: list[Token] = []
        for token in out:
            last = joined[-1] if joined else None
            if isinstance(token, Keys) and isinstance(last, Keys):
                joined[-1] = Keys(last.text + token.text)
            elif isinstance(token, Swallowed) and isinstance(last, Swallowed):
                joined[-1] = Swallowed(last.count + token.count)
            else:
                joined.append(token)
        return joined

    def _as_paste(self, out: list[Token], text: str) -> list[Token]:
        rest: list[Token] = [token for token in out if isinstance(token, (Sequence, Paste))]
        room = PASTE_LIMIT - (self._burst_size - len(text))
        kept = _printable(text[: max(0, room)])
        return [Paste(kept) if kept else Swallowed(len(text)), *rest]


def _printable(text: str) -> str:
    """`text` without controls but tab and newline."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


class KeyGate:
    """A held key acts once."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def accept(self, key: str, at: float, is_verb: bool) -> bool:
        """Whether the key may act now. `at` in seconds of a steady clock.

        A verb's key is refused while it repeats, and every refused repeat extends the wait; keys that only move
        repeat freely.
        """
        before = self._seen.get(key)
        if len(self._seen) > 64:
            self._seen = {name: seen for name, seen in self._seen.items() if at - seen < HOLD_SECONDS}
        self._seen[key] = at
        return not is_verb or before is None or not 0 <= at - before < HOLD_SECONDS
