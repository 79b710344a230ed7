"""Values of the wire as plain ones: ids, counts, flags, text, instants and the spellings of extension names.

Every function is total: what makes no sense is unknown, and nothing raises.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.ringme.wire import Scalar

WEEK = 7 * 86_400
"""Seconds; a longer duration is not one."""
_FORBIDDEN_ID = re.compile(r"[\x00-\x1f\x7f]")


def ident(value: object) -> str:
    """An id as text: 7, "7" and 7.0 are the same one; "" for none. Never cleaned: it goes back to the vendor."""
    if isinstance(value, str):
        text = value.strip()
        if text in ("None", "null") or len(text) > 512:
            return ""
        return text if text.isprintable() or not _FORBIDDEN_ID.search(text) else ""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        return str(value) if value.bit_length() < 256 else ""
    if isinstance(value, float) and math.isfinite(value) and value == int(value) and abs(value) < 2**53:
        return str(int(value))
    return ""


def whole(value: object, most: int = 2**53) -> int | None:
    """A count or a number of seconds from 0 to `most`, also when it comes as text; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        if not 0 < len(value.strip()) <= 20:
            return None
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, int):
        return value if 0 <= value <= most else None
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if 0 <= value <= most else None
    return None


_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def flag(value: object) -> bool | None:
    """True, false or not said; also as a word or a digit."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _FLAGS.get(value.strip().lower())
    if isinstance(value, int | float):
        return {0.0: False, 1.0: True}.get(float(value)) if abs(value) < 2 else None
    return None


def text(value: object) -> Clean:
    """Cleaned text; the vendor's "None" is nothing (vendors.md §3.7, 10)."""
    if isinstance(value, str):
        return _short(value) if len(value) <= 64 else clean(value)
    return clean(value)


@lru_cache(maxsize=8192)
def _short(value: str) -> Clean:
    # The same names and numbers come with every poll.
    return NOTHING if value == "None" else clean(value)


def status_word(value: object) -> str:
    """The text of a status that comes as text or as an object (vendors.md §3.7, 3)."""
    if isinstance(value, dict):
        for name in ("status", "name", "value"):
            if isinstance(value.get(name), str):
                return str(value[name])
        return ""
    return value if isinstance(value, str) else ""


@lru_cache(maxsize=8192)
def _instant(value: str, zone: tzinfo) -> float | None:
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).timestamp()
    except (ValueError, OverflowError, OSError):
        pass
    try:
        return _epoch(float(value))
    except ValueError:
        return None


def _epoch(number: float) -> float | None:
    if not math.isfinite(number):
        return None
    while number > 1e11:
        # Milliseconds, or the microseconds of the vendor's events.
        number /= 1000
    return number if number > 1e8 else None


def instant(value: Scalar, zone: tzinfo = UTC, offset: float = 0.0) -> float | None:
    """`YYYY-MM-DD HH:MM:SS[.ff]` (naive: in `zone`), ISO 8601 or an epoch as our steady UTC seconds."""
    if isinstance(value, str):
        found = _instant(value.strip(), zone) if 0 < len(value) <= 40 else None
    elif isinstance(value, bool) or value is None:
        found = None
    else:
        try:
            found = _epoch(float(value))
        except OverflowError:
            found = None
    return None if found is None else found - offset


def zone_of(name: str) -> tzinfo:
    """The zone of naive times. Raises ValueError for an unknown name."""
    if name in ("", "UTC"):
        return UTC
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ValueError(f"{name!r} is not a time zone") from None


# ---- extension names -------------------------------------------------------------------------------------------------


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
