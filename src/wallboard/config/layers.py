"""One configuration out of several places: a file of the site, one of the person, the environment, the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path as File
from typing import Any, NamedTuple, get_origin

from pydantic import BaseModel

from wallboard.config.lines import Path
from wallboard.config.model import ConfigModel
from wallboard.domain.records import dataclass

NAMES = {
    "source": ("name",),
    "queue": ("match",),
    "favourite": ("name",),
    "known": ("number",),
    "view": ("name",),
    "route": ("from", "to"),
}
"""By which of their keys the entries of a list of tables are the same in two places."""
FIRST = frozenset({"queue"})
"""Lists whose first match counts: what is laid over them comes before them."""


class Place(NamedTuple):
    """Where a value stands: a line (from 1) of the file `origin`; with 0, what else gave it, such as "--phone"."""

    origin: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.origin}:{self.line}" if self.line else self.origin

    @property
    def directory(self) -> File:
        """Where the relative paths of its file begin."""
        return File(self.origin).absolute().parent


@dataclass(frozen=True, slots=True)
class Layer:
    """What one place says, and where each of its keys and values stands."""

    data: Mapping[str, Any]
    places: Mapping[Path, Place]

    def over(self, lower: Layer) -> Layer:
        """This and, where it says nothing, `lower`: tables key by key, lists of tables entry by entry. An entry of the
        same name replaces the whole of the lower one, in its place; the others are added."""
        data: dict[str, Any] = dict(lower.data)
        mine: dict[str, dict[int, int]] = {}
        theirs: dict[str, dict[int, int]] = {}
        hidden: set[Path] = set()
        unheard: set[Path] = set()
        for key, value in self.data.items():
            below = data.get(key)
            kind = _kind(key)
            if below is not None and isinstance(value, kind) and not isinstance(below, kind):
                # Laid over what is wrong, this would hide it.
                unheard.add((key,))
            elif isinstance(value, dict) and isinstance(below, dict):
                data[key] = {**below, **value}
                hidden |= {(key, name) for name in value}
            elif key in NAMES and isinstance(value, list) and isinstance(below, list):
                order = _order(key, value, below)
                data[key] = [value[index] if upper else below[index] for upper, index in order]
                mine[key] = {index: at for at, (upper, index) in enumerate(order) if upper}
                theirs[key] = {index: at for at, (upper, index) in enumerate(order) if not upper}
            else:
                data[key] = value
                hidden.add((key,))
        places = {path: at for path, at in _moved(lower, theirs) if not hidden & {path[:1], path[:2]}}
        places |= {path: at for path, at in _moved(self, mine) if path[:1] not in unheard}
        return Layer(data, places)


def _kind(key: str) -> type:
    """What a whole file has at `key`: a list, a table or anything."""
    field = ConfigModel.model_fields.get(key)
    found = None if field is None else get_origin(field.annotation) or field.annotation
    if isinstance(found, type) and issubclass(found, (dict, BaseModel)):
        return dict
    return list if found is list else object


def _order(key: str, upper: list[Any], lower: list[Any]) -> list[tuple[bool, int]]:
    """The entries of both as (whether it is of `upper`, its index there)."""
    own: dict[object, int] = {}
    for index, item in enumerate(upper):
        if (name := _name(key, item)) is not None:
            own.setdefault(name, index)
    left = set(range(len(upper)))
    order: list[tuple[bool, int]] = []
    for index, item in enumerate(lower):
        same = own.get(_name(key, item))
        if same is None:
            order.append((False, index))
        elif key not in FIRST and same in left:
            left.remove(same)
            order.append((True, same))
    rest = [(True, index) for index in sorted(left)]
    return [*rest, *order] if key in FIRST else [*order, *rest]


def _name(key: str, item: Any) -> object:
    """What an entry is called, None where that is not to be told: then something is wrong with it."""
    if not isinstance(item, dict) or not all(isinstance(item.get(part), str) for part in NAMES[key]):
        return None
    parts = [str(item[part]).casefold() for part in NAMES[key]]
    # A telephone number is the same in any writing.
    return tuple(re.sub(r"[^\w+*#]", "", part) if key == "known" else part for part in parts)


def _moved(layer: Layer, at: Mapping[str, Mapping[int, int]]) -> Iterator[tuple[Path, Place]]:
    """Each place of `layer` with the path that it has in the whole; those of entries that are replaced are left out."""
    for path, place in layer.places.items():
        index = at.get(str(path[0])) if len(path) > 1 else None
        if index is None:
            yield path, place
        elif (moved := index.get(int(path[1]))) is not None:
            yield (path[0], moved, *path[2:]), place
