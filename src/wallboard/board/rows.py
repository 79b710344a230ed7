"""A changed copy of a row, several times faster than `dataclasses.replace` (4 against 19 µs): lists have thousands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

from wallboard.domain.models import Row

R = TypeVar("R", bound=Row)

_LAYOUTS: dict[type, tuple[dict[str, int], Callable[[Any], tuple[Any, ...]]]] = {}


def with_values(row: R, values: dict[str, Any]) -> R:
    """`row` with the named fields changed, or `row` itself when they are the same already."""
    kind = type(row)
    layout = _LAYOUTS.get(kind)
    if layout is None:
        names = [entry.name for entry in fields(row)]
        layout = _LAYOUTS[kind] = ({name: index for index, name in enumerate(names)}, attrgetter(*names))
    places, read = layout
    copy: list[Any] | None = None
    for name, value in values.items():
        if getattr(row, name) != value:
            if copy is None:
                copy = list(read(row))
            copy[places[name]] = value
    return row if copy is None else kind(*copy)
