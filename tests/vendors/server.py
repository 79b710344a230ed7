"""What every scripted vendor that speaks HTTP shares: how its lists come."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx

from tests.support.coverage import document

Item = dict[str, Any]
Wrap = Callable[[list[Any], int], object]
"""The form of a list: made of one page and the total."""
NOW = 1_772_439_247.0
"""2026-03-02 08:14:07 UTC."""
RUBBISH: Any = (None, 7, "text", [], {}, [None])


class Refused(AssertionError):
    """The request is not one of the document's."""


class Lists:
    """Lists as a server gives them; `wraps` by the list's name where it does not come in its usual form."""

    def __init__(self) -> None:
        self.wraps: dict[str, Wrap] = {}
        self.instead: dict[str, object] = {}
        """What a list is answered with, whatever its rows."""
        self.hidden: set[int] = set()
        """Places of rows that are taken out of a page after it was cut."""
        self.litter = False
        """Whether there is rubbish between the rows of every list, and its first row twice."""

    def listing(self, name: str, rows: Sequence[Item], usual: Wrap, start: int = 0, size: int = 1 << 30) -> object:
        """One page of a list, in its form."""
        if name in self.instead:
            return self.instead[name]
        hidden = self.hidden
        page = [row for place, row in enumerate(rows) if start <= place < start + size and place not in hidden]
        if self.litter and page:
            page = [*page, page[0], *RUBBISH]
        return self.wraps.get(name, usual)(page, len(rows) - len(hidden))


def bare(page: list[Any], total: int) -> object:
    return page


@cache
def operations(name: str) -> tuple[tuple[str, str], ...]:
    """(method, path) of a vendor document, the most literal paths first."""
    found = [(each.method, each.path) for each in document(name).operations]
    return tuple(sorted(found, key=lambda each: each[1].count("{")))


def template_of(method: str, path: str, known: Sequence[tuple[str, str]]) -> str:
    """The path of the operation that a request is. Raises Refused where it is none."""
    for verb, template in known:
        if verb == method and _pattern(template).fullmatch(path):
            return template
    raise Refused(f"{method} {path} is no operation of the document")


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{[^}]*\}", "[^/]+", template))


def body_of(request: httpx.Request) -> Any:
    """What was sent: JSON, other text as it is, None where there was nothing."""
    text = request.content.decode()
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def lacks(body: Any, **shapes: type | tuple[str, ...]) -> str:
    """What `body` lacks or has too much of: `name=str` for a kind, `name=("a", "b")` for words; names ending in `_`
    may be left out."""
    if not isinstance(body, dict):
        return "no object"
    for name, shape in shapes.items():
        field, optional = name.rstrip("_"), name.endswith("_")
        if field not in body:
            if not optional:
                return f"{field} is missing"
            continue
        value = body[field]
        if isinstance(shape, tuple):
            if value not in shape:
                return f"{field} is {value!r}"
        elif not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
            return f"{field} is {value!r}"
    known = {name.rstrip("_") for name in shapes}
    return next((f"{name} is unknown" for name in body if name not in known), "")


def stamp(ago: float, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """A moment before `NOW` as UTC text."""
    return datetime.fromtimestamp(NOW - ago, UTC).strftime(form)


def answer(data: object, status: int = 200, **headers: str) -> httpx.Response:
    """JSON, also where it is `null`."""
    kind = {"Content-Type": "application/json"}
    return httpx.Response(status, headers={**kind, **headers}, content=json.dumps(data))
