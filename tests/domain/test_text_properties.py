"""`clean` over everything that can be written."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.domain.test_text import ATTACKS
from wallboard.domain.text import LIMIT, MARKS, cell_width, clean
from wallboard.ui.terminal.widths import claim_marks

claim_marks()

_ANY = st.text(st.characters(), max_size=600)
_HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(ATTACKS),
        st.text(st.characters(categories=["Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Mc", "Zl", "Zp"]), max_size=20),
        st.text("ab \u0301\u0323\u0327\u1100\u1161\u11a8\u0f71\u0f74\u3099か", max_size=20),
    ),
    max_size=12,
).map("".join)
TEXTS = st.one_of(_ANY, _HOSTILE)


@settings(max_examples=1000)
@given(TEXTS, st.integers(1, LIMIT))
def test_clean_text_is_safe_bounded_and_stays_as_it_is(text: str, limit: int) -> None:
    once = clean(text, limit)
    assert clean(once, limit) == once
    assert once == once.strip(" ")
    assert "  " not in once
    marks = 0
    bases = 0
    for char in once:
        category = unicodedata.category(char)
        assert category not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        assert category != "Zs" or char == " "
        marks = marks + 1 if category in {"Mn", "Me", "Mc"} else 0
        bases += category not in {"Mn", "Me", "Mc"}
        assert marks <= MARKS
    assert bases <= limit
    assert cell_width(once) <= 2 * limit
    assert cell_width(once) == cell_len(once)


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.binary(), st.lists(st.integers()), TEXTS))
def test_any_value_at_all_gives_text(value: object) -> None:
    text = clean(value)
    assert clean(text) == text


@given(TEXTS, TEXTS)
def test_widths_add_up_over_a_space(left: str, right: str) -> None:
    a, b = clean(left, 64), clean(right, 64)
    assert cell_width(f"{a} {b}") == cell_width(a) + 1 + cell_width(b) == cell_len(f"{a} {b}")
