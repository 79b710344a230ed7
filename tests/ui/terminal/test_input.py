"""What of the keyboard's bytes becomes a key: only what somebody pressed, however the line cuts it up."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.ui.terminal.gate import HOLD_SECONDS, KeyGate
from wallboard.ui.terminal.grammar import (
    PASTE_LIMIT,
    PASTE_SILENCE,
    TAIL_SECONDS,
    Keys,
    LetGo,
    Paste,
    Sequence,
    Swallowed,
)
from wallboard.ui.terminal.guard import (
    FAST_ESCAPE,
    FIELD_SECONDS,
    HAND_SECONDS,
    PAUSE_SECONDS,
    SLOW_ESCAPE,
    STALL_SECONDS,
    Held,
    InputGuard,
    Token,
    escape_delay,
)
from wallboard.ui.terminal.sequences import known_csi

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
    "\x1b[48;24;80;384;640t",
    "\x1b[?2048;2$y",
    "\x1b[<35;0;0M",
    "\x1b[<35;99999;7M",
    "\x1b[4$p",
    "\x1bNx",
    "\x1b(B",
    "\x1b[32;10;5M",
    "\x1b_Gi=31;OK\x1b\\",
    "\x1b[8;24;80t",
]
"""What a terminal answers."""
SHORT = ["\x1b?p", "\x1b/Z", "\x1b!x"]
"""Of these a slow person would type the same: the keypad and the name of a VT52, and an escape with an intermediate."""


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


def pressed(guard: InputGuard, text: str, at: float) -> list[Token]:
    """What becomes of one read, once it is known who typed it; what did nothing is left out."""
    return whole(guard.feed(text, at) + guard.tick(at + HAND_SECONDS))


def acted(tokens: list[Token]) -> str:
    return "".join(token.text for token in tokens if isinstance(token, Keys))


@st.composite
def pieces(draw: st.DrawFn, text: str, least: float, most: float) -> list[tuple[float, str]]:
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(text) - 1)))) | {0, len(text)})
    gaps = st.floats(least, most)
    return [(draw(gaps), text[a:b]) for a, b in pairwise(cuts)]


@given(st.data(), st.lists(st.sampled_from([*KEYS, *REPLIES, *SHORT]), min_size=1, max_size=6, unique=True))
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
    assert acted(pressed(guard, "j", START + 120)) == "j"


@given(st.text(alphabet="\x1b[]OPX\\;?<$~ARcuMyejx1205:\x07\x03\r", max_size=60), st.data())
def test_any_stream_at_all_is_taken_and_lets_the_next_key_through(stream: str, data: st.DataObject) -> None:
    guard = listening()
    for pause, text in data.draw(pieces(stream, 0.0, 3.0)) if stream else []:
        guard.feed(text, START + pause)
    guard.tick(START + 100)
    guard.tick(START + 200)
    assert pressed(guard, "j", START + 300) == [Keys("j")]


def test_a_lone_escape_is_the_key_only_after_the_delay() -> None:
    guard = listening()
    assert guard.feed("\x1b", START) == []
    assert guard.tick(START + 0.49) == []
    assert guard.tick(START + 0.5) == [Sequence("\x1b")]
    assert guard.deadline is None
    # Half a minute later a bracket is a bracket.
    assert pressed(guard, "[", START + 30) == [Keys("[")]


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


@pytest.mark.parametrize("text", ["ex", "xtpbew", "x\rt\rp\rb\re\rw\r", "e\r"])
def test_text_that_comes_in_one_read_is_a_paste(text: str) -> None:
    assert pressed(listening(), text, START) == [Paste(text.replace("\r", "\n"))]


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=2, max_size=400))
def test_no_burst_acts(text: str) -> None:
    assert acted(pressed(listening(), text, START)) == ""


@pytest.mark.parametrize("pace", [0.0, 0.002, 0.005, 0.02, 0.03])
def test_text_that_no_hand_types_so_fast_is_a_paste_whole(pace: float) -> None:
    tokens = typed(listening(), [(pace, char) for char in "hello exy\r"])
    assert acted(tokens) == ""
    assert "".join(token.text for token in tokens if isinstance(token, Paste)) == "hello exy\n"


@pytest.mark.parametrize("pace", [0.0, 0.01, 0.03])
@pytest.mark.parametrize("text", ["x|\x1b[A", "e|\x1b[15~", "j|p|\x1b[A"])
def test_a_letter_so_soon_before_another_key_is_none_either(text: str, pace: float) -> None:
    guard = listening()
    guard.moving = frozenset("j")
    assert acted(typed(guard, [(pace, piece) for piece in text.split("|")])).replace("j", "") == ""


@pytest.mark.parametrize("noise", [chr(0xDCFF), chr(0xDCFE) + chr(0xDC80), "\ufffd"])
def test_a_letter_among_bytes_that_no_terminal_sends_is_no_key(noise: str) -> None:
    for pieces in ([(0.0, f"x{noise}")], [(0.0, f"{noise}x")], [(0.0, "x"), (0.02, noise)], [(0.0, noise), (0.2, "x")]):
        assert acted(typed(listening(), pieces)) == ""
    assert acted(typed(listening(), [(0.0, noise), (PAUSE_SECONDS + 0.01, "x")])) == "x"


@pytest.mark.parametrize("pace", [0.05, 0.1, 0.3])
def test_what_a_hand_types_are_keys(pace: float) -> None:
    assert acted(typed(listening(), [(pace, char) for char in "t3\rjx"])) == "t3\rjx"


def test_two_letters_after_a_burst_belong_to_it_and_after_a_pause_they_are_keys() -> None:
    guard = listening()
    assert pressed(guard, "pick up the phone", START) == [Paste("pick up the phone")]
    assert acted(pressed(guard, "x", START + 0.15)) == ""
    assert acted(pressed(guard, "e", START + 0.15 + PAUSE_SECONDS - 0.01)) == ""
    assert pressed(guard, "x", START + 1) == [Keys("x")]


@pytest.mark.parametrize("gap", [0.0, 0.05, 0.15])
def test_nothing_acts_behind_the_end_mark_until_a_pause(gap: float) -> None:
    pieces = [(0.0, "\x1b[200~hello \x1b[201~"), *((gap, piece) for piece in ("e", "H", "\x1b[15~", "\r"))]
    tokens = typed(listening(), pieces)
    assert not [token for token in tokens if isinstance(token, (Keys, Sequence))]
    guard = listening()
    assert pressed(guard, "\x1b[200~x\x1b[201~", START) == [Paste("x")]
    assert pressed(guard, "H", START + PAUSE_SECONDS) == [Keys("H")]


def test_in_a_field_enter_is_a_key_again_soon_after_letters_that_rolled_off_the_fingers() -> None:
    for pause, becomes in ((0.05, Paste("\n")), (FIELD_SECONDS, Keys("\r"))):
        guard = listening()
        guard.in_field = True
        assert pressed(guard, "hq", START) == [Paste("hq")]
        assert pressed(guard, "\r", START + pause) == [becomes]


def test_a_key_that_moves_does_not_wait_and_still_shows_what_a_paste_is() -> None:
    guard = listening()
    guard.moving = frozenset("jk")
    assert guard.feed("j", START) == [Keys("j")]
    assert acted(typed(guard, [(0.005, "x")], START)) == ""


@pytest.mark.parametrize("pieces", [[(0.0, "4/")], [(0.0, "4"), (0.005, "/")]], ids=["one read", "two"])
def test_a_move_and_a_key_that_changes_nothing_may_come_together_and_no_more(pieces: list[tuple[float, str]]) -> None:
    guard = listening()
    guard.moving, guard.harmless = frozenset("j4"), frozenset("j4/")
    assert acted(typed(guard, pieces)) == "4/"
    assert acted(typed(guard, [*pieces, (0.005, "x")], START + 200)) == "4"
    assert acted(typed(guard, [(0.0, "4x")], START + 400)) == ""


@pytest.mark.parametrize("pieces", [[(0.0, "/kim")], [(0.0, "/"), (0.003, "kim")], [(0.02, char) for char in "/kim"]])
def test_what_comes_with_the_key_of_a_field_goes_into_the_field(pieces: list[tuple[float, str]]) -> None:
    guard = listening()
    guard.opening = frozenset("/")
    tokens = typed(guard, pieces)
    assert tokens[0] == Keys("/")
    assert "".join(token.text for token in tokens[1:] if isinstance(token, Paste)) == "kim"
    assert acted(tokens) == "/"


def test_a_key_held_down_on_a_line_that_stalled_is_held_and_goes_on_afterwards() -> None:
    guard = listening()
    guard.moving = frozenset("j")
    assert guard.feed("jjjjjjjj", START) == [Held("jjjjjjjj")]
    assert guard.feed("j", START + 0.033) == [Held("j")]


def test_while_one_key_is_held_another_may_move_and_no_more() -> None:
    guard = listening()
    guard.moving = frozenset("j2")
    held = [(0.0, "H"), (0.5, "H"), (0.03, "H"), (0.03, "H")]
    assert acted(typed(guard, [*held, (0.03, "2")])) == "H2"
    assert acted(typed(guard, [*held, (0.03, "x")], START + 200)) == "H"


@pytest.mark.parametrize("stall", [0.8, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("repeat", [0.025, 0.033, 0.092])
@pytest.mark.parametrize("lump", [True, False])
def test_a_held_verb_acts_once_over_a_stall(stall: float, repeat: float, lump: bool) -> None:
    """As the driver and the app have it: held back by the guard, then by the gate."""
    pieces = [(0.0, "H"), (0.5, "H"), *[(repeat, "H")] * 10, (stall, "H" * 20 if lump else "H"), *[(repeat, "H")] * 20]
    guard, gate, acts, at = listening(), KeyGate(), 0, START
    for pause, text in pieces:
        tokens = []
        arrives = at + pause
        while (deadline := guard.deadline) is not None and deadline <= arrives:
            tokens += [(deadline, token) for token in guard.tick(deadline)]
        at = arrives
        tokens += [(at, token) for token in guard.feed(text, at)]
        for when, token in tokens:
            if isinstance(token, (Keys, Held)):
                acts += [gate.accept("H", when, True, isinstance(token, Held)) for _ in token.text].count(True)
    assert acts == 1
    assert pressed(guard, "H", at + STALL_SECONDS) == [Keys("H")]


@pytest.mark.parametrize("stall", [0.8, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("lump", [True, False])
@pytest.mark.parametrize("key", ["\x1b[15~", "\x1bOP", "\x1b[3~", "\x1b[101;5u"])
def test_a_held_verb_on_a_key_of_several_bytes_acts_once_over_a_stall(stall: float, lump: bool, key: str) -> None:
    held = [(0.033, key)] * 10
    pieces = [(0.0, key), (0.5, key), *held, (stall, key * 20 if lump else key), *held]
    assert [token for token in typed(listening(), pieces) if isinstance(token, Sequence)] == [Sequence(key)]
    late = [(0.0, key), (stall, key * 20 if lump else key), *held]
    assert [token for token in typed(listening(), late) if isinstance(token, Sequence)] == [Sequence(key)]
    assert typed(listening(), [(0.0, key), (STALL_SECONDS, key)]) == [Sequence(key)] * 2


@pytest.mark.parametrize("key", ["\x1b[A", "\x1bOB", "\x1b[6~", "\x1b[1;2C", "\x1b[Z", "\x1b[H"])
def test_a_key_that_moves_goes_on_while_it_is_held(key: str) -> None:
    assert typed(listening(), [(0.0, key), (0.5, key * 3), (0.03, key)]) == [Sequence(key)] * 5


# ---- a terminal that says when a key is let go -------------------------------------------------------------------


def acts(pieces: list[tuple[float, str]]) -> str:
    """The verbs that would run: `pieces` through the guard and the gate, each token when it comes."""
    guard, gate, out, at = listening(), KeyGate(), "", START
    for pause, text in [*pieces, (60.0, "")]:
        arrives = at + pause
        tokens: list[tuple[float, Token]] = []
        while (deadline := guard.deadline) is not None and deadline <= arrives:
            tokens += [(deadline, token) for token in guard.tick(deadline)]
        at = arrives
        tokens += [(at, token) for token in guard.feed(text, at)]
        for when, token in tokens:
            match token:
                case LetGo(character):
                    gate.let_go(character)
                case Keys(text) | Held(text):
                    out += "".join(key for key in text if gate.accept(key, when, True, isinstance(token, Held)))
                case _:
                    pass
    return out


TOLD: list[tuple[float, str]] = [(0.0, "j"), (0.08, "\x1b[106;1:3u")]
"""Somebody moved before, so it is known that this terminal tells."""


@pytest.mark.parametrize("stall", [1.0, 3.0, 5.0, 9.0])
def test_a_held_verb_acts_once_until_the_terminal_says_that_it_was_let_go(stall: float) -> None:
    held = [*TOLD, (1.0, "H"), (0.5, "H"), (0.03, "H")]
    assert acts([*held, (stall, "H"), (0.2, "H"), (stall, "H")]) == "jH"
    assert acts([*held, (stall, "H"), (0.2, "\x1b[104;2:3u"), (0.3, "H")]) == "jHH"


def test_pressed_again_it_acts_again_however_soon() -> None:
    press = [(0.3, "H"), (0.06, "\x1b[104;2:3u")]
    assert acts([*TOLD, *press, *press, *press]) == "jHHH"
    assert acts([*TOLD, (0.3, "H"), (0.06, "\x1b[104;1:3u"), (0.07, "H")]) == "jHH", "Shift was let go first"


def test_that_another_key_was_let_go_says_nothing_of_this_one() -> None:
    assert acts([*TOLD, (1.0, "j"), (0.1, "H"), (0.05, "\x1b[106;1:3u"), (0.4, "H"), (0.03, "H"), (2.0, "H")]) == "jjH"


def test_an_end_that_got_lost_costs_no_more_than_ten_seconds() -> None:
    assert acts([*TOLD, (1.0, "H"), (9.0, "H"), (10.1, "H")]) == "jHH"
    gate = KeyGate()
    gate.let_go("j")
    assert gate.accept("H", START, True)
    gate.forget()  # another window had the keyboard meanwhile
    assert gate.accept("H", START + 2, True)


def test_a_sign_whose_key_reads_otherwise_without_shift_is_left_to_silence() -> None:
    plus = [(1.0, "+"), (0.08, "\x1b[61;2:3u")]
    assert acts([*TOLD, *plus, *plus]) == "j++"
    assert acts([*TOLD, (1.0, "+"), (0.5, "+"), (0.03, "+")]) == "j+"


def test_text_typed_into_a_stall_stays_a_paste_though_each_key_was_let_go() -> None:
    lump = "".join(f"{key}\x1b[{ord(key)};1:3u" for key in "expb")
    assert acts([*TOLD, (2.0, lump)]) == "j"
    assert acts([*TOLD, *((0.01, piece) for piece in ("e", "\x1b[101;1:3u", "x", "\x1b[120;1:3u"))]) == "j"


@given(st.lists(st.sampled_from([*KEYS, *REPLIES, "\x1b[106;1:3u", "\x1b[57441;2:3u"]), max_size=5), st.data())
def test_that_keys_were_let_go_presses_nothing(parts: list[str], data: st.DataObject) -> None:
    stream = "".join([*parts, "\x1b[104;1:3u"])
    tokens = typed(listening(), data.draw(pieces(stream, 0.0, 0.2)))
    assert acted(tokens) == ""
    assert LetGo("h") in tokens


def test_a_marked_paste_arrives_as_one_whatever_splits_it() -> None:
    for text in ("\x1b[200~x\x1b[Ae\r\n\x03b\x1b[201~", "\udc9b200~x\x1b[Ae\r\n\x03b\x9b201~"):
        for index in range(1, len(text)):
            tokens = typed(listening(), [(0, text[:index]), (0.2, text[index:]), (1.0, "j")])
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
    assert pressed(guard, "j", START + PASTE_SILENCE + 1) == [Keys("j")]


def test_what_was_typed_before_anything_was_drawn_is_dropped_but_not_ctrl_c() -> None:
    guard = InputGuard(SLOW_ESCAPE, START + 0.5)
    assert acted(pressed(guard, "x", START + 0.1)) == ""
    assert whole(guard.feed("\x03", START + 0.2)) == [Keys("\x03")]
    assert whole(guard.feed("\x1b[99;5u", START + 0.2)) == [Sequence("\x1b[99;5u")]
    assert whole(guard.feed("\x1b[A", START + 0.3)) == []
    assert whole(guard.feed("\x1b[?2026;2$y", START + 0.3)) == [Sequence("\x1b[?2026;2$y")]
    guard.feed("\x1b[", START + 0.35)
    guard.listen(START + 0.4)
    assert whole(guard.feed("A", START + 0.4)) == []
    assert pressed(guard, "x", START + 0.4) == [Keys("x")]


def test_ctrl_c_is_heard_in_the_middle_of_anything_and_the_rest_of_it_is_no_key() -> None:
    for begun in ("\x1b", "\x1b[", "\x1b[1;", "\x1b]11;rgb", "\x1bP>|x\x1b", "\x1bO", "\x1b[M!"):
        guard = listening()
        guard.feed(begun, START)
        assert Keys("\x03") in guard.feed("\x03", START + 0.1)
        if begun != "\x1b":
            assert acted(pressed(guard, "x", START + 0.2)) == ""
        assert pressed(guard, "j", START + 5) == [Keys("j")]


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
        ("48;24;80;384;640t", None),
        ("48;0;0;0;0t", None),
        ("<0;0;0M", None),
        ("<0;12;7M", "\x1b[<0;12;7M"),
        ("32;10;5M", None),
        ("4$p", None),
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
