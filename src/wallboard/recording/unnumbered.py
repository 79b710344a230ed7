"""Words of sources without telephone numbers, for a file that shows how a site fared and not who called it.

Of a number in a text its last three digits stay (`domain.masking`). An id that holds one gets a made-up name in its
place, the same wherever it stands, so that rows still find each other.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache, lru_cache
from hashlib import blake2b
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from wallboard.domain import models
from wallboard.domain.keys import Key
from wallboard.domain.language import english
from wallboard.domain.masking import masked, without_numbers
from wallboard.domain.text import Clean
from wallboard.domain.update import FeedStatus, SourceInfo, Update

_HASH = re.compile(r"(?<![0-9A-Za-z])((?=(?:[0-9]*[A-Fa-f]){4})[0-9A-Fa-f]{16,})(?![0-9A-Za-z])")
"""What is random in an id is no number, whichever digits stand together in it."""
_LETTERS = str.maketrans("0123456789abcdef", "ghijklmnopqrstuv")
"""A made-up name has no digits, or another look would take it for a number again."""
_TOLD = {SourceInfo: {"detail", "phone", "caution"}, FeedStatus: {"cause"}, Update: {"approximate"}}
"""Fields that are read by people though their type does not say so."""
_OURS = {SourceInfo: {"name", "vendor"}, FeedStatus: {"source"}, Update: {"source"}}
"""Names that the config gives."""
T = TypeVar("T", bound=Update | FeedStatus | SourceInfo)
_Hide = Callable[[Any], Any]


class Unnumbered:
    """Hides the numbers in words. Its made-up names are its own: those of two recordings have nothing in common."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)
        self._text: _Hide = _masked
        self._id: _Hide = lru_cache(maxsize=8192)(self._named)
        self._ways: Callable[[Any, bool], _Hide] = cache(self._way)
        self._parts: Callable[[type], dict[str, _Hide]] = cache(self._fields)

    def word(self, word: T) -> T:
        """The word as it may be written down."""
        hidden: T = self._part(word)
        return hidden

    def _named(self, ident: str) -> str:
        # What is caught by the pattern stands at the odd places.
        parts = _HASH.split(ident)
        return "".join(part if at % 2 else without_numbers(part, self._name) for at, part in enumerate(parts))

    def _name(self, number: str) -> str:
        digits = re.sub(r"\D", "", number).encode()
        return blake2b(digits, key=self._secret, digest_size=6).hexdigest().translate(_LETTERS)

    def _part(self, part: Any) -> Any:
        values = ((name, hide, getattr(part, name)) for name, hide in self._parts(type(part)).items())
        changed = {name: hidden for name, hide, value in values if (hidden := hide(value)) != value}
        return replace(part, **changed) if changed else part

    def _fields(self, kind: type) -> dict[str, _Hide]:
        """How each field is hidden that can hold a number."""
        hints, told = get_type_hints(kind), _TOLD.get(kind, set())
        names = [field.name for field in fields(kind) if field.name not in _OURS.get(kind, ())]
        ways = {name: self._ways(hints[name], name in told) for name in names}
        return {name: way for name, way in ways.items() if way is not _as_it_is}

    def _way(self, hint: Any, told: bool) -> _Hide:
        if hint is Clean or (hint is str and told):
            return self._text
        if hint is str:
            return self._id
        if hint is Key:
            return lambda key: Key(key.source, key.kind, self._id(key.id))
        if hint == models.Row or (isinstance(hint, type) and is_dataclass(hint)):
            return self._part
        if isinstance(hint, UnionType):
            (inner,) = (each for each in get_args(hint) if each is not NoneType)
            way = self._ways(inner, told)
            return way if way is _as_it_is else lambda value: None if value is None else way(value)
        if get_origin(hint) is tuple:
            return self._tuple(get_args(hint), told)
        return _as_it_is

    def _tuple(self, inner: tuple[Any, ...], told: bool) -> _Hide:
        if inner[-1] is Ellipsis:
            each = self._ways(inner[0], told)
            return each if each is _as_it_is else lambda values: tuple(each(value) for value in values)
        ways = [self._ways(hint, told) for hint in inner]
        return lambda values: tuple(way(value) for way, value in zip(ways, values, strict=True))


def _as_it_is(value: Any) -> Any:
    return value


def _masked(text: str) -> str:
    return str(masked(english(text)))
