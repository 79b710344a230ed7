"""A whole list over all its pages, by page numbers or offsets, whatever the vendor's totals are worth.

Totals lie (some count the page, some what was there a moment ago), pages come smaller than they were asked for, some
servers do not skip at all, and a list moves while it is read. So a page that brings nothing new is the end, a full page
may have another behind it whatever the total says, and a row that two pages show counts once, as it was read later.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Hashable, Sequence
from itertools import count

from wallboard.domain.errors import BadAnswer
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.vendors.http.client import Answer
from wallboard.vendors.kit.lists import CHANGED, together

Page = tuple[Answer, Sequence[object], int | None]
"""An answer, its rows as they came, and the vendor's total (None: not told)."""
Ask = Callable[[int, int], Awaitable[Page | None]]
"""Asks for a page by its number and by the rows that stand before it, both from 0; None: there is none."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The rows of all pages as they came, in the vendor's order. `started_at` in steady UTC seconds of the first
    request, `took` its seconds; `total` as told last; `changed`: the list moved while it was read."""

    items: tuple[object, ...]
    started_at: float = 0.0
    took: float = 0.0
    total: int | None = None
    changed: bool = False
    lost: str = ""
    """Which rows could not be used."""

    @property
    def approximate(self) -> str:
        return together(tr(CHANGED) if self.changed else "", self.lost)


def by_id(row: object) -> Hashable:
    """What is the same in two copies of a row, as a rule its id; None for a row without one."""
    identity = row.get("id") if isinstance(row, dict) else None
    return str(identity).strip() or None if isinstance(identity, str | int) else None


async def pages(
    ask: Ask,
    what: str,
    *,
    full: Container[int],
    most: int,
    part: int = 0,
    before: int = 0,
    mark: Callable[[object], Hashable] = by_id,
) -> Pages:
    """Read them all. A page of `full` rows may have another one behind it. More than `most` pages are a list without
    an end (BadAnswer); with `part`, so many are read of a list that may go on, and nothing is said of its rest.
    `before` rows of the total were passed over."""
    found: dict[Hashable, object] = {}
    totals: set[int] = set()
    first: Answer | None = None
    total: int | None = None
    got, changed = 0, False
    for number in count():
        if number == (part or most):
            if part:
                break
            raise BadAnswer(tr("the list of {what} has no end", what=what))
        page = await ask(number, got)
        if page is None:
            break
        answer, items, total = page
        first = first or answer
        totals |= set() if total is None else {total}
        # A row without an id is one of its own, told from others by what it says.
        marks = [f"{item!r} {place}" if mark(item) is None else mark(item) for place, item in enumerate(items)]
        new = [each for each in marks if each not in found]
        if number and not new:
            break
        changed = changed or len(new) < len(items)
        found.update(zip(marks, items, strict=True))
        got += len(items)
        if len(items) not in full and (total is None or before + got >= total):
            break
    short = not part and total is not None and len(found) != total
    items = tuple(found.values())
    if first is None:
        return Pages(items)
    return Pages(items, first.started_at, first.took, total, changed or short or len(totals) > 1)
