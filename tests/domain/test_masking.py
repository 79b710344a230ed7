"""No number is read where numbers are masked, and nothing else is lost."""

from __future__ import annotations

import re

import pytest

from wallboard.domain.keys import Key, Kind
from wallboard.domain.masking import masked, masked_row, whole
from wallboard.domain.models import (
    Agent,
    Call,
    DutyAgent,
    DutyPhone,
    Hotline,
    Member,
    Membership,
    Queue,
    Row,
)
from wallboard.domain.text import clean


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+49 241 55660", "…660"),
        ("0800 123456", "…456"),
        ("(030) 123-4567", "…567"),
        ("0049/30/1234567", "…567"),
        ("call +4930123456 back", "call …456 back"),
        ("sip:+493012345@branch", "sip:…345@branch"),
        ("+49301234567 and 0301234568", "…567 and …568"),
        ("Eilidh Mbeki 0171 1234567", "Eilidh Mbeki …567"),
    ],
)
def test_a_number_keeps_its_last_three_digits(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert whole(masked(text)) == text
    assert masked(shown) == shown


@pytest.mark.parametrize(
    "text", ["", "2001", "022*602", "PJSIP/2001", "at 2026-11-29 14:05", "12:30:45", "3 of 11", "Team 7"]
)
def test_what_is_no_number_of_a_person_stays_the_very_same(text: str) -> None:
    assert masked(text) is text


def test_a_row_is_masked_wherever_a_number_stands() -> None:
    number, key = clean("+49 30 123 4567"), Key("hq", Kind.MEMBER, "+49301234567")
    rows: list[Row] = [
        Queue(key, number, number, addresses=(number, clean("601")), details=((clean("calls"), number),)),
        Member(key, "601", clean("Sales"), number, number, serving=number),
        Agent(key, number, number, with_name=number, memberships=(Membership("601", number),)),
        Call(key, number, from_number=number, from_name=number, to=number, to_name=number, did=number, agent=number),
        Hotline(key, number, number, agents=(DutyAgent("5", number, (DutyPhone("1", number, number, True),)),)),
    ]
    for row in rows:
        hidden = masked_row(row)
        assert hidden.key == row.key
        assert not re.search(r"\d{4}", repr(hidden).replace(repr(key), ""))
        assert masked_row(hidden) is hidden


def test_a_row_without_numbers_is_not_copied() -> None:
    row = Member(Key("hq", Kind.MEMBER, "c-1"), "601", clean("Sales"), clean("Bo Quist"))
    assert masked_row(row) is row
