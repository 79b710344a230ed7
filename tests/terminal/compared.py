"""The console, which after each frame that it drew by itself has Textual draw all of it, and tells how they compare:
`python -m tests.terminal.compared FILE demo`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.app import App
from textual.screen import Screen
from textual.widget import Widget

from wallboard.cli.main import main
from wallboard.ui.terminal import diff, private


def whole(app: App[Any], screen: Screen[Any]) -> diff.Glass:
    """What Textual shows, with nothing that it remembers."""
    for widget in screen.walk_children(Widget):
        widget._styles_cache.clear()
    glass, update = diff.Glass(), private.whole_update(screen)
    glass.begin(update.region.width, update.region.height)
    glass.paint(diff._patches(update), private.colours(app))
    return glass


def _text(cells: list[diff.GlassCell]) -> str:
    return "".join(text for text, _ in cells)


def compare(told: Path) -> None:
    changed_lines = private.changed_lines

    def drawn(screen: Screen[Any], widgets: Sequence[Widget]) -> private.ChopsUpdate | None:
        """What is drawn is what stands there when Textual draws everything."""
        update = changed_lines(screen, widgets)
        if update is not None and update.spans:
            shown, wanted = diff.Glass(), whole(screen.app, screen).lines
            shown.begin(screen.size.width, screen.size.height)
            shown.paint(diff._patches(update), private.colours(screen.app))
            said = [
                f"line {y}: {_text(shown.lines[y][left:right])!r} and not {_text(wanted[y][left:right])!r}"
                for y, left, right in update.spans
                if shown.lines[y][left:right] != wanted[y][left:right]
            ]
            with told.open("a") as file:
                file.write(f"{'; '.join(said) or 'same'}\n")
        return update

    private.changed_lines = drawn


if __name__ == "__main__":
    path, *arguments = sys.argv[1:]
    compare(Path(path))
    sys.exit(main(arguments))
