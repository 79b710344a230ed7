"""Whether two spellings in one PBX's lists are the same number."""

from __future__ import annotations

import pytest

from wallboard.vendors.kit.numbers import same_number


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("101", "101", True),
        ("101", "1101", False),
        ("004924155660", "+4924155660", True),
        ("024155660", "+4924155660", True),
        ("+43 1 334", "004313 34", True),
        ("84951234567", "+7 495 123-45-67", True),
        ("555 1234", "+49 241 5551234", True),
        ("+49 30 12345678", "+49 40 12345678", False),
        ("03012345678", "04012345678", False),
        ("112", "+49112", False),
        ("*97", "97", False),
        ("", "", False),
    ],
)
def test_numbers_are_compared_by_their_end(one: str, other: str, same: bool) -> None:
    assert same_number(one, other) is same
    assert same_number(other, one) is same
