"""Dialogs as pure state machines: keys in, lines and an answer out. They stand at the bottom of the screen, so that
the row they speak of stays in sight, and they never send anything themselves.

A confirmation takes `y` only 400 ms after it appeared, so that a key meant for the board cannot answer it; any other
key cancels and is swallowed. Whatever changes the target disarms an open dialog for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from wallboard.view import glyphs
from wallboard.view.cells import Cell, fit
from wallboard.view.directory import Directory, Place
from wallboard.view.format import age
from wallboard.view.lines import Line, clip, line_width, rule, spread, wrapped

ARM_SECONDS = 0.4
PICK_SECONDS = 0.25
"""`Enter` in a list is taken only this long after the mark moved."""


CHOOSER_LINES, PICKER_LINES = 8, 6
_WIDE = 100
"""Columns from which a line of the picker holds state, source and reason side by side."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a dialog was closed with. `value` None: cancelled."""

    value: object | None = None


class Dialog(Protocol):
    """`key` takes a key name and its character and returns an Answer when the dialog is done."""

    def key(self, key: str, character: str | None, now: float) -> Answer | None: ...

    def lines(self, width: int, now: float) -> list[Line]: ...

    def changed(self, what: str, now: float) -> None:
        """The target changed: input stays locked until Esc."""


@dataclass(slots=True)
class Lock:
    """Why a dialog takes no more input, if it does not."""

    what: str = ""
    at: float = 0.0

    def line(self, width: int, now: float) -> list[Line]:
        if not self.what:
            return []
        text = f"{glyphs.ALARM} CHANGED {age(now - self.at)} ago: {self.what}. Input locked; Esc"
        return _sentence(text, "alarm bold", width)


def _sentence(text: str, style: str, width: int) -> list[Line]:
    """A sentence in as many lines as it needs: what it warns of may stand at its end."""
    return [clip([Cell(f" {part}", style)], width) for part in wrapped(text, width - 2)] if text else []


@dataclass(slots=True)
class TextField:
    """One line of text being typed."""

    text: str = ""

    def key(self, key: str, character: str | None) -> bool:
        """Whether the key was one for the field."""
        if key == "backspace":
            self.text = self.text[:-1]
        elif key == "ctrl+u":
            self.text = ""
        elif key == "ctrl+w":
            self.text = self.text.rstrip().rpartition(" ")[0]
        elif character is not None and character.isprintable() and len(self.text) < 300:
            self.text += character
        else:
            return False
        return True


@dataclass(slots=True)
class Confirm:
    """`y` goes, everything else keeps things as they are."""

    title: str
    consequence: str
    opened_at: float
    lock: Lock = field(default_factory=Lock)

    def key(self, key: str, character: str | None, now: float) -> Answer | None:
        if key == "y":
            armed = now - self.opened_at >= ARM_SECONDS and not self.lock.what
            return Answer(True) if armed else None
        return Answer(None)

    def lines(self, width: int, now: float) -> list[Line]:
        armed = now - self.opened_at >= ARM_SECONDS and not self.lock.what
        ask = spread(
            [
                Cell(" ", "text"),
                Cell("y", "info bold" if armed else "muted"),
                Cell(" do it   any other key: leave it as it is" if width >= 50 else " do it   any other key: no"),
            ],
            [],
            width,
        )
        body = _sentence(self.consequence, "warn", width)
        last = self.lock.line(width, now) if self.lock.what else [ask]
        return [rule(self.title, "Esc keep", width), *body, *last]

    def changed(self, what: str, now: float) -> None:
        if not self.lock.what:
            self.lock = Lock(what, now)


@dataclass(slots=True)
class TypeName:
    """The name must be typed before it goes."""

    title: str
    consequence: str
    name: str
    opened_at: float
    field_: TextField = field(default_factory=TextField)
    lock: Lock = field(default_factory=Lock)

    def key(self, key: str, character: str | None, now: float) -> Answer | None:
        if key == "escape":
            return Answer(None)
        if self.lock.what:
            return None
        if key == "enter":
            return Answer(True) if self.field_.text.strip() == self.name.strip() else None
        self.field_.key(key, character)
        return None

    def lines(self, width: int, now: float) -> list[Line]:
        right = self.field_.text.strip() == self.name.strip()
        return [
            rule(self.title, "Esc keep", width),
            *_sentence(self.consequence, "warn", width),
            clip(
                [
                    Cell(f" type {self.name} › ", "muted"),
                    Cell(f"{self.field_.text}_", "text bold"),
                    Cell("   Enter do it" if right else "", "info bold"),
                ],
                width,
            ),
            *self.lock.line(width, now),
        ]

    def changed(self, what: str, now: float) -> None:
        if not self.lock.what:
            self.lock = Lock(what, now)


@dataclass(slots=True)
class Prompt:
    """Free text: a note, an announcement, a filter that stays."""

    title: str
    field_: TextField
    limit: int = 300
    lock: Lock = field(default_factory=Lock)

    def key(self, key: str, character: str | None, now: float) -> Answer | None:
        if key == "escape":
            return Answer(None)
        if self.lock.what:
            return None
        if key == "enter":
            return Answer(self.field_.text)
        if len(self.field_.text) < self.limit or character is None:
            self.field_.key(key, character)
        return None

    def lines(self, width: int, now: float) -> list[Line]:
        left = f"{len(self.field_.text)}/{self.limit}  Enter keep  Esc drop"
        return [
            rule(self.title, left, width),
            clip([Cell(" › ", "muted"), Cell(f"{self.field_.text}_", "text bold")], width),
            *self.lock.line(width, now),
        ]

    def changed(self, what: str, now: float) -> None:
        if not self.lock.what:
            self.lock = Lock(what, now)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line to choose. `ok` False: shown dim with its reason, never taken. `search` is found but not shown."""

    value: object
    text: str
    hint: str = ""
    ok: bool = True
    search: str = ""


@dataclass(slots=True)
class Chooser:
    """A short list: arrows or a digit mark, Enter takes what is marked. With `searching`, letters filter it."""

    title: str
    choices: Sequence[Choice]
    opened_at: float
    searching: bool = False
    mark: int = 0
    field_: TextField = field(default_factory=TextField)
    moved_at: float = 0.0
    lock: Lock = field(default_factory=Lock)
    shown: int = CHOOSER_LINES

    def __post_init__(self) -> None:
        self.moved_at = self.opened_at

    def visible(self) -> list[Choice]:
        words = self.field_.text.casefold().split()
        if not words:
            return list(self.choices)
        found = [c for c in self.choices if all(word in f"{c.text} {c.hint} {c.search}".casefold() for word in words)]
        return sorted(found, key=lambda c: not c.text.casefold().startswith(words[0]))

    def key(self, key: str, character: str | None, now: float) -> Answer | None:
        if key == "escape" or (key == "q" and not self.searching):
            return Answer(None)
        if self.lock.what:
            return None
        visible = self.visible()
        if key in ("down", "up") or (not self.searching and key in ("j", "k")):
            step = 1 if key in ("down", "j") else -1
            self.mark = max(0, min(len(visible) - 1, self.mark + step))
            self.moved_at = now
        elif key == "enter":
            if visible and now - self.moved_at >= PICK_SECONDS and visible[min(self.mark, len(visible) - 1)].ok:
                return Answer(visible[min(self.mark, len(visible) - 1)].value)
        elif not self.searching and character is not None and character.isdigit():
            if 0 < int(character) <= len(visible):
                self.mark = int(character) - 1
                self.moved_at = now
        elif self.searching and self.field_.key(key, character):
            self.mark = 0
            self.moved_at = now
        return None

    def lines(self, width: int, now: float) -> list[Line]:
        visible = self.visible()
        top = max(0, min(self.mark - self.shown + 1, len(visible) - self.shown))
        out = [rule(self.title, "Enter take   Esc leave", width)]
        if self.searching:
            out.append(clip([Cell(" › ", "muted"), Cell(f"{self.field_.text}_", "text bold")], width))
        for index, choice in enumerate(visible[top : top + self.shown], top):
            marked = index == self.mark
            style = "muted" if not choice.ok else "text bold" if marked else "text"
            number = f"{index + 1} " if not self.searching and index < 9 else "  "
            left = [Cell(glyphs.CURSOR if marked else " ", "info"), Cell(number, "muted"), Cell(choice.text, style)]
            hint = f"  {choice.hint} " if choice.hint else ""
            room = max(width // 3, width - line_width(left))
            out.append(spread(left, [Cell(hint if len(hint) <= room else fit(hint, room), "muted")], width))
        if not visible:
            out.append(clip([Cell("   nothing matches", "muted")], width))
        return [*out, *self.lock.line(width, now)]

    def changed(self, what: str, now: float) -> None:
        if not self.lock.what:
            self.lock = Lock(what, now)


@dataclass(frozen=True, slots=True)
class Picked:
    """Where a call is to go, and how."""

    place: Place
    attended: bool


@dataclass(slots=True)
class Picker:
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
    moved_at: float = 0.0
    asking: Place | None = None
    asked_at: float = 0.0
    lock: Lock = field(default_factory=Lock)
    shown: int = PICKER_LINES
    """Places in sight; 0 leaves out what they cost, too, so that the question itself stays on a small screen."""

    def __post_init__(self) -> None:
        self.moved_at = self.opened_at
        if self.field_.text:
            self.mark = self._marked_by_text()

    def places(self) -> list[Place]:
        return self.directory.matches(self.field_.text)

    def key(self, key: str, character: str | None, now: float) -> Answer | None:
        if key == "escape":
            if self.asking is not None and not self.lock.what:
                self.asking = None
                return None
            return Answer(None)
        if self.lock.what:
            return None
        if self.asking is not None:
            place, self.asking = self.asking, None
            if key == "y" and now - self.asked_at >= ARM_SECONDS:
                return Answer(Picked(place, self.attended))
            return None
        places = self.places()
        if key == "tab" and self.may_attend:
            self.attended = not self.attended
        elif key in ("down", "up"):
            start = -1 if self.mark is None else self.mark
            if places:
                self.mark = max(0, min(len(places) - 1, start + (1 if key == "down" else -1)))
            self.moved_at = now
        elif key == "enter":
            if self.mark is None or self.mark >= len(places) or now - self.moved_at < PICK_SECONDS:
                return None
            place = places[self.mark]
            if not place.ok:
                return None
            if place.unknown:
                self.asking, self.asked_at = place, now
                return None
            return Answer(Picked(place, self.attended))
        elif self.field_.key(key, character):
            self.moved_at = now
            self.mark = self._marked_by_text()
        return None

    def _marked_by_text(self) -> int | None:
        """A lone digit marks its favourite; other text marks the first match that can be dialled."""
        text = self.field_.text.strip()
        places = self.places()
        if not text:
            return None
        if len(text) == 1 and text.isdigit():
            return next((i for i, place in enumerate(places) if place.digit == text and place.ok), None)
        # What is typed and in no directory stands last, so it is marked only where nothing else can be dialled.
        return next((i for i, place in enumerate(places) if place.ok), None)

    def lines(self, width: int, now: float) -> list[Line]:
        kind = "ATTENDED" if self.attended else "BLIND"
        places = self.places()
        tab = "Tab blind   " if self.attended else "Tab attended   "
        tab = tab if self.may_attend else ""
        typed = [Cell("  to › ", "muted"), Cell(f"{self.field_.text}_", "text bold")]
        room = width - line_width(typed) - 2
        hints = next(
            (
                text
                for text in (f"digit = favourite row   text or number   {tab}Esc keep", f"{tab}Esc keep", "Esc keep")
                if len(text) <= room
            ),
            "",
        )
        right = [Cell(f"{hints} " if hints else "", "muted")]
        out = [rule(f"{kind} {self.title}", "", width), spread(typed, right, width)]
        mark = self.mark if self.mark is not None else -1
        names = 24 if width >= _WIDE else max(12, min(22, width - 50))
        top = max(0, min(mark - self.shown + 1, len(places) - self.shown))
        for index, place in enumerate(places[top : top + self.shown], top):
            marked = index == self.mark
            style = "muted" if not place.ok else "text bold" if marked else "text"
            name = f"{place.digit or ' '} {place.label}"
            tail = f"✗ {place.reason}" if not place.ok else f"dials {place.number}" if place.dialled_differs else ""
            out.append(
                clip(
                    [
                        Cell(glyphs.CURSOR if marked else " ", "info"),
                        Cell(f"{fit(name, names)} ", style),
                        Cell(f"{fit(place.shown, 16)} ", style),
                        *([Cell(tail, "muted")] if tail and width < _WIDE else []),
                        *(
                            [Cell(f"{fit(place.state, 18)} ", place.style if place.ok else "muted")]
                            if not tail or width >= _WIDE
                            else []
                        ),
                        *([Cell(f"{fit(place.source, 8)} ", "muted"), Cell(tail, "muted")] if width >= _WIDE else []),
                        *([Cell(f" {place.source}", "muted")] if width < _WIDE and not tail else []),
                    ],
                    width,
                )
            )
        if not places and self.shown:
            out.append(clip([Cell("   nobody by that name; a number can be typed", "muted")], width))
        if self.asking is not None:
            text = f"{self.asking.number} is in no directory and may cut the caller off. y dials it"
            out += _sentence(text, "warn bold", width)
        elif self.mark is not None and self.mark < len(places) and places[self.mark].ok:
            place = places[self.mark]
            out.append(
                clip(
                    [
                        Cell(f" {glyphs.TO} {self._named(place)}   ", "text bold"),
                        Cell("Enter send", "info bold" if now - self.moved_at >= PICK_SECONDS else "muted"),
                    ],
                    width,
                )
            )
        else:
            out.append(clip([Cell(" nothing marked: Enter is off", "muted")], width))
        effect = _sentence(f"effect: {self.effect}", "muted", width) if self.shown else []
        return [*out, *effect, *self.lock.line(width, now)]

    def _named(self, place: Place) -> str:
        parts = (place.label, place.number, place.state) if not place.unknown else (place.label, place.state)
        return " ".join(part for part in parts if part)

    def changed(self, what: str, now: float) -> None:
        if not self.lock.what:
            self.lock = Lock(what, now)
