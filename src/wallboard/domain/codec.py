"""What a source tells the board (`Update`, `FeedStatus`, `SourceInfo`) as JSON: the same on the bus and in a recording.

A word is an object of its fields, those at their default left out. A reader passes over fields that it does not know,
takes an unknown word of an open enumeration as *unknown* and cleans every text again: who writes need not be believed.
Instants are the writer's; `shift` moves them to the reader's clock. Sentences are in English, whoever wrote them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from wallboard.domain import models
from wallboard.domain.command import Command, Fingerprint
from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import english
from wallboard.domain.records import dataclass
from wallboard.domain.text import Clean, clean
from wallboard.domain.update import Budget, FeedStatus, Proof, SourceInfo, Update

VERSION = 1
"""Rises when an older reader would misunderstand, not when a field is added."""
MOST = 16 << 20
"""Bytes of the longest word that is read."""
LONGEST = 1024
"""Characters of an id, a word or an address."""

Word = Update | FeedStatus | SourceInfo
_KINDS: dict[str, type[Word]] = {"update": Update, "feed": FeedStatus, "source": SourceInfo}
_ROWS: dict[str, type[models.Row]] = {kind.__name__.lower(): kind for kind in get_args(models.Row)}
_INSTANTS: dict[type, frozenset[str]] = {
    models.Queue: frozenset({"longest_since"}),
    models.Member: frozenset({"joined_at", "answered_at", "ended_at"}),
    models.Agent: frozenset({"since"}),
    models.Call: frozenset({"started_at", "answered_at", "held_since"}),
    models.LastCall: frozenset({"started_at"}),
    models.HotlineCall: frozenset({"started_at"}),
    models.Hotline: frozenset({"since"}),
    models.Notice: frozenset({"active_from", "active_to"}),
    models.Receptionist: frozenset({"until"}),
    models.ParkedCall: frozenset({"since", "returns_at"}),
    Proof: frozenset({"at"}),
    Update: frozenset({"as_of"}),
    FeedStatus: frozenset({"last_ok", "next_at"}),
    Budget: frozenset({"resets_at"}),
    Command: frozenset({"asked_at"}),
    Fingerprint: frozenset({"started"}),
}
"""The fields that are points in time; every other number is a length or a count."""


class Unreadable(ValueError):
    """No word of ours, or one of a version that this program does not know."""


def dumped(word: Word) -> bytes:
    """The word as one line of JSON, without its end."""
    name = next(name for name, kind in _KINDS.items() if isinstance(word, kind))
    return json.dumps({"v": VERSION, "k": name, **_written(word)}, ensure_ascii=False, separators=(",", ":")).encode()


def loaded(data: bytes, shift: float = 0.0) -> Word:
    """The word that was written; `shift`: seconds by which the reader's clock is ahead of the writer's. Unreadable."""
    if len(data) > MOST:
        raise Unreadable(f"{len(data)} bytes are too many for one word")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable("this is no JSON") from error
    if not isinstance(found, dict) or found.get("v") is True or found.get("v") != VERSION:
        raise Unreadable("this was written by another version")
    kind = _KINDS.get(str(found.get("k")))
    if kind is None:
        raise Unreadable("this is no word of a source")
    try:
        word: Word = _read(kind, found, shift)
    except (TypeError, ValueError) as error:
        raise Unreadable(f"this is no {kind.__name__}: {error}") from error
    return word


def to_json(value: Any, *, of: Any = None) -> Any:
    """Any other frozen dataclass of the domain; `of` is its type where that is a union."""
    write, _ = _ways(of or type(value))
    return write(value)


def of_json(kind: Any, found: Any, shift: float = 0.0) -> Any:
    """TypeError or ValueError where it is none."""
    _, read = _ways(kind)
    return read(found, shift)


@dataclass(frozen=True, slots=True)
class _Part:
    """One field of a dataclass: how it is written, and read with a shift."""

    name: str
    default: Any
    write: Callable[[Any], Any]
    read: Callable[[Any, float], Any]


def _written(word: Any) -> dict[str, Any]:
    found = {}
    for part in _parts(type(word)):
        value = getattr(word, part.name)
        if value is not part.default and value != part.default:
            found[part.name] = part.write(value)
    return found


def _read(kind: type[Any], found: dict[str, Any], shift: float) -> Any:
    values = {part.name: part.read(found[part.name], shift) for part in _parts(kind) if part.name in found}
    return kind(**values)


_PARTS: dict[type, tuple[_Part, ...]] = {}


def _parts(kind: type[Any]) -> tuple[_Part, ...]:
    if kind in _PARTS:
        return _PARTS[kind]
    hints, instants = get_type_hints(kind), _INSTANTS.get(kind, frozenset())
    made = []
    for field in fields(kind):
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        write, read = _ways(hints[field.name], field.name in instants)
        made.append(_Part(field.name, default, write, read))
    return _PARTS.setdefault(kind, tuple(made))


_Ways = tuple[Callable[[Any], Any], Callable[[Any, float], Any]]


def _ways(hint: Any, instant: bool = False) -> _Ways:
    """How a value of this type is written and read."""
    if hint is Clean:
        return english, lambda value, _: clean(_of(value, str))
    if hint == models.Row:
        return _written_row, _read_row
    if isinstance(hint, UnionType):
        (inner,) = (each for each in get_args(hint) if each is not NoneType)
        write, read = _ways(inner, instant)
        return (lambda value: None if value is None else write(value)), _optional(read, inner)
    if get_origin(hint) is tuple:
        return _tuple(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return (lambda value: value.value), _word(hint)
    if hint is Key:
        return (lambda key: [key.source, key.kind.value, key.id]), _key
    if is_dataclass(hint):
        kind: type[Any] = hint if isinstance(hint, type) else type(hint)
        return _written, lambda value, shift: _read(kind, _of(value, dict), shift)
    if hint is float:
        return _same, lambda value, shift: _number(value) + (shift if instant else 0.0)
    if hint is str:
        return english, lambda value, _: _raw(value)
    return _same, lambda value, _: _of(value, hint)


def _tuple(hint: Any) -> _Ways:
    inner = get_args(hint)
    if inner[-1] is Ellipsis:
        write, read = _ways(inner[0])
        return (
            lambda values: [write(value) for value in values],
            lambda values, shift: tuple(
                made for value in _of(values, list) if (made := read(value, shift)) is not None
            ),
        )
    both = [_ways(each) for each in inner]
    return (
        lambda values: [write(value) for (write, _), value in zip(both, values, strict=True)],
        lambda values, shift: tuple(
            read(value, shift) for (_, read), value in zip(both, _of(values, list), strict=True)
        ),
    )


def _same(value: Any) -> Any:
    return value


def _of(value: Any, kind: type) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"{kind.__name__} expected")
    return value


def _raw(value: Any) -> str:
    """Text that is shown nowhere as it is; half a character in it is refused, since nobody could write it again."""
    text: str = _of(value, str)[:LONGEST]
    text.encode()
    return text


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("number expected")
    return float(value)


def _optional(read: Callable[[Any, float], Any], inner: Any) -> Callable[[Any, float], Any]:
    """Where nothing is allowed, a new word of an enumeration is nothing."""
    words = {member.value for member in inner} if isinstance(inner, type) and issubclass(inner, Enum) else None

    def read_it(value: Any, shift: float) -> Any:
        new = words is not None and isinstance(value, str) and value not in words
        return None if value is None or new else read(value, shift)

    return read_it


def _word(kind: type[Enum]) -> Callable[[Any, float], Any]:
    """A word that is new is *unknown*; where an enumeration has no such member, the whole is unreadable."""
    known = {member.value: member for member in kind}
    unknown = known.get("unknown")

    def read(value: Any, _: float) -> Enum:
        found = known.get(_of(value, str), unknown)
        if found is None:
            raise TypeError(f"{value!r} is no {kind.__name__}")
        return found

    return read


def _key(value: Any, _: float) -> Key:
    source, kind, ident = (_raw(each) for each in _of(value, list))
    return Key(source, Kind(kind), ident)


def _written_row(row: models.Row) -> list[Any]:
    return [type(row).__name__.lower(), _written(row)]


def _read_row(value: Any, shift: float) -> models.Row | None:
    """None: a kind of row that is new."""
    name, found = _of(value, list)
    kind = _ROWS.get(_of(name, str))
    return None if kind is None else _read(kind, _of(found, dict), shift)
