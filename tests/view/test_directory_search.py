"""Typed text finds the right one first, and each keystroke looks only at what the last one left."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.view.directory import Index, Searched, Tier
from wallboard.view.directory.search import fold, place_of, tier_of

NAMES = (
    ("Night desk", "8100"),
    ("Anna Nyström", "201"),
    ("Knight Rider", "202"),
    ("Desk at night", "203"),
    ("Nils Ihr Gehtheim", "204"),
    ("Sales", "+4924155660"),
)


def index(region: str = "DE") -> Index:
    return Index([Searched((name,), (number,), "agent hq") for name, number in NAMES], region)


def found(text: str, region: str = "DE") -> list[tuple[str, Tier]]:
    """Names and tiers, best first."""
    hits = sorted(index(region).find(text), key=lambda hit: (tier_of(hit), place_of(hit)))
    return [(NAMES[place_of(hit)][0], tier_of(hit)) for hit in hits]


def test_the_beginning_of_the_name_the_beginning_of_a_word_a_part_and_scattered_letters_in_this_order() -> None:
    assert found("nigh") == [
        ("Night desk", Tier.NAME),
        ("Desk at night", Tier.WORD),
        ("Knight Rider", Tier.WITHIN),
        ("Nils Ihr Gehtheim", Tier.SCATTERED),
    ]


def test_the_whole_name_is_exact_and_words_count_in_any_order() -> None:
    assert found("night desk")[0] == ("Night desk", Tier.EXACT)
    assert found("rider kn")[0] == ("Knight Rider", Tier.WORD)
    assert ("Anna Nyström", Tier.WITHIN) in found("agent anna")


@pytest.mark.parametrize("text", ["nystrom", "NYSTRÖM", "Nystro\u0308m", "anna nyst"])
def test_accents_and_case_make_no_difference(text: str) -> None:
    assert found(text)[0][0] == "Anna Nyström"


@pytest.mark.parametrize(
    ("text", "folded"), [("Łódź-Süd", "lodz sud"), ("Ærø", "aero"), ("STRASSE", "strasse"), ("ß", "ss"), ("İ", "i")]
)
def test_folding_leaves_letters_that_a_keyboard_has(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("text", ["+49 241 55660", "0241 55660", "004924155660", "0241/55660", "024155660"])
def test_a_public_number_is_found_in_every_writing(text: str) -> None:
    assert found(text)[0] == ("Sales", Tier.EXACT)


@pytest.mark.parametrize(
    ("text", "tier"), [("+49", Tier.NAME), ("0049 24", Tier.NAME), ("0241 5", Tier.NAME), ("55660", Tier.WITHIN)]
)
def test_and_while_it_is_still_being_typed(text: str, tier: Tier) -> None:
    assert ("Sales", tier) in found(text)


def test_a_national_beginning_means_nothing_without_a_region() -> None:
    assert found("0241 5", region="") == []


def test_the_beginning_of_an_extension_goes_before_digits_inside() -> None:
    assert [name for name, _ in found("20")] == ["Anna Nyström", "Knight Rider", "Desk at night", "Nils Ihr Gehtheim"]
    assert found("8100")[0] == ("Night desk", Tier.EXACT)
    assert found("100")[0] == ("Night desk", Tier.WITHIN)


def test_a_keystroke_looks_only_at_what_the_last_one_found() -> None:
    many = Index([Searched((f"{'ab' if n % 50 else 'zq'} name{n}",), (str(n),)) for n in range(5000)])
    many.find("z")
    assert many.looked == 5000
    many.find("zq")
    assert many.looked <= 100
    many.find("zq n")
    assert many.looked <= 100
    many.find("zq")
    assert many.looked == 0, "going back a letter costs nothing"


WORDS = st.text(alphabet="abn 1ö-", max_size=8)


@given(st.lists(st.tuples(WORDS, st.text(alphabet="0123", max_size=5)), max_size=12), st.text("abn 12ö+", max_size=7))
def test_typing_letter_by_letter_finds_what_typing_at_once_finds(rows: Sequence[tuple[str, str]], text: str) -> None:
    texts = [Searched((name,), (number,) if number else ()) for name, number in rows]
    typed = Index(texts, "DE")
    for size in range(len(text) + 1):
        last = typed.find(text[:size])
    assert list(last) == list(Index(texts, "DE").find(text))
