"""What a filter means: words anywhere in a row, words in one of its fields, numbers with a bound; `-` turns each round.

`state:break queue:sales -roster wait>60 "front desk"`: every term has to be met, without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from operator import ge, gt, le, lt

from wallboard.domain.language import tr
from wallboard.domain.numbers import dialled
from wallboard.domain.records import dataclass

Value = str | float | None
"""What a field of a row holds; None where it is not known, which meets no term."""
_TERM = re.compile(r'(?P<not>-?)(?:(?P<field>[^\W\d]\w*)(?P<sign>:|>=|<=|>|<))?(?P<text>"[^"]*"?|[^\s"]*)')
_BETWEEN = re.compile(r"(?<=[0-9])[\xa0 ()./-]+(?=[0-9])")
_CLOCK = re.compile(r"(?:(\d+):)?(\d+(?:\.\d+)?)([smh%]?)")
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "%": 1.0}
_BOUNDS: Mapping[str, Callable[[float, float], bool]] = {">": gt, ">=": ge, "<": lt, "<=": le}


@dataclass(frozen=True, slots=True)
class Term:
    """`sign` is `:` (holds), or a bound for a number; `field` "" is anywhere."""

    text: str
    field: str = ""
    sign: str = ":"
    negated: bool = False

    def meets(self, search: str, read: Callable[[str], Value]) -> bool:
        try:
            met = self._of(read(self.field)) if self.field else holds(search, self.text)
        except KeyError:
            # It is no field of these rows (`12:30`), so it is looked for as it stands.
            met = f"{self.field}{self.sign}{self.text}" in search
        return met is not self.negated

    def _of(self, value: Value) -> bool:
        if isinstance(value, str):
            return self.sign == ":" and holds(findable(value), self.text)
        bound = number(self.text)
        if value is None or bound is None:
            return False
        return _BOUNDS[self.sign](value, bound) if self.sign in _BOUNDS else int(value) == bound


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as it was typed, and its terms; of one that is not finished yet (`wait>`) there is none."""

    text: str = ""
    terms: Sequence[Term] = ()

    def __bool__(self) -> bool:
        return bool(self.text.strip())

    def matches(self, search: str, read: Callable[[str], Value]) -> bool:
        """Whether a row is one that is looked for: `search` is all its text, `findable`, `read` gives what a field
        holds, KeyError for one that it has not."""
        return all(term.meets(search, read) for term in self.terms)

    def unknown(self, fields: Collection[str]) -> str:
        """The first field that these rows do not have, "" where there is none."""
        return next((term.field for term in self.terms if term.field and term.field not in fields), "")


@lru_cache(maxsize=16_384)
def findable(text: str) -> str:
    """A text as words are looked for in it: casefolded, its numbers without punctuation, too."""
    folded = text.casefold()
    plain = _BETWEEN.sub("", folded)
    return folded if plain == folded else f"{folded} {plain}"


def holds(found: str, word: str) -> bool:
    """Whether a casefolded word stands in a `findable` text; a number in whichever punctuation."""
    return word in found or ((plain := dialled(word)) != word and plain in found)


def words(name: str, word: str) -> str:
    """What a filter may call a state: its id, its word, and that in the language of the screen."""
    return f"{name} {word} {tr(word)}"


def parse(text: str) -> Filter:
    terms = []
    for found in _TERM.finditer(text.casefold()):
        wanted = found["text"].strip('"')
        if wanted:
            terms.append(Term(wanted, found["field"] or "", found["sign"] or ":", bool(found["not"])))
    return Filter(text, tuple(terms))


def number(text: str) -> float | None:
    """`60`, `1:30`, `2m`, `80%`; None if it is no number."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    minutes, rest, unit = found.groups()
    return 60.0 * float(minutes or 0) + float(rest) * _UNITS[unit]
