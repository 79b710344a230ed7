"""The spellings of extension names and call ids on this platform (vendors.md §3.2). All total."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def bare(name: str) -> str:
    """`341` of `022*341@pbx.example`."""
    local = name.split("@", 1)[0]
    return local.rsplit("*", 1)[-1]


@lru_cache(maxsize=4096)
def names_of(name: str) -> tuple[str, ...]:
    """Every spelling under which the extension called `name` appears: in full, without domain, the bare number."""
    return tuple(dict.fromkeys(filter(None, (name, name.split("@", 1)[0], bare(name)))))


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
