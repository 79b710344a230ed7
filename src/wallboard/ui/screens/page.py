"""What every mode's screen is: lines above, a body, and the question below. A page has nothing but lines in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, BindingType
from textual.screen import Screen
from textual.widget import Widget

from wallboard.ui.bindings import bindings, fixed, of_page
from wallboard.ui.console import Console
from wallboard.ui.frame import Frame
from wallboard.ui.question import Question
from wallboard.ui.styles import Painter
from wallboard.ui.terminal import diff
from wallboard.ui.widgets.lines import Lines


class Body(Widget, can_focus=True):
    """Has the focus while nothing is asked."""

    FOCUS_ON_CLICK: ClassVar[bool] = False
    ALLOW_SELECT: ClassVar[bool] = False
    DEFAULT_CSS = """
    Body { width: 1fr; height: 1fr; overflow: hidden; }
    Body > .page { position: absolute; width: 100%; height: 100%; }
    """

    def __init__(self, console: Console, children: Sequence[Widget]) -> None:
        super().__init__(*children)
        self.console = console

    def action_do(self, action: str) -> None:
        self.console.run(action)


class Page(Body):
    BINDINGS: ClassVar[list[BindingType]] = bindings(of_page)


class ModeScreen(Screen[None], inherit_bindings=False):
    """`paint` asks for a frame: when it can show the first, and when something has a size that had none."""

    BINDINGS: ClassVar[list[BindingType]] = [fixed("escape,ctrl+c", "leave")]
    AUTO_FOCUS: ClassVar[str | None] = ""
    ALLOW_SELECT: ClassVar[bool] = False
    DEFAULT_CSS = """
    ModeScreen { layout: vertical; overflow: hidden; }
    ModeScreen > .top { width: 1fr; }
    """

    def __init__(self, console: Console, painter: Painter, paint: Callable[[], None]) -> None:
        super().__init__()
        self.console = console
        self.painter = painter
        self.stands = False
        """Whether it can show frames."""
        self.paint = paint
        self.drawn: Sequence[Widget] = ()
        """All that it has to draw: nothing comes later."""
        self.top = Lines(painter)
        self.top.add_class("top")
        self.page = Lines(painter)
        self.page.add_class("page")
        self.question = Question(console.asking, painter)
        self.body = self.make_body()

    def make_body(self) -> Body:
        return Page(self.console, [self.page])

    def compose(self) -> ComposeResult:
        yield self.top
        yield self.body
        yield self.question

    def on_mount(self) -> None:
        self.stands = True
        self.drawn = self.walk_children(Widget)
        self.screen_layout_refresh_signal.subscribe(self, lambda _screen: diff.placed(self.app), immediate=True)
        self.repaint(self.painter)
        self.paint()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "leave" or self.console.asking.asks

    def action_leave(self) -> None:
        """Out of what is asked."""
        self.console.asking.press("escape")

    def follow(self) -> None:
        """Have the focus where keys go now, at once: `Widget.focus` would only ask for it."""
        target = self.question.target if self.console.asking.asks else self.body
        if self.focused is not target:
            self.set_focus(target, scroll_visible=False)

    def bound(self, key: str) -> ActiveBinding | None:
        """What a key is bound to where keys go now. What the input has marked gives way to what is typed."""
        self.follow()
        found = self.active_bindings.get(key)
        if found is None:
            self.question.input.give_way()
        return found

    def show(self, frame: Frame) -> None:
        if self.top.styles.height is None or self.top.styles.height.value != len(frame.top):
            self.top.styles.height = len(frame.top)
        self.top.show(frame.top)
        self.question.show(frame.bottom)
        if frame.layout is None:
            self.page.show(frame.body)

    def repaint(self, painter: Painter) -> None:
        """Draw everything again, in a theme."""
        self.painter = painter
        style = painter.style("text")
        if style.bgcolor is not None and style.bgcolor.triplet is not None:
            self.styles.background = style.bgcolor.triplet.hex
        self.question.repaint(painter)
        for lines in (self.top, self.page):
            lines.repaint(painter)
