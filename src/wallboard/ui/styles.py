"""From semantic tokens to terminal styles, and from the board's signs to ASCII where the terminal has no others."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from wallboard.theming import Theme, rich_style
from wallboard.view.cells import Cell
from wallboard.view.glyphs import ascii_text

_ATTRIBUTES = frozenset({"bold", "dim", "italic", "underline", "reverse"})


def written(text: str, style: Style, plain: Style) -> Sequence[Segment]:
    """The text in its style; where that underlines, the blanks around the words are not underlined with them."""
    words = text.strip()
    if not style.underline or words == text:
        return (Segment(text, style),)
    lead = len(text) - len(text.lstrip())
    parts = (text[:lead], plain), (words, style), (text[lead + len(words) :], plain)
    return [Segment(part, how) for part, how in parts if part]


class Painter:
    """One theme on one terminal: styles by token, strips from cells."""

    def __init__(self, theme: Theme, ascii_only: bool = False) -> None:
        self.theme = theme
        self.ascii_only = ascii_only
        self._styles: dict[tuple[str, str], Style] = {}

    def style(self, tokens: str, background: str = "surface") -> Style:
        """The style of `tokens` ("alarm", "warn bold") on the token `background`."""
        key = (tokens, background)
        style = self._styles.get(key)
        if style is None:
            first, *rest = tokens.split() or ["text"]
            style = rich_style(self.theme, first, background)
            extra = {word: True for word in rest if word in _ATTRIBUTES}
            if extra:
                style += Style(**extra)  # type: ignore[arg-type]  # the words above are all flags of Style
            self._styles[key] = style
        return style

    def _of(self, cell: Cell, background: str) -> Style:
        style = self.style(cell.style, background)
        # Whoever wants nothing but ASCII may have a terminal that prints what it does not know.
        return style + Style(link=cell.link) if cell.link and not self.ascii_only else style

    def text(self, text: str) -> str:
        return ascii_text(text) if self.ascii_only else text

    def strip(self, cells: Sequence[Cell], width: int, background: str = "surface") -> Strip:
        """The cells as one line of exactly `width` columns."""
        plain = self.style("text", background)
        segments = [
            segment
            for cell in cells
            if cell.text
            for segment in written(self.text(cell.text), self._of(cell, background), plain)
        ]
        return Strip(segments).adjust_cell_length(width, self.style("text", background))
