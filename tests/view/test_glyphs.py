"""The signs in ASCII: as wide as before, whatever a vendor sends."""

from __future__ import annotations

from enum import Enum
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.states import AgentState, CallState, HotlineState, MemberState
from wallboard.domain.text import cell_width, clean
from wallboard.view import glyphs
from wallboard.view.glyphs import ascii_text


def signs() -> list[str]:
    tables: list[dict[object, glyphs.Sign]] = [glyphs.AGENT, glyphs.MEMBER, glyphs.CALL, glyphs.HOTLINE]  # type: ignore[list-item]  # read only
    drawn = [sign[0] for sign in chain.from_iterable(table.values() for table in tables)]
    lines = "─│┬┴┼├┤▌▸↔→…–—›✗“”‘’×≥≠↑↓←█▁▂▃▄▅▆▇▲■~●◐◆◇‖○·"
    return [*drawn, *lines]


def test_every_sign_of_the_board_has_a_stand_in_of_its_width() -> None:
    for sign in signs():
        shown = ascii_text(sign)
        assert shown.isascii(), sign
        assert "?" not in shown or sign == "?", sign
        assert len(shown) == cell_width(sign), sign


def test_states_differ_in_ascii_by_sign_or_word() -> None:
    tables: list[dict[Enum, glyphs.Sign]] = [glyphs.AGENT, glyphs.MEMBER, glyphs.CALL, glyphs.HOTLINE]  # type: ignore[list-item]  # read only
    for table in tables:
        shown = [(ascii_text(glyph), word) for glyph, word, _ in table.values()]
        assert len(set(shown)) == len(shown)


def test_every_state_has_a_sign() -> None:
    assert set(glyphs.AGENT) == set(AgentState)
    assert set(glyphs.MEMBER) == set(MemberState)
    assert set(glyphs.CALL) == set(CallState)
    assert set(glyphs.HOTLINE) == set(HotlineState)


@given(st.text())
def test_text_from_outside_keeps_its_width_in_ascii(text: str) -> None:
    cleaned = clean(text)
    shown = ascii_text(cleaned)
    assert shown.isascii()
    assert len(shown) == cell_width(cleaned)


def test_letters_lose_their_accents_and_nothing_else() -> None:
    assert ascii_text(clean("Évélynè Côté, 山田")) == "Evelyne Cote, ????"
