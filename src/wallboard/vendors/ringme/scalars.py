"""Values of this platform that others do not have: texts, words, and the spellings of extension names. All total."""

from __future__ import annotations

from functools import lru_cache

from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.kit.wire import text

WEEK = 7 * 86_400
"""Seconds; a longer duration is not one."""


def shown(value: object) -> Clean:
    """Cleaned text; the vendor's "None" is nothing (vendors.md §3.7, 10)."""
    found = text(value)
    return _short(found) if len(found) <= 64 else clean(found)


@lru_cache(maxsize=8192)
def _short(value: str) -> Clean:
    # The same names and numbers come with every poll.
    return NOTHING if value == "None" else clean(value)


def word(value: object) -> str:
    """The text of a status that comes as text or as an object (vendors.md §3.7, 3)."""
    if isinstance(value, dict):
        return next((value[name] for name in ("status", "name", "value") if isinstance(value.get(name), str)), "")
    return value if isinstance(value, str) else ""


@lru_cache(maxsize=4096)
def bare(name: str) -> str:
    """`341` of `022*341@pbx.example`."""
    local = name.split("@", 1)[0]
    return local.rsplit("*", 1)[-1]


@lru_cache(maxsize=4096)
def names_of(name: str) -> tuple[str, ...]:
    """Every spelling under which the extension called `name` appears: in full, without domain, the bare number."""
    local = name.split("@", 1)[0]
    found: list[str] = []
    for spelling in (name, local, bare(name)):
        if spelling and spelling not in found:
            found.append(spelling)
    return tuple(found)


@lru_cache(maxsize=4096)
def same_phone(one: str, other: str) -> bool:
    """Whether two spellings can be the same extension; what only one of them says does not count."""
    if not one or not other or bare(one) != bare(other):
        return False
    one_local, other_local = one.split("@", 1)[0], other.split("@", 1)[0]
    return "*" not in one_local or "*" not in other_local or one_local == other_local


def suffix(call_api_id: str) -> str:
    """`02ab…` of `32494-02ab…`: the part that the legs of one call share (vendors.md §3.2, Ids)."""
    return call_api_id.split("-", 1)[1] if "-" in call_api_id else ""
