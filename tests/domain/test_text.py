"""Clean text: what an attack in a name looks like on the board."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from rich.cells import cell_len

from wallboard.domain.text import LIMIT, cell_width, char_width, clean
from wallboard.ui.terminal.widths import claim_marks

claim_marks()

ATTACKS = [
    "\x1b]0;owned\x07",
    "\x1b]2;title\x1b\\\x1b[21t",
    "\x1bP$q\x22p\x1b\\",
    "\x1b]50;?\x07",
    "\x1bP1000p%begin",
    "\x1b]8;;ssh://x\x07go\x1b]8;;\x07",
    "\x1b]52;c;cm0gLXJm\x07",
    "\x9b31m red",
    "\x90q#0;2;0\x9c",
    "\x1b[?1049h\x1b[2J\x1b[6n\x1b[?1000h",
    "good\rbad",
    "a\bb\x7f",
    "\x07" * 50,
    "abc\u202etxt.exe\u202c",
    "\u2066x\u2069\u200f\u061c",
    "zero\u200bwidth\ufeff\u2060",
    "\U000e0041\U000e007f",
    "\ud800\udfff",
    "a" + "\u0301" * 10_000,
    "\u0301leading mark",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f1e9\U0001f1ea",
    "\u1100\u1161\u11a8",
    "\u3164\u115f",
    "\ufdfd" * 20,
    "\ue000\U000f0000\U0010ffff",
    "\u2028line\u2029para\x85next",
    "[/b][@click=app.quit]x[/]",
]


def passes(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: ascii(attack[:12]))
def test_an_attack_is_one_harmless_visible_line(attack: str) -> None:
    text = clean(attack)
    assert text
    assert all(passes(char) for char in text)
    assert clean(text) == text
    assert cell_width(text) == cell_len(text) <= 2 * LIMIT


def test_an_attack_stays_visible() -> None:
    assert clean("\x1b[31mEve\x07") == "·[31mEve·"
    assert clean("txt\u202eexe") == "txt·exe"
    assert clean("a\ud800b") == "a\ufffdb"


def test_ordinary_names_are_left_alone() -> None:
    for name in ("Eve Lund", "Ute Brandt-Lehmann", "Zoë Ångström", "王小明", "محمد", "+49 30 111 222", "[/b]"):
        assert clean(name) == name


def test_the_same_name_in_another_form_is_the_same_text() -> None:
    assert clean("Zoe\u0308") == clean("Zoë") == "Zoë"


def test_white_space_of_any_kind_becomes_one_space() -> None:
    assert clean("  a\t\tb\r\nc\u00a0\u2003d\u2028 ") == "a b c d"
    assert clean(" \n ") == ""


def test_at_most_two_marks_on_a_character() -> None:
    assert clean("q" + "\u0323\u0301\u0302\u0303") == "q\u0323\u0301"


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    assert clean("x" * 300, 10) == "xxxxxxxxx…"
    assert clean("x" * 10, 10) == "x" * 10
    assert clean("é" * 300, 10) == "é" * 9 + "…"
    assert clean("x" * 100_000, 10) == "xxxxxxxxx…"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (7, "7"),
        (7.0, "7"),
        (True, "true"),
        ({"a": 1}, "?"),
        (b"x", "?"),
        (float("nan"), "nan"),
        (-0.5, "-0.5"),
    ],
)
def test_other_values(value: object, text: str) -> None:
    assert clean(value) == text


def test_a_number_too_large_to_write_is_no_text() -> None:
    assert clean(10**5000) == "?"


def test_every_code_point_is_as_wide_as_the_renderer_draws_it() -> None:
    survivors = [char for char in map(chr, range(0x110000)) if passes(char) and clean(f"a{char}") == f"a{char}"]
    assert len(survivors) > 100_000
    for start in range(0, len(survivors), 256):
        some = survivors[start : start + 256]
        together = "".join(f"a{char}" for char in some)
        if cell_len(together) != cell_width(together):
            assert [f"U+{ord(char):04X}" for char in some if cell_len(f"a{char}") != cell_width(f"a{char}")] == []
        assert {char_width(char) for char in some} <= {0, 1, 2}


def test_work_grows_with_the_text_not_with_its_square() -> None:
    def work(text: str) -> int:
        """Calls made, and lines run, which no busy machine changes."""
        count = 0

        def trace(*_: object) -> object:
            nonlocal count
            count += 1
            return trace

        before = sys.gettrace()
        sys.settrace(trace)  # type: ignore[arg-type]
        try:
            clean(text, 10**9)
        finally:
            sys.settrace(before)
        return count

    for pattern in ("a" + "\u0301\u0323" * 20, "\x1b[31m", "é ", "\u0301"):
        small, large = pattern * (2_000 // len(pattern)), pattern * (16_000 // len(pattern))
        # Eight times the text; its square would be sixty-four times.
        assert work(large) < 12 * work(small)
