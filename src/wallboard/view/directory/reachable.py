"""The directory as the calls of one source see it: what can be dialled from there, how, and what typed text means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from wallboard.domain.command import Destination
from wallboard.domain.keys import Key
from wallboard.domain.language import tr
from wallboard.domain.notation import sent, written
from wallboard.domain.numbers import dialled, forms, is_number
from wallboard.domain.places import Favourite, Route
from wallboard.domain.records import dataclass
from wallboard.view.context import Context
from wallboard.view.directory.entries import FAVOURITE, Entry, gather
from wallboard.view.directory.search import Hit, Index, Searched, Tier, fold, hit, place_of, tier_of
from wallboard.view.directory.states import live
from wallboard.view.filters import words

CanDial = Callable[[str, Destination], tuple[bool, str]]
"""Whether calls of a source can be sent to a destination, and why not."""

_BANDS = (0, 1, 2, 2, 2, 3)
"""Tiers that are told apart before what can be dialled goes before what cannot."""


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the picker. `number` is what is really dialled, `shown` what the directory knows, for eyes."""

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
    also: tuple[str, ...] = ()
    """Other names of the same number."""
    guess: bool = False
    """Found by scattered letters alone."""

    @property
    def dialled_differs(self) -> bool:
        return self.number not in (dialled(self.shown), dialled(sent(self.shown)))

    def destination(self) -> Destination:
        """A number that is in no directory has no name of its own."""
        return Destination(self.number, "" if self.unknown else self.label, self.key, self.source)


class _Reach(NamedTuple):
    """How an entry is dialled from the source: its digits, or why it cannot be."""

    number: str
    ok: bool
    reason: str = ""


class Directory:
    """The destinations for calls of `source`, made once when the picker opens. What is shown of their state is asked of
    the board each time, so that it stays true while somebody chooses; their order does not change."""

    def __init__(
        self,
        context: Context | Callable[[], Context],
        source: str,
        favourites: Sequence[Favourite],
        routes: Sequence[Route],
        can_dial: CanDial,
        regions: Mapping[str, str] | None = None,
    ) -> None:
        """`regions`: the country of each source's national numbers, "" or missing where it is not known."""
        self._context = context if callable(context) else lambda: context
        self._source = source
        self._routes = {(route.origin, route.to): route.prefix for route in routes}
        self._can_dial = can_dial
        self._regions = regions or {}
        self.region = self._regions.get(source, "")
        self.entries = gather(self._context().board, favourites, self._regions, source)
        self._reach = [self._reached(entry) for entry in self.entries]
        order = sorted(range(len(self.entries)), key=self._standing)
        self._rank = [0] * len(order)
        for rank, place in enumerate(order):
            self._rank[place] = rank
        self._digits = {entry.digit: place for place, entry in enumerate(self.entries) if entry.digit}
        self._all = [hit(place, Tier.WITHIN) for place in order]
        self._last: tuple[str, list[Hit]] = ("", self._all)

    @cached_property
    def _index(self) -> Index:
        """Made with the first letter."""
        return Index((searched(entry) for entry in self.entries), self.region)

    @property
    def looked(self) -> int:
        """Entries that the last keystroke made the search look at."""
        return self._index.looked

    # ---- searching -----------------------------------------------------------------------------------------

    def matches(self, text: str, limit: int = 50) -> list[Place]:
        """The places that `text` means, best first; a number is always a choice of its own, and stands last."""
        context = self._context()
        ordered = self._ordered(text)
        found = [self._place(place_of(match), context, tier_of(match)) for match in ordered[:limit]]
        # Exact ones that can be dialled stand before all others, but for the favourite of the digit.
        if is_number(text) and not any(tier_of(m) is Tier.EXACT and self._reach[place_of(m)].ok for m in ordered[:2]):
            found.append(self.typed(text))
        return found

    def exact(self, text: str) -> list[Place]:
        """The places whose number or whole name is `text`, those first that can be dialled; one of each number."""
        context = self._context()
        places = sorted(self._index.exact(text), key=lambda place: (not self._reach[place].ok, self._rank[place]))
        first: dict[_Reach, int] = {}
        for place in places:
            first.setdefault(self._reach[place], place)
        return [self._place(place, context) for place in first.values()]

    def typed(self, text: str) -> Place:
        """A number that is in no directory, as it was typed."""
        number = dialled(text)
        dial = tr("dial “{number}”", number=number)
        place = Place(dial, number, number, self._source, tr("in no directory"), unknown=True)
        ok, reason = self._can_dial(self._source, place.destination())
        return place if ok else replace(place, ok=False, reason=reason or self._cannot)

    def _ordered(self, text: str) -> list[Hit]:
        """What `text` means, best first: digits and exact numbers lead, then what can be dialled, then what cannot.
        Letters that merely stand somewhere in a name come after everything else."""
        wanted = text.strip()
        if not wanted:
            return self._all
        if self._last[0] == wanted:
            return self._last[1]
        found = self._index.find(wanted)
        favourite = self._digits.get(wanted)
        if favourite is not None:
            found = [hit(favourite, Tier.DIGIT), *(match for match in found if place_of(match) != favourite)]
        self._last = (wanted, sorted(found, key=self._worth))
        return self._last[1]

    def _worth(self, match: Hit) -> int:
        """A single number to sort by, smallest first."""
        place, tier = match >> 3, match & 7
        band = _BANDS[tier] * 2 if self._reach[place].ok else _BANDS[tier] * 2 + 1
        return (band * 8 + tier) * len(self._rank) + self._rank[place]

    def _standing(self, place: int) -> tuple[bool, bool, bool, str, str]:
        """Favourites first in their own order, then what can be dialled, the own source before others, by name."""
        entry, reach = self.entries[place], self._reach[place]
        first = entry.kind == FAVOURITE
        if first:
            return (False, False, False, f"{place:05}", "")
        return (True, not reach.ok, entry.source != self._source, fold(entry.name), entry.number)

    def _place(self, place: int, context: Context, tier: Tier = Tier.WITHIN) -> Place:
        entry, reach = self.entries[place], self._reach[place]
        state, style = live(None if entry.key is None else context.board.row(entry.key), context)
        return Place(
            entry.name,
            written(entry.number, self._regions.get(entry.source, "")),
            reach.number,
            entry.source,
            state,
            style,
            entry.digit,
            reach.ok,
            reach.reason,
            key=entry.key,
            also=entry.also,
            guess=tier is Tier.SCATTERED,
        )

    # ---- dialling ------------------------------------------------------------------------------------------

    def _reached(self, entry: Entry) -> _Reach:
        source = self._source
        if entry.refused:
            return _Reach(entry.number, False, entry.refused)
        if not entry.number:
            return _Reach("", False, tr("no number"))
        if entry.public:
            return self._first(entry, self._public(entry))
        number = dialled(entry.number)
        if entry.source in (source, ""):
            return self._first(entry, (number,))
        prefix = self._routes.get((source, entry.source))
        if prefix is None:
            why = tr("{source} cannot dial it: an extension of {other}, no route", source=source, other=entry.source)
            return _Reach(number, False, why)
        return self._first(entry, (prefix + number,))

    def _public(self, entry: Entry) -> Iterable[str]:
        """What the user wrote for this source goes as it is; else the forms that its telephones know."""
        written = forms(entry.number, entry.public, entry.home)
        if entry.kind == FAVOURITE and entry.home and "(" not in entry.number:
            return list(dict.fromkeys([dialled(entry.number), *written]))
        return written

    @property
    def _cannot(self) -> str:
        return tr("{source} cannot dial it", source=self._source)

    def _first(self, entry: Entry, numbers: Iterable[str]) -> _Reach:
        """The first of `numbers` that the source takes."""
        why, best = "", ""
        for number in numbers:
            best = best or number
            ok, reason = self._can_dial(self._source, Destination(number, entry.name, entry.key, entry.source))
            if ok:
                return _Reach(number, True)
            why = why or reason
        return _Reach(best, False, why or self._cannot)


def searched(entry: Entry) -> Searched:
    """The texts by which an entry is found."""
    number, public = dialled(entry.number), entry.public
    numbers = (number, public) if public and public != number else (number,) if number else ()
    return Searched(entry.names, numbers, f"{words(entry.kind, entry.kind)} {entry.source}")
