"""A form as lines at the bottom: one field a line, each taking what its kind takes. Keys in, lines and values out.

`↑ ↓ Tab` move between the fields, `← →` change a choice or move in a text, letters look for a choice, a blank ticks
one of several, `Enter` on the last field asks for the whole. What is wrong with a field stands under it as soon as it
is left. Nothing typed is lost: whoever opened the form may read `values` after it was left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from wallboard.domain.forms import Form, FormField, Option, Takes
from wallboard.domain.language import mark, tr, trc
from wallboard.domain.records import dataclass
from wallboard.domain.text import cell_width, clean_cells
from wallboard.view import glyphs
from wallboard.view.cells import At, Cell, fit
from wallboard.view.dialogs import DEFAULT_NAMES, LEAVES, STEPS, Answer, KeyNames, Lock, Lockable, TextField, sentence
from wallboard.view.directory import Directory
from wallboard.view.format import DASH
from wallboard.view.lines import Line, clip, pressing, rule
from wallboard.view.picker import Picked, Picker

OPTIONS = 5
"""Options of a field in sight at once."""
SLACK = 200
"""Characters that a text may be too long by, so that a paste is not cut unseen: the field says how many."""
LOOKED_FOR = 60
_TEXTS = (Takes.LINE, Takes.NUMBER, Takes.PLACE, Takes.MOMENT, Takes.HOURS)

_MOVES = LEAVES | STEPS | {"next", "previous", "pageup", "pagedown"}
_HOW = {Takes.CHOICE: mark("←→ or letters choose"), Takes.SEVERAL: mark("←→ mark  space ticks")}
_CHOOSES = frozenset({"left", "right", "home", "end", "space", "delete", "ctrl+u"})


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was filled in, every field of it, without a problem."""

    form: Form
    values: dict[str, str]

    @property
    def args(self) -> tuple[tuple[str, str], ...]:
        """As a Command carries it."""
        return (("form", self.form.id), *self.values.items())


@dataclass(slots=True)
class FormDialog(Lockable):
    """See the module. `values` are the texts as they stand now."""

    title: str
    form: Form
    values: dict[str, str] = field(default_factory=dict)
    at: int = 0
    caret: int = 0
    """Which option is marked in a field of several choices."""
    field_: TextField = field(default_factory=TextField)
    """The text of the field at hand, or the letters that look for an option of it."""
    problems: dict[str, str] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    directory: Callable[[], Directory] | None = None
    """Where a place is looked for; without one its number is typed."""
    picking: Picker | None = None
    """The directory that is open for the field at hand."""
    chosen: dict[str, str] = field(default_factory=dict)
    """Whose numbers were chosen, by field."""

    def __post_init__(self) -> None:
        self.values = {each.name: self.values.get(each.name, each.value) for each in self.form.fields}
        self._enter()

    @property
    def here(self) -> FormField | None:
        """The field at hand."""
        return self.form.fields[self.at] if self.form.fields else None

    @property
    def looked_for(self) -> str:
        """The letters that look for an option."""
        return "" if self._writes else self.field_.text

    @property
    def _writes(self) -> bool:
        """Whether the field at hand is a text."""
        return self.here is None or self.here.takes in _TEXTS

    @property
    def input(self) -> TextField | None:
        return None if self.lock.what else self.field_ if self.picking is None else self.picking.input

    @property
    def keys(self) -> frozenset[str]:  # type: ignore[override]  # those of the field at hand
        if self.picking is not None:
            return self.picking.keys
        return _MOVES if self._writes else _MOVES | _CHOOSES

    def press(self, key: str, now: float) -> Answer | None:
        here = self.here
        if self.picking is not None and not self.lock.what:
            answer = self.picking.press(key, now)
            return None if answer is None else self._picked(answer.value)
        if key == "escape":
            if self.looked_for and not self.lock.what:
                self._look("")
                return None
            return Answer(None)
        if self.lock.what:
            return None
        if key == "enter" and (here is None or self.at == len(self.form.fields) - 1):
            return self._finish()
        if key in ("down", "next", "enter"):
            self._move(1)
        elif key in ("up", "previous"):
            self._move(-1)
        elif key in ("pageup", "pagedown"):
            self._move(-len(self.form.fields) if key == "pageup" else len(self.form.fields))
        elif here is not None and not self._writes:
            self._choose(here, key)
        return None

    def typed(self, now: float) -> None:
        here = self.here
        if self.picking is not None:
            self.picking.typed(now)
        elif here is not None and here.takes is Takes.PLACE and self.directory is not None:
            # What is typed looks for it: a number that nobody knows is asked about, like any other's.
            title = f"{self.form.title} · {tr(here.label)}"
            self.picking = Picker(
                title, self.directory(), "", now, may_attend=False, field_=self.field_, transfers=False
            )
        elif here is not None and self._writes:
            self._put(here, self.field_.text)
        elif here is not None:
            self._find(here)

    def point(self, at: At, now: float) -> None:
        """A click goes to a field, or takes an option of the one at hand."""
        here = self.here
        if self.picking is not None:
            self.picking.point(at, now)
        elif here is not None and not self.lock.what:
            match at.what:
                case FormField() as field if field in self.form.fields:
                    self._move(self.form.fields.index(field) - self.at)
                case Option() as option if option in here.options:
                    self.caret = here.options.index(option)
                    (self._tick if here.takes is Takes.SEVERAL else self._put)(here, option.value)

    def _picked(self, found: object) -> Answer | None:
        """What was chosen stands in the field, and the form goes on; nothing leaves it as it was."""
        self.picking = None
        here = self.here
        if here is None or not isinstance(found, Picked):
            self._enter()
            return None
        self._put(here, found.place.number)
        self.chosen[here.name] = "" if found.place.unknown else found.place.label
        if self.at == len(self.form.fields) - 1:
            self._enter()
            return self._finish()
        self._move(1)
        return None

    def _finish(self) -> Answer | None:
        self.problems = {each.name: each.problem(self.values[each.name]) for each in self.form.fields}
        lacking = self.form.lacking(self.values)
        if lacking and not any(self.problems.values()):
            self.problems[self.form.one_of[0]] = lacking
        wrong = next((index for index, each in enumerate(self.form.fields) if self.problems[each.name]), None)
        if wrong is not None:
            self.at = wrong
            self._enter()
            return None
        return Answer(Filled(self.form, dict(self.values)))

    def _move(self, step: int) -> None:
        here = self.here
        if here is None:
            return
        self.problems[here.name] = here.problem(self.values[here.name])
        self.at = max(0, min(len(self.form.fields) - 1, self.at + step))
        self._enter()

    def _enter(self) -> None:
        """Stand on a field: at the end of its text, or on its first chosen option."""
        here = self.here
        self.field_ = TextField(most=LOOKED_FOR)
        if here is None:
            return
        value = self.values[here.name]
        if self._writes:
            self.field_ = TextField(value, max(here.most + SLACK, len(value)))
        else:
            chosen = value.split() if here.takes is Takes.SEVERAL else [value]
            places = [index for index, option in enumerate(here.options) if option.value in chosen]
            self.caret = places[0] if places else 0

    def _put(self, here: FormField, value: str) -> None:
        self.values[here.name] = value
        # A problem that was shown follows what is typed, and goes as soon as it is mended.
        if self.problems.get(here.name):
            self.problems[here.name] = here.problem(value)

    def _choose(self, here: FormField, key: str) -> None:
        found = self._found(here)
        several = here.takes is Takes.SEVERAL
        if key in ("left", "right"):
            step = 1 if key == "right" else -1
            places = [index for index, _ in found]
            if several:
                self.caret = _beside(places, self.caret, step)
            else:
                self._cycle(here, places, step)
        elif key in ("home", "end") and found:
            self.caret = found[0 if key == "home" else -1][0]
            if not several:
                self._put(here, here.options[self.caret].value)
        elif key == "space":
            if several and any(index == self.caret for index, _ in found):
                self._tick(here, here.options[self.caret].value)
                self._look("")
            elif self.looked_for:
                self._look(f"{self.looked_for} ")
                self._find(here)
        elif key in ("delete", "ctrl+u"):
            self._look("")
            self._put(here, "")

    def _cycle(self, here: FormField, places: list[int], step: int) -> None:
        # Nothing is one of the answers where the field may be empty, but not while one is being looked for.
        ring = places if here.required or self.looked_for else [-1, *places]
        if not ring:
            return
        value = self.values[here.name]
        now = next((index for index in places if here.options[index].value == value), -1)
        if now not in ring:
            now = ring[0] if step < 0 else ring[-1]
        now = ring[(ring.index(now) + step) % len(ring)]
        self.caret = max(0, now)
        self._put(here, here.options[now].value if now >= 0 else "")

    def _tick(self, here: FormField, value: str) -> None:
        chosen = set(self.values[here.name].split())
        chosen ^= {value}
        self._put(here, " ".join(option.value for option in here.options if option.value in chosen))

    def _look(self, wanted: str) -> None:
        self.field_ = TextField(wanted, LOOKED_FOR)

    def _find(self, here: FormField) -> None:
        """Look for an option by its text; the first that fits is marked, and taken where only one can be."""
        found = self._found(here)
        if not self.looked_for or not found:
            return
        self.caret = found[0][0]
        if here.takes is Takes.CHOICE:
            self._put(here, found[0][1].value)

    def _found(self, here: FormField) -> list[tuple[int, Option]]:
        """The options that are looked for, each with its place: those that begin so first."""
        words = self.looked_for.casefold().split()
        every = list(enumerate(here.options))
        if not words:
            return every
        fitting = [(index, option) for index, option in every if all(word in option.text.casefold() for word in words)]
        return sorted(fitting, key=lambda entry: not entry[1].text.casefold().startswith(words[0]))

    def lines(self, width: int, now: float, most: int = 12, names: KeyNames = DEFAULT_NAMES) -> list[Line]:
        """At most `most` lines: the field at hand is always among them, and what locks the form too."""
        if self.picking is not None:
            return [*self.picking.lines(width, now, most, names), *self.lock.line(width, now)]
        leave = Cell(tr("Esc leave"), "muted", press="dialog.escape")
        head = [rule(self.title, [leave], width)]
        foot = self.lock.line(width, now) or [self._keys(width, names)]
        room = max(1, most - len(head) - len(foot))
        blocks = [self._field(index, width, most) for index in range(len(self.form.fields))]
        body = sum(len(block) for block in blocks)
        for text, style in ((self.form.hint, "muted"), (self.form.warning, "warn")):
            # Words about the form give way to its fields.
            words = sentence(text, style, width)
            if words and len(words) + body <= room:
                head += words
                room -= len(words)
        top, bottom = self._window([len(block) for block in blocks], room)
        shown = [line for block in blocks[top:bottom] for line in block]
        if top or bottom < len(blocks):
            head[0] = rule(self.title, [Cell(f"{self.at + 1}/{len(blocks)}   ", "muted"), leave], width)
        return [*head, *shown[:room], *foot]

    def _window(self, sizes: list[int], room: int) -> tuple[int, int]:
        """The fields (from, to) around the one at hand that fit, as many before it as after it."""
        if not sizes:
            return 0, 0
        top, bottom, used = self.at, self.at + 1, sizes[self.at]
        grown = True
        while grown:
            grown = False
            if bottom < len(sizes) and used + sizes[bottom] <= room:
                used += sizes[bottom]
                bottom, grown = bottom + 1, True
            if top > 0 and used + sizes[top - 1] <= room:
                top -= 1
                used, grown = used + sizes[top], True
        return top, bottom

    def _keys(self, width: int, names: KeyNames) -> Line:
        here = self.here
        last = self.at == len(self.form.fields) - 1
        enter = trc("key", "ask") if last else trc("key", "next")
        how = tr(_HOW[here.takes]) if here is not None and here.takes in _HOW else ""
        hint = here.hint if here is not None else ""
        if here is not None and here.takes in (Takes.MOMENT, Takes.HOURS):
            zone = tr("time of {zone}", zone=self.form.zone) if self.form.zone else tr("this console's time")
            hint = f"{zone}, {hint}" if hint else zone
        line = pressing([Cell(f" {names.enter} ", "info bold"), Cell(f"{enter}  ")], "dialog.enter")
        line += [Cell(f"{names.steps} ", "info"), Cell(f"{tr('field')}  ")] if width >= 60 else []
        line += [Cell(f"{how}  ")] if how else []
        return clip([*line, Cell(str(clean_cells(hint)), "muted")], width)

    def _field(self, index: int, width: int, most: int) -> list[Line]:
        each = self.form.fields[index]
        here = index == self.at
        label = max([6, *(min(18, cell_width(tr(one.label))) for one in self.form.fields)])
        label = min(label, max(6, width // 3))
        room = max(4, width - label - 4)
        left = [
            Cell(glyphs.CURSOR if here else " ", "info"),
            Cell(fit(tr(each.label), label), "text bold" if here else "muted"),
            Cell("* " if each.required else "  ", "warn" if each.required and not self.values[each.name] else "muted"),
        ]
        value = self._text(each, room) if here and each.takes in _TEXTS else self._told(each, here, room)
        out = [pressing(clip([*left, *value], width), At(each))]
        wrong = self.problems.get(each.name, "")
        if wrong:
            out += sentence(f"  {glyphs.WARN} {clean_cells(wrong)}", "warn", width)
        if here and each.takes not in _TEXTS and (self.looked_for or each.takes is Takes.SEVERAL):
            out += self._options(each, width, label + 3, most)
        return out

    def _text(self, each: FormField, room: int) -> Line:
        """The text being typed, and how long it is where that matters."""
        text = self.values[each.name]
        count = f"  {len(text)}/{each.most}" if each.takes is Takes.LINE and len(text) > each.most * 3 // 4 else ""
        whose = self.chosen.get(each.name, "")
        return [self.field_.cell(room - len(count)), Cell(f"  {whose}" if whose else count, "muted")]

    def _told(self, each: FormField, here: bool, room: int) -> Line:
        value = self.values[each.name]
        style = "text bold" if here else "text"
        if each.takes in _TEXTS:
            told = f"{clean_cells(value)}  {self.chosen.get(each.name, '')}".rstrip()
            return [Cell(fit(told, room).rstrip(), style) if value.strip() else Cell(DASH, "muted")]
        chosen = value.split() if each.takes is Takes.SEVERAL else [value]
        texts = [str(option.text) for option in each.options if option.value in chosen]
        known = {option.value for option in each.options}
        texts += [clean_cells(part) for part in chosen if part and part not in known]
        text = ", ".join(texts) or DASH
        if here and each.takes is Takes.CHOICE:
            place = next((i for i, option in enumerate(each.options, 1) if option.value == value), 0)
            tail = f"  {place}/{len(each.options)}" if place else ""
            return [Cell("‹ ", "info"), Cell(fit(text, max(1, room - 12)).rstrip(), style), Cell(" ›", "info"),
                    Cell(tail, "muted")]  # fmt: skip
        return [Cell(fit(text, room).rstrip(), style if texts else "muted")]

    def _options(self, each: FormField, width: int, indent: int, most: int) -> list[Line]:
        """The options around the mark, those chosen ticked."""
        found = self._found(each)
        out: list[Line] = []
        if self.looked_for:
            asked = self.field_.cell(width - indent)
            out.append(clip([Cell(" " * (indent - 2)), Cell("› ", "muted"), asked], width))
        if not found:
            return [*out, clip([Cell(" " * indent), Cell(tr("nothing matches"), "muted")], width)]
        place = next((n for n, (index, _) in enumerate(found) if index == self.caret), 0)
        # Small screens show fewer: the field itself must stay in sight.
        fit_in = max(1, min(OPTIONS, most - 4))
        top = max(0, min(place - fit_in // 2, len(found) - fit_in))
        chosen = set(self.values[each.name].split())
        for n, (_, option) in enumerate(found[top : top + fit_in], top):
            tick = ("[x] " if option.value in chosen else "[ ] ") if each.takes is Takes.SEVERAL else ""
            mark = glyphs.TARGET if n == place else " "
            more = len(found) - fit_in
            tail = f"   {n + 1}/{len(found)}" if more > 0 and n == place else ""
            style = "text bold" if n == place else "text"
            cells = [Cell(" " * (indent - 2)), Cell(f"{mark} ", "info"), Cell(f"{tick}{option.text}", style)]
            out.append(pressing(clip([*cells, Cell(tail, "muted")], width), At(option)))
        return out


def _beside(places: list[int], at: int, step: int) -> int:
    if not places:
        return at
    if at not in places:
        return places[0]
    return places[(places.index(at) + step) % len(places)]
