"""Numbers as people read them: a public one is `+49 241 55660`, in whichever notation it came.

For eyes alone: what is dialled, compared, kept or told to programs is the number as its source wrote it. Grouping needs
the numbering plans. No frame waits for those: until they are there (`numbers.warm`) numbers stand as they came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar, cast

from wallboard.domain.models import Agent, Call, Hotline, Member, Notice, ParkedCall, Phone, Queue, Receptionist, Row
from wallboard.domain.numbers import SHORTEST, e164, international, loaded

R = TypeVar("R", bound=Row)

PAIR = " ↔ "
"""Between the two parties of a call."""
_NUMBERS: Mapping[type, tuple[str, ...]] = {
    Queue: ("number",),
    Member: ("number", "name"),
    Agent: ("with_name", "extension"),
    Call: ("from_number", "from_name", "to", "to_name"),
    Phone: ("extension",),
    Hotline: ("number",),
    Receptionist: ("number",),
    ParkedCall: ("number", "caller", "by", "returns_to"),
}
"""Where a row may hold a number; many vendors tell that of a caller for their name, too."""
_WORD = re.compile(r"(?<!\S)(?:\+|00)[1-9][0-9]{6,14}(?=[.,;:!?)]*(?:\s|$))")
"""Not within a word, which may be an address of the web."""
PROSE = ("title", "why", "where", "when", "remarks")
"""Where a notice may hold some."""


class Written(str):
    """A number as people read it. `sent`: as its source wrote it."""

    __slots__ = ("sent",)
    sent: str


def written(number: str, region: str = "") -> str:
    """A public number as people read it; any other text as it is. National ones are read in `region`."""
    if len(number) < SHORTEST or not loaded():
        return number
    return _written(number, region) or number


def sent(number: str) -> str:
    """A number that may have been written for people, as its source wrote it."""
    return number.sent if isinstance(number, Written) else number


@lru_cache(maxsize=32_768)
def _written(number: str, region: str) -> Written | None:
    """None where it reads as it came."""
    public = e164(number, region)
    shown = international(public) if public else number
    if shown == number:
        return None
    made = Written(shown)
    made.sent = number
    return made


def shown(row: R, region: str = "") -> R:
    """The row of a source in `region` with its numbers as people read them."""
    return _shown(row, region) if loaded() and _differs(row, region) else row


@lru_cache(maxsize=8192)
def _shown(row: R, region: str) -> R:
    made: R = replace(row, **cast("Any", _differs(row, region)))
    return made


def _differs(row: Row, region: str) -> dict[str, str]:
    if isinstance(row, Notice):
        return {name: told for name in PROSE if (told := prose(text := getattr(row, name))) is not text}
    names = _NUMBERS[type(row)]
    return {name: told for name in names if (told := written(text := getattr(row, name), region)) is not text}


def prose(text: str) -> str:
    """A sentence in which each word that is an international number is one as people read it."""
    if len(text) < SHORTEST or not ("+" in text or "00" in text) or not loaded():
        return text
    whole = written(text)
    if whole is not text:
        return whole
    told = _WORD.sub(lambda found: written(found.group()), text)
    return text if told == text else told


def pair(label: str, region: str = "") -> str:
    """What `control.labels` calls a row: a name, a number, or the two parties of a call."""
    return PAIR.join(written(part, region) for part in label.split(PAIR))
