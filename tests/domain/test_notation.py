"""Numbers as people read them, and as they were sent."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain import numbers
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Agent, Member, Notice, Row
from wallboard.domain.notation import _NUMBERS, pair, prose, sent, shown, written
from wallboard.domain.text import clean

AACHEN = "+49 241 55660"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("004924155660", AACHEN),
        ("+4924155660", AACHEN),
        ("+49 241 55660", AACHEN),
        ("+49 (0)241 / 55660", AACHEN),
        ("0241 55660", "0241 55660"),
        ("2001", "2001"),
        ("022*602", "022*602"),
        ("anonymous", "anonymous"),
        ("0000000000", "0000000000"),
        ("…660", "…660"),
        ("", ""),
    ],
)
def test_a_public_number_reads_the_same_however_it_came(number: str, told: str) -> None:
    assert written(number) == told
    assert sent(written(number)) == number


def test_a_national_one_reads_so_where_the_country_is_known() -> None:
    assert written("0241 55660", "DE") == AACHEN
    assert written("2001", "DE") == "2001"


@given(st.text("0123456789+ ()-/*#abc", max_size=20), st.sampled_from(["", "DE", "US"]))
def test_what_is_written_stays_so_and_is_the_same_number(text: str, region: str) -> None:
    told = written(text, region)
    assert written(told, region) == told
    assert numbers.e164(told, region) == numbers.e164(text, region)


def test_until_the_plans_are_there_numbers_stand_as_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "_loaded", False)
    assert written("004924155660") == "004924155660"
    numbers.warm()
    assert written("004924155660") == AACHEN


def test_every_row_has_its_numbers_so_and_knows_what_was_sent() -> None:
    assert {*_NUMBERS, Notice} == {*get_args(Row)}
    row = Member(Key("hq", Kind.MEMBER, "1"), "601", clean("Sales"), number=clean("0241 55660"))
    told = shown(row, "DE")
    assert (told.number, sent(told.number), told.key) == (AACHEN, row.number, row.key)
    assert shown(row) is row, "nothing to read in another way"
    agent = Agent(Key("hq", Kind.AGENT, "1"), clean("004924155660"))
    assert shown(agent) is agent, "what people named is called so"


def test_in_a_sentence_only_what_is_plainly_a_number_is_one() -> None:
    told = "call {0} or {0}, see https://it.example/+4924155660, not 0241 55660 or 12+4924155660"
    for number in ("+4924155660", "004924155660"):
        assert prose(told.format(number)) == told.format(AACHEN)
    assert prose("0049 241 55660") == AACHEN
    assert pair("Bo Quist ↔ 0049 241 55660") == f"Bo Quist ↔ {AACHEN}"
