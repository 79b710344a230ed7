"""Telephone numbers where they are not to be read (`[privacy] mask`): their last three digits alone, `…456`.

What is a number is seen by its digits, in whichever field it stands: seven or more with the usual punctuation between
them. Extensions are shorter and stay; a date in a text is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from wallboard.domain.numbers import last_digits
from wallboard.domain.text import Clean

_YEAR = r"(?:19|20)\d\d"
_DAY = (
    rf"(?<!\d){_YEAR}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])(?!\d)"
    rf"|(?<!\d)\d\d?(?P<sign>[./])\d\d?(?P=sign){_YEAR}(?!\d)"
)
_PUBLIC = re.compile(rf"(?P<day>{_DAY})|[+(]{{0,2}}\d(?:[ \xa0()./-]{{0,3}}\d){{6,}}")

T = TypeVar("T")


class Masked(str):
    """A text without its numbers that still knows them, for whoever has to look somebody up by one."""

    __slots__ = ("whole",)
    whole: str


def whole(text: str) -> str:
    """The text as it was before it was masked."""
    return text.whole if isinstance(text, Masked) else text


def without_numbers(text: str, instead: Callable[[str], str]) -> str:
    """`text` with what there is `instead` of each telephone number in it."""
    return _PUBLIC.sub(lambda found: found[0] if found["day"] else instead(found[0]), text)


def masked(text: str) -> str:
    """`text` with the last three digits of each telephone number in it."""
    return _masked(text) or text


@lru_cache(maxsize=8192)
def _masked(text: str) -> Masked | None:
    """None where there is no number in it."""
    hidden = without_numbers(text, last_digits)
    if hidden == text:
        return None
    out = Masked(hidden)
    out.whole = text
    return out


def masked_row(row: T) -> T:
    """A fact (a frozen dataclass) with all that a person reads in it masked; ids and addresses, by which rows find each
    other, stay."""
    changed = {}
    for name, mask in _masks(type(row)).items():
        value = getattr(row, name)
        if (hidden := mask(value)) is not value:
            changed[name] = hidden
    return replace(row, **changed) if changed else row  # type: ignore[type-var]  # every fact is a dataclass


_MASKS: dict[type[Any], Mapping[str, Callable[[Any], Any]]] = {}


def _masks(kind: type[Any]) -> Mapping[str, Callable[[Any], Any]]:
    """The fields of a fact that hold words for people, and how each is masked."""
    if kind not in _MASKS:
        hints = get_type_hints(kind)
        found = {field.name: _mask(hints[field.name]) for field in fields(kind)}
        _MASKS[kind] = {name: mask for name, mask in found.items() if mask is not None}
    return _MASKS[kind]


def _mask(hint: Any) -> Callable[[Any], Any] | None:
    """How what is of this type is masked; None: there is nothing to mask in it."""
    if hint is Clean:
        return masked
    if isinstance(hint, UnionType):
        inner = [mask for each in get_args(hint) if (mask := _mask(each)) is not None]
        return (lambda value: None if value is None else inner[0](value)) if inner else None
    if get_origin(hint) is tuple:
        parts = [mask for each in get_args(hint) if (mask := _mask(each)) is not None]
        return (lambda values: _each(parts[0], values)) if parts else None
    return masked_row if isinstance(hint, type) and is_dataclass(hint) and _masks(hint) else None


def _each(mask: Callable[[Any], Any], values: tuple[Any, ...]) -> tuple[Any, ...]:
    out = tuple(map(mask, values))
    return values if all(one is other for one, other in zip(out, values, strict=True)) else out
