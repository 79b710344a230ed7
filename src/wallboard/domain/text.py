"""Clean text: the only form in which a string from outside may reach a screen, a log or an export.

A caller chooses their own name, so every vendor string is an attack until it has been through `clean`.
Textual passes ESC, C1 and bidirectional controls from data to the terminal even with markup switched off
(measured), hence one strict boundary here instead of an escape at every sink.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NewType

from wallboard.domain.language import Said
from wallboard.domain.redaction import redact_long

Clean = NewType("Clean", str)
"""Text that went through `clean`: printable, one line, bounded, safe to send to a terminal."""

NOTHING = Clean("")
LIMIT = 256
"""Most graphemes of one field."""
MARKS = 2
"""Most combining marks on one base character; more can break a terminal's line (xterm CVE-2021-27135)."""

_VISIBLE = "·"
_REPLACEMENT = "\ufffd"
_ELLIPSIS = "…"
_SPACE = frozenset("\t\n\r\x0b\x0c\x85\u2028\u2029")
_BAD = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARK = frozenset({"Mn", "Me", "Mc"})
_SPACES = re.compile(r"\s+")
_SYLLABLE = re.compile("[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?")
"""Letters that make one Hangul syllable, as file systems and telephones of one maker write them."""


_ODD = re.compile(
    "["
    "\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff"  # regional indicators and skin tones: one glyph in some terminals
    "\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb"  # conjoining Hangul, which has no width of its own
    "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5"  # blanks that are letters
    "\ufe00-\ufe0f\U000e0100-\U000e01ef\U0001f000-\U0001f02f"
    "\u2e3a\u2e3b\ufdfd\U00012031"  # wider than two columns
    "\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff\U0001d300-\U0001d376"  # two columns since Unicode 16, one before
    "]"
)
"""Characters about whose width terminals disagree, alone or beside another."""


@lru_cache(maxsize=8192)
def _kind(char: str) -> str:
    return kind_of(char)


def kind_of(char: str) -> str:
    """One of `base`, `mark`, `space` or the visible stand-in for a character that may not pass."""
    category = unicodedata.category(char)
    if char in _SPACE or category == "Zs":
        return "space"
    if category == "Cs" or category == "Cn" or category == "Co":
        return _REPLACEMENT
    if category in _BAD or _ODD.match(char):
        return _VISIBLE
    if category in _MARK:
        return "mark"
    return "base"


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # str() of a huge int raises ValueError above 4300 digits: such a number is no text.
        return str(value) if value.bit_length() < 256 else "?"
    if isinstance(value, float):
        return f"{value:g}"
    return "?"


def clean(value: object, limit: int = LIMIT) -> Clean:
    """`value` as one safe line of at most `limit` graphemes.

    Total (never raises), idempotent and linear in the input. Controls, format and bidirectional characters,
    private and unassigned code points become a visible `·` or U+FFFD, so that an attack is seen; white space
    of every kind becomes one space; a base keeps at most two combining marks. None becomes "". A known secret becomes
    `***`, before anything is cut.
    """
    if isinstance(value, Said):
        said = Said(clean(value[:], limit))
        said.english = clean(value.english, limit)
        return Clean(said)
    text = _scalar(value)
    # Only a bounded head can survive the cut, and normalising sorts marks in quadratic time: cut first.
    cut = len(text) > limit * 16
    text = redact_long(text[: limit * 16])
    if not cut and text.isascii() and text.isprintable() and len(text) <= limit:
        if "  " not in text and text[:1] != " " and text[-1:] != " ":
            return Clean(text)
        return Clean(_SPACES.sub(" ", text).strip())
    text = _thin(_SYLLABLE.sub(lambda letters: unicodedata.normalize("NFC", letters.group()), text))
    for _ in range(3):
        # Replacing a character can bring two others together that compose: settle, two rounds do in practice.
        settled = _thin(unicodedata.normalize("NFC", text))
        if settled == text:
            break
        text = settled
    return Clean(_cut(text, limit, cut))


def clean_cells(text: str) -> str:
    """`text` with every control, format, bidirectional, private and unassigned character made visible, its spaces and
    its width kept as far as it has one: a net below `clean`, not instead of it."""
    return "".join(char if char == " " or _kind(char) in ("base", "mark") else _VISIBLE for char in text)


def _thin(text: str) -> str:
    """Replace what may not pass, collapse white space, drop marks beyond `MARKS` or without a base."""
    out: list[str] = []
    marks = 0
    based = False
    blank = True
    for char in text:
        kind = _kind(char)
        if kind == "base":
            out.append(char)
            marks, based, blank = 0, True, False
        elif kind == "mark":
            if not based:
                out.append(_VISIBLE)
                blank = False
            elif marks < MARKS:
                out.append(char)
            marks += 1
        elif kind == "space":
            if not blank:
                out.append(" ")
            based, blank = False, True
        else:
            out.append(kind)
            based, blank = False, False
    if out and out[-1] == " ":
        out.pop()
    return "".join(out)


def _cut(text: str, limit: int, cut: bool) -> str:
    count = 0
    for index, char in enumerate(text):
        if _kind(char) == "mark":
            continue
        count += 1
        if count > limit:
            return _before_last(text[:index]) + _ELLIPSIS
    if cut:
        return (_before_last(text) if count >= limit else text) + _ELLIPSIS
    return text


def is_mark(char: str) -> bool:
    """Whether the character of cleaned text belongs to the one before it."""
    return _kind(char) == "mark"


def _before_last(text: str) -> str:
    """`text` without its last grapheme, to make room for the ellipsis, and without a space before that."""
    index = len(text) - 1
    while index > 0 and _kind(text[index]) == "mark":
        index -= 1
    return text[:index].rstrip(" ")


def cell_width(text: str) -> int:
    """Columns that cleaned text takes in a terminal: wide characters two, most marks none."""
    if text.isascii():
        return len(text)
    return sum(char_width(char) for char in text)


@lru_cache(maxsize=8192)
def char_width(char: str) -> int:
    """Columns of one character of cleaned text (0, 1 or 2): the most that a terminal gives it where they disagree.

    Most give a spacing mark one, and so do the many whose table is of 2007 to a mark that is younger.
    """
    if _kind(char) == "mark":
        return int(takes_column(char))
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def takes_column(mark: str) -> bool:
    """Whether some terminals give the mark a column of its own."""
    return unicodedata.ucd_3_2_0.category(mark) not in ("Mn", "Me")
