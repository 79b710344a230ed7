"""Numbers that PortSIP's calls can be sent to, and whether two of them are the same."""

from __future__ import annotations

import re

_EXTENSION = re.compile(r"[0-9]{3,64}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SERVICE = re.compile(r"[*#][0-9*#]{1,31}")
_DECORATION = re.compile(r"[ ().-]")
ENOUGH = 7
"""Digits from which on the end of a number is the number, whatever stands before it."""


def dialled(number: str) -> str:
    """The digits that are really sent."""
    return _DECORATION.sub("", number)


def why_not_dialled(number: str) -> str:
    """Why this PBX cannot be told to call `number`, as a clause; "" if it can."""
    digits = dialled(number)
    if not digits:
        return "has no number"
    if any(pattern.fullmatch(digits) for pattern in (_EXTENSION, _E164, _SERVICE)):
        return ""
    return "not an extension (3 digits or more), +number or * code"


def same_number(one: str, other: str) -> bool:
    """Whether two spellings are the same number: extensions digit for digit, long numbers without what is dialled
    before them (+, 00, a national 0) and, where one says less, by their end."""
    a, b = _core(one), _core(other)
    if not a or not b:
        return False
    if a == b:
        return True
    short, long = sorted((a, b), key=len)
    return len(short) >= ENOUGH and long.endswith(short)


def _core(number: str) -> str:
    digits = re.sub(r"[^0-9*#+]", "", number)
    if digits.startswith("+"):
        return digits[1:]
    if len(digits) < ENOUGH or not digits.startswith("0"):
        return digits
    return digits[2:] if digits.startswith("00") else digits[1:]
