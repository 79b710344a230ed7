"""Dialogs as pure state machines: keys and text in, lines and an answer out. They stand at the bottom of the screen, so
that the row they speak of stays in sight, and they never send anything themselves.

A confirmation takes `y` only 400 ms after it appeared, so that a key meant for the board cannot answer it; any other
key cancels and is swallowed. Whatever changes the target disarms an open dialog for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import ClassVar, Protocol

from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.domain.text import cell_width, clean_cells
from wallboard.view import glyphs
from wallboard.view.cells import At, Cell, fit
from wallboard.view.directory.search import fold, nearness
from wallboard.view.format import age
from wallboard.view.lines import Line, clip, first_in_sight, line_width, out_of_sight, pressing, rule, spread, wrapped

ARM_SECONDS = 0.4
PICK_SECONDS = 0.25
"""`Enter` in a list is taken only this long after the mark moved."""
CHOOSER_LINES = 8
LAST_DIGITS = 4
"""Of its number, which stand for a name that cannot be typed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a dialog was closed with. `value` None: cancelled."""

    value: object | None = None


TYPED = "text bold typed"
"""Style of the cell in which text is typed, its caret at the end: the console's input stands in its place."""
LEAVES = frozenset({"enter", "escape"})
STEPS = frozenset({"up", "down"})


@dataclass(slots=True)
class TextField:
    """One line of text that is being typed, at most so many characters of it; typed text goes in at the caret."""

    text: str = ""
    most: int = 300
    caret: int = -1

    def __post_init__(self) -> None:
        self.caret = len(self.text) if self.caret < 0 else self.caret

    def insert(self, text: str) -> None:
        """Line ends become blanks; what cannot be printed, or is too much, is left out."""
        room = max(0, self.most - len(self.text))
        line = " ".join(text[: self.most].splitlines()).replace("\t", " ")
        fresh = "".join(char for char in line if char.isprintable())[:room]
        self.text = f"{self.text[: self.caret]}{fresh}{self.text[self.caret :]}"
        self.caret += len(fresh)

    def cell(self, room: int) -> Cell:
        """What is typed; of a text that is too long its end."""
        shown = clean_cells(self.text)
        while cell_width(shown) >= max(2, room):
            shown = shown[1:]
        return Cell(f"{shown}_", TYPED)


@dataclass(frozen=True, slots=True)
class KeyNames:
    """What the lines of a question call its keys."""

    yes: str = "y"
    enter: str = "Enter"
    steps: str = "↑↓"
    attended: str = "Tab"


DEFAULT_NAMES = KeyNames()


class Dialog(Protocol):
    """`keys` are those that it takes itself while text is typed; without a field it takes all."""

    @property
    def keys(self) -> frozenset[str]: ...

    @property
    def input(self) -> TextField | None:
        """Where typed text goes now; None: nowhere."""

    def press(self, key: str, now: float) -> Answer | None:
        """A key, by what it does in questions (`yes`, `next`) or else its own name. An Answer ends the dialog."""

    def typed(self, now: float) -> None:
        """The text of the field has changed."""

    def point(self, at: At, now: float) -> Answer | None:
        """A click marks the line, which stays under the pointer. An Answer ends the dialog."""

    def lines(self, width: int, now: float, most: int, names: KeyNames) -> list[Line]:
        """At most about `most`: a question says what it is about however small the screen."""

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
        text = tr("CHANGED {age} ago: {what}. Input locked; Esc", age=age(now - self.at), what=self.what)
        return sentence(f"{glyphs.ALARM} {text}", "alarm bold", width)


def sentence(text: str, style: str, width: int) -> list[Line]:
    """A sentence in as many lines as it needs: what it warns of may stand at its end."""
    return [clip([Cell(f" {part}", style)], width) for part in wrapped(text, width - 2)] if text else []


class Lockable:
    """A dialog that takes neither key nor text once its target has changed."""

    keys: ClassVar[frozenset[str]] = LEAVES
    lock: Lock

    @property
    def input(self) -> TextField | None:
        field: TextField | None = getattr(self, "field_", None)
        return None if self.lock.what else field

    def typed(self, now: float) -> None:
        return None

    def point(self, at: At, now: float) -> Answer | None:
        return None

    def changed(self, what: str, now: float) -> None:
        if not self.lock.what:
            self.lock = Lock(what, now)


@dataclass(slots=True)
class Confirm(Lockable):
    """`yes` goes, everything else keeps things as they are."""

    title: str
    consequence: str
    opened_at: float
    lock: Lock = field(default_factory=Lock)

    def press(self, key: str, now: float) -> Answer | None:
        if key == "yes":
            armed = now - self.opened_at >= ARM_SECONDS and not self.lock.what
            return Answer(True) if armed else None
        return Answer(None)

    def lines(self, width: int, now: float, most: int = 24, names: KeyNames = DEFAULT_NAMES) -> list[Line]:
        armed = now - self.opened_at >= ARM_SECONDS and not self.lock.what
        other = tr("any other key: leave it as it is") if width >= 50 else tr("any other key: no")
        ask = spread(
            [
                Cell(" ", "text"),
                Cell(names.yes, "info bold" if armed else "muted", press="dialog.yes"),
                Cell(f" {tr('do it')}   ", press="dialog.yes"),
                Cell(other, press="dialog.no"),
            ],
            [],
            width,
        )
        body = sentence(self.consequence, "warn", width)
        last = self.lock.line(width, now) if self.lock.what else [ask]
        return [rule(self.title, [Cell(tr("Esc keep"), "muted", press="dialog.no")], width), *body, *last]


@dataclass(slots=True)
class TypeName(Lockable):
    """The name must be typed before it goes, or the last digits of its `number`: no keyboard has every script."""

    title: str
    consequence: str
    name: str
    opened_at: float
    number: str = ""
    field_: TextField = field(default_factory=TextField)
    lock: Lock = field(default_factory=Lock)

    def press(self, key: str, now: float) -> Answer | None:
        if key == "escape":
            return Answer(None)
        return Answer(True) if key == "enter" and not self.lock.what and self._right() else None

    @property
    def _digits(self) -> str:
        """The digits that say it, "" where it has no number."""
        return "".join(filter(str.isdecimal, self.number))[-LAST_DIGITS:]

    def _right(self) -> bool:
        """As the name is spelled, whatever its case and accents, or as a terminal without its letters shows it."""
        typed = self.field_.text.strip()
        if not typed or not self.name.strip():
            return False
        written = typed == glyphs.ascii_text(self.name).strip() or fold(typed) == fold(self.name) != ""
        return written or typed == self._digits

    def _wrong(self) -> str:
        """From where on what is typed is something else, as a sentence; "" while it may still become the name."""
        typed = self.field_.text.strip()
        begun, wanted = fold(typed), fold(self.name)
        if self._digits.startswith(typed) or (begun and wanted.startswith(begun)) or self._right():
            return ""
        same = next((i for i, (one, other) in enumerate(zip(begun, wanted, strict=False)) if one != other), len(wanted))
        same = min(same, len(begun))
        if not same:
            return tr("the name begins with “{letter}”", letter=self.name[:1])
        if same == len(wanted):
            return tr("after “{begun}” the name ends", begun=wanted)
        return tr("after “{begun}” the name goes on with “{letter}”", begun=wanted[:same], letter=wanted[same])

    def lines(self, width: int, now: float, most: int = 24, names: KeyNames = DEFAULT_NAMES) -> list[Line]:
        asked = tr("type {name}", name=self.name)
        if self._digits:
            asked = tr("type {name} or {digits}", name=self.name, digits=self._digits)
        asked = f" {asked} › "
        does = Cell(f"   {names.enter} {tr('do it')}", "info bold", press="dialog.enter")
        tail = does if self._right() else Cell("")
        return [
            rule(self.title, [Cell(tr("Esc keep"), "muted", press="dialog.escape")], width),
            *sentence(self.consequence, "warn", width),
            clip([Cell(asked, "muted"), self.field_.cell(width - cell_width(asked)), tail], width),
            *sentence(self._wrong(), "muted", width),
            *self.lock.line(width, now),
        ]


@dataclass(slots=True)
class Prompt(Lockable):
    """Free text: a note, an announcement, a filter that stays."""

    title: str
    field_: TextField
    limit: int = 300
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.field_.most = self.limit

    def press(self, key: str, now: float) -> Answer | None:
        if key == "escape":
            return Answer(None)
        return Answer(self.field_.text) if key == "enter" and not self.lock.what else None

    def lines(self, width: int, now: float, most: int = 24, names: KeyNames = DEFAULT_NAMES) -> list[Line]:
        keys = [Cell(tr("{enter} keep", enter=names.enter), "muted", press="dialog.enter"), Cell("  ")]
        keys.append(Cell(tr("Esc drop"), "muted", press="dialog.escape"))
        return [
            rule(self.title, [Cell(f"{len(self.field_.text)}/{self.limit}  ", "muted"), *keys], width),
            clip([Cell(" › ", "muted"), self.field_.cell(width - 3)], width),
            *self.lock.line(width, now),
        ]


@dataclass(frozen=True, slots=True)
class Choice:
    """One line to choose. `ok` False: shown dim with its reason, never taken. `search` is found but not shown. `acts`:
    taking it may reach a vendor, so it is taken by its key alone."""

    value: object
    text: str
    hint: str = ""
    ok: bool = True
    search: str = ""
    acts: bool = False


def best(choices: Sequence[Choice], text: str, recent: Sequence[object] = ()) -> list[Choice]:
    """Those that `text` means, the nearest first; of equally near ones, and of all where nothing is typed, first those
    that can be had, the recent before the others."""
    lately = {value: place for place, value in enumerate(recent)}
    wanted = fold(text)
    found: list[tuple[tuple[int, int], bool, int, int, Choice]] = []
    for index, choice in enumerate(choices):
        near = nearness(wanted, fold(choice.text), fold(f"{choice.text} {choice.hint} {choice.search}"))
        if near is not None:
            found.append((near, not choice.ok, lately.get(choice.value, len(lately)), index, choice))
    return [choice for *_, choice in sorted(found, key=lambda entry: entry[:-1])]


@dataclass(slots=True)
class Chooser(Lockable):
    """A short list: arrows or a digit mark, Enter takes what is marked. With `searching`, letters filter it."""

    title: str
    choices: Sequence[Choice]
    opened_at: float
    searching: bool = False
    mark: int = 0
    field_: TextField = field(default_factory=TextField)
    moved_at: float = 0.0
    lock: Lock = field(default_factory=Lock)
    pointed: At | None = None
    """What a click has marked."""

    keys: ClassVar[frozenset[str]] = LEAVES | STEPS

    def __post_init__(self) -> None:
        self.moved_at = self.opened_at

    @property
    def input(self) -> TextField | None:
        return self.field_ if self.searching and not self.lock.what else None

    def visible(self) -> Sequence[Choice]:
        return best(self.choices, self.field_.text)

    def press(self, key: str, now: float) -> Answer | None:
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
        elif not self.searching and key.isdecimal() and 0 < int(key) <= len(visible):
            self.mark = int(key) - 1
            self.moved_at = now
        return None

    def point(self, at: At, now: float) -> Answer | None:
        """A second click takes what the first has marked."""
        found = next((index for index, choice in enumerate(self.visible()) if choice is at.what), None)
        if found is None or self.lock.what:
            return None
        if found == self.mark and self.pointed == at:
            choice = self.visible()[found]
            return Answer(choice.value) if choice.ok and not choice.acts else None
        self.mark, self.moved_at, self.pointed = found, now, at
        return None

    def typed(self, now: float) -> None:
        self.mark, self.pointed = 0, None
        self.moved_at = now

    def lines(self, width: int, now: float, most: int = 24, names: KeyNames = DEFAULT_NAMES) -> list[Line]:
        out = self._lines(width, now, CHOOSER_LINES, names.enter)
        over = len(out) - most
        return out if over <= 0 else self._lines(width, now, max(1, CHOOSER_LINES - over), names.enter)

    def _lines(self, width: int, now: float, shown: int, enter: str) -> list[Line]:
        visible = self.visible()
        top = first_in_sight(self.mark, shown, len(visible), self.pointed.top if self.pointed is not None else 0)
        more = out_of_sight(top, len(visible) - top - shown)
        keys = [Cell(f"{enter} {tr('take')}", "muted", press="dialog.enter"), Cell("   ")]
        keys.append(Cell(tr("Esc leave"), "muted", press="dialog.escape"))
        out = [rule(self.title, [Cell(f"{more}   " if more else "", "muted"), *keys], width)]
        if self.searching:
            out.append(clip([Cell(" › ", "muted"), self.field_.cell(width - 3)], width))
        for index, choice in enumerate(visible[top : top + shown], top):
            marked = index == self.mark
            style = "muted" if not choice.ok else "text bold" if marked else "text"
            number = f"{index + 1} " if not self.searching and index < 9 else "  "
            left = [Cell(glyphs.CURSOR if marked else " ", "info"), Cell(number, "muted"), Cell(choice.text, style)]
            hint = f"  {choice.hint} " if choice.hint else ""
            room = max(width // 3, width - line_width(left))
            line = spread(left, [Cell(hint if cell_width(hint) <= room else fit(hint, room), "muted")], width)
            out.append(pressing(line, At(choice, top)))
        if not visible:
            out.append(clip([Cell(f"   {tr('nothing matches')}", "muted")], width))
        return [*out, *self.lock.line(width, now)]
