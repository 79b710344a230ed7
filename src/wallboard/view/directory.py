"""Where a call of one source can be sent: its agents, phones, queues and hotlines, other sources' public numbers,
and the favourites. Extensions belong to their source; between sources only E.164 numbers go, or what a route allows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from wallboard.domain.command import Destination
from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Agent, Hotline, Queue
from wallboard.view import glyphs
from wallboard.view.context import Context
from wallboard.view.format import span

_NUMBER = re.compile(r"\+?[0-9*#][0-9*# ().-]*")
_E164 = re.compile(r"(\+|00)[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True)
class Favourite:
    name: str
    number: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """From source `start` to source `end` by dialling `prefix` before the extension."""

    start: str
    end: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the picker. `number` is what is really dialled, `shown` what the directory knows."""

    label: str
    shown: str
    number: str
    source: str
    state: str = ""
    style: str = "muted"
    digit: str = ""
    ok: bool = True
    reason: str = ""
    unknown: bool = False
    """Typed, and in no directory."""
    key: Key | None = None

    @property
    def dialled_differs(self) -> bool:
        return self.number != plain(self.shown)

    def destination(self) -> Destination:
        """A number that is in no directory has no name of its own."""
        return Destination(self.number, "" if self.unknown else self.label, self.key, self.source)


def plain(number: str) -> str:
    """A number as it is dialled: without blanks, brackets, dots and dashes."""
    return re.sub(r"[ ().-]", "", number)


def is_number(text: str) -> bool:
    return bool(text) and _NUMBER.fullmatch(text.strip()) is not None


class Directory:
    """The destinations for calls of `source`, made once when the picker opens."""

    def __init__(
        self,
        context: Context,
        source: str,
        favourites: Sequence[Favourite],
        routes: Sequence[Route],
        can_dial: Callable[[str, Destination], tuple[bool, str]],
        prefer: Mapping[Key, int] | None = None,
    ) -> None:
        self._context = context
        self._source = source
        self._routes = {(route.start, route.end): route.prefix for route in routes}
        self._can_dial = can_dial
        places: list[Place] = []
        for index, favourite in enumerate(favourites):
            digit = str(index + 1) if index < 9 else ""
            place = Place(
                favourite.name, favourite.number, plain(favourite.number), favourite.source or source, digit=digit
            )
            places.append(self._checked(place))
        places += [self._checked(place) for place in _entries(context)]
        # Own source first, then those that can be dialled, then the rest with their reasons.
        self._places = sorted(places, key=lambda p: (not p.digit, not p.ok, p.source != source, p.label.casefold()))
        self._texts = [f"{p.label} {p.shown} {plain(p.shown)} {p.source}".casefold() for p in self._places]

    def _checked(self, place: Place) -> Place:
        if not place.number:
            return replace(place, ok=False, reason="no number")
        if place.source and place.source != self._source and not _E164.fullmatch(place.number):
            prefix = self._routes.get((self._source, place.source))
            if prefix is None:
                return replace(place, ok=False, reason=f"{self._source} cannot dial it")
            place = replace(place, number=prefix + place.number)
        ok, reason = self._can_dial(self._source, place.destination())
        return place if ok else replace(place, ok=False, reason=reason or f"{self._source} cannot dial it")

    def _aged(self, place: Place) -> Place:
        """With how long the agent has been in that state: worked out only for what is shown."""
        row = None if place.key is None else self._context.board.row(place.key)
        if not isinstance(row, Agent):
            return place
        clock = self._context.elapsed(row.key, row.since)
        return place if clock is None else replace(place, state=f"{place.state} {span(clock)}")

    def matches(self, text: str, limit: int = 50) -> list[Place]:
        """The places that `text` means, best first; a number is always a choice of its own."""
        wanted = text.casefold().strip()
        if not wanted:
            return [self._aged(place) for place in self._places[:limit]]
        words = wanted.split()
        scored: list[tuple[int, int, Place]] = []
        for index, (place, searched) in enumerate(zip(self._places, self._texts, strict=True)):
            if len(wanted) == 1 and place.digit == wanted:
                score = 0
            elif wanted in (place.shown.casefold(), plain(place.shown)):
                score = 1
            elif searched.startswith(wanted):
                score = 2
            elif all(word in searched for word in words):
                score = 3
            elif not is_number(text) and _scattered(wanted, searched):
                score = 4
            else:
                continue
            scored.append((score, index, place))
        found = [self._aged(place) for _, _, place in sorted(scored, key=lambda entry: entry[:2])[:limit]]
        if is_number(text) and not any(place.number == plain(text) and place.ok for place in found):
            typed = Place(
                f"dial “{plain(text)}”", plain(text), plain(text), self._source, "in no directory", unknown=True
            )
            ok, reason = self._can_dial(self._source, typed.destination())
            found.append(typed if ok else replace(typed, ok=False, reason=reason))
        return found


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


def _scattered(wanted: str, text: str) -> bool:
    """Whether the letters of `wanted` stand in `text` in this order."""
    rest = iter(text)
    return len(wanted) > 1 and all(char in rest for char in wanted if char != " ")


def _entries(context: Context) -> list[Place]:
    out: list[Place] = []
    for row in context.board.rows(Resource.AGENTS):
        if isinstance(row, Agent):
            glyph, word, token = glyphs.AGENT[row.state]
            state = f"{glyph} {word}"
            number = row.extension or ""
            out.append(Place(row.name, number, plain(number), row.key.source, state, token, key=row.key))
    for row in context.board.rows(Resource.QUEUES):
        if isinstance(row, Queue):
            stats = context.stats(row.key)
            wait = "–" if stats.waiting is None else f"{stats.waiting} waiting"
            out.append(
                Place(row.name, row.number, plain(row.number), row.key.source, f"queue, {wait}", "text", key=row.key)
            )
    for row in context.board.rows(Resource.HOTLINES):
        if isinstance(row, Hotline):
            glyph, word, token = glyphs.HOTLINE[row.state]
            number = plain(row.number)
            out.append(
                Place(row.name, row.number, number, row.key.source, f"{glyph} hotline {word}", token, key=row.key)
            )
    return out
