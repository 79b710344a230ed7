"""What the terminal sent, cut by the standard's grammar (ECMA-48), so that no fragment of anything becomes a key.

A slow line may split a sequence anywhere, and answers of the terminal arrive when they like. Controls of eight bits
are their seven-bit twins. What is unknown ends where the standard says that it ends: parameter, intermediate and final
bytes, or a string's terminator. It is pure: text and instants in, tokens out.
"""

from __future__ import annotations

import re
from enum import Enum

from wallboard.domain.records import dataclass
from wallboard.ui.terminal.sequences import ALWAYS_HEARD, LONGEST_SEQUENCE, RXVT_SHIFTED, answered, known_csi, let_go

TAIL_SECONDS = 2.0
"""How long the rest of a broken-off sequence may still come in and is swallowed, counted from its last byte."""
PASTE_LIMIT = 65_536
"""Most characters kept of one paste."""
PASTE_SILENCE = 10.0
"""A marked paste whose end never comes is over after this much silence."""
INTERRUPT = "\x03"

_ESC = "\x1b"
_ABORTS = "\x18\x1a"
_STRINGS = "]P^_X"
_INTERMEDIATE = re.compile(r"[ -/]")
_FINAL = re.compile(r"[0-~]")
_CSI_FINAL = re.compile(r"[@-~]")
_PRINTABLE = re.compile(r"[ -~]")
_LATE = f'[O{_STRINGS}N"#$%&()*,'
"""What goes on with an ESC that was taken for the Escape key: no key of the board but by a rare binding."""
_PASTE_END = re.compile(r"(?:\x1b\[|\x9b|\udc9b)201~")
_PASTE_END_LENGTH = 6
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_RUN = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]+")
_RAW = 0xDC00
"""A byte that is no character is decoded as this and its number (`surrogateescape`)."""


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
    """So many characters went nowhere. `noise`: bytes that no terminal sends."""

    count: int
    noise: bool = False


@dataclass(frozen=True, slots=True)
class LetGo:
    """The key with this character on it is held no more; only some terminals tell."""

    character: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The terminal has come to this question of ours: it has taken all that stood before it."""

    number: int


Cut = Keys | Sequence | Paste | Swallowed | LetGo | Answer


class _State(Enum):
    GROUND = "ground"
    ESCAPE = "escape"
    SHORT = "short"  # ESC with an intermediate, or the keypad of a VT52
    CSI = "csi"
    SINGLE = "single"  # SS2 and SS3: one character of another set
    STRING = "string"
    STRING_ESCAPE = "string escape"
    MOUSE = "mouse"  # the three raw bytes of an X10 mouse report
    PASTE = "paste"


class Cutter:
    """Cuts input into tokens.

    `escape_delay` is in seconds, every `at` an instant of one steady clock. Call `tick` when `deadline` has passed
    without input. What begins before `listens_at` is not heard.
    """

    def __init__(self, escape_delay: float, listens_at: float) -> None:
        self.listens_at = listens_at
        self._delay = escape_delay
        self._state = _State.GROUND
        self._buffer = ""
        self._dropping = False
        self._unheard = False  # the piece began too soon after the start
        self._last = listens_at
        self._late_until = float("-inf")  # after an Escape key: its `[` may still come
        self._late_terminator = False  # after an ESC inside a swallowed string: its `\` may still come
        self._pasted: list[str] = []
        self._pasted_size = 0
        self._out: list[Cut] = []

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to decide, or None."""
        if self._state is _State.GROUND:
            return None
        return self._last + self._patience()

    def feed(self, text: str, at: float) -> list[Cut]:
        """The tokens that `text`, one read, completes."""
        self._out = []
        self._expire(at)
        if not text:
            return self._out
        if self._state is _State.PASTE:
            text, self._buffer = self._buffer + text, ""
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
        self._last = at
        return self._out

    def tick(self, at: float) -> list[Cut]:
        """The tokens that silence completes."""
        self._out = []
        self._expire(at)
        return self._out

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
            self._swallow(len(self._buffer))
            self._to_ground()
        elif self._state is _State.ESCAPE:
            self._emit(_ESC)
            self._late_until = self._last + self._delay + TAIL_SECONDS
            self._to_ground()
        elif self._state is _State.STRING_ESCAPE:
            # Half a string terminator; were it the Escape key, pressing it again will do.
            self._swallow(1)
            self._to_ground()
            self._late_until = self._last + self._delay + TAIL_SECONDS
            self._late_terminator = True
        else:
            self._emit_key()
            # What has come already is kept, to know the end of the rest when it comes.
            self._dropping = True
            # One long silence spends the time of the tail as well.
            self._expire(at)

    def _plain(self, at: float) -> bool:
        return self._state is _State.GROUND and at >= self._late_until and at >= self.listens_at

    def _to_ground(self) -> None:
        self._state = _State.GROUND
        self._buffer = ""
        self._dropping = self._unheard = False

    def _enter(self, state: _State, char: str, at: float) -> None:
        if self._state is _State.GROUND:
            self._unheard = at < self.listens_at
        self._state = state
        self._buffer += char

    def _swallow(self, count: int) -> None:
        self._out.append(Swallowed(count))

    def _emit(self, sequence: str) -> None:
        if self._unheard or self._dropping:
            self._swallow(len(sequence))
        else:
            self._out.append(Sequence(sequence))

    def _emit_key(self) -> None:
        """The key that what has come so far may be, where it is no sequence after all."""
        body = self._buffer[2:]
        if (self._state is _State.SHORT and not body) or (self._state is _State.CSI and RXVT_SHIFTED.fullmatch(body)):
            self._emit(self._buffer)

    def _take(self, char: str, at: float) -> None:
        code = ord(char)
        if _RAW + 0x80 <= code <= _RAW + 0x9F:
            code -= _RAW
        if char == INTERRUPT:
            self._interrupt()
        elif self._state is _State.MOUSE:
            self._mouse(char, code, at)
        elif 0x80 <= code <= 0x9F and not (self._state is _State.STRING and code != 0x9C):
            self._step(_ESC, at)
            self._step(chr(code - 0x40), at)
        else:
            self._step(char, at)

    def _step(self, char: str, at: float) -> None:
        match self._state:
            case _State.GROUND:
                self._ground(char, at)
            case _State.ESCAPE:
                self._escape(char, at)
            case _State.SHORT:
                self._short(char, at)
            case _State.CSI:
                self._csi(char, at)
            case _State.SINGLE:
                self._single(char, at)
            case _State.STRING | _State.STRING_ESCAPE:
                self._string(char, at)
            case _State.MOUSE | _State.PASTE:
                raise AssertionError("raw bytes and pastes are no sequences")

    def _interrupt(self) -> None:
        """A key that must not wait. An ESC before it was a key too; the rest of anything else may still come."""
        if self._state is _State.ESCAPE:
            self._emit(_ESC)
            self._to_ground()
        elif self._state is not _State.GROUND:
            self._dropping = True
        self._out.append(Keys(INTERRUPT))

    def _ground(self, char: str, at: float) -> None:
        late, terminator = at < self._late_until, self._late_terminator
        self._late_until, self._late_terminator = float("-inf"), False
        if char == _ESC:
            self._enter(_State.ESCAPE, char, at)
        elif late and terminator:
            self._out.append(Swallowed(1) if char == "\\" else Keys(char))
        elif late and char in _LATE:
            self._enter(_State.ESCAPE, _ESC, at)
            self._escape(char, at)
            self._dropping = True
        elif _is_noise(char):
            self._out.append(Swallowed(1, noise=True))
        elif at < self.listens_at:
            self._swallow(1)
        else:
            self._out.append(Keys(char))

    def _again(self, at: float) -> None:
        """An ESC in the middle: the sequence broke off, and this is the next one."""
        self._swallow(max(1, len(self._buffer)))
        self._to_ground()
        self._enter(_State.ESCAPE, _ESC, at)

    def _escape(self, char: str, at: float) -> None:
        if char == "[":
            self._enter(_State.CSI, char, at)
        elif char in "ON":
            self._enter(_State.SINGLE, char, at)
        elif char in _STRINGS:
            self._enter(_State.STRING, char, at)
        elif char == "?" or _INTERMEDIATE.match(char):
            self._enter(_State.SHORT, char, at)
        elif char == _ESC:
            self._emit(_ESC)
            self._to_ground()
            self._enter(_State.ESCAPE, char, at)
        elif char in _ABORTS or _is_noise(char):
            self._finish(None)
        else:
            self._finish(_ESC + char)

    def _finish(self, sequence: str | None) -> None:
        """The sequence is complete: pass it (None: swallow it) unless it is being dropped or came too soon."""
        if sequence is not None and self._unheard and ALWAYS_HEARD.fullmatch(sequence[2:]):
            self._unheard = False
        if sequence is None:
            self._swallow(len(self._buffer) + 1)
        else:
            self._emit(sequence)
        self._to_ground()

    def _short(self, char: str, at: float) -> None:
        if char == _ESC:
            self._emit_key()
            self._again(at)
        elif char in _ABORTS or (_FINAL if self._buffer[1] != "?" else _PRINTABLE).match(char):
            self._finish(None)
        elif len(self._buffer) < LONGEST_SEQUENCE:
            self._buffer += char

    def _csi(self, char: str, at: float) -> None:
        body = self._buffer[2:]
        if char == _ESC:
            self._emit_key()
            self._again(at)
        elif char in _ABORTS:
            self._finish(None)
        elif body != "[" and char == "[" and not body:
            self._buffer += char  # `[[` opens the function keys of the Linux console
        elif not (_PRINTABLE if body == "[" else _CSI_FINAL).match(char):
            # A parameter, an intermediate, or a control that is none of the sequence's.
            if len(self._buffer) < 4 * LONGEST_SEQUENCE:
                self._buffer += char
        elif body + char == "M":
            self._enter(_State.MOUSE, char, at)
        elif body + char == "200~":
            self._open_paste()
        elif (number := answered(body + char)) is not None and not self._dropping:
            self._out.append(Answer(number))
            self._to_ground()
        elif (key := let_go(body + char)) is not None and not (self._unheard or self._dropping):
            self._out.append(LetGo(key))
            self._to_ground()
        else:
            self._finish(known_csi(body + char))

    def _mouse(self, char: str, code: int, at: float) -> None:
        """Three bytes, or three characters, and a pair of bytes may look like one character: then either may be it."""
        coordinates = self._buffer[3:]
        size = sum(1 if "\ud800" <= sign <= "\udfff" else len(sign.encode()) for sign in coordinates)
        if char == _ESC or (size >= 3 and 0x80 <= code <= 0x9F):
            self._again(at)
            if char != _ESC:
                self._escape(chr(code - 0x40), at)
            return
        if len(coordinates) == 2:
            self._finish(None)
        else:
            self._buffer += char

    def _single(self, char: str, at: float) -> None:
        if char == _ESC:
            self._again(at)
        elif char in "0123456789;" and self._buffer[1] == "O" and len(self._buffer) < LONGEST_SEQUENCE:
            self._buffer += char  # modifiers, as some spell them
        elif self._buffer == f"{_ESC}O" and char.isascii() and char.isprintable():
            self._finish(f"{_ESC}O{char}")
        else:
            self._finish(None)

    def _string(self, char: str, at: float) -> None:
        if self._state is _State.STRING_ESCAPE and char != _ESC:
            if char == "\\":
                self._finish(None)
                return
            # The string broke off and this is the next sequence.
            self._again(at)
            self._escape(char, at)
        elif char == _ESC:
            self._state = _State.STRING_ESCAPE
            self._dropping = False
        elif char == "\x07" or char in _ABORTS:
            self._finish(None)
        elif len(self._buffer) < PASTE_LIMIT:
            self._buffer += char

    def _open_paste(self) -> None:
        self._state = _State.PASTE
        self._buffer = ""
        self._pasted, self._pasted_size = [], 0

    def _paste(self, text: str, index: int) -> int:
        """Take `text` from `index` up to the end mark; what may be the beginning of one waits for the next read."""
        end = _PASTE_END.search(text, index)
        stop = end.start() if end else max(index, len(text) - _PASTE_END_LENGTH + 1)
        room = max(0, PASTE_LIMIT - self._pasted_size)
        self._pasted.append(text[index : min(stop, index + room)])
        self._pasted_size += stop - index
        if end is None:
            self._buffer = text[stop:]
            return len(text)
        self._end_paste()
        return end.end()

    def _end_paste(self) -> None:
        if self._buffer and self._pasted_size < PASTE_LIMIT:
            # Silence ended it in the middle of what may have been the end mark.
            self._pasted.append(self._buffer)
            self._pasted_size += len(self._buffer)
        text = printable("".join(self._pasted))
        self._out.append(Swallowed(self._pasted_size) if self._unheard or self._dropping else Paste(text))
        if self._pasted_size > PASTE_LIMIT:
            self._swallow(self._pasted_size - PASTE_LIMIT)
        self._pasted, self._pasted_size = [], 0
        self._to_ground()


def _is_noise(char: str) -> bool:
    """Whether it stands for bytes that are no character."""
    return "\ud800" <= char <= "\udfff" or char == "\ufffd"


def printable(text: str) -> str:
    """`text` without controls but tab and newline."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
