"""`snapshot --json` field by field, and the same as plain tables."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support import schema
from wallboard.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import (
    Agent,
    Call,
    DutyAgent,
    DutyPhone,
    Entry,
    Hotline,
    LastCall,
    Member,
    Membership,
    Notice,
    ParkedCall,
    Queue,
    Receptionist,
    Row,
)
from wallboard.domain.states import AgentState, CallState, Direction, HotlineState, MemberState, Wanted
from wallboard.domain.text import clean
from wallboard.domain.update import Budget, FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.view.shapes import LISTS
from wallboard.view.snapshot import snapshot, table

T = 1_770_000_000.0
"""2026-02-02 02:40:00 UTC."""


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def filled(clock: ManualClock | None = None) -> Board:
    board = Board(clock or ManualClock(T))
    budget = Budget(600, 412, T + 1234.6)
    board.source(SourceInfo("hq", "ringme", budget=budget))
    rows: dict[Resource, list[Row]] = {
        Resource.QUEUES: [
            Queue(Key("hq", Kind.QUEUE, "601"), clean("Sales"), strategy=clean("ring-all"), answered=40, abandoned=3)
        ],
        Resource.MEMBERS: [
            Member(
                Key("hq", Kind.MEMBER, "m-1"),
                "601",
                clean("Sales"),
                clean("Eve Lund"),
                clean("+49 30 111"),
                MemberState.WAITING,
                T - 192.9,
            ),
            Member(
                Key("hq", Kind.MEMBER, "c-1"),
                "601",
                clean("Sales"),
                clean("Mia Sand"),
                clean("+49 30 555"),
                MemberState.TALKING,
                T - 100,
                T - 80,
                serving_ref="bo",
            ),
        ],
        Resource.AGENTS: [
            Agent(
                Key("hq", Kind.AGENT, "bo"),
                clean("Bo Quist"),
                clean("202"),
                AgentState.TALKING,
                clean("Available"),
                clean("In a queue call"),
                T - 80,
                (Membership("601", clean("Sales")),),
                registered=True,
                refs=("bo", "202"),
            )
        ],
        Resource.CALLS: [
            Call(
                Key("hq", Kind.CALL, "c-1"),
                clean("202"),
                Direction.IN,
                clean("+49 30 555"),
                clean("Mia Sand"),
                clean("601"),
                state=CallState.TALKING,
                started_at=T - 100,
                answered_at=T - 80,
                recording=False,
                agent_refs=("202",),
                did=clean("+49 30 900"),
            )
        ],
        Resource.HOTLINES: [
            Hotline(
                Key("hq", Kind.HOTLINE, "7"),
                clean("Water rescue"),
                clean("+49241"),
                Wanted.OPEN,
                HotlineState.ERROR,
                clean("ERR"),
                channels_in=4,
                agents=(
                    DutyAgent("5", clean("K. Roth"), (DutyPhone("1", clean("mobile"), clean("+49170"), True),)),
                    DutyAgent("6", clean("A. Vogt"), None),
                ),
                last_call=LastCall(T - 60, clean("K. Roth"), 2),
            )
        ],
        Resource.NOTICES: [
            Notice(Key("hq", Kind.NOTICE, "n1"), clean("Outages"), clean("No mail"), T - 60, None, clean("storm"))
        ],
        Resource.RECEPTIONISTS: [
            Receptionist(
                Key("hq", Kind.RECEPTIONIST, "r1"),
                clean("Front"),
                clean("8000"),
                clean("en"),
                True,
                (Entry(clean("1"), clean("601"), True),),
            )
        ],
        Resource.PARKED: [
            ParkedCall(Key("hq", Kind.PARKED, "p1"), clean("702"), clean("Tom Ny"), since=T - 30, by=clean("Mira"))
        ],
    }
    for seq, (resource, of) in enumerate(rows.items(), 1):
        board.status(FeedStatus("hq", resource, "", 5.0, 4.0, last_ok=T - 2))
        board.apply(Update("hq", resource, "", UpdateKind.SNAPSHOT, 1, seq, T - 2, tuple(of)))
    return board


GOLDEN: dict[str, Any] = {
    "schema": 1,
    "taken_at": "2026-02-02T02:40:00Z",
    "sources": [
        {
            "source": "hq",
            "id": "hq",
            "name": "hq",
            "vendor": "ringme",
            "state": "live",
            "detail": "",
            "age": 2,
            "budget": {"limit": 600, "remaining": 412, "resets_in": 1234},
            "resources": [
                {"name": name, "state": "live", "age": 2, "detail": ""}
                for name in ["queues", "members", "agents", "calls", "hotlines", "notices", "receptionists", "parked"]
            ],
        }
    ],
    "queues": [
        {
            "source": "hq",
            "id": "601",
            "name": "Sales",
            "channel": "phone",
            "waiting": 1,
            "ringing": 0,
            "talking": 1,
            "longest_wait": 192,
            "agents": {
                "ready": 0,
                "ringing": 0,
                "talking": 1,
                "wrap_up": 0,
                "break": 0,
                "other_call": 0,
                "off": 0,
                "unreachable": 0,
                "stuck": 0,
                "mismatch": 0,
                "unknown": 0,
            },
            "staffed": 1,
            "strategy": "ring-all",
            "service_level": {
                "value": None,
                "n": 0,
                "formula": "live",
                "reason": "only 0 of 5 callers needed",
                "low": None,
                "high": None,
                "window": "60m",
                "since": "2026-02-02T02:39:58Z",
            },
            # Of one reading nothing can be counted, and the vendor's counter has another definition.
            "answered": None,
            "abandoned": None,
            "offered": None,
            "lost": None,
            "pulled": None,
            "flowed": None,
            "unseen": None,
            "asa": None,
            "aht": None,
            "occupancy": None,
            "expected_wait": None,
            "lost_percent": None,
            "counted_since": None,
        }
    ],
    "members": [
        {
            "source": "hq",
            "id": "m-1",
            "queue": "Sales",
            "name": "Eve Lund",
            "number": "+49 30 111",
            "state": "waiting",
            "wait": 192,
            "joined_at": "2026-02-02T02:36:47Z",
            "serving": None,
        },
        {
            "source": "hq",
            "id": "c-1",
            "queue": "Sales",
            "name": "Mia Sand",
            "number": "+49 30 555",
            "state": "talking",
            "wait": 20,
            "joined_at": "2026-02-02T02:38:20Z",
            "serving": "Bo Quist",
        },
    ],
    "agents": [
        {
            "source": "hq",
            "id": "bo",
            "name": "Bo Quist",
            "extension": "202",
            "state": "talking",
            "raw_status": "Available",
            "raw_state": "In a queue call",
            "since": "2026-02-02T02:38:40Z",
            "queues": ["Sales"],
            "registered": True,
        }
    ],
    "calls": [
        {
            "source": "hq",
            "id": "c-1",
            "extension": "202",
            "direction": "in",
            "from": "+49 30 555",
            "from_name": "Mia Sand",
            "to": "601",
            "did": "+49 30 900",
            "state": "talking",
            "started_at": "2026-02-02T02:38:20Z",
            "answered_at": "2026-02-02T02:38:40Z",
            "recording": False,
            "agent": "Bo Quist",
        }
    ],
    "hotlines": [
        {
            "source": "hq",
            "id": "7",
            "name": "Water rescue",
            "number": "+49241",
            "wanted": "open",
            "state": "error",
            "raw_status": "ERR",
            "channels_in": 4,
            "channels_out": None,
            "agents": [
                {
                    "user": "5",
                    "name": "K. Roth",
                    "phones": [{"name": "mobile", "number": "+49170", "active": True}],
                },
                {"user": "6", "name": "A. Vogt", "phones": None},
            ],
            "last_call": {"started_at": "2026-02-02T02:39:00Z", "taken_by": "K. Roth", "entries": 2},
        }
    ],
    "notices": [
        {
            "source": "hq",
            "id": "n1",
            "set": "Outages",
            "title": "No mail",
            "active_from": "2026-02-02T02:39:00Z",
            "active_to": None,
            "why": "storm",
            "where": None,
            "when": None,
            "remarks": None,
        }
    ],
    "receptionists": [
        {
            "source": "hq",
            "id": "r1",
            "name": "Front",
            "number": "8000",
            "language": "en",
            "open": True,
            "sends_to": [{"input": "1", "to": "601", "open": True}],
        }
    ],
    "parked": [
        {"source": "hq", "id": "p1", "slot": "702", "caller": "Tom Ny", "since": "2026-02-02T02:39:30Z", "by": "Mira"}
    ],
}

TABLE = """\
sources 1
  name  vendor  state   age  detail
  hq    ringme  live   0:02  –

queues 1
  source  name   waiting  ringing  talking  longest wait  ready  staffed  service
  hq      Sales        1        0        1          3:12      0        1        –

members 2
  source  queue  state    wait  name      number      serving
  hq      Sales  waiting  3:12  Eve Lund  +49 30 111  –
  hq      Sales  talking  0:20  Mia Sand  +49 30 555  Bo Quist

agents 1
  source  name      extension  state    since     queues
  hq      Bo Quist  202        talking  02:38:40  Sales

calls 1
  source  state    direction  from        from name  to   started at  agent
  hq      talking  in         +49 30 555  Mia Sand   601  02:38:20    Bo Quist

hotlines 1
  source  name          number  wanted  state  phones
  hq      Water rescue  +49241  open    error  1 on

notices 1
  source  title    set      where  active from           active to
  hq      No mail  Outages  –      2026-02-02T02:39:00Z  –

receptionists 1
  source  name   number  open
  hq      Front  8000    yes

parked 1
  source  slot  caller  since     by
  hq      702   Tom Ny  02:39:30  Mira
"""


def bare() -> Board:
    """A row of each list of which the vendor tells no more than it must."""
    board = Board(ManualClock(T))
    board.source(SourceInfo("hq", "ringme", budget=Budget(None, None, None)))
    rows: dict[Resource, Row] = {
        Resource.QUEUES: Queue(Key("hq", Kind.QUEUE, "1"), clean("Sales")),
        Resource.MEMBERS: Member(Key("hq", Kind.MEMBER, "1"), "1", clean("")),
        Resource.AGENTS: Agent(Key("hq", Kind.AGENT, "1"), clean("Bo")),
        Resource.CALLS: Call(Key("hq", Kind.CALL, "1")),
        Resource.HOTLINES: Hotline(
            Key("hq", Kind.HOTLINE, "1"), clean("Water"), last_call=LastCall(None, clean(""), 0)
        ),
        Resource.NOTICES: Notice(Key("hq", Kind.NOTICE, "1"), clean(""), clean("")),
        Resource.RECEPTIONISTS: Receptionist(
            Key("hq", Kind.RECEPTIONIST, "1"), clean("Front"), sends_to=(Entry(clean("1"), clean(""), None),)
        ),
        Resource.PARKED: ParkedCall(Key("hq", Kind.PARKED, "1"), clean("702"), clean("")),
    }
    for seq, (resource, row) in enumerate(rows.items(), 1):
        board.status(FeedStatus("hq", resource, "", 5.0, 4.0, last_ok=T - 2))
        board.apply(Update("hq", resource, "", UpdateKind.SNAPSHOT, 1, seq, T - 2, (row,)))
    return board


@pytest.mark.parametrize("board", [filled, bare])
def test_what_is_printed_is_what_the_published_schema_says(board: Callable[[], Board]) -> None:
    printed = json.loads(json.dumps(snapshot(board(), T)))
    assert all(printed[name] for name in LISTS)
    assert list(schema.faults(schema.SNAPSHOT, printed)) == []


def test_the_schema_refuses_what_is_otherwise() -> None:
    printed = json.loads(json.dumps(snapshot(filled(), T)))
    printed["queues"][0]["waiting"] = "1"
    printed["calls"][0]["state"] = "dozing"
    del printed["agents"][0]["queues"]
    assert len(list(schema.faults(schema.SNAPSHOT, printed))) == 3


def test_every_field_of_schema_1() -> None:
    data = snapshot(filled(), T)
    for name, expected in GOLDEN.items():
        assert data[name] == expected, name
    assert list(data) == list(GOLDEN)
    assert json.loads(json.dumps(data)) == data


def test_the_tables() -> None:
    assert table(filled()) == TABLE


def test_what_nobody_knows_is_null() -> None:
    board = Board(ManualClock(T))
    board.source(SourceInfo("hq", "sinch"))
    board.status(FeedStatus("hq", Resource.QUEUES, "", 5.0, 4.0, last_ok=T))
    row = Queue(Key("hq", Kind.QUEUE, "1"), clean("Mail"))
    board.apply(Update("hq", Resource.QUEUES, "", UpdateKind.SNAPSHOT, 1, 1, T, (row,)))
    queue = snapshot(board, T)["queues"][0]
    unknown = ("waiting", "ringing", "talking", "longest_wait", "staffed", "strategy", "answered", "abandoned")
    assert {queue[name] for name in unknown} == {None}
    assert set(queue["agents"].values()) == {None}
    assert queue["service_level"]["value"] is None
    assert queue["service_level"]["reason"]


def test_a_source_that_answered_nothing_is_down_and_says_why() -> None:
    board = Board(ManualClock(T))
    board.source(SourceInfo("hq", "ringme"))
    board.status(FeedStatus("hq", Resource.CALLS, "", 2.0, 3.0, failures=1, cause="connection refused"))
    source = snapshot(board, T)["sources"][0]
    assert (source["state"], source["age"], source["budget"]) == ("down", None, None)
    assert "connection refused" in source["detail"]
    assert source["resources"] == [{"name": "calls", "state": "never", "age": None, "detail": "connection refused"}]
    assert "connection refused" in table(board)


def test_rows_whose_data_is_gone_are_not_passed_off_as_true() -> None:
    clock = ManualClock(T)
    board = filled(clock)
    clock.advance(3600)
    data = snapshot(board, clock.now())
    assert data["calls"] == []
    assert {part["state"] for part in data["sources"][0]["resources"]} == {"gone"}
    assert data["sources"][0]["state"] == "down"
