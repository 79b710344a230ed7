"""How wide text is where terminals disagree about it.

Measured: the C library, tmux, GNU screen and xterm.js give a spacing mark (Devanagari, Tamil, Khmer …) a column of its
own, terminals that draw by grapheme cluster give it none; screen and xterm.js give one to a mark that is younger than
their table too; an emoji has two columns, in older ones one; Thai and Lao vowels and conjuncts differ as well. So a
word of such letters is one piece that claims the most columns that any of them takes: blanks first, then the piece,
then the next cell by its address. What is drawn narrower leaves blanks at its end, what is drawn wider (a console that
gives every mark a column) is drawn over, and nothing else moves.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rich import cells

from wallboard.domain.text import kind_of, takes_column
from wallboard.ui.terminal.private import cell_table

_CERTAIN = re.compile(
    "["
    " -~\u00a0-\u00ac\u00ae-\u02ff"  # Latin, phonetics
    "\u0370-\u0377\u037a-\u037f\u0384-\u0482\u048a-\u052f\u0531-\u0556\u0561-\u0587"  # Greek, Cyrillic, Armenian
    "\u10a0-\u10ff\u1200-\u135a\u1d00-\u1d7f\u1e00-\u1fff"  # Georgian, Ethiopic; more Latin and Greek
    "\u2010-\u2027\u2030-\u205e\u2070-\u209c\u20a0-\u20bf\u2100-\u214f\u2150-\u218b"
    "\u2190-\u22ff\u2500-\u25fc\u2605\u2606\u2713-\u2718"  # arrows, mathematics, the signs of the board
    "\u3001-\u3029\u3030-\u303e\u3041-\u3096\u309b-\u30ff\u3105-\u312d\u3131-\u3163\u3165-\u318e"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff9f\uffe0-\uffe6"  # East Asia
    "\U00020000-\U0003fffd"
    "]*"
)
_WORD = "LMN"
"""General categories (their first letter) of which words are made."""


@lru_cache(maxsize=8192)
def certain(text: str) -> bool:
    """Whether every terminal draws the (cleaned) text as wide as it is counted."""
    return _CERTAIN.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def overhang(text: str) -> int:
    """Columns beyond those it claims that a piece takes in a terminal which gives each of its marks one."""
    return sum(cells.get_character_cell_size(char) == 0 for char in text)


def pieces(text: str) -> list[tuple[str, int]]:
    """`text` cut into what is drawn at once, and the columns that each piece claims.

    Where the width is certain that is a character; otherwise a sign with its marks, or a word. Marks without anything
    before them are left out.
    """
    out: list[tuple[str, int]] = []
    open_word = False
    spans, _ = cells.split_graphemes(text)
    for start, end, width in spans:
        piece = text[start:end]
        if not width:
            if out:
                out[-1] = (out[-1][0] + piece, out[-1][1])
            continue
        kind = "" if certain(piece) else unicodedata.category(piece[0])[0]
        if out and (kind == "M" or (kind and kind in _WORD and open_word)):
            out[-1] = (out[-1][0] + piece, out[-1][1] + width)
        else:
            out.append((piece, width))
        open_word = bool(kind) and kind in _WORD
    return out


def claim_marks() -> None:
    """Make Rich, by which Textual measures, count the marks as `domain.text.char_width` does.

    The table is private to Rich; a test compares the two for every character there is.
    """

    @lru_cache(maxsize=4)
    def claimed(unicode_version: str = "auto") -> cells.CellTable:
        table = cell_table(unicode_version)
        widths: list[tuple[int, int, int]] = []
        for first, last, width in table.widths:
            if width:
                widths.append((first, last, width))
                continue
            for code in range(first, last + 1):
                char = chr(code)
                # All the marks there are, once: nothing of it is worth remembering.
                if takes_column(char) and kind_of(char) == "mark":
                    continue  # what is not in the table has one column
                if widths and widths[-1][1:] == (code - 1, 0):
                    widths[-1] = (widths[-1][0], code, 0)
                else:
                    widths.append((code, code, 0))
        return cells.CellTable(table.unicode_version, widths, table.narrow_to_wide)

    cells.load_cell_table = claimed  # type: ignore[attr-defined]  # see above
    cells.get_character_cell_size.cache_clear()
    cells.cached_cell_len.cache_clear()
