"""What is typed after `/`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.view.filters import Value, number, parse

ROW: dict[str, Value] = {
    "state": "break",
    "queue": "Sales, Support",
    "wait": 75.0,
    "sl": 58.0,
    "with": None,
    "name": "Zoë",
}
TEXT = "zoë break 201 front desk 12:30 roster"


def matches(text: str) -> bool:
    return parse(text).matches(TEXT, ROW.__getitem__)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "zoë",
            "ZOË 201",
            "state:break",
            "STATE:Break",
            "queue:sales",
            "queue:supp",
            '"front desk"',
            "12:30",
            "-talking",
        ),
        *("wait>60", "wait>1:00", "wait<2m", "wait>=75", "wait<=75s", "wait:75", "sl<80", "sl<80%", "-state:talking"),
        *("state:", "wait>", "-", "wait>60 state:break -201x", "-with:bo", "-with>3"),
    ],
)
def test_it_is_met(text: str) -> None:
    assert matches(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "bo",
            "state:talk",
            "-roster",
            "wait>80",
            "wait<1:15",
            "wait:76",
            "sl>=80",
            "with:bo",
            "with>3",
            "desk front:x",
        ),
        *("-state:break", "wait>abc", "state>3", "-wait>60", '"desk front"', "13:30", "zoë -201"),
    ],
)
def test_it_is_not_met(text: str) -> None:
    assert not matches(text)


def test_a_field_that_there_is_not_is_named() -> None:
    assert parse("stat:break wait>3").unknown(ROW) == "stat"
    assert parse("state:break 201").unknown(ROW) == ""


@pytest.mark.parametrize(
    ("text", "seconds"), [("60", 60), ("1:30", 90), ("2m", 120), ("1h", 3600), ("80%", 80), ("x", None)]
)
def test_numbers(text: str, seconds: float | None) -> None:
    assert number(text) == seconds


@given(st.text(max_size=40))
def test_whatever_is_typed_it_can_be_looked_for(text: str) -> None:
    found = parse(text)
    assert isinstance(found.matches(TEXT, ROW.__getitem__), bool)
    assert bool(found) == bool(text.strip())
