"""The signs of the board: each state has a glyph, a word and a colour, so that none depends on colour alone."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from wallboard.domain.language import mark
from wallboard.domain.states import AgentState, CallState, HotlineState, MemberState
from wallboard.domain.text import cell_width

READY, RINGING, TALKING, WRAP, HELD, WAITING, OFF = "●", "◐", "◆", "◇", "‖", "○", "·"
WARN, ALARM, STALE = "▲", "■", "~"
CURSOR, TARGET, OPENED, BOTH, TO = "▌", "▸", "▾", "↔", "→"
MORE = "›"
LINE, UPRIGHT = "─", "│"
STAR = "★"
NOTE = "▪"
BESIDE = "◎"

Sign = tuple[str, str, str]
"""(glyph, word, token); the word is told with `tr`."""

AGENT: dict[AgentState, Sign] = {
    AgentState.READY: (READY, mark("ready"), "ok"),
    AgentState.RINGING: (RINGING, mark("ringing"), "ring"),
    AgentState.TALKING: (TALKING, mark("talking"), "info"),
    AgentState.WRAP_UP: (WRAP, mark("wrap-up"), "wrap"),
    AgentState.BREAK: (HELD, mark("break"), "muted"),
    AgentState.OTHER_CALL: (TALKING, mark("other call"), "info"),
    AgentState.OFF: (OFF, mark("off"), "muted"),
    AgentState.UNREACHABLE: (WARN, mark("no phone"), "warn"),
    AgentState.STUCK: (ALARM, mark("stuck"), "alarm"),
    AgentState.MISMATCH: (WARN, mark("mismatch"), "warn"),
    AgentState.UNKNOWN: ("?", mark("unknown"), "muted"),
}
MEMBER: dict[MemberState, Sign] = {
    MemberState.WAITING: (WAITING, mark("waiting"), "text"),
    MemberState.RINGING: (RINGING, mark("ringing"), "ring"),
    MemberState.TALKING: (TALKING, mark("talking"), "info"),
    MemberState.ABANDONED: (OFF, mark("left"), "muted"),
    MemberState.UNKNOWN: ("?", mark("unknown"), "muted"),
}
CALL: dict[CallState, Sign] = {
    CallState.RINGING: (RINGING, mark("ringing"), "ring"),
    CallState.TALKING: (TALKING, mark("talking"), "info"),
    CallState.HELD: (HELD, mark("held"), "muted"),
    CallState.PARKED: (HELD, mark("parked"), "wrap"),
    CallState.UNKNOWN: ("?", mark("unknown"), "muted"),
}
HOTLINE: dict[HotlineState, Sign] = {
    HotlineState.OPEN: (READY, mark("open"), "ok"),
    HotlineState.STARTING: (RINGING, mark("starting"), "ring"),
    HotlineState.PAUSED: (HELD, mark("paused"), "muted"),
    HotlineState.ERROR: (ALARM, mark("error"), "alarm"),
    HotlineState.UNKNOWN: ("?", mark("unknown"), "muted"),
}
SEVERITY: dict[str, tuple[str, str]] = {"alarm": (ALARM, "alarm"), "warn": (WARN, "warn"), "": (" ", "text")}

_SIGNS = "◎▪★●◐◆◇‖○·▲■▌▸▾↔→─│┬┴┼├┤–—…›✗“”‘’×≥≠↑↓←█▁▂▃▄▅▆▇▀"
_PLAIN = """@+*o*#w=-.!X>>v/>-|+++++--~>x""''x>/^v<#_.-:=+*^"""
_ASCII = dict(zip(_SIGNS, _PLAIN, strict=True))


def ascii_text(text: str) -> str:
    """`text` in ASCII, as wide as before: known signs by their stand-ins, letters without accents, the rest `?`."""
    return text if text.isascii() else "".join(_ascii_char(char) for char in text)


def _dots(bits: int) -> str:
    """What comes nearest to a braille character: dots in a row, a column, or all over."""
    rows = [bool(bits & row) for row in (0x09, 0x12, 0x24, 0xC0)]
    if sum(rows) > 2:
        return ":" if bits not in (0x47, 0xB8, 0xFF) else "|"
    both = bits & 0x47 and bits & 0xB8
    high = rows[0] or rows[1]
    return ('"' if high and not (rows[2] or rows[3]) else "_" if rows[3] else "-") if both else "'" if high else "."


@lru_cache(maxsize=4096)
def _ascii_char(char: str) -> str:
    if char.isascii():
        return char
    if char in _ASCII:
        return _ASCII[char]
    if "\u2800" <= char <= "\u28ff":
        return _dots(ord(char) - 0x2800)
    width = cell_width(char)
    if width == 0:
        return ""
    plain = "".join(c for c in unicodedata.normalize("NFKD", char) if c.isascii() and c.isprintable())
    return plain[:width].ljust(width, "?") if plain else "?" * width
