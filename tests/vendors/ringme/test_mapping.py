"""Vendor words, times and names into rows, one rule at a time."""

from __future__ import annotations

import pytest

from tests.vendors.ringme.server import CALLS, MEMBERS
from tests.vendors.server import NOW
from wallboard.domain.models import Call, Member
from wallboard.domain.states import AgentState, CallState, Direction, MemberState
from wallboard.domain.text import clean
from wallboard.vendors.ringme.mapping import Context, call_row, member_row, phone_row
from wallboard.vendors.ringme.names import names_of, same_phone
from wallboard.vendors.ringme.own import slot_answer
from wallboard.vendors.ringme.states import WORDS, Words
from wallboard.vendors.ringme.wire import CurrentCall, ExtensionInfo, MemberStatus


@pytest.mark.parametrize(
    ("status", "state", "shown"),
    [
        ("Available", "Waiting", AgentState.READY),
        ("available", "waiting", AgentState.READY),
        ("Available (On Demand)", "Waiting", AgentState.READY),
        ("Available", "Receiving", AgentState.RINGING),
        ("Available", "Reserved", AgentState.RINGING),
        ("Available", "In a queue call", AgentState.TALKING),
        ("Logged Out", "In a queue call", AgentState.TALKING),
        ("logged_out", "in_a_queue_call", AgentState.TALKING),
        ("Available", "Idle", AgentState.MISMATCH),
        ("On Break", "Waiting", AgentState.BREAK),
        ("Logged Out", "Waiting", AgentState.OFF),
        ("Unknown", "Unknown", AgentState.UNKNOWN),
        ("Available", "Dancing", AgentState.UNKNOWN),
        # Words that only hold a known one, and a state behind which there may be a call.
        ("Unavailable", "Waiting", AgentState.UNKNOWN),
        ("Not Available", "Waiting", AgentState.UNKNOWN),
        ("не Available", "Waiting", AgentState.UNKNOWN),
        ("!available", "Waiting", AgentState.UNKNOWN),
        ("Available", "Not Waiting", AgentState.UNKNOWN),
        ("On Break", "In a video call", AgentState.UNKNOWN),
        ("Logged Out", "Dancing", AgentState.UNKNOWN),
        ("Logged Out", "", AgentState.OFF),
        ("On Break Soon", "Waiting", AgentState.UNKNOWN),
        ("", "", AgentState.UNKNOWN),
    ],
)
def test_the_state_of_an_agent_from_status_and_state(status: str, state: str, shown: AgentState) -> None:
    assert WORDS.agent(status, state) is shown


def test_the_words_of_a_source_stand_beside_the_vendors() -> None:
    words = Words.of({"Обед": "break", "Свободен": "ready", "Ожидание": "waiting", "Разговор": "talking"})
    assert words.agent("Обед", "Waiting") is AgentState.BREAK
    assert words.agent("свободен", "Ожидание") is AgentState.READY
    assert words.agent("Available", "РАЗГОВОР") is AgentState.TALKING
    assert (words.member("Ожидание"), words.member("Обед")) == (MemberState.WAITING, MemberState.UNKNOWN)


def test_the_names_of_an_extension() -> None:
    assert names_of("022*341@pbx.example") == ("022*341@pbx.example", "022*341", "341")
    assert names_of("341") == ("341",)
    assert names_of("") == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("022*300@pbx.example", "300", True),
        ("022*300@pbx.example", "022*300", True),
        ("022*300@pbx.example", "031*300", False),
        ("022*300", "301", False),
        ("", "", False),
        ("300", "", False),
    ],
)
def test_my_phone_is_recognised_in_every_spelling_but_not_in_another_account(one: str, other: str, same: bool) -> None:
    assert same_phone(one, other) is same


def waiting(**changes: object) -> Member:
    wire = MemberStatus.model_validate({**MEMBERS[0], **changes})
    row = member_row(Context("hq", NOW), "34414", clean("Sales"), wire)
    assert row is not None
    return row


def test_a_join_time_in_another_zone_is_not_believed_and_the_reason_is_shown() -> None:
    row = waiting(joined_datetime="2026-03-02 11:12:33")
    assert row.joined_at == NOW - 94
    assert [label for label, _ in row.details] == ["clock"]


def test_a_join_time_within_the_tolerance_is_kept() -> None:
    assert waiting(joined_datetime="2026-03-02 08:12:00").joined_at == NOW - 127
    assert waiting(joined_datetime="2026-03-02 08:12:33", wait_time=None).joined_at == NOW - 94
    assert waiting(joined_datetime=None, wait_time=None).joined_at is None
    assert waiting(joined_datetime="9999-12-31 23:59:59", wait_time=None).joined_at is None
    assert waiting(joined_datetime="2026-03-02 08:14:08", wait_time=0).joined_at == NOW, "never in the future"


def test_a_served_caller_has_waited_until_the_answer() -> None:
    row = waiting(state="Answered", joined_datetime="2026-03-02 08:05:00", wait_time=12, serving_agent="136_local")
    assert (row.state, row.serving_ref) == (MemberState.TALKING, "136_local")
    assert row.answered_at == row.joined_at + 12 if row.joined_at is not None else False
    late = waiting(state="Abandoned", joined_datetime="2026-03-02 08:05:00", wait_time=45)
    assert late.ended_at is not None
    assert late.answered_at is None


def test_an_unknown_word_is_an_unknown_state() -> None:
    for word in ("Levitating", "Not Waiting", "Waiting room", "Answered?"):
        row = waiting(state=word)
        assert (row.state, row.raw_state) == (MemberState.UNKNOWN, word)
    assert waiting().raw_state == ""


def leg(**changes: object) -> Call:
    wire = CurrentCall.model_validate({**CALLS[0], **changes})
    row = call_row(Context("hq", NOW), wire)
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("answered", "state", "shown"),
    [
        ({"answer_time_gmt": None}, CallState.RINGING, {}),
        ({"answer_time_gmt": ""}, CallState.RINGING, {}),
        ({"answer_time_gmt": "2026-03-02 08:05:20"}, CallState.TALKING, {}),
        ({"answer_time_gmt": "0000-00-00 00:00:00"}, CallState.UNKNOWN, {"answered": "0000-00-00 00:00:00"}),
        ({"answer_time_gmt": "soon"}, CallState.UNKNOWN, {"answered": "soon"}),
    ],
)
def test_a_call_is_ringing_only_where_the_vendor_says_that_nobody_answered(
    answered: dict[str, object], state: CallState, shown: dict[str, str]
) -> None:
    row = leg(**answered)
    assert (row.state, dict(row.details)) == (state, shown)
    bare = {name: value for name, value in CALLS[0].items() if name != "answer_time_gmt"}
    untold = call_row(Context("hq", NOW), CurrentCall.model_validate(bare))
    assert untold is not None
    assert (untold.state, untold.answered_at) == (CallState.UNKNOWN, None)


@pytest.mark.parametrize("flow", ["inside", "outer", "in/out", ""])
def test_a_direction_is_a_whole_word_too(flow: str) -> None:
    row = leg(call_flow=flow, called_extension=None)
    assert row.direction is Direction.UNKNOWN
    assert [said for label, said in row.details if label == "direction"] == [flow] * bool(flow)


def test_a_recording_that_makes_no_sense_is_unknown() -> None:
    assert [leg(record_uuid=value).recording for value in ("32494-AB", None, "None", True, 10**300)] == [
        *(True, False, False, None, None)
    ]


@pytest.mark.parametrize(
    ("data", "there"),
    [
        ({"slot": 5, "uuid": "02abb9ee685a11ea94bfe17eb6eaecba"}, True),
        ({"slot": 5, "uuid": "02abb9ee"}, True),
        (["32494-02abb9ee685a11ea94bfe17eb6eaecba"], True),
        ({"slot": 5, "uuid": "ffffffff685a11ea94bfe17eb6eaecba"}, False),
        ({"slot": 5, "uuid": None}, False),
        ({}, False),
        ([], False),
        (None, None),
        ({"result": "ok"}, None),
        (5, None),
    ],
)
def test_what_sits_in_a_slot(data: object, there: bool | None) -> None:
    assert slot_answer(data, "02abb9ee685a11ea94bfe17eb6eaecba") is there


def test_a_telephone_is_one_until_it_is_said_to_be_a_room() -> None:
    info = ExtensionInfo(id="5", name="022*341")
    rows = phone_row("hq", "5", info, True), phone_row("hq", "5", info, use="conference")
    assert [(row.use, row.registered, row.extension) for row in rows] == [
        ("phone", True, "341"),
        ("conference", None, "341"),
    ]
