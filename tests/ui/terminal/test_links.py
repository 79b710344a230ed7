"""Links on the glass and what goes to the clipboard: plain, bounded, and not a byte for cells that have none."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from wallboard import theming
from wallboard.ui.styles import Painter
from wallboard.ui.terminal import controls
from wallboard.ui.terminal.clipboard import doubt
from wallboard.ui.terminal.diff import Glass
from wallboard.view.cells import Cell

WIDTH, HEIGHT = 12, 3
LINKS = ("https://one.example/a", "https://two.example/b;c")
TOKENS = re.compile(
    r"\x1b\]8;;(?P<link>[^\x1b]*)\x1b\\|\x1b\[(?P<args>[0-9;]*)(?P<end>[A-Za-z])|(?P<char>.)", re.DOTALL
)
HOSTILE = (
    "https://x.example/\x1b]52;c;aGk=\x07",
    "https://x.example/\x9c",
    "https://x.example/ \u202e",
    "https://x.example/ü",
    "http://x.example/",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://x.example/" + "a" * 2000,
)


class Terminal:
    """Which address each cell opens."""

    def __init__(self) -> None:
        self.links = [[""] * WIDTH for _ in range(HEIGHT)]
        self.now, self.at = "", [0, 0]

    def feed(self, data: str) -> None:
        for found in TOKENS.finditer(data):
            if found["link"] is not None:
                self.now = found["link"]
            elif found["end"] == "H":
                y, _, x = found["args"].partition(";")
                self.at = [int(y or 1) - 1, int(x or 1) - 1]
            elif found["end"] == "C":
                self.at[1] += int(found["args"] or 1)
            elif found["char"] is not None:
                self.links[self.at[0]][self.at[1]] = self.now
                self.at[1] += 1


def style(link: str | None) -> Style:
    return Style(color="red", link=link) if link else Style(bold=True)


LINE = st.lists(st.tuples(st.text("ab ", max_size=5), st.sampled_from((None, *LINKS))), max_size=4)


def strip(line: list[tuple[str, str | None]]) -> Strip:
    return Strip([Segment(text, style(link)) for text, link in line]).adjust_cell_length(WIDTH)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(LINE, min_size=HEIGHT, max_size=HEIGHT), min_size=1, max_size=5))
def test_each_cell_opens_what_it_should_whatever_came_before(frames: list[list[list[tuple[str, str | None]]]]) -> None:
    glass, terminal = Glass(), Terminal()
    glass.begin(WIDTH, HEIGHT)
    for frame in frames:
        terminal.feed(glass.paint([(y, 0, strip(line)) for y, line in enumerate(frame)], ColorSystem.TRUECOLOR))
        assert terminal.now == "", "what is drawn next by anybody opens nothing"
        assert terminal.links == [[pen[3] if pen[3:] else "" for _, pen in line] for line in glass.lines]


def test_cells_without_a_link_cost_what_they_did() -> None:
    glass = Glass()
    glass.begin(6, 1)
    assert glass.paint([(0, 0, Strip([Segment("abcdef", Style(bold=True))]))], ColorSystem.TRUECOLOR) == (
        "\x1b[1H\x1b[1mabcdef\x1b[0m"
    )
    linked = Strip([Segment("ab", Style(bold=True)), Segment("CD", Style(bold=True, link=LINKS[0]))])
    assert glass.paint([(0, 0, linked)], ColorSystem.TRUECOLOR) == (
        f"\x1b[1;3H\x1b[1m\x1b]8;;{LINKS[0]}\x1b\\CD\x1b[0m\x1b]8;;\x1b\\"
    )


@pytest.mark.parametrize("url", HOSTILE)
def test_what_is_no_plain_https_address_is_no_link_even_at_the_last_gate(url: str) -> None:
    assert controls.hyperlink(url) == ""
    glass = Glass()
    glass.begin(4, 1)
    data = glass.paint([(0, 0, Strip([Segment("evil", Style(link=url))]))], ColorSystem.TRUECOLOR)
    assert data == "\x1b[1Hevil"


def test_there_are_no_links_in_ascii() -> None:
    for ascii_only, links in ((False, 1), (True, 0)):
        painter = Painter(theming.load("control-room"), ascii_only)
        drawn = painter.strip([Cell("x", "info", link=LINKS[0]), Cell("y")], 4)
        assert len([segment for segment in drawn if segment.style is not None and segment.style.link]) == links


@pytest.mark.parametrize(
    "text", ["+49 30 111 222", "https://x.example/é", "a\x1b]52;c;?\x07b\nc\u202ed\x9b2J", "x" * 5000]
)
def test_what_goes_to_the_clipboard_is_one_clean_bounded_line(text: str) -> None:
    data = controls.clipboard(text)
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x1b\\", data)
    assert found is not None
    told = base64.b64decode(found[1]).decode()
    assert told == "".join(char for char in text if char.isprintable())[:2000]


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"TERM": "xterm-256color"}, ""),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0"}, "set-clipboard on"),
        ({"TERM": "screen-256color", "STY": "1.x"}, "GNU screen"),
        ({"TERM": "linux"}, "no clipboard"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7200"}, "not known to take it"),
    ],
)
def test_a_terminal_that_may_not_take_it_is_said_to(environ: dict[str, str], words: str) -> None:
    told = doubt(environ)
    assert words in told
    assert bool(words) is bool(told)
