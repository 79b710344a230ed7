"""The picker of who and which: a list that asks for a row shows how each stands now, and is searched as one types.

Who helps most stands first and is marked; a digit marks that line and stays as text; `Enter` takes what is marked,
armed 250 ms after the mark moved. Where several may be taken a blank ticks them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field

from wallboard.control.questions import Option
from wallboard.domain.keys import Key, Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Call, Phone, Queue, Row
from wallboard.domain.records import dataclass
from wallboard.domain.text import cell_width
from wallboard.view import glyphs, staffing
from wallboard.view.cells import At, Cell, fit
from wallboard.view.context import Context
from wallboard.view.dialogs import (
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
from wallboard.view.directory.search import Index, Searched, place_of
from wallboard.view.directory.states import live
from wallboard.view.format import DASH
from wallboard.view.lines import Line, clip, first_in_sight, line_width, out_of_sight, pressing, rule, spread
from wallboard.view.panes import PANES

LINES = 8
_STATE = 18
_BESIDE, _MOST_BESIDE = 12, 40
"""Columns of an agent's queues, least and most; what leaving does goes before them."""
_OF_QUEUES = 34
"""Columns of how a queue stands."""


@dataclass(slots=True)
class Which(Lockable):
    """See the module. The answer is the value of the option, with `several` a tuple of them in the order shown. `about`
    is the row that it is asked for: how that stands is said in the title."""

    title: str
    options: Sequence[Option]
    context: Callable[[], Context]
    opened_at: float
    about: Row | None = None
    several: bool = False
    does: str = mark("take")
    mark: int = 0
    top: int = 0
    ticked: set[int] = field(default_factory=set)
    field_: TextField = field(default_factory=TextField)
    moved_at: float = 0.0
    lock: Lock = field(default_factory=Lock)
    _index: Index | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.moved_at = self.opened_at
        context = self.context()
        self.options = _ordered(self.options, context, self._queue)

    @property
    def keys(self) -> frozenset[str]:  # type: ignore[override]  # a blank ticks while nothing is typed
        ticks = self.several and not self.field_.text
        return LEAVES | STEPS | {"space"} if ticks else LEAVES | STEPS

    @property
    def _queue(self) -> Key | None:
        return self.about.key if isinstance(self.about, Queue) else None

    def found(self) -> list[int]:
        """The places of the options that the text means; a lone digit means a line of all of them."""
        text = self.field_.text.strip()
        if not text or self._digit() is not None:
            return list(range(len(self.options)))
        if self._index is None:
            self._index = Index(_searched(option) for option in self.options)
        hits = sorted(self._index.find(text), key=lambda hit: (hit & 7, place_of(hit)))
        return [place_of(hit) for hit in hits]

    def _digit(self) -> int | None:
        text = self.field_.text.strip()
        place = int(text) - 1 if len(text) == 1 and text.isdecimal() else -1
        return place if 0 <= place < len(self.options) else None

    def press(self, key: str, now: float) -> Answer | None:
        if key == "escape":
            return Answer(None)
        found = self.found()
        if self.lock.what or not found:
            return None
        if key in STEPS:
            step = 1 if key == "down" else -1
            self.mark, self.moved_at = max(0, min(len(found) - 1, self.mark + step)), now
        elif key == "space":
            self.ticked ^= {found[self.mark]}
        elif key == "enter" and now - self.moved_at >= PICK_SECONDS:
            taken = sorted(self.ticked) or [found[self.mark]]
            values = tuple(self.options[place].value for place in taken)
            return Answer(values if self.several else values[0])
        return None

    def typed(self, now: float) -> None:
        self.moved_at = now
        self.mark, self.top = self._digit() or 0, 0

    def point(self, at: At, now: float) -> None:
        found = self.found()
        if at.what in found and not self.lock.what:
            self.mark, self.moved_at, self.top = found.index(at.what), now, at.top

    def lines(self, width: int, now: float, most: int = 24, names: KeyNames = DEFAULT_NAMES) -> list[Line]:
        """Fewer lines of the list where there is no room, and then no word of what taking it does."""
        for effect in (True, False):
            for shown in range(min(LINES, max(1, len(self.options))), 0, -1):
                out = self._lines(width, now, shown, names, effect)
                if len(out) <= most:
                    return out
        return out

    def _lines(self, width: int, now: float, shown: int, names: KeyNames, effect: bool) -> list[Line]:
        context, found = self.context(), self.found()
        top = first_in_sight(self.mark, shown, len(found), self.top)
        count, every = str(len(found)), len(self.options)
        count = tr("{n} of {all}", n=count, all=every) if len(found) < every else count
        right = "  ".join(part for part in (out_of_sight(top, len(found) - top - shown), count) if part)
        stands = f" ({staffing.standing(self.about, context)})" if isinstance(self.about, Queue) else ""
        out = [rule(f"{self.title}{stands}", right, width), self._typing(width, now, names)]
        labels = [cell_width(_name(self.options[place])) for place in found[top : top + shown]]
        room = min(max([12, *labels]), max(12, width * 2 // 5))
        for index, place in enumerate(found[top : top + shown], top):
            out.append(pressing(self._line(place, index == self.mark, room, context, width), At(place, top)))
        if not found:
            out.append(clip([Cell(f"   {tr('nothing matches')}", "muted")], width))
        elif effect:
            option = self.options[found[self.mark]]
            told = option.row is not None and option.hint
            out += sentence(tr("effect: {effect}", effect=option.hint) if told else "", "muted", width)
        return [*out, *self.lock.line(width, now)]

    def _typing(self, width: int, now: float, names: KeyNames) -> Line:
        ticks = f"{tr('space ticks')}   " if "space" in self.keys else ""
        does = f"{tr(self.does)} {len(self.ticked)}" if self.ticked else tr(self.does)
        armed = now - self.moved_at >= PICK_SECONDS and not self.lock.what
        enter = [
            Cell(names.enter, "info bold" if armed else "muted", press="dialog.enter"),
            Cell(f" {does}   ", "muted", press="dialog.enter"),
            Cell(f"{tr('Esc leave')} ", "muted", press="dialog.escape"),
        ]
        long = Cell(f"{tr('type to filter   digit = line')}   {ticks}", "muted")
        short = Cell(ticks, "muted")
        room = width - 20 - line_width(enter)
        hint = next((cell for cell in (long, short) if cell_width(cell.text) <= room), Cell(""))
        left = [Cell(" › ", "muted"), self.field_.cell(max(4, width - 4 - line_width([hint, *enter])))]
        return spread(left, [hint, *enter], width)

    def _on_duty(self, row: Phone) -> tuple[str, str]:
        """A responder's telephone rings while it is on duty."""
        if row.registered is None:
            return f"? {DASH}", "muted"
        if row.registered:
            return f"{glyphs.READY} {tr('on duty')}", "ok"
        return f"{glyphs.OFF} {tr('off duty')}", "muted"

    def _line(self, place: int, marked: bool, room: int, context: Context, width: int) -> Line:
        option = self.options[place]
        style = "text bold" if marked else "text"
        tick = ("[x] " if place in self.ticked else "[ ] ") if self.several else ""
        digit = f"{place + 1} " if place < 9 else "  "
        out = [
            Cell(glyphs.CURSOR if marked else " ", "info"),
            Cell(f"{digit}{tick}", "muted"),
            Cell(f"{fit(_name(option), room)}  ", style),
        ]
        row = option.row if option.row is None else context.board.row(option.row.key) or option.row
        if row is None:
            return clip([*out, Cell(option.hint, "muted")], width)
        if isinstance(row, Queue):
            severity = glyphs.SEVERITY[context.severities.get(row.key, "")][1]
            return clip([*out, Cell(fit(staffing.standing(row, context), _OF_QUEUES), severity)], width)
        state, token = self._on_duty(row) if isinstance(row, Phone) else live(row, context)
        out.append(Cell(f"{fit(state, _STATE)}  ", token))
        left = staffing.leaving(row, context, self._queue) if isinstance(row, Agent) else Cell("")
        rest = width - line_width([*out, left]) - 3
        if not left.text or rest >= _BESIDE:
            out.append(Cell(f"{fit(_beside(row), min(max(rest, 0), _MOST_BESIDE))}  ", "muted"))
        return clip([*out, left], width)


def _ordered(options: Sequence[Option], context: Context, queue: Key | None) -> list[Option]:
    """Agents by who helps most, queues by who needs it most; else as they came."""
    by_help = staffing.order(context, queue)

    def place(option: Option) -> tuple[object, ...]:
        match option.row:
            case Agent() as agent:
                return by_help(agent)
            case Queue() as row:
                return PANES[Resource.QUEUES].urgency(row, context)
        return ()

    return sorted(options, key=place)


def _searched(option: Option) -> Searched:
    row = option.row
    number = str(getattr(row, "extension", "") or getattr(row, "number", "") or "")
    return Searched((option.text,), (number,) if number else (), f"{option.hint} {'' if row is None else _beside(row)}")


def _name(option: Option) -> str:
    """With the extension, where it is somebody's."""
    extension = option.row.extension if isinstance(option.row, Agent) else ""
    return f"{option.text} {extension}" if extension and extension not in option.text else option.text


def _beside(row: Row) -> str:
    match row:
        case Agent():
            return staffing.queues(row) or tr("in no queue")
        case Call():
            return str(row.queue)
        case Phone():
            return ""
    return str(getattr(row, "queue", ""))
