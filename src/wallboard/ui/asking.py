"""The question that stands: what becomes of its answer, and where typed text goes; the filter line is one of a kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wallboard.domain.actions import Action
from wallboard.domain.records import dataclass
from wallboard.ui.modes import BOARD, HELP, WALL, Filtered, Modes
from wallboard.ui.panes import Panes
from wallboard.ui.restraint import Restraint
from wallboard.ui.settings import Station
from wallboard.view.cells import At, Press
from wallboard.view.dialogs import LEAVES, Answer, Dialog, TextField

_LINES = {"up": -1, "down": 1, "pageup": -1, "pagedown": 1}
"""What moves in a list while its filter is typed."""


@dataclass(slots=True)
class OpenDialog:
    """A dialog and what becomes of its answer. `watch` says what changed about the row it speaks of, "" if nothing."""

    dialog: Dialog
    done: Callable[[Answer], None]
    watch: Callable[[], str] | None = None


class PaneFilter:
    """The active pane as such a list."""

    def __init__(self, panes: Panes, now: Callable[[], float]) -> None:
        self._panes = panes
        self._now = now

    @property
    def name(self) -> str:
        return self._panes.pane.pane.title

    @property
    def filter(self) -> str:
        return self._panes.pane.selection.filter

    @property
    def counts(self) -> tuple[int, int]:
        return self._panes.pane.selection.counts

    def set_filter(self, text: str) -> None:
        self._panes.pane.selection.set_filter(text, self._now())

    def move(self, lines: int) -> None:
        self._panes.move(lines)


class Asking:
    """`seen` says whether somebody can have read a question."""

    def __init__(
        self, at: Station, panes: Panes, modes: Modes, restraint: Restraint, seen: Callable[[object], bool]
    ) -> None:
        self._clock = at.clock
        self._names = names(at.settings.actions)
        self._panes = panes
        self._modes = modes
        self._restraint = restraint
        self._seen = seen
        self.open: OpenDialog | None = None
        self.filter: TextField | None = None
        """The filter of a list while it is typed."""
        self.board = PaneFilter(panes, at.clock.now)
        self.filtered: Filtered = self.board
        """The list that it narrows."""

    @property
    def field(self) -> TextField | None:
        """Where typed and pasted text goes."""
        return self.filter if self.open is None else self.open.dialog.input

    @property
    def asks(self) -> bool:
        """Whether the keys belong to a question or the filter."""
        return self.open is not None or self.filter is not None

    def ask(self, dialog: Dialog, done: Callable[[Answer], None], watch: Callable[[], str] | None = None) -> None:
        """Show a dialog. While it is open the order is held in every pane; the wall has no line for it."""
        if self._modes.now == WALL:
            self._modes.to(BOARD)
        self.open = OpenDialog(dialog, done, watch)
        self._panes.hold("dialog")

    def close(self) -> None:
        self.open = None
        self._panes.release("dialog")

    def void(self) -> bool:
        """Close the question that stands because nobody can answer it any more; whether there was one."""
        if self.open is None:
            return False
        self.close()
        self._restraint.begin(self._clock.now())
        return True

    def look(self) -> None:
        """Whether what it speaks of has changed."""
        if self.open is not None and self.open.watch is not None and (what := self.open.watch()):
            self.open.dialog.changed(what, self._clock.now())

    def name(self, key: str) -> str | None:
        """What a key is to the question, which takes it itself; None: its field takes it."""
        found = self._names.get(key, (key,))
        return next((name for name in found if self.takes(name)), None)

    def takes(self, name: str) -> bool:
        """Whether the question takes this itself: all where nothing is typed."""
        own = LEAVES | _LINES.keys() if self.open is None else self.open.dialog.keys
        return self.field is None or name in own

    def key(self, key: str, character: str | None) -> None:
        """A key that is bound to nothing: the question's own, or typed into its field."""
        own = self.name(key)
        if own is not None:
            self.press(own)
        elif character is not None and character.isprintable():
            self.type(character)

    def type(self, text: str) -> None:
        """Put text into the field, at its caret."""
        if self.field is not None:
            self.field.insert(text)
            self.typed()

    def press(self, key: str) -> None:
        """A key that is not its field's, by the name that it has in questions."""
        opened, now = self.open, self._clock.now()
        if key == "no" and self.field is not None:
            key = "escape"
        if opened is None:
            self._filter(key)
            return
        if key != "escape" and (key == "enter" or self.field is None) and not self._seen(opened):
            return  # nobody can have read what it answers
        self._answered(opened, opened.dialog.press(key, now))

    def _answered(self, opened: OpenDialog, answer: Answer | None) -> None:
        if answer is not None:
            self.close()
            opened.done(answer)

    def click(self, press: Press) -> None:
        """A click; the question takes those on its own cells alone."""
        match press:
            case At() if self.open is not None and self._seen(self.open):
                self._answered(self.open, self.open.dialog.point(press, self._clock.now()))
            case str() if press.startswith("dialog."):
                self.press(press.removeprefix("dialog."))

    def wheel(self, lines: int) -> None:
        """Move the mark of a list; to what is no list the wheel says nothing."""
        step = "down" if lines > 0 else "up"
        if self.open is not None and step in self.open.dialog.keys:
            self.press(step)

    def typed(self) -> None:
        """The text of the field has changed."""
        now = self._clock.now()
        if self.open is not None:
            self.open.dialog.typed(now)
        elif self.filter is not None:
            self.filtered.set_filter(self.filter.text)

    def begin_filter(self, over: Filtered | None = None) -> None:
        """Type what `over`, by default the active pane, is narrowed to."""
        self.filtered = over or self.board
        self.filter = TextField(self.filtered.filter)

    def _filter(self, key: str) -> None:
        if key in _LINES:
            page = max(1, self._modes.page_lines - 1)
            self.filtered.move(_LINES[key] * (page if key.startswith("page") else 1))
        elif key in ("enter", "escape"):
            self.filter = None
            if key == "escape":
                self.filtered.set_filter("")
                if self._modes.now == HELP:
                    # One types as soon as it opens, so one step leads out of both.
                    self._modes.to(BOARD)


def named(action: str) -> str:
    """What an action is called inside a question: the last part of its id."""
    return action.rpartition(".")[2]


def names(actions: Sequence[Action]) -> dict[str, tuple[str, ...]]:
    """What keys are called inside a question. What leads out of a text is no letter of it."""
    own = [action for action in actions if action.scope != "board"]
    found: dict[str, tuple[str, ...]] = {"ctrl+c": ("escape",), "escape": ("escape",)}
    for action in own:
        for key in action.keys:
            leads_out = action.id == "dialog.no" and len(key) > 1
            found[key] = (*found.get(key, ()), "escape" if leads_out else named(action.id))
    # A key that is called as what it does by default ("enter", "up") is any key where something else does that.
    return {named(action.id): ("",) for action in own} | found
