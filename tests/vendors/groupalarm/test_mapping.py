"""What GroupAlarm says, as rows (fixtures: vendors.md §1.5)."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st

from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import HotlineCall
from wallboard.domain.states import HotlineState, Wanted
from wallboard.domain.text import clean
from wallboard.vendors.groupalarm import mapping
from wallboard.vendors.groupalarm.reports import record_line
from wallboard.vendors.groupalarm.wire import HotlineWire, LogWire, PhoneWire, RecordWire
from wallboard.vendors.kit.lists import rows

NOW = 1_772_440_000.0  # 2026-03-02T08:26:40Z
HOTLINE: dict[str, Any] = {
    "agents": [5012, 5044, 5101],
    "channelsInbound": 10,
    "channelsOutbound": 10,
    "id": 311,
    "isActive": True,
    "name": "Bereitschaft Nord",
    "number": "004924155660",
    "organizationID": 771,
    "status": "active",
    "ttsInbound": "Willkommen",
    "ttsOutbound": '"Bitte 1 druecken"',
}
LOGS: list[dict[str, Any]] = [
    {
        "entries": [
            {
                "action": "called",
                "agentPhone": "00491700000001",
                "id": 9001,
                "startTime": "2026-03-02T08:14:07Z",
                "userID": 5012,
            },
            {
                "action": "accepted",
                "agentPhone": "00491700000002",
                "id": 9002,
                "startTime": "2026-03-02T08:14:21Z",
                "userID": 5044,
            },
        ],
        "hotlineID": 311,
        "id": 4400,
        "startTime": "2026-03-02T08:14:05Z",
    },
    {"entries": [], "hotlineID": 311, "id": 4399, "startTime": None},
]


def known(**people: str) -> mapping.Known:
    return mapping.Known("responders", UTC, {name.strip("_"): text for name, text in people.items()})


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("active", HotlineState.OPEN),
        ("ACTIVE", HotlineState.OPEN),
        ("activated", HotlineState.OPEN),
        ("inactive", HotlineState.PAUSED),
        ("deactivated", HotlineState.PAUSED),
        ("paused", HotlineState.PAUSED),
        ("stopped", HotlineState.PAUSED),
        ("disabled", HotlineState.PAUSED),
        ("started", HotlineState.STARTING),
        ("just created", HotlineState.STARTING),
        ("pending", HotlineState.STARTING),
        ("activating", HotlineState.STARTING),
        ("error", HotlineState.ERROR),
        ("activation failed", HotlineState.ERROR),
        (" Just_Created ", HotlineState.STARTING),
        ("justCreated", HotlineState.STARTING),
        ("IN-ACTIVATION", HotlineState.STARTING),
        # Words that only hold a known one.
        ("some-new-status", HotlineState.UNKNOWN),
        ("unpaused", HotlineState.UNKNOWN),
        ("not active", HotlineState.UNKNOWN),
        ("active?", HotlineState.UNKNOWN),
        ("no error", HotlineState.UNKNOWN),
        ("restarted", HotlineState.UNKNOWN),
        ("reactivating failed again", HotlineState.UNKNOWN),
        ("active" + " " * 200 + "not", HotlineState.UNKNOWN),
        ("", HotlineState.UNKNOWN),
        ("blau", HotlineState.UNKNOWN),
    ],
)
def test_states_by_whole_words(status: str, state: HotlineState) -> None:
    row = mapping.hotline(HotlineWire.model_validate({**HOTLINE, "status": status}), known(), NOW)
    assert row.state is state
    assert row.raw_status == clean(status)


def test_the_words_of_a_source_come_first() -> None:
    words = mapping.Words.of({"Blau": "open", "active": "starting", "Übernommen": "taken", "weg": "not_taken"})
    assert (words.state("blau"), words.state("ACTIVE"), words.state("paused")) == (
        *(HotlineState.OPEN, HotlineState.STARTING, HotlineState.PAUSED),
    )
    assert (words.taken("übernommen"), words.taken("WEG"), words.taken("accepted")) == (True, False, True)
    assert (words.state("weg"), words.taken("blau")) == (HotlineState.UNKNOWN, None)


def test_a_hotline() -> None:
    facts = known(_5012="K. Roth")
    row = mapping.hotline(HotlineWire.model_validate(HOTLINE), facts, NOW)
    assert row.key == Key("responders", Kind.HOTLINE, "311")
    assert (row.name, row.number, row.raw_status) == ("Bereitschaft Nord", "004924155660", "active")
    assert (row.wanted, row.state, row.since) == (Wanted.OPEN, HotlineState.OPEN, None)
    assert (row.channels_in, row.channels_out) == (10, 10)
    assert [(agent.user, agent.name, agent.phones) for agent in row.agents] == [
        ("5012", "K. Roth", None),
        ("5044", "user 5044", None),
        ("5101", "user 5101", None),
    ]
    assert (row.announcement_in, row.announcement_out) == ("Willkommen", "Bitte 1 druecken")
    assert (row.last_call, row.unaccepted) == (None, None)


def test_asked_is_not_is() -> None:
    row = mapping.hotline(HotlineWire.model_validate({**HOTLINE, "status": "paused"}), known(), NOW)
    assert (row.wanted, row.state) == (Wanted.OPEN, HotlineState.PAUSED)


def test_since_only_where_the_change_was_seen() -> None:
    facts = known()
    paused = HotlineWire.model_validate({**HOTLINE, "status": "paused"})
    assert mapping.hotline(paused, facts, NOW).since is None
    assert mapping.hotline(paused, facts, NOW + 15).since is None
    error = HotlineWire.model_validate({**HOTLINE, "status": "error"})
    assert mapping.hotline(error, facts, NOW + 30).since == NOW + 30
    assert mapping.hotline(error, facts, NOW + 45).since == NOW + 30


def test_ids_as_text_and_switches_as_words() -> None:
    wire = HotlineWire.model_validate(
        {**HOTLINE, "id": "311", "isActive": "false", "agents": ["5012", {"id": 7}, None]}
    )
    assert (wire.id, wire.is_active, wire.agents) == ("311", False, ("5012", "7"))


@pytest.mark.parametrize("switch", [{}, {"isActive": None}, {"isActive": "perhaps"}, {"isActive": 2}])
def test_a_switch_that_is_not_told_is_unknown(switch: dict[str, Any]) -> None:
    bare = {name: value for name, value in HOTLINE.items() if name != "isActive"} | switch
    row = mapping.hotline(HotlineWire.model_validate(bare), known(), NOW)
    assert (row.wanted, row.state) == (None, HotlineState.OPEN)
    told = {"id": 81, "name": "Privat", "phone": "004924199999", "userID": 5012} | switch
    assert mapping.duty_phone(PhoneWire.model_validate(told)).active is None


def test_phones() -> None:
    facts = known(_5012="K. Roth")
    wire = PhoneWire.model_validate(
        {"id": 81, "isActive": False, "name": "Privat", "phone": "004924199999", "userID": 5012}
    )
    row = mapping.phone(wire, "5012", facts)
    assert (row.key.id, row.name, row.extension, row.registered) == ("81", "K. Roth Privat", "004924199999", False)
    assert dict(row.address) == {"phone": "81", "user": "5012"}
    duty = mapping.duty_phone(wire)
    assert (duty.id, duty.name, duty.number, duty.active) == ("81", "Privat", "004924199999", False)


def log(*logs: dict[str, Any], whole: bool = True, now: float = NOW) -> mapping.Log:
    return mapping.call_log(rows(logs, LogWire), whole, now, known(_5044="A. Berg"))


def test_the_last_call_and_who_took_it() -> None:
    found = log(*LOGS)
    assert found.last is not None
    assert (found.last.started_at, found.last.taken_by, found.last.entries) == (1_772_439_245.0, "A. Berg", 2)
    assert [words for _, words in found.details] == [
        "called user 5012 00491700000001",
        "accepted A. Berg 00491700000002",
    ]


def call(at: str, *said: str) -> dict[str, Any]:
    return {"id": 1, "startTime": at, "entries": [{"action": action, "startTime": at} for action in said]}


@pytest.mark.parametrize(
    ("logs", "unaccepted"),
    [
        ([], 0),
        ([call("2026-03-02T08:00:00Z", "called", "accepted")], 0),
        ([call("2026-03-02T08:00:00Z", "called", "declined", "caller hung up")], 1),
        ([call("2026-03-02T08:00:00Z")], 1),
        ([call("2026-03-02T08:25:30Z", "called")], 0),  # still ringing, perhaps
        ([call("2026-03-01T08:00:00Z", "called")], 0),  # more than a day ago
        ([call("2026-03-02T08:00:00Z", "called", "xyzzy")], None),
        # Holding a known word is not being it.
        ([call("2026-03-02T08:00:00Z", "called", "will be taken off the list")], None),
        ([call("2026-03-02T08:00:00Z", "called", "misanswered")], None),
        ([call("2026-03-02T08:00:00Z", "xyzzy", "accepted")], 0),
        ([call("2026-03-02T08:00:00Z", "not_accepted"), call("2026-03-02T07:00:00Z", "notAccepted")], 2),
    ],
)
def test_unaccepted_calls_of_the_last_day(logs: list[dict[str, Any]], unaccepted: int | None) -> None:
    calls = log(*logs).calls
    assert (None if calls is None else len([call for call in calls if not call.taken])) == unaccepted


def test_how_long_a_call_waited_until_the_first_who_took_it() -> None:
    assert log(*LOGS).calls == (HotlineCall(1_772_439_245.0, True, 16.0, clean("A. Berg")),)
    untold = {"id": 1, "startTime": "2026-03-02T08:00:00Z", "entries": [{"action": "accepted", "startTime": None}]}
    assert log(untold).calls == (HotlineCall(1_772_438_400.0, True, None),)


def test_a_log_that_was_not_read_whole_counts_nothing() -> None:
    assert log(call("2026-03-02T08:00:00Z", "called"), whole=False).calls is None


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, ("2026-03-02 09:14:21", "00491700000002", "– (may be running)", "0.12")),
        ({"timeEnd": "2026-03-02T08:15:26Z"}, ("2026-03-02 09:14:21", "00491700000002", "1:05", "0.12")),
        ({"timeEnd": "2026-03-02T08:14:20Z"}, ("2026-03-02 09:14:21", "00491700000002", "–", "0.12")),
        ({"timeStart": "soon", "price": None}, ("soon", "00491700000002", "– (may be running)", "–")),
    ],
)
def test_a_billed_leg_has_a_length_only_where_both_ends_are_known(
    changes: dict[str, Any], line: tuple[str, ...]
) -> None:
    leg = {"destinationNumber": "00491700000002", "timeEnd": None, "timeStart": "2026-03-02T08:14:21Z", "price": 0.12}
    assert record_line(RecordWire.model_validate(leg | changes), ZoneInfo("Europe/Berlin")) == line


@pytest.mark.parametrize(
    ("before", "typed", "sent"),
    [
        ('"Willkommen"', "Willkommen", '"Willkommen"'),
        ('"Willkommen"', "Guten Tag", '"Guten Tag"'),
        ('"Willkommen"', '"Guten Tag"', '"Guten Tag"'),
        ("Willkommen", "Guten Tag", "Guten Tag"),
        (" Will\nkommen ", "Will kommen", " Will\nkommen "),
        ("", "Guten Tag", "Guten Tag"),
        ("Willkommen", "", ""),
        ('"Willkommen"', "", ""),
    ],
)
def test_announcements_change_only_where_they_were_changed(before: str, typed: str, sent: str) -> None:
    assert mapping.written(typed, before) == sent


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
