"""Everything that terminals send, in seven bits and in eight, cut anywhere and at any pace: its key or nothing."""

from __future__ import annotations

import random
from codecs import getincrementaldecoder
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from textual import events

from tests.support.console import desk
from wallboard.ui.terminal.guard import FAST_ESCAPE, SLOW_ESCAPE, InputGuard
from wallboard.ui.terminal.keys import Translator

START = 10.0
PACES = (0.0, 0.005, 0.02, 0.15)

KEYS: dict[str, list[tuple[str, str]]] = {
    "xterm": [
        ("\x1b[A", "up"), ("\x1bOB", "down"), ("\x1b[H", "home"), ("\x1bOF", "end"), ("\x1b[5~", "pageup"),
        ("\x1b[6~", "pagedown"), ("\x1b[2~", "insert"), ("\x1b[3~", "delete"), ("\x1bOP", "f1"), ("\x1b[24~", "f12"),
        ("\x1bOp", "0"), ("\x1bOM", "enter"), ("\x1b[27;5;101~", "ctrl+e"), ("\x1be", "alt+e"),
        ("\x1bH", "alt+shift+h"),
        ("\x1b[1;5C", "ctrl+right"), ("\x1b[1;2D", "shift+left"), ("\x1b[Z", "shift+tab"), ("\x1b[15;5~", "ctrl+f5"),
    ],
    "VT220": [
        ("\x1b[1~", "home"), ("\x1b[4~", "end"), ("\x1b[17~", "f6"), ("\x1b[21~", "f10"), ("\x1bOQ", "f2"),
        *((f"\x1b[{number}~", f"f{key}") for key, number in enumerate((25, 26, 28, 29, 31, 32, 33, 34), 13)),
    ],
    "rxvt": [
        ("\x1b[7~", "home"), ("\x1b[8~", "end"), ("\x1b[11~", "f1"), ("\x1b[a", "shift+up"), ("\x1bOc", "ctrl+right"),
        ("\x1b[3$", "shift+delete"), ("\x1b[5^", "ctrl+pageup"), ("\x1b[23$", "f23"),
    ],
    "Linux console": [
        ("\x1b[[A", "f1"), ("\x1b[[E", "f5"), ("\x1b[1~", "home"), ("\x1b[4~", "end"), ("\x1b[25~", "f13"),
        ("\x1b[G", ""),
    ],
    "screen and tmux": [
        ("\x1bOA", "up"), ("\x1b[1~", "home"), ("\x1b[4~", "end"), ("\x1bOS", "f4"), ("\x1b[1;3B", "alt+down"),
        ("\x1b[101;5u", "ctrl+e"),
    ],
    "kitty": [
        ("\x1b[27u", "escape"), ("\x1b[99;5u", "ctrl+c"), ("\x1b[1;1:1A", "up"), ("\x1b[1;1:3A", ""),
        ("\x1b[104;1:3u", ""), ("\x1b[57399u", "0"), ("\x1b[57441;2u", "left_shift"),
        ("\x1b[1;1:2B", "down"), ("\x1b[15;1:1~", "f5"), ("\x1b[101;5:1u", "ctrl+e"), ("\x1b[13;2u", "shift+enter"),
    ],
    "PuTTY": [("\x1b[1~", "home"), ("\x1b[12~", "f2"), ("\x1b[D", "left"), ("\x1bOD", "left"), ("\x1b[G", "")],
}  # fmt: skip
"""What each terminal sends for a key, and the key; "" where it is none that the board knows."""

QUIET: dict[str, list[str]] = {
    "who are you": [
        "\x1b[?62;1;2;4;22c", "\x1b[>41;380;0c", "\x1bP!|00000000\x1b\\", "\x1bP>|tmux 3.4\x1b\\",
        "\x1b[?1;2c",
    ],
    "where, how and what": [
        "\x1b[24;80R", "\x1b[?24;80;1R", "\x1b[0n", "\x1b[?13n", "\x1b[?997;1n", "\x1b[?1016;2$y", "\x1b[?2048;2$y",
        "\x1b[4;1$y", "\x1b[8;24;80t", "\x1b[4;640;480t", "\x1b[48;24;80;384;640t", "\x1b[48;0;0;0;0t", "\x1b[?1u",
        "\x1b[2;1;1;112;112;1;0x", "\x1bP1$r0m\x1b\\", "\x1bP1+r524742=382f382f38\x1b\\", "\x1bP2$u9/17/25\x1b\\",
        "\x1b[4$p", "\x1b[!p", "\x1b[2;4;8;16&w", "\x1b[1 q", "\x1b[>4;2m", "\x1b[1;2+x", "\x1b[<1;2;3$z",
    ],
    "focus, and keys let go": [
        "\x1b[I", "\x1b[O", "\x1b[101;1:3u", "\x1b[104;2:3u", "\x1b[61:43;2:3u", "\x1b[1;1:3A", "\x1b[3;1:3~",
        "\x1b[57441;1:3u",
        "\x1b[101;1:2u", "\x1b[15;1:2~", "\x1b[15;1:3~", "\x1b[1;1:3P", "\x1b[27;1:3u",
    ],
    "strings": [
        "\x1b]11;rgb:1e1e/2e2e/3e3e\x1b\\", "\x1b]10;rgb:ffff/ffff/ffff\x07", "\x1b]4;1;rgb:cd/00/00\x1b\\",
        "\x1bPtmux;exH\x1b\\", "\x1bP0$r\x1b\\", "\x1bP0+r\x1b\\", "\x1b]lexH\x07", "\x1b]l\x1b\\",
        "\x1b]99;i=1:p=?;p=expH\x1b\\",
        "\x1b]52;c;ZXhIYQ==\x1b\\", "\x1b]lexHapT\x1b\\", "\x1b_Gi=31;OK\x1b\\", "\x1b^expH\x1b\\", "\x1bXexpH\x1b\\",
    ],
    "mouse": [
        "\x1b[M xe", "\x1b[M#p!", "\x1b[<35;0;0M", "\x1b[<35;99999;7M", "\x1b[<35;-3;7M", "\x1b[32;120;101M",
        "\x1b[<0;12;7M", "\x1b[<0;12;7m", "\x1b[<64;12;7M", "\x1b[<35;12;7M", "\x1b[M !!", "\x1b[Ma!!",
        "\x1b[64;12;7M",
        "\x1b[M \xc3\xa9\x1b[M#px", "\x1b[M\xc3\xa9p\x1b[M#\xc3\xa9", "\x1b[M \xc2\x8fp",
    ],
    "other sets": [
        "\x1bNx", "\x1bN[", "\x1b?p", "\x1b?M", "\x1b/Z", "\x1b(B", "\x1b$(B", "\x1b F", "\x1b#8",
        "\x1b%G",
    ],
    "keys that are none": ["\x1b[99~", "\x1b[62~", "\x1b[63~",
        "\x1b[25;2~", "\x1b[[Z", "\x1b[Y", "\x1b[120:88:120;5:3u"],
}  # fmt: skip
"""What is no key; a byte above 127 stands for itself."""


def raw(text: str) -> bytes:
    return text.encode("latin-1")


def eight_bits(text: str, *, utf8: bool) -> bytes:
    """With C1 controls where there are two bytes for one."""
    out = b""
    index = 0
    while index < len(text):
        if text[index] == "\x1b" and text[index + 1 : index + 2] in tuple("[OPN]X^_\\"):
            control = chr(ord(text[index + 1]) + 0x40)
            out += control.encode("utf-8" if utf8 else "latin-1")
            index += 2
        else:
            out += raw(text[index])
            index += 1
    return out


def spellings(text: str) -> set[bytes]:
    return {raw(text), eight_bits(text, utf8=False), eight_bits(text, utf8=True)}


def cuts(data: bytes) -> Iterable[list[tuple[float, bytes]]]:
    """Whole, cut in two at every byte, and byte for byte; at every pace."""
    yield [(0.0, data)]
    for pace in PACES[1:]:
        for index in range(1, len(data)):
            yield [(0.0, data[:index]), (pace, data[index:])]
        yield [(pace, data[index : index + 1]) for index in range(len(data))]


def messages(pieces: Iterable[tuple[float, bytes]], delay: float = FAST_ESCAPE) -> list[events.Key | events.Paste]:
    """What the app is told, with the clock looked at as the driver does, and a long silence at the end."""
    guard, translate = InputGuard(delay, 0.0), Translator(debug=False)
    decode = getincrementaldecoder("utf-8")("surrogateescape").decode
    at, tokens = START, []
    for pause, data in [*pieces, (20.0, b"")]:
        arrives = at + pause
        while (deadline := guard.deadline) is not None and deadline <= arrives:
            tokens += guard.tick(deadline)
        at = arrives
        if data:
            tokens += guard.feed(decode(data), at)
    return [event for event in translate.messages(tokens) if isinstance(event, (events.Key, events.Paste))]


def keys(pieces: Iterable[tuple[float, bytes]], delay: float = FAST_ESCAPE) -> list[str]:
    return [event.key for event in messages(pieces, delay) if isinstance(event, events.Key)]


@pytest.mark.parametrize("terminal", KEYS)
def test_a_key_is_that_key_in_every_spelling_cut_anywhere_and_at_any_pace(terminal: str) -> None:
    for text, name in KEYS[terminal]:
        for data in spellings(text):
            for pieces in cuts(data):
                assert keys(pieces) == ([name] if name else []), (pieces, name)


@pytest.mark.parametrize("kind", QUIET)
@pytest.mark.parametrize("delay", [FAST_ESCAPE, SLOW_ESCAPE])
def test_what_is_no_key_presses_nothing_and_types_nothing(kind: str, delay: float) -> None:
    for text in QUIET[kind]:
        for data in spellings(text):
            for pieces in cuts(data):
                assert messages(pieces, delay) == [], pieces


@pytest.mark.parametrize("mark", ["\x1b[", "\x9b"])
@pytest.mark.parametrize("utf8", [False, True])
def test_a_marked_paste_and_what_comes_behind_it_press_nothing(mark: str, utf8: bool) -> None:
    data = f"{mark}200~hello H{mark}201~eH".encode("utf-8" if utf8 else "latin-1")
    for pieces in cuts(data):
        pasted = "".join(event.text for event in messages(pieces) if isinstance(event, events.Paste))
        assert (keys(pieces), pasted) == ([], "hello HeH")


def sequence(rng: random.Random) -> str:
    """One sequence of the standard's grammar, of any kind."""

    def some(low: int, high: int, most: int, least: int = 0) -> str:
        return "".join(chr(rng.randint(low, high)) for _ in range(rng.randint(least, most)))

    match rng.randrange(6):
        case 0 | 1:
            return f"\x1b[{some(0x30, 0x3F, 8)}{some(0x20, 0x2F, 2)}{some(0x40, 0x7E, 1, 1)}"
        case 2:
            return f"\x1b{some(0x20, 0x2F, 3, 1)}{some(0x30, 0x7E, 1, 1)}"
        case 3:
            return f"\x1b{rng.choice(']P^_X')}{some(0x20, 0x7E, 30)}\x1b\\"
        case 4:
            return f"\x1bN{some(0x21, 0x7E, 1, 1)}"
        case _:
            return f"\x1bO{some(0x40, 0x7E, 1, 1)}"


@pytest.mark.parametrize("seed", range(8))
def test_random_sequences_are_their_key_or_nothing_however_they_are_cut(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(150):
        text = sequence(rng)
        # One that opens something longer is another test's.
        if text in ("\x1b[M", "\x1b[[") or text.startswith("\x1b[200~"):
            continue
        whole = keys([(0.0, raw(text))])
        typed = [key for key in whole if len(key) == 1]
        assert not typed or text[-1] in "u~" or text.startswith("\x1bO"), text
        pace = rng.choice(PACES)
        for data in spellings(text):
            assert keys((pace, data[index : index + 1]) for index in range(len(data))) in (whole, []), (text, pace)
            index = rng.randint(1, len(data) - 1)
            assert keys([(0.0, data[:index]), (pace, data[index:])]) in (whole, []), (text, index, pace)


@pytest.mark.parametrize("seed", range(4))
def test_noise_on_the_line_asks_nobody_for_anything(tmp_path: Path, seed: int) -> None:
    """Through the whole console: what of a hundred kilobytes of noise, in reads of a serial line, becomes a key."""
    here = desk(tmp_path)
    here.press("4")
    rng = random.Random(seed)
    noise = rng.randbytes(100_000)
    pieces = [(rng.choice(PACES[:3]), noise[index : index + 64]) for index in range(0, len(noise), 64)]
    for event in messages(pieces):
        if isinstance(event, events.Paste):
            here.console.paste(event.text)
        else:
            here.key(event.key, event.character if event.is_printable else None)
    assert not here.commands


@pytest.mark.parametrize("seed", range(4))
def test_a_million_random_bytes_leave_the_keyboard_working_and_hold_nothing(seed: int) -> None:
    """A quarter of them a run: half in great reads, and some bytes one by one."""
    rng = random.Random(seed)
    guard, translate = InputGuard(FAST_ESCAPE, 0.0), Translator(debug=False)
    decode = getincrementaldecoder("utf-8")("surrogateescape").decode
    noise = rng.randbytes(250_000)
    at, index, sent = START, 0, 0
    while index < len(noise):
        size = rng.choice((1, 3, 40, 4096, 65_536))
        at += rng.choice((0.0, 0.005, 0.03, 0.3))
        translate.messages(guard.tick(at))
        tokens = guard.feed(decode(noise[index : index + size]), at)
        sent += sum(len(message.text) for message in translate.messages(tokens) if isinstance(message, events.Paste))
        index += size
    assert sent <= len(noise)
    guard.tick(at + 30)
    guard.tick(at + 60)
    tokens = guard.feed("j", at + 90) + guard.tick(at + 91)
    assert [message.key for message in translate.messages(tokens) if isinstance(message, events.Key)] == ["j"]


def test_two_reports_in_one_read_are_two_reports() -> None:
    """Neighbours of every kind, also where the first has no end of its own."""
    everything = [raw(text) for texts in QUIET.values() for text in texts]
    for first, second in pairwise(everything):
        assert messages([(0.0, first + second)]) == [], (first, second)
        assert messages([(0.0, first), (0.005, second)]) == [], (first, second)
