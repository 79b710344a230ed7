"""What of the keyboard's bytes becomes a key: only what somebody pressed, however the line cuts it up."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.ui.input import (
    BURST_SECONDS,
    FAST_ESCAPE,
    HOLD_SECONDS,
    PASTE_LIMIT,
    PASTE_SILENCE,
    SLOW_ESCAPE,
    TAIL_SECONDS,
    InputGuard,
    KeyGate,
    Keys,
    Paste,
    Sequence,
    Swallowed,
    Token,
    escape_delay,
)
from wallboard.ui.sequences import known_csi

START = 10.0
"""Long after the guard was made: it listens."""

KEYS = [
    "\x1b[A",
    "\x1bOB",
    "\x1b[1;5C",
    "\x1b[5~",
    "\x1b[15;2~",
    "\x1bOP",
    "\x1b[[C",
    "\x1b[3$",
    "\x1b[23^",
    "\x1b[Z",
    "\x1b[I",
    "\x1b[<0;12;7M",
    "\x1b[?2026;2$y",
    "\x1b[97;5u",
    "\x1b[1;2P",
]
"""Whole sequences that mean something."""
REPLIES = [
    "\x1b]11;rgb:1e1e/2e2e/3e3e\x1b\\",
    "\x1b]10;rgb:ffff/ffff/ffff\x07",
    "\x1b[24;80R",
    "\x1b[?62;1;2;4;22c",
    "\x1b[>41;380;0c",
    "\x1b[0n",
    "\x1b[?1u",
    "\x1b[?1016;2$y",
    "\x1bP>|xterm(380)\x1b\\",
    "\x1bP1$r0m\x1b\\",
    "\x1b_Gi=31;OK\x1b\\",
    "\x1b[8;24;80t",
]
"""What a terminal answers."""


def listening(delay: float = SLOW_ESCAPE) -> InputGuard:
    return InputGuard(delay, 0.0)


def whole(tokens: list[Token]) -> list[Token]:
    """The tokens without those that did nothing, neighbouring keys joined."""
    out: list[Token] = []
    for token in tokens:
        if isinstance(token, Swallowed):
            continue
        if isinstance(token, Keys) and out and isinstance(out[-1], Keys):
            out[-1] = Keys(out[-1].text + token.text)
        else:
            out.append(token)
    return out


def typed(guard: InputGuard, pieces: list[tuple[float, str]], at: float = START) -> list[Token]:
    """Feed the pieces, each after a pause in seconds, looking at the clock every 20 ms as the driver does."""
    tokens: list[Token] = []
    for pause, text in pieces:
        arrives = at + pause
        while (deadline := guard.deadline) is not None and deadline <= arrives:
            tokens += guard.tick(deadline)
        at = arrives
        tokens += guard.feed(text, at)
    tokens += guard.tick(at + 60)
    return tokens


def acted(tokens: list[Token]) -> str:
    return "".join(token.text for token in tokens if isinstance(token, Keys))


@st.composite
def pieces(draw: st.DrawFn, text: str, least: float, most: float) -> list[tuple[float, str]]:
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(text) - 1)))) | {0, len(text)})
    gaps = st.floats(least, most)
    return [(draw(gaps), text[a:b]) for a, b in pairwise(cuts)]


@given(st.data(), st.lists(st.sampled_from([*KEYS, *REPLIES]), min_size=1, max_size=6))
def test_however_a_line_splits_it_the_same_keys_arrive(data: st.DataObject, parts: list[str]) -> None:
    stream = "".join(parts)
    split = typed(listening(), data.draw(pieces(stream, 0.0, 0.4)))
    assert whole(split) == whole(typed(listening(), [(0.0, stream)]))
    assert [token.text for token in whole(split) if isinstance(token, Sequence)] == [p for p in parts if p in KEYS]
    assert acted(split) == ""


@given(st.data(), st.sampled_from([*KEYS, *REPLIES]), st.sampled_from([FAST_ESCAPE, SLOW_ESCAPE]))
def test_a_sequence_that_takes_too_long_never_becomes_a_key(data: st.DataObject, text: str, delay: float) -> None:
    late = data.draw(pieces(text, 0.0, delay + TAIL_SECONDS - 0.01))
    assert acted(typed(listening(delay), late)) == ""


@pytest.mark.parametrize("text", [*KEYS, *REPLIES])
def test_one_byte_at_a_time_far_too_late_nothing_is_pressed(text: str) -> None:
    guard = listening(FAST_ESCAPE)
    tokens = typed(guard, [(1.5, char) for char in text])
    assert acted(tokens) == ""
    assert acted(guard.feed("j", START + 120)) == "j"


@given(st.text(alphabet="\x1b[]OPX\\;?<$~ARcuMyejx1205:\x07\x03\r", max_size=60), st.data())
def test_any_stream_at_all_is_taken_and_lets_the_next_key_through(stream: str, data: st.DataObject) -> None:
    guard = listening()
    for pause, text in data.draw(pieces(stream, 0.0, 3.0)) if stream else []:
        guard.feed(text, START + pause)
    guard.tick(START + 100)
    guard.tick(START + 200)
    assert whole(guard.feed("j", START + 300)) == [Keys("j")]


def test_a_lone_escape_is_the_key_only_after_the_delay() -> None:
    guard = listening()
    assert guard.feed("\x1b", START) == []
    assert guard.tick(START + 0.49) == []
    assert guard.tick(START + 0.5) == [Sequence("\x1b")]
    assert guard.deadline is None
    # Half a minute later a bracket is a bracket.
    assert guard.feed("[", START + 30) == [Keys("[")]


def test_escape_pressed_twice_is_escape_twice() -> None:
    assert whole(typed(listening(), [(0, "\x1b"), (0.1, "\x1b")])) == [Sequence("\x1b"), Sequence("\x1b")]


def test_escape_and_later_a_key_are_two_keys() -> None:
    assert whole(typed(listening(), [(0, "\x1b"), (0.7, "e")])) == [Sequence("\x1b"), Keys("e")]


@pytest.mark.parametrize("char", ["x", "+", "!", "\r", "é"])
def test_alt_and_a_key_stay_together(char: str) -> None:
    assert whole(typed(listening(), [(0, "\x1b"), (0.3, char)])) == [Sequence("\x1b" + char)]


def test_the_delay_follows_the_line() -> None:
    assert escape_delay({}) == FAST_ESCAPE
    assert escape_delay({"TMUX": "/tmp/tmux"}) == FAST_ESCAPE
    assert escape_delay({"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}) == SLOW_ESCAPE
    assert escape_delay({"SSH_TTY": "/dev/pts/1", "TMUX": "x"}) == SLOW_ESCAPE
    assert escape_delay({}, slow=True) == SLOW_ESCAPE


def test_six_printables_in_one_read_are_a_paste_and_five_are_keys() -> None:
    assert listening().feed("xtpbe", START) == [Keys("xtpbe")]
    assert listening().feed("xtpbew", START) == [Paste("xtpbew")]
    assert listening().feed("x\rt\rp\rb\re\rw\r", START) == [Paste("x\nt\np\nb\ne\nw\n")]


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=6, max_size=400))
def test_no_burst_acts(text: str) -> None:
    assert acted(listening().feed(text, START)) == ""


def test_the_end_of_a_paste_that_came_in_pieces_does_not_act() -> None:
    guard = listening()
    assert guard.feed("pick up the phone", START) == [Paste("pick up the phone")]
    assert acted(guard.feed("xe", START + BURST_SECONDS / 2)) == ""
    assert acted(guard.feed("x", START + BURST_SECONDS)) == ""
    assert guard.feed("x", START + 1) == [Keys("x")]


def test_a_key_held_down_on_a_line_that_stalled_goes_on_afterwards() -> None:
    guard = listening()
    assert guard.feed("jjjjjjjj", START) == [Paste("jjjjjjjj")]
    assert guard.feed("j", START + 0.03) == [Keys("j")]


def test_a_marked_paste_arrives_as_one_whatever_splits_it() -> None:
    text = "\x1b[200~x\x1b[Ae\r\n\x03b\x1b[201~j"
    for index in range(1, len(text)):
        tokens = typed(listening(), [(0, text[:index]), (0.3, text[index:])])
        assert whole(tokens) == [Paste("x[Ae\nb"), Keys("j")]


def test_a_megabyte_is_bounded() -> None:
    guard = listening()
    tokens = guard.feed("\x1b[200~", START)
    for index in range(256):
        tokens += guard.feed("q" * 4096, START + index / 100)
    tokens += guard.feed("\x1b[201~", START + 3)
    assert [len(token.text) for token in tokens if isinstance(token, Paste)] == [PASTE_LIMIT]
    assert tokens[-1] == Swallowed(2**20 - PASTE_LIMIT)
    unmarked = [token for index in range(256) for token in guard.feed("qx" * 2048, START + 10 + index / 100)]
    assert acted(unmarked) == ""
    assert sum(len(token.text) for token in unmarked if isinstance(token, Paste)) == PASTE_LIMIT


def test_a_paste_whose_end_is_lost_does_not_lock_the_keyboard() -> None:
    guard = listening()
    guard.feed("\x1b[200~xxx", START)
    assert guard.tick(START + PASTE_SILENCE) == [Paste("xxx")]
    assert guard.feed("j", START + PASTE_SILENCE + 1) == [Keys("j")]


def test_what_was_typed_too_early_is_dropped_but_not_ctrl_c() -> None:
    guard = InputGuard(SLOW_ESCAPE, START)
    assert acted(guard.feed("x", START + 0.1)) == ""
    assert guard.feed("\x03", START + 0.2) == [Keys("\x03")]
    assert whole(guard.feed("\x1b[99;5u", START + 0.2)) == [Sequence("\x1b[99;5u")]
    assert whole(guard.feed("\x1b[A", START + 0.3)) == []
    assert whole(guard.feed("\x1b[?2026;2$y", START + 0.3)) == [Sequence("\x1b[?2026;2$y")]
    guard.feed("\x1b[", START + 0.45)
    assert whole(guard.feed("A", START + 0.55)) == []
    assert guard.feed("x", START + 0.6) == [Keys("x")]


def test_ctrl_c_is_heard_in_the_middle_of_anything() -> None:
    for begun in ("\x1b", "\x1b[", "\x1b[1;", "\x1b]11;rgb", "\x1bP>|x\x1b", "\x1bO", "\x1b[M!"):
        guard = listening()
        guard.feed(begun, START)
        assert Keys("\x03") in guard.feed("\x03", START + 0.1)
        assert guard.feed("j", START + 5) == [Keys("j")]


@pytest.mark.parametrize(
    ("body", "becomes"),
    [
        ("97;1:3u", None),
        ("101;1:2u", None),
        ("1;1:2A", "\x1b[1;1A"),
        ("5;1:2~", "\x1b[5;1~"),
        ("1;1:3A", None),
        ("101;3;101u", "\x1b[101;3u"),
        ("101;2;69u", "\x1b[101;2;69u"),
        ("27;3;101~", "\x1b[101;3u"),
        ("97:65;2u", "\x1b[97;2u"),
        ("99999999u", None),
        ("55296u", None),
        ("1114112;1u", None),
        ("97;1;99999999u", None),
        ("97;xu", None),
        ("1;2R", None),
        ("?997;1n", None),
        ("1" * 40 + "~", None),
    ],
)
def test_spellings_of_keys(body: str, becomes: str | None) -> None:
    assert known_csi(body) == becomes


def test_a_mouse_report_in_the_old_style_presses_nothing() -> None:
    assert acted(typed(listening(), [(0, "\x1b[M"), (0.1, " x"), (0.1, "e")])) == ""


@pytest.mark.parametrize("first", [0.25, 0.5, 0.66])
def test_a_held_verb_acts_once(first: float) -> None:
    gate = KeyGate()
    times = [0.0, *(first + index * 0.033 for index in range(100))]
    assert [gate.accept("p", at, True) for at in times].count(True) == 1
    assert gate.accept("p", times[-1] + HOLD_SECONDS, True)


def test_movement_repeats_and_other_keys_are_not_held_up() -> None:
    gate = KeyGate()
    assert all(gate.accept("j", index * 0.03, False) for index in range(50))
    assert gate.accept("x", 1.5, True)
    assert gate.accept("e", 1.51, True)
    assert not gate.accept("x", 1.6, True)


def test_the_gate_forgets_keys_that_were_let_go() -> None:
    gate = KeyGate()
    for code in range(1000):
        assert gate.accept(f"key{code}", float(code), True)
    assert len(gate._seen) < 100
