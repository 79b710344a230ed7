"""Records are the standard library's data classes; only when their methods are compiled is another matter."""

from __future__ import annotations

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import Any

import pytest

from wallboard.domain import records


def plain(decorated: Any, **options: bool) -> Any:
    @decorated(slots=True, **options)
    class Plain:
        name: str
        waiting: int = 0
        tags: list[str] = field(default_factory=list)
        seen: float = field(default=0.0, compare=False, repr=False)
        key: int = field(default=7, kw_only=True)

    return Plain


def counting(decorated: Any) -> Any:
    @decorated(slots=True)
    class Counting:
        first: int
        twice: int = field(init=False)
        never: int | None = field(default=None, init=False)

        def __post_init__(self) -> None:
            self.twice = 2 * self.first

    return Counting


@pytest.mark.parametrize("options", [{}, {"frozen": True}, {"eq": False}, {"frozen": True, "eq": False}])
def test_a_record_does_what_the_standard_librarys_does(options: dict[str, bool]) -> None:
    def told(kind: Any) -> list[object]:
        one, same, other = kind("a", 1, ["x"], 2.0), kind("a", 1, ["x"], 3.0, key=7), kind("b")
        return [
            *(one == same, one == other, one != "a", one.key, other.tags, repr(one)),
            *(kind.__match_args__, [each.name for each in fields(kind)], list(inspect.signature(kind).parameters)),
            *(replace(one, waiting=5).waiting, copy.copy(one).name, kind.__hash__ is None),
        ]

    assert told(plain(records.dataclass, **options)) == told(plain(dataclass, **options))


@pytest.mark.parametrize("decorated", [dataclass, records.dataclass])
def test_what_is_made_after_the_fields_is_made(decorated: Any) -> None:
    kind = counting(decorated)
    assert kind(4).twice == 8
    assert kind(4).never is None
    with pytest.raises(TypeError):
        kind()


@records.dataclass(frozen=True, slots=True)
class Seat:
    name: str
    row: int = 1


@records.dataclass(frozen=True, slots=True)
class Balcony(Seat):
    level: int = 2


def test_a_frozen_record_stays_as_it_is_and_can_be_a_key() -> None:
    seat = Seat("a")
    with pytest.raises(FrozenInstanceError):
        seat.row = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del seat.row
    assert {seat: 1}[Seat("a")] == 1
    assert seat != Balcony("a")
    assert pickle.loads(pickle.dumps(Balcony("a", 3))) == Balcony("a", 3)


def test_nothing_is_compiled_before_it_is_called() -> None:
    @records.dataclass(slots=True)
    class Late:
        name: str

    assert not inspect.isfunction(vars(Late)["__init__"])
    Late("a")
    assert inspect.isfunction(vars(Late)["__init__"])
