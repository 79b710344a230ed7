"""Whatever frames come, the terminal shows the last one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.bench.terminal import Emulator
from wallboard.ui.terminal.diff import Glass
from wallboard.ui.terminal.pens import Pen

WIDTH, HEIGHT = 14, 3
STYLES = (
    None,
    Style(color="red"),
    Style(color="#102030", bgcolor="#405060"),
    Style(bold=True, color="#102030"),
    Style(bold=True, reverse=True),
    Style(underline=True, bgcolor="#405060"),
    Style(color="red", link="https://one.example/a"),
    Style(link="https://two.example/b"),
)
TEXT = st.text(st.sampled_from("abc  12世界é●▌"), max_size=8)
SEGMENTS = st.lists(st.tuples(TEXT, st.sampled_from(STYLES)), max_size=4)


def strip(segments: list[tuple[str, Style | None]], width: int) -> Strip:
    return Strip([Segment(text, style) for text, style in segments]).adjust_cell_length(width)


FRAMES = st.lists(
    st.one_of(
        st.lists(SEGMENTS, min_size=HEIGHT, max_size=HEIGHT),
        st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), SEGMENTS),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=150)
@given(st.lists(SEGMENTS, min_size=HEIGHT, max_size=HEIGHT), FRAMES)
def test_the_difference_leads_to_the_same_screen_as_the_whole(
    start: list[list[tuple[str, Style | None]]], frames: list[object]
) -> None:
    glass, shown = Glass(), Emulator(WIDTH, HEIGHT)
    glass.begin(WIDTH, HEIGHT)
    patches = [(y, 0, strip(line, WIDTH)) for y, line in enumerate(start)]
    shown.feed(glass.paint(patches, ColorSystem.TRUECOLOR))
    for frame in frames:
        if isinstance(frame, tuple):
            y, x, segments = frame
            # The compositor cuts at widget edges only, and never through a wide character.
            if glass.lines[y][x][0] == "":
                continue
            patches = [(y, x, strip(segments, WIDTH - x))]
        else:
            assert isinstance(frame, list)
            patches = [(y, 0, strip(line, WIDTH)) for y, line in enumerate(frame)]
        shown.feed(glass.paint(patches, ColorSystem.TRUECOLOR))
        assert glass.paint(patches, ColorSystem.TRUECOLOR) == ""
    fresh, expected = Glass(), Emulator(WIDTH, HEIGHT)
    fresh.begin(WIDTH, HEIGHT)
    # Everything the glass holds, drawn afresh as plain lines of the same text.
    assert ["".join(cell.data for cell in row) for row in shown.rows()] == [
        "".join(text for text, _ in line) for line in glass.lines
    ]
    whole = [(y, 0, _as_strip(glass, y)) for y in range(HEIGHT)]
    expected.feed(fresh.paint(whole, ColorSystem.TRUECOLOR))
    assert fresh.lines == glass.lines
    assert expected.rows() == shown.rows()


def _as_strip(glass: Glass, y: int) -> Strip:
    return Strip([Segment(text, _style_of(pen)) for text, pen in glass.lines[y] if text])


def _style_of(pen: Pen) -> Style:
    return Style.parse(_style(pen)) + Style(link=pen[3] if pen[3:] else None)


def _style(pen: Pen) -> str:
    words = [{"1": "bold", "7": "reverse", "4": "underline"}[code] for code in pen[2].split(";") if code]
    for code, prefix in ((pen[0], ""), (pen[1], "on ")):
        if code == "31":
            words.append(f"{prefix}red")
        elif code not in ("39", "49"):
            red, green, blue = map(int, code.split(";")[2:])
            words.append(f"{prefix}#{red:02x}{green:02x}{blue:02x}")
    return " ".join(words) or "none"
