"""Words without telephone numbers: what stays of them, and that rows still find each other."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_codec import words
from wallboard.domain.codec import Word, dumped, loaded
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.masking import masked as shown
from wallboard.domain.models import Call, Phone
from wallboard.domain.text import clean
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.recording.unnumbered import Unnumbered


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("+493023125123", "…123"),
        ("0049 (30) 231-25 123", "…123"),
        ("Bo Quist +49 30 23125123", "Bo Quist …123"),
        ("called Jonas Vogel 0012025550156", "called Jonas Vogel …156"),
        ("0035320918317 → 8003 by carrier-a", "…317 → 8003 by carrier-a"),
        ("tel:+4930(0)1234;x", "tel:…234;x"),
        ("0241/55 56 60", "…660"),
        ("٠٢٤١٥٥٥٦٦٠", "…٦٦٠"),
        # Extensions, queues and times are nobody's number.
        ("201", "201"),
        ("601 Sales", "601 Sales"),
        ("2026-02-02T02:39:56Z", "2026-02-02T02:39:56Z"),
        ("on 31.01.2026 14:05", "on 31.01.2026 14:05"),
        ("12-24 to 01-01 14:00-23:59", "12-24 to 01-01 14:00-23:59"),
    ],
)
def test_of_a_number_its_last_three_digits_stay(text: str, masked: str) -> None:
    assert shown(text) == masked


def call(ident: str, number: str, ref: str) -> Call:
    address = (("channel", ident), ("number", number))
    key = Key("hq", Kind.CALL, ident)
    return Call(key, from_number=clean(number), from_name=clean(number), agent_refs=(ref,), address=address)


def test_ids_that_hold_a_number_get_another_name_that_is_the_same_everywhere() -> None:
    masked = Unnumbered()
    rows = (call("Local/+493023125123@in-1", "+493023125123", "0049301234567"), call("c-17", "202", "202"))
    first, second = masked.word(Update("hq", Resource.CALLS, "0241555660", UpdateKind.SNAPSHOT, 1, 1, 9e8, rows)).rows
    phone = Phone(Key("hq", Kind.PHONE, "0049301234567"), clean("K. Roth"), refs=("0049301234567",))
    again = masked.word(Update("hq", Resource.PHONES, "", UpdateKind.SNAPSHOT, 1, 2, 9e8, (phone,))).rows[0]
    assert isinstance(first, Call)
    assert isinstance(again, Phone)
    assert (first.from_number, first.from_name) == ("…123", "…123")
    assert re.fullmatch(r"Local/[a-z]{12}@in-1", first.key.id)
    assert first.address[0][1] == first.key.id
    assert first.agent_refs == again.refs == (again.key.id,)
    assert second == rows[1]
    # Nobody tells by trying all numbers, nor across two files.
    other = Unnumbered().word(Update("hq", Resource.PHONES, "", UpdateKind.SNAPSHOT, 1, 2, 9e8, (phone,))).rows[0]
    assert other.key != again.key


def test_the_sources_keep_the_names_that_the_config_gives_them() -> None:
    masked = Unnumbered()
    info = masked.word(SourceInfo("north-20240101", "ringme", "called 0301234567", phone="+49301234567"))
    assert (info.name, info.detail, info.phone) == ("north-20240101", "called …567", "…567")
    status = FeedStatus("north-20240101", Resource.CALLS, "0301234567", 5.0, 8.0, cause="0301234567 was refused")
    assert masked.word(status).source == "north-20240101"
    assert masked.word(status).cause == "…567 was refused"
    assert masked.word(status).scope == masked.word(status).scope != "0301234567"


@given(words, st.integers(10**7, 10**15))
def test_a_word_without_numbers_is_still_a_word(word: Word, number: int) -> None:
    masked = Unnumbered()
    hidden = masked.word(word)
    assert loaded(dumped(hidden)) == hidden
    assert masked.word(hidden) == hidden
    assert str(number) not in shown(f"a{number}b +{number}")
