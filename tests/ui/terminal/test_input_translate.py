"""What Textual is told of a whole sequence: its key, or nothing, and never the characters it is written with."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual import events

from wallboard.ui.terminal.grammar import Keys, Paste, Sequence
from wallboard.ui.terminal.guard import InputGuard, Token
from wallboard.ui.terminal.keys import MOST_PER_READ, Translator


def pressed(*tokens: Token) -> list[str]:
    messages = Translator(debug=False).messages(list(tokens))
    return [message.key for message in messages if isinstance(message, events.Key)]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("\x1b[A", ["up"]),
        ("\x1bOB", ["down"]),
        ("\x1b[5~", ["pageup"]),
        ("\x1b[1;5A", ["ctrl+up"]),
        ("\x1b[1;3A", ["alt+up"]),
        ("\x1bOP", ["f1"]),
        ("\x1b[12~", ["f2"]),
        ("\x1b[13~", ["f3"]),
        ("\x1b[1;1S", ["f4"]),
        ("\x1b[Z", ["shift+tab"]),
        ("\x1b", ["escape"]),
        ("\x1b[27;1u", ["escape"]),
        ("\x1b[99;5u", ["ctrl+c"]),
        ("\x1bx", ["alt+x"]),
        ("\x1bX", ["alt+shift+x"]),
        ("\x1b+", ["alt+plus"]),
        ("\x1b1", ["alt+1"]),
        ("\x1b\r", ["alt+enter"]),
        ("\x1bb", ["alt+b"]),
    ],
)
def test_keys_have_their_names(text: str, keys: list[str]) -> None:
    assert pressed(Sequence(text)) == keys


def test_plain_keys_and_pastes() -> None:
    assert pressed(Keys("jX+\r\t \x7f\x03")) == ["j", "X", "plus", "enter", "tab", "space", "backspace", "ctrl+c"]
    messages = Translator(debug=False).messages([Paste("qx")])
    assert [message.text for message in messages if isinstance(message, events.Paste)] == ["qx"]


@example(";;100A")
@given(st.from_regex(r"[0-9;]{0,8}[@-~]", fullmatch=True))
def test_no_sequence_types_a_character_or_eats_the_next_key(body: str) -> None:
    guard = InputGuard(0.5, 0.0)
    translator = Translator(debug=False)
    messages = translator.messages(guard.feed(f"\x1b[{body}", 10.0))
    for message in messages:
        if isinstance(message, events.Key) and not body.endswith("u"):
            assert not message.is_printable
            assert message.key.rpartition("+")[2] not in string.ascii_letters
    guard.tick(100.0)
    tokens = guard.feed("j", 200.0) + guard.tick(201.0)
    assert [m.key for m in translator.messages(tokens) if isinstance(m, events.Key)] == ["j"]


def test_a_flood_of_keys_in_one_read_is_cut_short() -> None:
    guard = InputGuard(0.5, 0.0)
    assert pressed(*guard.feed("\x1b[B" * 10_000, 10.0)) == ["down"] * MOST_PER_READ
