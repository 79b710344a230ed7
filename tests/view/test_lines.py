"""How lines are put together: always as wide as asked, and cut where it hurts least."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.text import cell_width, clean
from wallboard.view.cells import Cell
from wallboard.view.chrome import KeyHint, key_bar, target_line
from wallboard.view.lines import Line, clip, joined, line_width, rule, spread, wrapped

TEXT = st.text(max_size=30).map(clean)
CELLS = st.lists(TEXT.map(Cell), max_size=5)


def text(line: Line) -> str:
    return "".join(cell.text for cell in line)


@given(CELLS, st.integers(0, 60))
def test_a_clipped_line_is_as_wide_as_asked(cells: Sequence[Cell], width: int) -> None:
    assert line_width(clip(cells, width)) == width


@given(CELLS, CELLS, st.integers(0, 60))
def test_the_right_side_stays_when_both_do_not_fit(left: Sequence[Cell], right: Sequence[Cell], width: int) -> None:
    line = spread(left, right, width)
    assert line_width(line) == width
    if line_width(right) < width:
        assert text(line).endswith("".join(cell.text for cell in right))


@given(TEXT, TEXT, st.integers(2, 80))
def test_a_rule_is_as_wide_as_asked(title: str, right: str, width: int) -> None:
    assert line_width(rule(title, right, width)) == width


def test_a_rule_gives_up_its_tail_before_its_title() -> None:
    assert text(rule("DETAILS Eve Lund", "hq · live", 40)) == "─ DETAILS Eve Lund ───────── hq · live ─"
    assert text(rule("DETAILS Eve Lund", "hq/member/m1 · live", 24)) == "─ DETAILS Eve Lund ─────"


@given(st.text("ab ", max_size=60), st.integers(4, 20))
def test_wrapped_text_loses_no_word(words: str, width: int) -> None:
    rows = wrapped(words, width)
    assert " ".join(rows).split() == words.split()
    assert all(cell_width(row) <= width or " " not in row.strip() for row in rows)


def test_empty_parts_leave_no_gap() -> None:
    assert text(joined([[Cell("a")], [], [Cell("b")]], "  ")) == "a  b"


GENERAL = [KeyHint("/", "filter"), KeyHint("?", "more")]
DIM = [KeyHint("e", "listen", False, "not answered yet"), KeyHint("H", "hold", False, "nothing to hold")]


def test_the_key_bar_shows_what_can_be_done_first_and_whole_reasons_after() -> None:
    hints = [*DIM, KeyHint("t", "transfer"), KeyHint("x", "hang up")]
    assert text(key_bar(hints, GENERAL, 80)).startswith(
        " t transfer  x hang up  │ e not answered yet, H nothing to hold  "
    )
    assert text(key_bar(hints, GENERAL, 56)) == " t transfer  x hang up  │ e not answered yet…    ? more "
    assert text(key_bar(hints, GENERAL, 160)).rstrip().endswith("/ filter  ? more")


@given(st.lists(st.tuples(st.sampled_from("etxupb"), TEXT, st.booleans(), TEXT), max_size=12), st.integers(20, 170))
def test_the_key_bar_is_as_wide_as_the_screen(hints: list[tuple[str, str, bool, str]], width: int) -> None:
    made = [KeyHint(*hint) for hint in hints]
    assert line_width(key_bar(made, GENERAL, width)) == width


def test_keys_with_one_reason_share_it() -> None:
    made = [KeyHint(key, "x", False, "not on a call") for key in "ewb"]
    assert "e w b not on a call" in text(key_bar(made, GENERAL, 80))


def test_the_target_line_keeps_the_target_and_counts_what_is_unconfirmed() -> None:
    outcome = ("transfer Kai Roth → 204: confirmed by its new leg, after a long wait and much ado", "ok")
    line = text(target_line("Eve Lund +49 30 111 222 · Sales", Cell("hq live", "muted"), outcome, 2, 80))
    assert line.startswith(" ▸ Eve Lund +49 30 111 222 · Sales")
    assert line.endswith("…  2? ")
    assert cell_width(line) == 80
    assert text(target_line("", Cell(""), ("", "muted"), 0, 80)).rstrip().endswith("0 unconfirmed")
