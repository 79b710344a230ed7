"""The smallest Textual program that answers a key: the yardstick for start, keys, idle CPU and memory."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static


class Hello(App[None]):
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "count"), Binding("up", "count"), Binding("q", "quit")]
    count = 0

    def compose(self) -> ComposeResult:
        yield Static("hello, a minimal program 0")

    def action_count(self) -> None:
        self.count += 1
        self.query_one(Static).update(f"hello, a minimal program {self.count}")


if __name__ == "__main__":
    Hello().run()
