"""Names of every script on terminals that count differently: no number is cut, no column moves, nothing old stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.ui.terminal.widths import COUNTINGS, NAMES, Counting, Terminal, clusters, library, old
from wallboard.domain.text import cell_width, clean
from wallboard.ui.terminal.diff import Glass
from wallboard.ui.terminal.widths import certain, pieces
from wallboard.view import glyphs
from wallboard.view.cells import Cell, Column, cut, place, runs

WIDTH, HEIGHT = 44, 4
COLUMNS = (Column("name", "", 16), Column("number", "", 8, "right"), Column("wait", "", 6, "right"))
STYLES = (None, Style(reverse=True), Style(color="red"))
LETTERS = sorted({*"".join(NAMES), " "} - {"\u0e33", "\u0eb3"})
"""Without the two vowels that join what stands before them though they are no marks."""
ROWS = st.tuples(
    st.one_of(st.sampled_from(NAMES), st.text(st.sampled_from(LETTERS), max_size=16)),
    st.integers(0, 99_999_999).map(str),
    st.sampled_from(("0:07", "12:40", "–", "3 h")),
    st.sampled_from(STYLES),
)


def strip(row: tuple[str, str, str, Style | None]) -> Strip:
    *texts, style = row
    placed = place(COLUMNS, WIDTH)
    cells = [Cell(clean(text)) for text in texts]
    segments = [Segment("▌", style), *(Segment(text, style) for text, _ in runs(placed, cells, WIDTH))]
    return Strip(segments).adjust_cell_length(WIDTH)


def painted(glass: Glass, frame: list[tuple[str, str, str, Style | None]]) -> str:
    return glass.paint([(y, 0, strip(row)) for y, row in enumerate(frame)], ColorSystem.TRUECOLOR)


def assert_shows(terminal: Terminal, glass: Glass) -> None:
    """Where all agree the terminal shows just that; in the columns of a piece of its own, the piece and blanks."""
    for seen, line in zip(terminal.lines, glass.lines, strict=True):
        column = 0
        while column < len(line):
            text = line[column][0]
            end = column + 1
            while end < len(line) and line[end][0] == "":
                end += 1
            shown = "".join(seen[column:end])
            if certain(text):
                assert seen[column] == text, (column, "".join(seen))
            elif terminal._width in (library, clusters, old):
                assert shown.rstrip(" ") == text, (column, "".join(seen))
            else:
                assert set(shown) <= {*text, " "}, (column, "".join(seen))
            column = end


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(COUNTINGS), st.lists(st.lists(ROWS, min_size=HEIGHT, max_size=HEIGHT), min_size=1, max_size=5))
def test_every_column_stands_in_its_place_however_the_terminal_counts(
    counting: Counting, frames: list[list[tuple[str, str, str, Style | None]]]
) -> None:
    glass, terminal = Glass(), Terminal(WIDTH, HEIGHT, counting)
    glass.begin(WIDTH, HEIGHT)
    for frame in frames:
        terminal.feed(painted(glass, frame))
        assert_shows(terminal, glass)


@pytest.mark.parametrize("counting", COUNTINGS, ids=lambda counting: counting.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_the_number_beside_a_name_is_whole(name: str, counting: Counting) -> None:
    glass, terminal = Glass(), Terminal(WIDTH, HEIGHT, counting)
    glass.begin(WIDTH, HEIGHT)
    for wait in ("12:40", "12:41"):
        terminal.feed(painted(glass, [(name, "4930111", wait, None)] * HEIGHT))
    assert clean(name) == name
    assert ["".join(line[18:26]) for line in terminal.lines] == [" 4930111"] * HEIGHT
    assert ["".join(line[26:33]) for line in terminal.lines] == ["  12:41"] * HEIGHT


@pytest.mark.parametrize("cover", ["ab", "ab cd", "बी", "世"])
@pytest.mark.parametrize("column", [1, 3, 4])
@pytest.mark.parametrize("counting", COUNTINGS, ids=lambda counting: counting.__name__)
def test_a_word_that_something_lies_over_leaves_nothing_behind(cover: str, column: int, counting: Counting) -> None:
    glass, terminal = Glass(), Terminal(12, 1, counting)
    glass.begin(12, 1)
    terminal.feed(glass.paint([(0, 0, Strip([Segment("xनीताशर्मा 12")]))], ColorSystem.TRUECOLOR))
    terminal.feed(glass.paint([(0, column, Strip([Segment(cover)]))], ColorSystem.TRUECOLOR))
    assert_shows(terminal, glass)
    assert "".join(terminal.lines[0]).strip("x ").removesuffix("12").strip() == cover


@pytest.mark.parametrize(
    "text",
    [
        "Ute Brandt-Lehmann  +49 30 111",
        "Zoë Ångström  ß ñ ł ő ş",
        "Nguyễn Thị Hằng",
        "Γιώργος Παππάς",
        "Жанна Ковальчук",
        "王小明 山田 太郎 김철수",
        "▌ 3:12 ■ ○ waiting  – …",
        "─2 Members 11──────┬───",
    ],
)
def test_where_all_agree_a_row_costs_its_text_and_nothing_more(text: str) -> None:
    glass = Glass()
    glass.begin(cell_width(text), 1)
    assert glass.paint([(0, 0, Strip([Segment(text)]))], ColorSystem.TRUECOLOR) == f"\x1b[1H{text}"


def test_the_signs_of_the_board_are_as_wide_as_they_are_counted() -> None:
    assert [sign for sign in glyphs._ASCII if not certain(sign)] == []


def test_a_word_is_drawn_at_once_and_the_next_cell_is_addressed() -> None:
    glass = Glass()
    glass.begin(9, 1)
    data = glass.paint([(0, 0, Strip([Segment("a नीता 12")]))], ColorSystem.TRUECOLOR)
    assert data == "\x1b[1Ha     \x1b[1;3Hनीता\x1b[1;7H 12"


def test_the_most_that_a_terminal_takes_is_claimed_and_the_pieces_are_the_text() -> None:
    for name in NAMES:
        assert "".join(piece for piece, _ in pieces(name)) == name
        assert sum(width for _, width in pieces(name)) == cell_width(name) == cell_len(name)
        for counting in (library, clusters, old):
            drawn = sum(counting(name[index - 1] if index else "", char) for index, char in enumerate(name))
            assert drawn <= cell_width(name)


def test_a_mark_is_not_cut_off_its_letter() -> None:
    assert cut("नीता", 1) == ""
    assert cut("नीता", 2) == "नी"
    assert cut("नीता", 3) == "नी"


def test_hangul_written_in_letters_is_read_as_syllables() -> None:
    assert clean("\u1100\u1175\u11b7\u110e\u1165\u11af\u1109\u116e") == "김철수"
    assert clean("\u1100 \u1161") == "· ·"
