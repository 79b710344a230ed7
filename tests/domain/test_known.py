"""A number is known in whatever way a vendor writes it."""

from __future__ import annotations

import pytest

from wallboard.domain.known import Known, KnownNumbers
from wallboard.domain.text import clean

NORTHWIND = Known("+49 30 111222", clean("Northwind"), star=True, longest=30.0)
DOOR = Known("8100", clean("Front door"))


@pytest.mark.parametrize("number", ["+4930111222", "004930111222", "+49 (30) 111-222", "030111222", "030 111222"])
def test_a_known_number_is_found_in_any_writing(number: str) -> None:
    assert KnownNumbers([NORTHWIND, DOOR]).find(number, "DE") is NORTHWIND


@pytest.mark.parametrize("number", ["", "anonymous", "+4930111223", "030111222x", "111222", "2001"])
def test_no_other_number_is_taken_for_it(number: str) -> None:
    assert KnownNumbers([NORTHWIND, DOOR]).find(number, "DE") is None


def test_a_national_number_is_of_its_country_alone() -> None:
    assert KnownNumbers([NORTHWIND]).find("030111222", "FR") is None
    assert KnownNumbers([NORTHWIND]).find("030111222") is None


def test_an_extension_is_known_as_it_is_written() -> None:
    assert KnownNumbers([DOOR]).find("8100", "DE") is DOOR
