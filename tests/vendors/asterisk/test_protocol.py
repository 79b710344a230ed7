"""Bytes to messages and actions to bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.vendors.asterisk.protocol import (
    READ_ACTIONS,
    AmiGarbled,
    AmiReadOnly,
    AmiUnsafe,
    Limits,
    Message,
    Parser,
    encode,
)

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
KEYS = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,12}", fullmatch=True)
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=60)


def wire(messages: list[list[tuple[str, str]]]) -> bytes:
    return BANNER + b"".join(
        "".join(f"{key}: {value}\r\n" for key, value in pairs).encode() + b"\r\n" for pairs in messages
    )


@given(
    st.lists(st.lists(st.tuples(KEYS, VALUES), min_size=1, max_size=6), max_size=5),
    st.lists(st.integers(1, 40), min_size=1, max_size=20),
)
def test_messages_are_the_same_however_the_bytes_are_cut(
    messages: list[list[tuple[str, str]]], cuts: list[int]
) -> None:
    data, parser, found, at, turn = wire(messages), Parser(), [], 0, 0
    while at < len(data):
        step = cuts[turn % len(cuts)]
        found += parser.feed(data[at : at + step])
        at, turn = at + step, turn + 1
    assert [list(item.pairs) for item in found] == [[(k, v.strip(" ")) for k, v in pairs] for pairs in messages]


@given(st.binary(max_size=400))
def test_any_bytes_give_messages_or_one_kind_of_error(data: bytes) -> None:
    parser = Parser(Limits(line=100, lines=5, message=300))
    try:
        for item in parser.feed(BANNER + data):
            assert item.pairs
    except AmiGarbled:
        pass


def test_repeated_keys_are_kept_and_broken_utf8_is_replaced() -> None:
    (item,) = Parser().feed(BANNER + b"Event: X\r\nVariable: a=1\r\nVariable: b=2\r\nName: \xff\xfe\r\n\r\n")
    assert item.all("Variable") == ("a=1", "b=2")
    assert item.get("Variable") == "a=1"
    assert item.get("Name") == "\ufffd\ufffd"


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.9\r\n",
        BANNER + b"K: " + b"x" * 200,
        BANNER + b"K: " + b"x" * 200 + b"\r\n",
        BANNER + b"K: v\r\n" * 11,
        BANNER + (b"K: " + b"v" * 90 + b"\r\n") * 9,
    ],
    ids=["no banner", "endless line", "long line", "many lines", "large message"],
)
def test_what_asterisk_never_sends_ends_the_connection(data: bytes) -> None:
    with pytest.raises(AmiGarbled):
        Parser(Limits(line=100, lines=10, message=500)).feed(data)


def test_a_message_does_not_print_its_values() -> None:
    assert "5551234" not in repr(Message([("Event", "Newchannel"), ("CallerIDNum", "5551234")]))


@given(st.text(max_size=20), st.sampled_from("\r\n\0"), st.text(max_size=20), st.booleans())
def test_a_line_break_in_a_key_or_value_is_refused(head: str, cut: str, tail: str, in_key: bool) -> None:
    bad = head + cut + tail
    field = (bad, "v") if in_key else ("Channel", bad)
    with pytest.raises(AmiUnsafe):
        encode("Hangup", "1", [field], read_only=False)
    with pytest.raises(AmiUnsafe):
        encode(bad, "1", [], read_only=False)


@given(KEYS, VALUES)
def test_what_is_encoded_is_one_message_with_these_fields(key: str, value: str) -> None:
    try:
        data = encode("Hangup", "id-1", [(key, value)], read_only=False)
    except AmiUnsafe:
        assert len(f"{key}: {value}".encode()) > 1000
        return
    assert data.count(b"\r\n\r\n") == 1
    assert data.endswith(b"\r\n\r\n")
    (item,) = Parser().feed(BANNER + data)
    assert item.pairs[2] == (key, value.strip(" "))


@pytest.mark.parametrize("key", ["", "A B", "A:", "1A", "Å"])
def test_a_key_that_ami_does_not_have_is_refused(key: str) -> None:
    with pytest.raises(AmiUnsafe):
        encode("Hangup", "1", [(key, "v")], read_only=False)


def test_a_value_longer_than_asterisk_reads_is_refused_not_cut() -> None:
    with pytest.raises(AmiUnsafe, match="longer"):
        encode("Originate", "1", [("Data", "x" * 1000)], read_only=False)
    with pytest.raises(AmiUnsafe):
        encode("Originate", "1", [("Data", "\ud800")], read_only=False)


@given(st.text(max_size=30))
def test_read_only_lets_nothing_through_but_reading(action: str) -> None:
    if action not in READ_ACTIONS:
        with pytest.raises(AmiReadOnly):
            encode(action, "1", [], read_only=True)


@pytest.mark.parametrize(
    "action",
    ["Originate", "Hangup", "Redirect", "Park", "QueuePause", "QueueReset", "Command", "Setvar", "hangup", "PlayDTMF"],
)
def test_acting_actions_are_refused_when_read_only(action: str) -> None:
    with pytest.raises(AmiReadOnly):
        encode(action, "1", [], read_only=True)


EMPTY_LINE = b"Event: QueueEntry\r\nUniqueid: 1\r\nCallerIDName: Error page\n\nretry: later\r\nWait: 3\r\n\r\n"


def test_a_bare_line_feed_belongs_to_its_value_where_lines_end_in_cr_lf() -> None:
    (first, item) = Parser().feed(BANNER + b"Response: Success\r\n\r\n" + EMPTY_LINE)
    assert first.response == "Success"
    assert item.get("CallerIDName") == "Error page\n\nretry: later"
    assert item.get("Wait") == "3"
    assert "retry" not in item


def test_a_peer_that_ends_its_lines_with_lf_alone_is_understood() -> None:
    data = b"Asterisk Call Manager/11.0.0\nResponse: Success\nActionID: 1\n\nEvent: A\nName: x\n\nEvent: B\n\n"
    for greeting in (data, data.replace(b"11.0.0\n", b"11.0.0\r\n")):
        assert [item.event or item.response for item in Parser().feed(greeting)] == ["Success", "A", "B"]


def test_an_empty_line_that_was_ended_carelessly_ends_its_message() -> None:
    found = Parser().feed(BANNER + b"Response: Success\r\n\r\nEvent: A\r\nName: x\r\n\nEvent: B\r\n\r\n")
    assert [item.event or item.response for item in found] == ["Success", "A", "B"]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20), st.text("\nab: ") | st.text("\rab: "))
def test_a_value_with_line_feeds_is_one_value_however_the_bytes_are_cut(cuts: list[int], name: str) -> None:
    name = name.strip(" \r\n")
    data = BANNER + f"Event: X\r\nName: {name}\r\nLast: 1\r\n\r\n".encode()
    parser, found, at, turn = Parser(), [], 0, 0
    while at < len(data):
        step = cuts[turn % len(cuts)]
        found += parser.feed(data[at : at + step])
        at, turn = at + step, turn + 1
    assert [item.pairs for item in found] == [(("Event", "X"), ("Name", name), ("Last", "1"))]
