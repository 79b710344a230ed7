"""The destination picker: a directory that is searched as one types, and what the choice costs the caller."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from wallboard.domain.language import tr, trc
from wallboard.domain.records import dataclass
from wallboard.domain.text import cell_width
from wallboard.view import glyphs
from wallboard.view.cells import At, Cell, fit
from wallboard.view.dialogs import (
    ARM_SECONDS,
    DEFAULT_NAMES,
    LEAVES,
    PICK_SECONDS,
    STEPS,
    Answer,
    KeyNames,
    Lock,
    Lockable,
    TextField,
    sentence,
)
from wallboard.view.directory import Directory, Place
from wallboard.view.format import DASH
from wallboard.view.lines import Line, clip, first_in_sight, line_width, out_of_sight, pressing, rule, spread

PICKER_LINES = 6
_WIDE = 100
"""Columns from which a line of the picker holds state, source and reason side by side."""


@dataclass(frozen=True, slots=True)
class Picked:
    """Where a call is to go, and how."""

    place: Place
    attended: bool


@dataclass(slots=True)
class Picker(Lockable):
    """Picks a destination: text matches the directory or is a number, a digit marks that favourite's row and stays
    as text, Enter sends what is marked. Nothing marked, nothing sent."""

    title: str
    directory: Directory
    effect: str
    opened_at: float
    attended: bool = False
    may_attend: bool = True
    field_: TextField = field(default_factory=TextField)
    mark: int | None = None
    top: int = 0
    moved_at: float = 0.0
    asking: Place | None = None
    asked_at: float = 0.0
    lock: Lock = field(default_factory=Lock)
    attended_effect: str = ""
    """What it costs whom, attended; where it may not be, why not."""
    refused: bool = False
    """Whether it was wanted attended and cannot be."""
    transfers: bool = True
    """Whether a call is sent there now; else the number is only taken."""

    keys: ClassVar[frozenset[str]] = LEAVES | STEPS | {"attended"}

    def __post_init__(self) -> None:
        self.moved_at = self.opened_at
        if self.field_.text:
            self.mark = self._marked_by_text()

    def places(self) -> list[Place]:
        return self.directory.matches(self.field_.text)

    @property
    def input(self) -> TextField | None:
        return None if self.lock.what or self.asking is not None else self.field_

    def press(self, key: str, now: float) -> Answer | None:
        if key == "escape":
            if self.asking is not None and not self.lock.what:
                self.asking = None
                return None
            return Answer(None)
        if self.lock.what:
            return None
        if self.asking is not None:
            place, self.asking = self.asking, None
            armed = now - self.asked_at >= ARM_SECONDS
            return Answer(Picked(place, self.attended)) if key == "yes" and armed else None
        places = self.places()
        self.refused = key == "attended" and not self.may_attend
        if key == "attended":
            self.attended = self.attended != self.may_attend
        elif key in STEPS:
            start = -1 if self.mark is None else self.mark
            if places:
                self.mark = max(0, min(len(places) - 1, start + (1 if key == "down" else -1)))
            self.moved_at = now
        elif key == "enter" and self.mark is not None and self.mark < len(places):
            place = places[self.mark]
            if not place.ok or now - self.moved_at < PICK_SECONDS:
                return None
            if not place.unknown:
                return Answer(Picked(place, self.attended))
            self.asking, self.asked_at = place, now
        return None

    def point(self, at: At, now: float) -> None:
        found = [_identity(place) for place in self.places()]
        if at.what in found and self.asking is None and not self.lock.what:
            self.mark, self.moved_at, self.top = found.index(at.what), now, at.top

    def typed(self, now: float) -> None:
        self.moved_at = now
        self.mark, self.top = self._marked_by_text(), 0

    def _marked_by_text(self) -> int | None:
        """A lone digit marks its favourite; other text marks the first match that can be dialled."""
        text = self.field_.text.strip()
        places = self.places()
        if not text:
            return None
        if len(text) == 1 and text.isdigit():
            return next((i for i, place in enumerate(places) if place.digit == text and place.ok), None)
        # What is typed and in no directory stands last, so it is marked only where nothing else can be dialled.
        first = next((i for i, place in enumerate(places) if place.ok), None)
        if first and places[first].guess and not places[0].guess:
            # The text names something that cannot be dialled: letters scattered in another name do not mean that one.
            return None
        return first

    def lines(self, width: int, now: float, most: int = 24, names: KeyNames = DEFAULT_NAMES) -> list[Line]:
        """Fewer places where there is no room; with none what they cost is left out, too, so that the question itself
        stays on a small screen."""
        for shown in range(PICKER_LINES, -1, -1):
            out = self._lines(width, now, shown, names)
            if len(out) <= most:
                break
        return out

    def _lines(self, width: int, now: float, shown: int, names: KeyNames) -> list[Line]:
        title = self.title
        if self.transfers:
            title = tr("ATTENDED {title}", title=title) if self.attended else tr("BLIND {title}", title=title)
        places = self.places()
        tab = f"{names.attended} {tr('blind') if self.attended else tr('attended')}   "
        tab = tab if self.may_attend and names.attended != DASH else ""
        asked = f"  {tr('to')} › "
        typed = [Cell(asked, "muted"), self.field_.cell(width - cell_width(asked))]
        room = width - line_width(typed) - 2
        keep = tr("Esc keep")
        forms = (f"{tr('digit = favourite row   text or number')}   {tab}{keep}", f"{tab}{keep}", keep)
        hints = next((text for text in forms if cell_width(text) <= room), "")
        right = [Cell(f"{hints} " if hints else "", "muted")]
        mark = self.mark if self.mark is not None else -1
        label = 24 if width >= _WIDE else max(12, min(22, width - 50))
        top = first_in_sight(mark, shown, len(places), self.top)
        more = out_of_sight(top, len(places) - top - shown) if shown else ""
        out = [rule(title, more, width), spread(typed, right, width)]
        for index in self._window(places, top, shown):
            place = places[index]
            marked = index == self.mark
            style = "muted" if not place.ok else "text bold" if marked else "text"
            name = f"{place.digit or ' '} {place.label}"
            tail = _tail(place, bool(self.field_.text.strip()) and width >= _WIDE)
            out.append(
                clip(
                    [
                        Cell(glyphs.CURSOR if marked else " ", "info"),
                        Cell(f"{fit(name, label)} ", style),
                        Cell(f"{fit(place.shown, 16)} ", style),
                        *([Cell(tail, "muted")] if tail and width < _WIDE else []),
                        *(
                            [Cell(f"{fit(place.state, 18)} ", place.style if place.ok else "muted")]
                            if not tail or width >= _WIDE
                            else []
                        ),
                        *([Cell(f"{fit(place.source, 12)} ", "muted"), Cell(tail, "muted")] if width >= _WIDE else []),
                        *([Cell(f" {place.source}", "muted")] if width < _WIDE and not tail else []),
                    ],
                    width,
                )
            )
            out[-1] = pressing(out[-1], At(_identity(place), top))
        if not places and shown:
            out.append(clip([Cell(f"   {tr('nobody by that name; a number can be typed')}", "muted")], width))
        if self.asking is not None:
            known = {"number": self.asking.number, "key": names.yes}
            text = tr("{number} is in no directory and may cut callers off. {key} takes it", **known)
            if self.transfers:
                text = tr("{number} is in no directory and may cut the caller off. {key} dials it", **known)
            out += sentence(text, "warn bold", width)
        elif self.mark is not None and self.mark < len(places) and not places[self.mark].ok:
            place = places[self.mark]
            off = tr("{key} is off", key=names.enter)
            out += sentence(f"{place.label} {place.shown}: {place.reason}. {off}", "muted", width)
        elif self.mark is not None and self.mark < len(places):
            place = places[self.mark]
            out.append(
                clip(
                    [
                        Cell(f" {glyphs.TO} {self._named(place)}   ", "text bold"),
                        Cell(
                            f"{names.enter} {trc('key', 'send') if self.transfers else tr('take')}",
                            "info bold" if now - self.moved_at >= PICK_SECONDS else "muted",
                            press="dialog.enter",
                        ),
                    ],
                    width,
                )
            )
        else:
            out.append(clip([Cell(f" {tr('nothing marked: {key} is off', key=names.enter)}", "muted")], width))
        costs = self.attended_effect if self.attended else self.effect
        effect = sentence(tr("effect: {effect}", effect=costs), "muted", width) if shown and costs else []
        if self.refused:
            effect = sentence(tr("not attended: {why}", why=self.attended_effect or DASH), "warn", width)
        return [*out, *effect, *self.lock.line(width, now)]

    def _window(self, places: list[Place], top: int, room: int) -> list[int]:
        """The places in sight; a number that is in no directory stays in sight below what it found."""
        shown = list(range(top, min(top + room, len(places))))
        last = len(places) - 1
        if shown and places[last].unknown and last not in shown and self.mark != shown[-1]:
            shown[-1] = last
        return shown

    def _named(self, place: Place) -> str:
        parts = (place.label, place.number, place.state) if not place.unknown else (place.label, place.state)
        return " ".join(part for part in parts if part)


def _identity(place: Place) -> tuple[str, ...]:
    """Its state goes on while one looks."""
    return place.label, place.number, place.source


def _tail(place: Place, searching: bool) -> str:
    """Why it cannot be dialled, the digits where they are not those that are shown, or the number's other names."""
    if not place.ok:
        return f"✗ {place.reason}"
    if place.dialled_differs:
        return tr("dials {number}", number=place.number)
    return tr("also {names}", names=", ".join(place.also)) if place.also and searching else ""
