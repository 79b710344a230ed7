"""The screens of the README as vector graphics, made of the cells that a terminal would show.

`python -m tests.arch.documents` writes them with the other documents. `python -m tests.arch.pictures` draws the living
demonstration, a quarter of an hour old, as PNG (with `rsvg-convert`): to be looked at.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import anyio
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DIMMED_MONOKAI

from tests.acceptance.scene import ALL_FIVE, staged
from tests.acceptance.seat import Seat
from tests.support import console as sample
from tests.support.past import DAY, shift
from wallboard import theming
from wallboard.domain.language import use
from wallboard.domain.numbers import warm
from wallboard.domain.text import cell_width
from wallboard.sim import Knobs
from wallboard.ui.app import ConsoleApp
from wallboard.ui.console import Console

WIDE, HIGH = 8.4, 18.0
"""One cell."""
_FONT = "DejaVu Sans Mono, Menlo, Consolas, monospace"
Press = Callable[[sample.Desk], None]


def _keys(*keys: str) -> Press:
    return lambda desk: desk.press(*keys)


PICTURES: dict[str, tuple[tuple[int, int], Press]] = {
    "board": ((160, 36), _keys("2")),
    "board-80x24": ((80, 24), _keys("2")),
    "queue": ((120, 36), _keys("1", "enter")),
    "picker": ((120, 30), _keys("2", "t", "2", "0")),
    "wall": ((160, 44), _keys("f2")),
    "trends": ((160, 44), _keys("1", "f6", "l")),
    "board-de": ((160, 36), _keys("2")),
}
"""By name, which may end in a language: columns and lines, and what leads there."""
TOLD = {
    "board": "The board: queues, callers, agents, calls and hotlines of several vendors, the worst first",
    "queue": "A queue in one look: who waits, who answers, who can help, how the last hour went",
    "picker": "Where a caller can be sent: a directory of all sources with what each stands at",
    "trends": "How a queue fared over the day, with yesterday and last week behind",
    "wall": "The wall, read from three metres",
    "board-de": "The board in German",
}
"""Those of the README, with what they show."""


LIVE: dict[str, tuple[tuple[int, int], Sequence[str]]] = {
    "board-160x50": ((160, 50), "2"),
    "board-120x40": ((120, 40), "2"),
    "board-80x24": ((80, 24), "2"),
    "wall-160x50": ((160, 50), ("f2",)),
    "queue-120x40": ((120, 40), ("1", "enter")),
    "picker-120x40": ((120, 40), ("2", "t")),
    "board-160x50-de": ((160, 50), "2"),
}


async def living() -> dict[str, str]:
    """Screens of the demonstration, by name as `PICTURES`."""
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with staged(Path(folder), knobs=Knobs(), sources=ALL_FIVE) as stage:
            await stage.wait(900.0, step=1.0)
            for name, (size, keys) in LIVE.items():
                use(name.rpartition("-")[2])
                seat = Seat(stage, width=size[0], height=size[1])
                await stage.wait(15.0, step=1.0)
                await seat.press(*keys)
                found[name] = await _drawn(seat.console, size)
                use("en")
    return found


def pictures() -> dict[str, str]:
    found = {}
    for name, (size, press) in PICTURES.items():
        use(name.rpartition("-")[2])
        found[name] = anyio.run(_shot, size, press)
    use("en")
    return found


async def _drawn(console: Console, size: tuple[int, int]) -> str:
    app = ConsoleApp(lambda _app: console, theming.load("control-room"), theming.load)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.paint()
        await pilot.pause()
        return svg([list(strip) for strip in app.screen._compositor.render_strips()], size)


def main() -> None:
    folder = Path(__file__).parent.parent.parent / "docs" / "pictures"
    # A day of trends takes a day to live through.
    warm()
    for name, drawing in (anyio.run(living) | {"trends": pictures()["trends"]}).items():
        target = folder / f"{name}.png"
        subprocess.run(["rsvg-convert", "--width=1100", f"--output={target}"], input=drawing.encode(), check=True)


async def _shot(size: tuple[int, int], press: Press) -> str:
    with tempfile.TemporaryDirectory() as folder:
        warm()
        desk = sample.desk(Path(folder))
        app = ConsoleApp(lambda _app: desk.console, theming.load("control-room"), theming.load)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            minute = int(sample.NOW) // 60 * 60
            desk.past.records = [
                record
                for days in (0, 1, 7)
                for record in shift(sample.HQ, "601", minute - (days + 1) * DAY, minute - days * DAY, minute - 1800)
            ]
            press(desk)
            while desk.reads:
                await desk.reads.pop(0)()
            # Into the next second: that of before the app may have shown, or not yet.
            desk.clock.advance(1.0)
            desk.console.tick()
            app.paint()
            await pilot.pause()
            strips = [list(strip) for strip in app.screen._compositor.render_strips()]
    return svg(strips, size)


def svg(lines: Sequence[Iterable[Segment]], size: tuple[int, int]) -> str:
    """The lines as an SVG document; every run of text keeps the width of its cells, whatever the font."""
    width, height = size[0] * WIDE, size[1] * HIGH
    box = f'viewBox="0 0 {width:g} {height:g}" font-family="{_FONT}" font-size="14"'
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" {box}>']
    rows = [[*_runs(line)] for line in lines]
    cells = Counter({"#000000": 0})
    for row in rows:
        for _, text, _, paper, _ in row:
            cells[paper or "#000000"] += cell_width(text)
    surface = cells.most_common(1)[0][0]
    out.append(f'<rect width="{width:g}" height="{height:g}" fill="{surface}"/>')
    for y, row in enumerate(rows):
        for x, text, ink, paper, bold in row:
            wide = cell_width(text)
            if paper and paper != surface:
                at = f'x="{x * WIDE:g}" y="{y * HIGH:g}" width="{wide * WIDE:g}" height="{HIGH:g}"'
                out.append(f'<rect {at} fill="{paper}"/>')
            if text.strip():
                lead = len(text) - len(text.lstrip())
                word = text.strip()
                at = f'x="{(x + lead) * WIDE:g}" y="{y * HIGH + 13.5:g}" textLength="{cell_width(word) * WIDE:g}"'
                weight = ' font-weight="bold"' if bold else ""
                out.append(f'<text {at} fill="{ink}"{weight} xml:space="preserve">{escape(word)}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"


def _runs(line: Iterable[Segment]) -> Iterable[tuple[int, str, str, str, bool]]:
    """(column, text, ink, paper, bold) of neighbours that look the same."""
    x, start, text, look = 0, 0, "", ("", "", False)
    for segment in line:
        now = _look(segment.style or Style.null())
        if now != look and text:
            yield start, text, *look
            start, text = x, ""
        look = now
        text += segment.text
        x += cell_width(segment.text)
    if text:
        yield start, text, *look


def _look(style: Style) -> tuple[str, str, bool]:
    ink, paper = _hex(style.color, "#d0d0d0"), _hex(style.bgcolor, "")
    if style.reverse:
        ink, paper = paper or "#000000", ink
    return ink, paper, bool(style.bold)


def _hex(color: Color | None, default: str) -> str:
    return default if color is None or color.is_default else color.get_truecolor(DIMMED_MONOKAI).hex


if __name__ == "__main__":
    main()
