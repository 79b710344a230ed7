"""Terminals that count widths each in their own way, and names in twenty scripts to show them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

NAMES = (
    "Ute Brandt-Lehmann",
    "Zoë Ångström",
    "Nguyễn Thị Hằng",
    "Γιώργος Παππάς",
    "Жанна Ковальчук",
    "Անի Սարգսյան",
    "ნინო გელაშვილი",
    "שָׁלוֹם כֹּהֵן",
    "مُحَمَّد الأمين",
    "नीता शर्मा",
    "ਪੰਜਾਬੀ ਸਿੰਘ",
    "বাংলা চৌধুরী",
    "ગુજરાતી પટેલ",
    "தமிழ்ச்செல்வி",
    "తెలుగు రెడ్డి",
    "ಕನ್ನಡ ಗೌಡ",
    "മലയാളം നായർ",
    "සිංහල පෙරේරා",
    "น้ำฝน สมชาย",
    "ສຳນັກງານ",
    "မြန်မာ အောင်",
    "ខ្មែរ សុខា",
    "བོད་ལྗོངས",
    "አማርኛ ተስፋዬ",
    "王小明",
    "山田 太郎ヶ",
    "김철수",
    "Notruf 😀🚒",
    "ᠮᠣᠩᠭᠣᠯ",
    "⌚ Nacht ☎",
)
"""As a directory has them; they are clean already."""

_SEQUENCE = re.compile(r"\x1b\[([0-9;]*)([HCm])")
_CONJUNCT = frozenset("\u094d\u09cd\u0acd\u0c4d\u0d4d\u17d2\u1039")


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in ("W", "F")


def library(_before: str, char: str) -> int:
    """As the C library, tmux and xterm.js: spacing marks have a column."""
    return 0 if unicodedata.category(char) in ("Mn", "Me") else 2 if _wide(char) else 1


def clusters(before: str, char: str) -> int:
    """As terminals that draw by grapheme cluster: whatever joins the letter before has no column."""
    joins = unicodedata.category(char)[0] == "M" or char in "\u0e33\u0eb3"
    return 0 if joins or before in _CONJUNCT else 2 if _wide(char) else 1


def old(before: str, char: str) -> int:
    """As terminals from before there were emoji."""
    return 1 if char >= "\U0001f000" or 0x2300 <= ord(char) < 0x2700 else library(before, char)


def every(before: str, char: str) -> int:
    """As consoles without combining characters: each mark is drawn in a column of its own."""
    return max(1, library(before, char))


Counting = Callable[[str, str], int]
COUNTINGS: tuple[Counting, ...] = (library, clusters, old, every)


class Terminal:
    """A screen without wrapping that understands what the console sends. `width` is asked with the character that was
    drawn last and the one to draw."""

    def __init__(self, columns: int, rows: int, width: Counting) -> None:
        self.columns = columns
        self.lines = [[" "] * columns for _ in range(rows)]
        """One text a column; "" in the second of a wide one."""
        self._width = width
        self._x = self._y = 0
        self._before = ""

    def feed(self, text: str) -> None:
        at = 0
        while at < len(text):
            sequence = _SEQUENCE.match(text, at)
            if sequence is None:
                assert text[at] != "\x1b", text[at : at + 20]
                self._draw(text[at])
                at += 1
                continue
            self._control(sequence[1], sequence[2])
            at = sequence.end()

    def _control(self, parameters: str, final: str) -> None:
        if final == "m":
            return
        self._before = ""
        numbers = [int(number) for number in parameters.split(";") if number]
        if final == "C":
            self._x = min(self._x + (numbers or [1])[0], self.columns - 1)
        else:
            y, x = [*numbers, 1, 1][:2] if numbers else (1, 1)
            self._y, self._x = y - 1, min(x - 1, self.columns - 1)

    def _draw(self, char: str) -> None:
        line = self.lines[self._y]
        width = self._width(self._before, char)
        self._before = char
        if not width:
            last = self._x - 1
            while last > 0 and line[last] == "":
                last -= 1
            line[max(0, last)] += char
            return
        x = min(self._x, self.columns - width)
        for column in (x, x + width):  # half of a wide one is nothing
            if 0 < column < self.columns and line[column] == "":
                line[column - 1] = line[column] = " "
        line[x : x + width] = [char] + [""] * (width - 1)
        self._x = x + width
