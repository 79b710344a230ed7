"""Callers whom the site knows: a name for their number, a star, a wait limit of their own (`[[known]]`)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from wallboard.domain.numbers import dialled, e164
from wallboard.domain.records import dataclass
from wallboard.domain.text import Clean


@dataclass(frozen=True, slots=True)
class Known:
    """`longest`: seconds after which they have waited too long, whatever their queue allows; None: as the queue."""

    number: str
    name: Clean
    star: bool = False
    longest: float | None = None


class KnownNumbers:
    """Found by public number, in any writing; an extension is known only where it is written the same."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self._known = {_same(item.number, ""): item for item in known}
        self._same = lru_cache(4096)(_same)

    def __bool__(self) -> bool:
        return bool(self._known)

    def find(self, number: str, region: str = "") -> Known | None:
        """Whom `number` belongs to, as a source in `region` ("DE", "") writes it."""
        return self._known.get(self._same(number, region)) if number and self._known else None


def _same(number: str, region: str) -> str:
    return e164(number, region) or dialled(number)
