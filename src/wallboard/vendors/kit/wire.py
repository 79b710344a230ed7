"""Answers as they come over the wire, read tolerantly.

Ids come as text or as numbers, blank fields as null or "None", flags as words; unknown fields are ignored, and a field
of a wrong type is unset instead of costing its row. Every function is total. What is no object at all is a BadAnswer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError

from wallboard.domain.errors import BadAnswer
from wallboard.domain.language import tr

LONGEST_ID = 512
MOST = 2**53
"""The greatest count that JSON's numbers hold exactly."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_EPOCH = re.compile(r"[0-9]{9,17}(\.[0-9]+)?")
_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def text(value: object) -> str:
    """Text as it came, a number as text; "" for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return str(value) if value.bit_length() < 256 else ""
    if isinstance(value, float) and abs(value) < MOST:
        return str(int(value)) if value == int(value) else f"{value:g}"
    return ""


def identity(value: object) -> str:
    """An id as text: 7, "7" and 7.0 are the same one; "" for none. Never cleaned: it goes back to the vendor."""
    if not isinstance(value, str):
        whole = isinstance(value, int) or (isinstance(value, float) and value == value // 1)
        return text(value) if whole else ""
    found = value.strip()
    if found in ("None", "null") or len(found) > LONGEST_ID:
        return ""
    return found if found.isprintable() or not _CONTROL.search(found) else ""


def number(value: object) -> str:
    """A telephone number or an extension, which is shown and dialled but no part of an address: whatever was written,
    without outer blanks; "" for none."""
    found = text(value).strip()
    return "" if found in ("None", "null") else found


def count(value: object, most: int = MOST) -> int | None:
    """A count or a number of seconds from 0 to `most`, also when it comes as text; None for anything else."""
    if isinstance(value, str) and 0 < len(value.strip()) <= 20:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        return None
    return int(value)


def switch(value: object) -> bool | None:
    """True, false or not said; also as a word or a digit."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _FLAGS.get(value.strip().lower())
    return bool(value) if isinstance(value, int | float) and value in (0, 1) else None


def instant(value: object, zone: tzinfo = UTC, ahead: float = 0.0) -> float | None:
    """`YYYY-MM-DD HH:MM:SS[.ff]` or ISO 8601 (naive: in `zone`), or Unix time in seconds, milliseconds or microseconds,
    as our UTC seconds; `ahead` is what the vendor's clock is. None: no moment (0001-01-01 is how some write null)."""
    found = _moment(value.strip(), zone) if isinstance(value, str) and len(value) <= 40 else _unix(value)
    return None if found is None else found - ahead


@lru_cache(maxsize=8192)
def _moment(value: str, zone: tzinfo) -> float | None:
    if _EPOCH.fullmatch(value):
        return _unix(float(value))
    try:
        moment = datetime.fromisoformat(value)
        seconds = (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return seconds if seconds > 0 else None


def _unix(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1e8 < value < 1e18:
        return None
    number = float(value)
    while number > 1e11:
        number /= 1000
    return number


def _count(value: object) -> int | None:
    return count(value)


# Plain: these functions take anything, so nothing is checked twice.
Text = Annotated[str, PlainValidator(text)]
Identity = Annotated[str, PlainValidator(identity)]
Number = Annotated[str, PlainValidator(number)]
Count = Annotated[int | None, PlainValidator(_count)]
Switch = Annotated[bool | None, PlainValidator(switch)]


def objects(value: object) -> list[Any]:
    """The objects of a list; one alone is a list of one, and what is no list is an empty one."""
    parts = [value] if isinstance(value, Mapping) else value
    return [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []


class Wire(BaseModel):
    """Any object of a vendor. Every field has a default, for any of them may be missing."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    @property
    def usable(self) -> bool:
        """Whether it has what a row needs, as a rule its id."""
        return True


class Identified(Wire):
    """A row that is of no use without its id."""

    id: Identity = ""

    @property
    def usable(self) -> bool:
        return bool(self.id)


Row = TypeVar("Row", bound=Wire)


def models(items: list[Any], model: type[Row]) -> list[Row]:
    """Each item that is an object; anything else is dropped."""
    found = []
    for item in items:
        try:
            found.append(model.model_validate(item))
        except ValidationError:
            continue
    return found


@lru_cache(maxsize=256)
def _names(model: type[Wire]) -> frozenset[str]:
    return frozenset(field.alias or name for name, field in model.model_fields.items())


def known(model: type[Wire], data: Mapping[str, Any]) -> bool:
    """Whether an object has one of the documented fields."""
    return not _names(model).isdisjoint(data.keys())


def raw_object(data: object, model: type[Wire], what: str) -> dict[str, Any]:
    """The object of a single answer as it came: bare, in an array of one, or wrapped. BadAnswer when it has none of the
    documented fields: an unknown number must not become a zero."""
    for _ in range(4):
        if isinstance(data, dict) and known(model, data):
            return data
        if isinstance(data, dict) and len(data) == 1:
            data = next(iter(data.values()))
        elif isinstance(data, list) and len(data) == 1:
            data = data[0]
    raise BadAnswer(tr("the vendor's answer is no {what}", what=what))


def one(data: object, model: type[Row], what: str) -> Row:
    """`raw_object` as `model`."""
    try:
        return model.model_validate(raw_object(data, model, what))
    except ValidationError:
        raise BadAnswer(tr("the vendor's answer is no {what}", what=what)) from None
