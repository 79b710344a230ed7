"""Whether two spellings in one PBX's lists are the same number. Evidence rests on it, so a doubt is a no."""

from __future__ import annotations

import re

ENOUGH = 7
"""Digits from which on the end of a number is the number, whatever stands before it."""
NATIONAL = 10
"""Digits of a number in its country at most: what stands before them is how it was dialled."""


def digits(number: str) -> str:
    return "".join(char for char in number if char.isdigit())


def same_number(one: str, other: str) -> bool:
    """Extensions digit for digit; long numbers without what is dialled before them (+, 00, a national 0 or 8) and,
    where one says less, by their end."""
    a, b = _core(one), _core(other)
    if not a or not b:
        return False
    enough = min(len(a), len(b), NATIONAL)
    return a == b or (enough >= ENOUGH and a[-enough:] == b[-enough:])


def _core(number: str) -> str:
    found = re.sub(r"[^0-9*#+]", "", number)
    if found.startswith("+"):
        return found[1:]
    if len(found) < ENOUGH or not found.startswith("0"):
        return found
    return found[2:] if found.startswith("00") else found[1:]
