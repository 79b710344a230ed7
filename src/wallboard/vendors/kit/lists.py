"""The rows of a list, out of any wrapping. One that cannot be used is counted and said, never dropped in silence, and
an answer of which nothing can be used is no empty list. `what` it is a list of comes in the language of the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

from wallboard.domain.errors import BadAnswer
from wallboard.domain.language import mark, tr, trn
from wallboard.vendors.kit.wire import Row, Wire, count, known, models

TALK = frozenset({"message", "messages", "error", "errors", "detail", "details", "status"})
"""Names under which a vendor says something: what stands there is no list of rows."""
CHANGED = mark("the list changed while its pages were read")


def listed(
    data: object, what: str, *names: str, model: type[Wire] | None = None
) -> tuple[Sequence[object], int | None]:
    """The rows of a list answer and the vendor's total (None: not told).

    It comes bare, under one of `names` or any other name, or in an object within an object; an object with a field of
    `model` is itself the one row. Null in its place, and a total of 0, are an empty list.
    """
    if isinstance(data, list):
        return data, None
    if isinstance(data, Mapping):
        totals = {"total", "count", *(f"total{name}".casefold() for name in names)}
        total = next((count(value) for name, value in data.items() if str(name).casefold() in totals), None)
        if model is not None and known(model, data):
            return [data], total
        for name in names:
            if isinstance(data.get(name), list):
                return data[name], total
        if (found := only_list(data)) is not None:
            return found, total
        if total == 0 or any(name in data and data[name] is None for name in names):
            return [], total
        if len(data) == 1:
            ((name, inner),) = data.items()
            if str(name).casefold() not in TALK:
                return ([], None) if inner is None else listed(inner, what, *names, model=model)
    raise BadAnswer(tr("the vendor's answer holds no list of {what}", what=what))


def only_list(data: Mapping[str, object]) -> list[object] | None:
    """The one list in an object, under whatever name; None if there is none, or more than one."""
    found = [value for name, value in data.items() if isinstance(value, list) and str(name).casefold() not in TALK]
    return found[0] if len(found) == 1 else None


def rows(items: Sequence[object], model: type[Row]) -> list[Row]:
    """The rows that can be used, in their order."""
    return [row for row in models(list(items), model) if row.usable]


def used(items: Sequence[object], model: type[Row], what: str) -> tuple[list[Row], str]:
    """The same, and why they are not all. BadAnswer if none can be used."""
    found = rows(items, model)
    return found, lost(len(items), len(found), what)


def lost(of: int, used: int, what: str) -> str:
    """Why `used` of `of` rows are not all: "2 rows without an id", "" where they are. BadAnswer if none is left."""
    missing = of - used
    if missing > 0 and not used:
        one = tr("{what}: the only row has no id", what=what)
        raise BadAnswer(tr("{what}: none of {n} rows has an id", what=what, n=of) if of > 1 else one)
    return said(missing)


def said(missing: int) -> str:
    """So many rows without an id, in words; "" for none."""
    return trn("{n} row without an id", "{n} rows without an id", missing) if missing > 0 else ""


def together(*reasons: str) -> str:
    """Several reasons as one clause."""
    found = [reason for reason in reasons if reason]
    return reduce(lambda some, more: tr("{some}, {more}", some=some, more=more), found) if found else ""
