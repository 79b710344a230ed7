"""A command over the bus: it arrives as it was meant, on any clock, or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.codec import LONGEST, Unreadable
from wallboard.domain.command import Command, Destination, Fingerprint, Target, Verb, new_id
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Member
from wallboard.domain.orders import ARGUMENTS, Order, packed, row_packed, row_unpacked, unpacked
from wallboard.domain.states import MemberState
from wallboard.domain.text import clean

COMMAND = Command(
    new_id(),
    Verb.TRANSFER,
    Target(
        Key("hq", Kind.CALL, "c-17"),
        "Kai Roth",
        Fingerprint(("+49 30 111", "Kai"), 1000.0, "talking"),
        (("call_api_id", "c-17"), ("extension_id", "5")),
        Key("hq", Kind.AGENT, "a1"),
    ),
    Destination("204", "Front desk", Key("hq", Kind.PHONE, "p4"), "hq"),
    (("level", "2"),),
    1030.0,
    private=("url",),
    by="Mira",
    node="desk-1",
)


def sent(order: Order, now: float = 1031.0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(packed(order, now)))
    return found


def test_it_arrives_as_it_was_meant_and_as_old_as_it_was() -> None:
    arrived = unpacked(sent(Order(COMMAND, "2001")), 5031.5)
    target = replace(COMMAND.target, print=replace(COMMAND.target.print, started=5000.5))
    assert arrived == Order(replace(COMMAND, target=target, asked_at=5030.5, origin="bus"), "2001")


def test_what_is_newer_here_and_there_is_passed_over() -> None:
    found = sent(Order(COMMAND))
    found["command"]["mood"] = "good"
    assert unpacked(found, 1031.0).command.verb is Verb.TRANSFER
    found["command"]["verb"] = "levitate"
    with pytest.raises(Unreadable):
        unpacked(found, 1031.0)


def test_what_people_read_is_clean_when_it_arrives() -> None:
    target = replace(COMMAND.target, label="Kai\x1b[31m")
    found = unpacked(sent(Order(replace(COMMAND, target=target, by="Mi\x07ra" + "a" * 200))), 1031.0)
    assert "\x1b" not in found.command.target.label
    assert "\x07" not in found.command.by
    assert len(found.command.by) <= 80


@pytest.mark.parametrize(
    "change",
    [
        {"id": "c1"},
        {"id": "../../x" + "A" * 19},
        {"args": tuple((f"n{number}", "x") for number in range(ARGUMENTS + 1))},
        {"args": (("level", "1"), ("level", "2"))},
        {"args": (("text_in", "x" * (LONGEST + 1)),)},
        {"node": "a b"},
        {"node": "a.*.>\n"},
        {"asked_at": float("nan")},
    ],
    ids=str,
)
def test_what_is_more_than_anybody_means_is_no_order(change: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        unpacked(sent(Order(replace(COMMAND, **change))), 1031.0)


def test_a_text_is_never_cut_so_that_half_of_it_could_be_written() -> None:
    with pytest.raises(Unreadable, match="too long"):
        packed(Order(replace(COMMAND, args=(("text_in", "x" * 5000),))), 1031.0)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(["v", "t", "command", "phone"]), anything)
def test_whatever_stands_there_it_is_read_or_refused(name: str, value: Any) -> None:
    found = sent(Order(COMMAND)) | {name: value}
    try:
        order = unpacked(found, 1031.0)
    except Unreadable:
        return
    assert isinstance(order.command, Command)


@given(st.sampled_from(sorted(sent(Order(COMMAND))["command"])), anything)
def test_the_same_of_each_part_of_a_command(name: str, value: Any) -> None:
    found = sent(Order(COMMAND))
    found["command"][name] = value
    try:
        order = unpacked(found, 1031.0)
    except Unreadable:
        return
    assert isinstance(order.command.verb, Verb)


def test_a_row_comes_with_the_times_of_whoever_reads_it() -> None:
    member = Member(
        Key("hq", Kind.MEMBER, "m1"), "601", clean("Sales"), clean("Ann"), state=MemberState.WAITING, joined_at=990.0
    )
    assert row_unpacked(json.loads(json.dumps(row_packed(member, 1000.0))), 50.0) == replace(member, joined_at=40.0)
    with pytest.raises(Unreadable):
        row_unpacked({"t": 1.0, "row": ["member", {}]}, 1.0)
