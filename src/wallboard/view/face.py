"""A face for reading from afar: capitals and digits of five dots, one row more for what stands above a letter."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_BLANK = "."
_LETTERS = {
    "A": ".#. #.# ### #.# #.#", "B": "##. #.# ##. #.# ##.", "C": "### #.. #.. #.. ###", "D": "##. #.# #.# #.# ##.",
    "E": "### #.. ##. #.. ###", "F": "### #.. ##. #.. #..", "G": "### #.. #.# #.# ###", "H": "#.# #.# ### #.# #.#",
    "I": "# # # # #", "J": "..# ..# ..# #.# ###", "K": "#.# #.# ##. #.# #.#", "L": "#.. #.. #.. #.. ###",
    "M": "#...# ##.## #.#.# #...# #...#", "N": "##. #.# #.# #.# #.#", "O": "### #.# #.# #.# ###",
    "P": "### #.# ### #.. #..", "Q": "###. #.#. #.#. #.#. ####", "R": "##. #.# ##. #.# #.#", "S": "### #.. ### ..# ###",
    "T": "### .#. .#. .#. .#.", "U": "#.# #.# #.# #.# ###", "V": "#.# #.# #.# #.# .#.",
    "W": "#...# #...# #.#.# ##.## #...#", "X": "#.# #.# .#. #.# #.#", "Y": "#.# #.# .#. .#. .#.",
    "Z": "### ..# .#. #.. ###", "Ø": "### #.# ### #.# ###", "Æ": ".#### #.#.. ####. #.#.. #.###",
    "Ł": "#.. #.. ##. #.. ###", "Đ": "##. #.# ### #.# ##.",
    "0": "### #.# #.# #.# ###", "1": "..# ..# ..# ..# ..#", "2": "### ..# ### #.. ###", "3": "### ..# ### ..# ###",
    "4": "#.# #.# ### ..# ..#", "5": "### #.. ### ..# ###", "6": "### #.. ### #.# ###", "7": "### ..# ..# ..# ..#",
    "8": "### #.# ### #.# ###", "9": "### #.# ### ..# ###",
    " ": ".. .. .. .. ..", ":": ". # . # .", ".": ". . . . #", ",": ". . . # #", "-": "... ... ### ... ...",
    "–": "... ... ### ... ...", "/": "..# ..# .#. #.. #..", "+": "... .#. ### .#. ...", "&": ".#.. #.#. .#.# #.#. .#.#",
    "'": "# # . . .", "(": ".# #. #. #. .#", ")": "#. .# .# .# #.", "!": "# # # . #", "?": "### ..# .## ... .#.",
    "#": "#.# ### #.# ### #.#", "%": "#.# ..# .#. #.. #.#", "_": "... ... ... ... ###", "*": "... #.# .#. #.# ...",
    "h": "#.. #.. ### #.# #.#", "d": "..# ..# ### #.# ###",
}  # fmt: skip
_MARKS = {"\u0308": "#.#", "\u0301": "..#", "\u0300": "#..", "\u0302": ".#.", "\u030a": ".#.", "\u030c": "#.#",
          "\u0303": ".##", "\u030b": "#.#", "\u0304": "###", "\u0307": ".#."}  # fmt: skip
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


@lru_cache(maxsize=256)
def _dots(text: str) -> tuple[str, ...] | None:
    """Six rows of `#` and blanks; None where some character has no form."""
    rows: list[list[str]] = [[] for _ in range(6)]
    for char in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", char)
        letter, marks = _LETTERS.get(char) or _LETTERS.get(parts[0]), parts[1:]
        if letter is None or any(mark not in _MARKS for mark in marks):
            return None
        lines = letter.split()
        above = _MARKS[marks[0]].center(len(lines[0]), _BLANK)[: len(lines[0])] if marks else _BLANK * len(lines[0])
        for row, line in zip(rows, (above, *lines), strict=True):
            row.append(line)
    return tuple(_BLANK.join(row) for row in rows)


def large(text: str, size: int = 1) -> list[str] | None:
    """`text` in capitals three lines high, or six with a `size` of 2; None where a letter has no such form."""
    dots = _dots(text.upper())
    if dots is None:
        return None
    if size > 1:
        return [_drawn(row, 2) for row in dots]
    return ["".join(_HALVES[a == "#", b == "#"] for a, b in zip(dots[y], dots[y + 1], strict=True)) for y in (0, 2, 4)]


def huge(text: str, across: int = 1, down: int = 1) -> list[str]:
    """`text`, of digits and signs, in dots of `across` columns and `down` lines: five dots high."""
    dots = _dots(text) or _dots("?" * len(text)) or ()
    return [_drawn(row, across) for row in dots[1:] for _ in range(down)]


def _drawn(row: str, across: int) -> str:
    return "".join(("█" if dot == "#" else " ") * across for dot in row)
