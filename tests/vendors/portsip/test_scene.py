"""What polling and push know together: order of updates, one agent of many queues, one session of two spellings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.models import in_address
from wallboard.domain.states import AgentState, Direction
from wallboard.domain.text import clean
from wallboard.vendors.base import Ticket
from wallboard.vendors.portsip import mapping
from wallboard.vendors.portsip.scene import Order, QueueKnown, Scene
from wallboard.vendors.portsip.wire import LegWire, SessionWire

STATUSES = ("READY", "NOT_READY", "QUEUE_CALL", "OTHER_CALL", "WRAP_UP", "LOGGED_OUT", "OFFLINE", "", "New Word")


def scene() -> Scene:
    made = Scene("front", "109")
    for identity, number, name in (("q1", "8001", "Sales"), ("q2", "8002", "Support")):
        made.queues[identity] = QueueKnown(identity, number, clean(name))
    return made


def told(order: Order) -> tuple[int, int]:
    ticket = order.push()
    return ticket.epoch, ticket.seq


def polled(order: Order, seq: int) -> tuple[int, int]:
    ticket = order.polled(Ticket(1, seq, 0.0))
    return ticket.epoch, ticket.seq


def test_what_is_pushed_sorts_between_the_polls_that_it_came_between() -> None:
    order = scene().order
    first = polled(order, 7)
    pushed = [told(order) for _ in range(3)]
    second = polled(order, 9)
    # Begun before, asked for later than the second: a slow answer of another list.
    late = polled(order, 8)
    after = told(order)
    assert first < pushed[0] < pushed[1] < pushed[2] < late < second < after


def test_pushes_before_any_poll_are_older_than_it() -> None:
    order = scene().order
    assert told(order) < polled(order, 1)


def test_what_is_older_than_what_is_known_of_an_agent_is_not_taken() -> None:
    known = scene()
    known.put("101", "q1", at=20.0, status="WRAP_UP")
    known.put("101", "q1", at=10.0, status="QUEUE_CALL")
    row = mapping.agent(known, "101")
    assert row is not None
    assert row.state is AgentState.WRAP_UP


def test_who_an_agent_talks_to_lasts_as_long_as_the_status() -> None:
    known = scene()
    known.put("101", "q1", at=1.0, status="Queue Call", with_name=clean("T. Young"), session="s1")
    known.put("101", "q1", at=2.0, status="QUEUE_CALL")
    talking = mapping.agent(known, "101")
    known.put("101", "q1", at=3.0, status="WRAP_UP")
    after = mapping.agent(known, "101")
    assert talking is not None
    assert after is not None
    assert talking.with_name == "T. Young"
    assert talking.with_key is not None
    assert (after.with_name, after.with_key) == ("", None)


@pytest.mark.parametrize(
    ("said", "registered"),
    [
        (("READY",), True),
        (("LOGGED_OUT",), None),
        (("Meditating",), None),
        (("Meditating", "READY"), True),
        (("OFFLINE", "READY"), False),
    ],
)
def test_a_word_that_is_not_known_says_nothing_of_the_telephone(said: tuple[str, ...], registered: bool | None) -> None:
    known = scene()
    for number, status in enumerate(said, 1):
        known.put("101", f"q{number}", at=1.0, status=status)
    row = mapping.agent(known, "101")
    assert row is not None
    assert row.registered is registered


@given(st.dictionaries(st.sampled_from(["q1", "q2", "q3"]), st.sampled_from(STATUSES), min_size=1))
def test_an_agent_is_one_row_whatever_each_queue_says(statuses: dict[str, str]) -> None:
    known = scene()
    for queue_id, status in statuses.items():
        known.put("101", queue_id, at=1.0, status=status)
    row = mapping.agent(known, "101")
    assert row is not None
    assert [place.queue_id for place in row.memberships] == sorted(statuses)
    if "QUEUE_CALL" in statuses.values():
        assert row.state is AgentState.TALKING
    if set(statuses.values()) == {"LOGGED_OUT"}:
        assert row.state is AgentState.OFF
    if set(statuses.values()) == {""}:
        assert row.state is AgentState.UNKNOWN
    for queue_id in statuses:
        known.leave("101", queue_id)
    assert mapping.agent(known, "101") is None


def test_a_session_keeps_the_spelling_that_was_seen_first_and_is_sent_as_it_came_last() -> None:
    known = scene()
    packed, bare = "NzAwNTUxOTA5NzczMTQ4MTYw", "700551909773148160"
    assert known.session(bare) == bare
    row = mapping.member(known, known.queues["q1"], session=packed)
    assert row.key.id == bare
    assert in_address(row.address, "session") == packed
    for number in range(30_000):
        known.session(str(10**12 + number))
    assert len(known._spelled) <= 20_000


def test_a_member_who_is_served_names_the_agent() -> None:
    known = scene()
    known.put("101", "q1", at=1.0, status="QUEUE_CALL", name=clean("Ada"))
    waits = mapping.member(known, known.queues["q1"], session="s1", number="0043", name="0043")
    row = mapping.served(known, waits, "101", 2.0)
    assert (row.serving, row.serving_ref, row.name) == ("Ada", "101", "")
    assert row.serving_key is not None
    assert row.serving_key.id == "101"


legs = st.builds(
    LegWire,
    caller=st.sampled_from(["", "101", "109", "8001", "+4313340", "anonymous"]),
    callee=st.sampled_from(["", "101", "102", "8001", "004313340"]),
    caller_display_name=st.text(max_size=20),
    trunk=st.text(max_size=5),
    started_at=st.sampled_from(["", "2026-03-02T08:05:12Z", "2026-03-02T08:06:12Z", "x"]),
    talking_time=st.none() | st.integers(0, 9999),
)


@given(st.lists(legs, max_size=5))
def test_any_session_is_a_call_that_can_be_shown(found: list[LegWire]) -> None:
    known = scene()
    known.put("101", "q1", at=1.0, status="READY")
    row = mapping.call(known, SessionWire(id="s1", calls=found), 1772438800.0)
    assert row is not None
    for text in (row.from_number, row.from_name, row.to, row.to_name, row.extension, row.queue):
        assert text == clean(text)
    assert "8001" not in row.agent_refs, "a queue is nobody's telephone"
    assert mapping.call(known, SessionWire(), 0.0) is None


@pytest.mark.parametrize(
    ("caller", "callee", "direction"),
    [
        ("102", "+4924155660", Direction.OUT),
        ("+4924155660", "102", Direction.IN),
        ("102", "112", Direction.UNKNOWN),
        ("+4924155660", "8001", Direction.IN),
        ("109", "112", Direction.OUT),
        ("112", "109", Direction.IN),
    ],
)
def test_behind_a_trunk_the_other_end_says_what_a_short_number_is(
    caller: str, callee: str, direction: Direction
) -> None:
    # Neither agents nor users have been read: 102 may be anyone.
    told = {"caller": caller, "callee": callee, "trunk": "carrier-a", "talking_time": 4}
    wire = SessionWire.model_validate({"id": "s1", "calls": [told]})
    row = mapping.call(scene(), wire, 100.0)
    assert row is not None
    assert row.direction is direction
