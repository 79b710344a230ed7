"""Finding entries by what is typed, within one keystroke's time over thousands of them.

Texts are folded once (case, accents, punctuation between words); a keystroke that goes on from an earlier text looks
only at what that one found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from wallboard.domain.numbers import dialled, e164, is_number, stems

_FOLDS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_SIGNS = re.compile(r"[^\w+*#@]|_")
_REMEMBERED = 64


class Tier(IntEnum):
    """How well something matches, best first."""

    DIGIT = 0
    """The digit of a favourite."""
    EXACT = 1
    """The number, in whichever writing, or the whole name."""
    NAME = 2
    """The beginning of the name or of a number."""
    WORD = 3
    """Beginnings of words of its names."""
    WITHIN = 4
    """Every word somewhere in it."""
    SCATTERED = 5
    """The letters in their order, others between."""


Hit = int
"""A match as one number, its place in the list and its tier: thousands are made with each key, and numbers leave the
garbage collector nothing to walk through."""


def hit(place: int, tier: Tier) -> Hit:
    return place << 3 | tier


def place_of(found: Hit) -> int:
    return found >> 3


def tier_of(found: Hit) -> Tier:
    return Tier(found & 7)


class Searched(NamedTuple):
    """The texts by which something is found; `rest` is found only as a whole word or a part of one."""

    names: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    rest: str = ""


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Without case, accents and the signs between words: `Nyström-Berg` is `nystrom berg`."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDS))
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(_SIGNS.sub(" ", text.casefold()).split())


class Index:
    """Searches the given texts; results are their places in the list."""

    def __init__(self, entries: Iterable[Searched], region: str = "") -> None:
        """`region`: where national numbers are typed."""
        self._region = region
        self._names: list[str] = []
        """The first name, and below all names, each after a line end and a blank: `\n bo quist\n desk 202\n`."""
        self._spaced: list[str] = []
        self._numbers: list[str] = []
        """The digits of all numbers, each between blanks."""
        self._whole: list[str] = []
        self._found: dict[str, list[Hit]] = {}
        self.looked = 0
        """Entries that the last search looked at."""
        for entry in entries:
            self.add(entry)

    def __len__(self) -> int:
        return len(self._names)

    def add(self, entry: Searched) -> None:
        """One more, before anything is sought."""
        names = [fold(name) for name in entry.names]
        self._names.append(names[0] if names else "")
        spaced = "\n " + "\n ".join(names) + "\n"
        self._spaced.append(spaced)
        numbers = " "
        for number in entry.numbers:
            digits = dialled(number).casefold().removeprefix("+")
            numbers += f"{digits} "
            if not digits.isalnum():
                numbers += f"{fold(digits)} "
        self._numbers.append(numbers)
        self._whole.append(f"{spaced}{numbers}{fold(entry.rest)}")

    def find(self, text: str) -> Sequence[Hit]:
        """Everything that `text` means, in the order of the list."""
        self.looked = 0
        wanted = fold(text)
        numeric = is_number(text)
        if not wanted and not numeric:
            return ()
        # `0241/5` and `0241 5` are the same words, but only one of `+49` and `49` is a country code.
        name = f"{dialled(text)} {wanted}" if numeric else wanted
        found = self._found.get(name)
        if found is None:
            found = self._number(text, wanted) if numeric else self._text(wanted)
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[name] = found
        return found

    def exact(self, text: str) -> list[int]:
        """What is called exactly `text`, or has that number."""
        places: set[int] = set()
        if is_number(text):
            for digits in self._whole_numbers(text):
                number = f" {digits} "
                places.update(place for place, numbers in enumerate(self._numbers) if number in numbers)
        name = fold(text)
        if name:
            places.update(self._called(name))
        return sorted(places)

    def _called(self, name: str) -> list[int]:
        """What has exactly this folded text for one of its names or numbers."""
        called, number = f"\n {name}\n", f" {name} "
        return [
            place for place, spaced in enumerate(self._spaced) if called in spaced or number in self._numbers[place]
        ]

    def _whole_numbers(self, text: str) -> tuple[str, ...]:
        public = e164(text, self._region)
        return tuple(
            dict.fromkeys(text for text in (dialled(text).removeprefix("+"), public.removeprefix("+")) if text)
        )

    def _candidates(self, wanted: str) -> Iterable[int]:
        """What a shorter text has found already: whatever more is typed can only take away from it."""
        for size in range(len(wanted) - 1, 0, -1):
            # A text of digits finds nothing by scattered letters, so it says nothing about a longer one with letters.
            earlier = self._found.get(wanted[:size])
            if earlier is not None and not is_number(wanted[:size]):
                return [found >> 3 for found in earlier]
        return range(len(self._names))

    def _text(self, wanted: str) -> list[Hit]:
        names, spaced, whole = self._names, self._spaced, self._whole
        words = wanted.split()
        one = f" {wanted}" if len(words) == 1 else ""
        starts = [f" {word}" for word in words]
        letters = wanted.replace(" ", "") if len(wanted) > 1 else ""
        equal = set(self._called(wanted))
        out: list[Hit] = []
        exact, name, word_start = int(Tier.EXACT), int(Tier.NAME), int(Tier.WORD)
        within, scattered = int(Tier.WITHIN), int(Tier.SCATTERED)
        for place in self._candidates(wanted):
            self.looked += 1
            if place in equal:
                out.append(place << 3 | exact)
            elif names[place].startswith(wanted):
                out.append(place << 3 | name)
            elif one in spaced[place] if one else all([start in spaced[place] for start in starts]):
                out.append(place << 3 | word_start)
            elif wanted in whole[place] if one else all([word in whole[place] for word in words]):
                out.append(place << 3 | within)
            elif letters and _scattered(letters, spaced[place]):
                out.append(place << 3 | scattered)
        return out

    def _number(self, text: str, wanted: str) -> list[Hit]:
        equal = set(self.exact(text))
        digits = stems(text, self._region)
        words = wanted.split()
        tiers = dict.fromkeys(equal, Tier.EXACT)
        for place, whole in enumerate(self._whole):
            # As one types, most entries fall out here: each test runs over all of them.
            if words and all([word in whole for word in words]):
                tiers.setdefault(place, Tier.WITHIN)
        for stem in digits:
            start = f" {stem}"
            for place, numbers in enumerate(self._numbers):
                if stem in numbers and place not in equal:
                    if start in numbers:
                        tiers[place] = Tier.NAME
                    else:
                        tiers.setdefault(place, Tier.WITHIN)
        self.looked += len(self._numbers)
        return [hit(place, tiers[place]) for place in sorted(tiers)]


def _scattered(letters: str, text: str) -> bool:
    """Whether `letters` stand in `text` in this order."""
    at = 0
    for letter in letters:
        at = text.find(letter, at) + 1
        if not at:
            return False
    return True


def nearness(wanted: str, name: str, whole: str) -> tuple[int, int] | None:
    """How well a folded text means a folded name, or the `whole` that is known of it: smaller is nearer, None not at
    all. Letters may be left out, as long as most of what they span is written."""
    words = wanted.split()
    if not words:
        return Tier.DIGIT, 0
    if wanted == name:
        return Tier.EXACT, 0
    if name.startswith(wanted):
        return Tier.NAME, 0
    if all(f" {word}" in f" {whole}" for word in words):
        return Tier.WORD, 0 if words[0] in name else 1
    if all(word in whole for word in words):
        return Tier.WITHIN, 0 if words[0] in name else 1
    letters = "".join(words)
    if abbreviates(letters, name):
        # Nearest in length first: the most of it has been written.
        return Tier.SCATTERED, len(name)
    spans = [span for word in name.split() if (span := _span(letters, word)) is not None]
    return (Tier.SCATTERED, 1000 + min(spans)) if spans and min(spans) <= 2 * len(letters) else None


def _span(letters: str, text: str) -> int | None:
    """How many letters of `text` these reach over, in their order, from the first on."""
    start = text.find(letters[0])
    at = start
    for letter in letters[1:]:
        at = text.find(letter, at + 1)
        if at < 0:
            return None
    return None if start < 0 else at - start + 1


def abbreviates(wanted: str, text: str) -> bool:
    """Whether `wanted` is made of the beginnings of words of `text`, in their order (`thmo`: theme mono)."""
    words = text.split()

    def fits(rest: str, start: int) -> bool:
        if not rest:
            return True
        for index in range(start, len(words)):
            word = words[index]
            size = 0
            while size < min(len(rest), len(word)) and rest[size] == word[size]:
                size += 1
            if any(fits(rest[taken:], index + 1) for taken in range(size, 0, -1)):
                return True
        return False

    return len(wanted) > 1 and fits(wanted, 0)
