"""The letters and digits that are read from afar."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.view.face import huge, large
from wallboard.view.format import DASH, span
from wallboard.view.glyphs import ascii_text


@pytest.mark.parametrize("char", [*string.ascii_letters, *string.digits, *"ÄÖÜäöüéÈñçåŁØ -–.,:/+&'()!?#%_*"])
def test_every_letter_digit_and_sign_of_a_name_has_a_form(char: str) -> None:
    if char == "ç":
        assert large(char) is None, "what hangs below a letter has no room"
        return
    drawn = large(char)
    assert drawn is not None
    assert len(drawn) == 3
    assert len({len(row) for row in drawn}) == 1
    assert bool("".join(drawn).strip()) == (char != " ")


def test_no_two_letters_and_no_two_digits_look_alike() -> None:
    for chars in (string.ascii_uppercase, string.digits):
        assert len({tuple(large(char) or ()) for char in chars}) == len(chars)


def test_a_name_is_written_in_capitals_with_what_stands_above_them() -> None:
    assert large("vip süd") == large("VIP SÜD") == large("VIP SU\u0308D")
    assert large("sud") != large("süd")
    assert (large("Süd") or [""])[1:] == (large("Sud") or [""])[1:]


@pytest.mark.parametrize("name", ["Поддержка", "山田", "Sales ★", "दिल्ली", "a\u0323"])
def test_what_has_no_large_form_is_said_to_have_none(name: str) -> None:
    assert large(name) is None


@pytest.mark.parametrize("text", ["0", "12", DASH, *(span(seconds) for seconds in (0, 192, 760, 3900, 400_000))])
def test_every_figure_has_digits_of_every_size(text: str) -> None:
    for across, down in ((1, 1), (2, 1), (2, 2), (4, 3)):
        drawn = huge(text, across, down)
        assert len(drawn) == 5 * down
        assert {len(row) for row in drawn} == {len(drawn[0])}
        assert set("".join(drawn)) == {"█", " "}
        assert huge("8" * len(text), across, down) != drawn


@given(st.text(max_size=8))
def test_whatever_a_vendor_calls_a_queue_nothing_breaks(text: str) -> None:
    for size in (1, 2):
        drawn = large(text, size)
        assert drawn is None or (len(drawn) == 3 * size and len({len(row) for row in drawn}) == 1)
    assert len(huge(text)) == 5 or not text
    assert all(ascii_text(row).isascii() for row in large(text) or [])
