"""The signs of the board: each state has a glyph, a word and a colour, so that none depends on colour alone."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from wallboard.domain.states import AgentState, CallState, HotlineState, MemberState
from wallboard.domain.text import cell_width

READY, RINGING, TALKING, WRAP, HELD, WAITING, OFF = "●", "◐", "◆", "◇", "‖", "○", "·"
WARN, ALARM, STALE = "▲", "■", "~"
CURSOR, TARGET, OPENED, BOTH, TO = "▌", "▸", "▾", "↔", "→"
MORE = "›"
LINE, UPRIGHT = "─", "│"
STAR = "★"
NOTE = "▪"

Sign = tuple[str, str, str]
"""(glyph, word, token)."""

AGENT: dict[AgentState, Sign] = {
    AgentState.READY: (READY, "ready", "ok"),
    AgentState.RINGING: (RINGING, "ringing", "ring"),
    AgentState.TALKING: (TALKING, "talking", "info"),
    AgentState.WRAP_UP: (WRAP, "wrap-up", "wrap"),
    AgentState.BREAK: (HELD, "break", "muted"),
    AgentState.OTHER_CALL: (TALKING, "other call", "info"),
    AgentState.OFF: (OFF, "off", "muted"),
    AgentState.UNREACHABLE: (WARN, "no phone", "warn"),
    AgentState.STUCK: (ALARM, "stuck", "alarm"),
    AgentState.MISMATCH: (WARN, "mismatch", "warn"),
    AgentState.UNKNOWN: ("?", "unknown", "muted"),
}
MEMBER: dict[MemberState, Sign] = {
    MemberState.WAITING: (WAITING, "waiting", "text"),
    MemberState.RINGING: (RINGING, "ringing", "ring"),
    MemberState.TALKING: (TALKING, "talking", "info"),
    MemberState.ABANDONED: (OFF, "left", "muted"),
    MemberState.UNKNOWN: ("?", "unknown", "muted"),
}
CALL: dict[CallState, Sign] = {
    CallState.RINGING: (RINGING, "ringing", "ring"),
    CallState.TALKING: (TALKING, "talking", "info"),
    CallState.HELD: (HELD, "held", "muted"),
    CallState.PARKED: (HELD, "parked", "wrap"),
    CallState.UNKNOWN: ("?", "unknown", "muted"),
}
HOTLINE: dict[HotlineState, Sign] = {
    HotlineState.OPEN: (READY, "open", "ok"),
    HotlineState.STARTING: (RINGING, "starting", "ring"),
    HotlineState.PAUSED: (HELD, "paused", "muted"),
    HotlineState.ERROR: (ALARM, "error", "alarm"),
    HotlineState.UNKNOWN: ("?", "unknown", "muted"),
}
SEVERITY: dict[str, tuple[str, str]] = {"alarm": (ALARM, "alarm"), "warn": (WARN, "warn"), "": (" ", "text")}

_SIGNS = "▪★●◐◆◇‖○·▲■▌▸▾↔→─│┬┴┼├┤–—…›✗“”‘’×≥≠↑↓←█▁▂▃▄▅▆▇▀"
_PLAIN = """+*o*#w=-.!X>>v/>-|+++++--~>x""''x>/^v<#_.-:=+*^"""
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
