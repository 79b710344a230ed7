"""What the lists of all vendors have in common: a row that cannot be used is counted and said, never dropped in
silence, and an answer of which nothing can be used is no empty list."""

from __future__ import annotations

from collections.abc import Mapping

from wallboard.domain.errors import BadAnswer

TALK = frozenset({"message", "messages", "error", "errors", "detail", "details", "status"})
"""Names under which a vendor says something: what stands there is no list of rows."""
CHANGED = "the list changed while its pages were read"


def only_list(data: Mapping[str, object]) -> list[object] | None:
    """The one list in an object, under whatever name; None if there is none, or more than one."""
    found = [value for name, value in data.items() if isinstance(value, list) and str(name).casefold() not in TALK]
    return found[0] if len(found) == 1 else None


def lost(of: int, used: int, what: str) -> str:
    """Why `used` of `of` rows are not all: "2 rows without an id", "" where they are. BadAnswer if none is left."""
    missing = of - used
    if missing > 0 and not used:
        raise BadAnswer(f"{what}: none of {of} rows has an id" if of > 1 else f"{what}: the only row has no id")
    return said(missing)


def said(missing: int) -> str:
    """So many rows without an id, in words; "" for none."""
    return f"{missing} {'row' if missing == 1 else 'rows'} without an id" if missing > 0 else ""


def together(*reasons: str) -> str:
    """Several reasons as one clause."""
    return ", ".join(reason for reason in reasons if reason)
