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
from wallboard.view.directory import abbreviates
from wallboard.view.directory.search import fold
from wallboard.view.format import age
from wallboard.view.lines import Line, clip, line_width, out_of_sight, rule, spread, wrapped

ARM_SECONDS = 0.4
PICK_SECONDS = 0.25
"""`Enter` in a list is taken only this long after the mark moved."""
CHOOSER_LINES = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What a dialog was closed with. `value` None: cancelled."""

    value: object | None = None


class Dialog(Protocol):
    """`key` takes a key name and its character and returns an Answer when the dialog is done."""

    def key(self, key: str, character: str | None, now: float) -> Answer | None: ...

    def lines(self, width: int, now: float, most: int) -> list[Line]:
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
        text = f"{glyphs.ALARM} CHANGED {age(now - self.at)} ago: {self.what}. Input locked; Esc"
        return sentence(text, "alarm bold", width)


def sentence(text: str, style: str, width: int) -> list[Line]:
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
    """One of the keys `yes` goes, everything else keeps things as they are."""

    title: str
    consequence: str
    opened_at: float
    yes: tuple[str, ...] = ("y",)
    lock: Lock = field(default_factory=Lock)

    def key(self, key: str, character: str | None, now: float) -> Answer | None:
        if key in self.yes:
            armed = now - self.opened_at >= ARM_SECONDS and not self.lock.what
            return Answer(True) if armed else None
        return Answer(None)

    def lines(self, width: int, now: float, most: int = 24) -> list[Line]:
        armed = now - self.opened_at >= ARM_SECONDS and not self.lock.what
        ask = spread(
            [
                Cell(" ", "text"),
                Cell(self.yes[0], "info bold" if armed else "muted"),
                Cell(" do it   any other key: leave it as it is" if width >= 50 else " do it   any other key: no"),
            ],
            [],
            width,
        )
        body = sentence(self.consequence, "warn", width)
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
            return Answer(True) if self._right() else None
        self.field_.key(key, character)
        return None

    def _right(self) -> bool:
        """As the name is spelled, whatever its case and accents, or as a terminal without its letters shows it."""
        typed = self.field_.text.strip()
        if not typed or not self.name.strip():
            return False
        return typed == glyphs.ascii_text(self.name).strip() or fold(typed) == fold(self.name) != ""

    def lines(self, width: int, now: float, most: int = 24) -> list[Line]:
        return [
            rule(self.title, "Esc keep", width),
            *sentence(self.consequence, "warn", width),
            clip(
                [
                    Cell(f" type {self.name} › ", "muted"),
                    Cell(f"{self.field_.text}_", "text bold"),
                    Cell("   Enter do it" if self._right() else "", "info bold"),
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

    def lines(self, width: int, now: float, most: int = 24) -> list[Line]:
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

    def __post_init__(self) -> None:
        self.moved_at = self.opened_at

    def visible(self) -> list[Choice]:
        words = self.field_.text.casefold().split()
        if not words:
            return list(self.choices)
        found: list[tuple[int, int, Choice]] = []
        for index, choice in enumerate(self.choices):
            text = choice.text.casefold()
            whole = f"{text} {choice.hint} {choice.search}".casefold()
            if all(word in whole for word in words):
                found.append((0 if text.startswith(words[0]) else 1 if words[0] in text else 2, index, choice))
            elif abbreviates("".join(words), text):
                # Nearest in length first: the most of it has been written.
                found.append((3 + len(text), index, choice))
        return [choice for _, _, choice in sorted(found, key=lambda entry: entry[:2])]

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

    def lines(self, width: int, now: float, most: int = 24) -> list[Line]:
        out = self._lines(width, now, CHOOSER_LINES)
        return out if len(out) <= most else self._lines(width, now, max(1, CHOOSER_LINES - (len(out) - most)))

    def _lines(self, width: int, now: float, shown: int) -> list[Line]:
        visible = self.visible()
        top = max(0, min(self.mark - shown + 1, len(visible) - shown))
        more = out_of_sight(top, len(visible) - top - shown)
        out = [rule(self.title, f"{more}   Enter take   Esc leave".strip(), width)]
        if self.searching:
            out.append(clip([Cell(" › ", "muted"), Cell(f"{self.field_.text}_", "text bold")], width))
        for index, choice in enumerate(visible[top : top + shown], top):
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
