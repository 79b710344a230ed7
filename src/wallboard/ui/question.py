"""The lines at the bottom of a screen: what keys would hit, and, while something is asked, the place that they go to.

It stands beside the board and not in it, so that the chain of bindings from its input never meets a verb. It is
composed once and opening it awaits nothing: the next key of the same packet is the question's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from wallboard.domain.text import cell_width
from wallboard.ui.asking import Asking
from wallboard.ui.bindings import answers, fixed, spelled
from wallboard.ui.styles import Painter
from wallboard.ui.widgets.lines import Lines
from wallboard.view.dialogs import TYPED
from wallboard.view.lines import Line

_CARET = Style(reverse=True)


class Field(Input):
    """Where something is typed. What the question takes itself (a digit, a blank that ticks) is no text here."""

    BINDINGS: ClassVar[list[BindingType]] = answers("picker")
    DEFAULT_CSS = """
    Field { position: absolute; background: transparent; }
    """

    def __init__(self, asking: Asking, painter: Painter) -> None:
        super().__init__(compact=True, select_on_focus=False)
        self.cursor_blink = False
        self.asking = asking
        self.painter = painter

    def check_consume_key(self, key: str, character: str | None) -> bool:
        typed = character is not None and character.isprintable()
        return typed and self.asking.name(spelled(key, character)) is None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "answer" or self.asking.takes(str(parameters[0]))

    def action_answer(self, name: str) -> None:
        self.asking.press(name)

    def hand_over(self) -> None:
        """What was edited here is what is typed."""
        field = self.asking.field
        if field is not None and self.display:
            before, field.text, field.caret = field.text, self.value, self.cursor_position
            if field.text != before:
                self.asking.typed()

    def give_way(self) -> None:
        """What is marked goes, as something is typed in its place."""
        if self.has_focus and not self.selection.is_empty:
            self.delete_selection()
        self.hand_over()

    def take(self) -> None:
        """Show the text as the question has it."""
        field = self.asking.field
        if field is not None:
            if self.value != field.text:
                with self.prevent(Input.Changed):
                    self.value = field.text
            if self.cursor_position != field.caret:
                self.cursor_position = field.caret

    def render_line(self, y: int) -> Strip:
        plain = self.painter.style("text bold")
        segments = [
            Segment(self.painter.text(text), plain + _CARET if style and self._lit(style) else plain)
            for text, style, _ in super().render_line(y)
        ]
        return Strip(segments)

    def _lit(self, style: Style) -> bool:
        """Whether the caret or the selection is there."""
        return bool(style.reverse) or style.bgcolor != self.rich_style.bgcolor


class Question(Widget, can_focus=True):
    FOCUS_ON_CLICK: ClassVar[bool] = False
    ALLOW_SELECT: ClassVar[bool] = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *answers("dialog"),
        *(fixed(key, f"answer({key!r})") for key in ("left", "right", "home", "end", "pageup", "pagedown")),
        *(fixed(key, f"answer({key!r})") for key in ("space", "delete", "ctrl+u")),
    ]
    DEFAULT_CSS = """
    Question { width: 1fr; }
    """

    def __init__(self, asking: Asking, painter: Painter) -> None:
        super().__init__()
        self.asking = asking
        self.lines = Lines(painter)
        self.input = Field(asking, painter)

    def compose(self) -> ComposeResult:
        yield self.lines
        yield self.input

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "answer" or self.asking.takes(str(parameters[0])) or parameters == ("no",)

    def action_answer(self, name: str) -> None:
        self.asking.press(name)

    @property
    def target(self) -> Widget:
        """What has the focus while something is asked."""
        return self if self.asking.field is None else self.input

    def show(self, lines: Sequence[Line]) -> None:
        """The lines, and the input where one of them has its place."""
        if self.styles.height is None or self.styles.height.value != len(lines):
            self.styles.height = len(lines)
        self.lines.show(lines)
        place = None if self.asking.field is None else _typed(lines)
        self.input.display = place is not None
        if place is not None:
            x, y, width = place
            self.input.take()
            self.input.styles.offset = (x, y)
            self.input.styles.width = width

    def edited(self, node: DOMNode) -> None:
        """An action of this node has run."""
        if node is self.input:
            self.input.hand_over()

    def repaint(self, painter: Painter) -> None:
        self.input.painter = painter
        self.input.refresh()
        self.lines.repaint(painter)


def _typed(lines: Sequence[Line]) -> tuple[int, int, int] | None:
    """Column, line and width of the cell that is typed in."""
    for y, line in enumerate(lines):
        x = 0
        for cell in line:
            width = cell_width(cell.text)
            if cell.style == TYPED:
                return x, y, width
            x += width
    return None
