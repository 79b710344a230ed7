"""What a list of the configuration interface can be asked (seed 002, "Query Parameters").

`?field=value` with `*` and `?`, `offset`, `limit` (default 100); the default order, as `sort` is not offered. The
answer is a bare array; how many there are in all is never said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from wallboard.sim.asgi import HttpError, Request
from wallboard.sim.faces.sinch_rows import Row

_PAGING = ("sort", "offset", "limit")


@dataclass(frozen=True, slots=True)
class Listing:
    """`searchable`: names that may be asked for; `order`: the default sort; `paged`: whether the document gives the
    list `sort`, `offset` and `limit`. One without answers all it has, whatever is asked."""

    searchable: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    paged: bool = True


def _pattern(text: str) -> re.Pattern[str]:
    parts = (".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in text)
    return re.compile("".join(parts) + r"\Z", re.IGNORECASE | re.DOTALL)


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _texts(inner)]
    return [] if value is None else ["true" if value is True else "false" if value is False else str(value)]


def _number(request: Request, name: str, default: int) -> int:
    text = request.parameter(name, str(default)) or ""
    if not text.isascii() or not text.isdigit():
        raise HttpError(400, f"{name}: integer expected")
    return int(text)


def select(
    rows: Iterable[Row],
    request: Request,
    listing: Listing,
    show: Callable[[Row, tuple[str, ...]], Row] = lambda row, asked: row,
    more: Mapping[str, Callable[[Row], object]] | None = None,
) -> list[Row]:
    """The rows a request asks for. `show` makes the printed row of a whole one and the names that were searched by;
    `more` are searchable values that no property is named after. A row without the property matches no pattern."""
    asked = [name for name in request.query if name not in _PAGING]
    for name in asked:
        if name not in listing.searchable:
            raise HttpError(400, f"Unknown query parameter '{name}'")
    found = []
    for row in rows:
        values = {name: more[name](row) if more and name in more else row.get(name) for name in asked}
        patterns = {name: _pattern(request.parameter(name) or "") for name in asked}
        if all(any(patterns[name].match(text) for text in _texts(value)) for name, value in values.items()):
            found.append(row)
    if listing.paged:
        if "sort" in request.query:
            raise HttpError(400, "sort: not offered here")
        found.sort(key=lambda row: [[text.casefold() for text in _texts(row.get(name))] for name in listing.order])
        offset, limit = _number(request, "offset", 0), _number(request, "limit", 100)
        found = found[offset : offset + limit]
    return [show(row, tuple(asked)) for row in found]
