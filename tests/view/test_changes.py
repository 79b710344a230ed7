"""`watch`: one line a change, none for a clock, none for a list that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wallboard.board import Alarm, Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Key, Kind
from wallboard.view.changes import Changes, action_rows, alarm_rows, plain
from wallboard.view.context import Context


def taken(state: str = "live", **lists: list[dict[str, Any]]) -> Mapping[str, list[dict[str, Any]]]:
    """A taking of one source `hq`, all of whose lists are in `state`."""
    names = ("queues", "members", "agents", "calls")
    parts = [{"name": name, "state": state, "age": 1, "detail": ""} for name in names]
    source = {"source": "hq", "id": "hq", "name": "hq", "state": state, "age": 1, "detail": "", "resources": parts}
    return {"sources": [source], **lists}


def caller(ident: str, **more: Any) -> dict[str, Any]:
    return {"source": "hq", "id": ident, "name": "Eve", "queue": "Sales", "state": "waiting", "wait": 1, **more}


def queue(waiting: int, **more: Any) -> dict[str, Any]:
    agents = {"ready": 1, "ringing": 0}
    return {
        "source": "hq",
        "id": "601",
        "name": "Sales",
        "waiting": waiting,
        "agents": agents,
        "longest_wait": 5,
    } | more


ALARM = Alarm(
    *("hq/queue/601:longest", "hq", "Sales", "longest", Key("hq", Kind.QUEUE, "601"), None, "alarm", 2),
    *(192.0, 120.0, "longest 3:12 > 2:00", 1_770_000_000.0, 1_770_000_000.0),
)


AT = Context(Board(ManualClock()), 1_770_000_000.0)


def shown(alarm: Alarm) -> dict[str, Any]:
    (row,) = alarm_rows([alarm], AT)
    return dict(row)


def told(changes: Changes, now: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [(each.list, each.change, str(each.row["id"])) for each in changes.step(now)]


def test_what_is_there_is_here_and_what_comes_is_new_changed_and_gone() -> None:
    changes = Changes()
    assert told(changes, taken(members=[caller("a")])) == [("sources", "here", "hq"), ("members", "here", "a")]
    assert told(changes, taken(members=[caller("a"), caller("b")])) == [("members", "new", "b")]
    assert told(changes, taken(members=[caller("a", state="ringing"), caller("b")])) == [("members", "changed", "a")]
    assert told(changes, taken(members=[caller("a", state="ringing")])) == [("members", "gone", "b")]
    assert told(changes, taken(members=[caller("a", state="ringing")])) == []


def test_the_first_reading_of_a_list_is_what_was_there() -> None:
    changes = Changes()
    changes.step(taken("never"))
    assert ("members", "here", "a") in told(changes, taken(members=[caller("a")]))
    assert told(changes, taken(members=[caller("a"), caller("b")])) == [("members", "new", "b")]


def test_clocks_alone_are_no_change() -> None:
    changes = Changes()
    row = caller("a", joined_at="2026-02-02T02:40:00Z")
    changes.step(taken(members=[row], queues=[queue(1)], alarms=[shown(ALARM)]))
    later = caller("a", wait=9, joined_at="2026-02-02T02:40:01Z")
    older = shown(ALARM) | {"value": 200.0, "text": "Sales longest 3:20 > 2:00"}
    assert told(changes, taken(members=[later], queues=[queue(1, longest_wait=13)], alarms=[older])) == []
    moved = caller("a", joined_at="2026-02-02T02:41:00Z")
    assert told(changes, taken(members=[moved], queues=[queue(2)], alarms=[older])) == [
        ("queues", "changed", "601"),
        ("members", "changed", "a"),
    ]


def test_a_list_that_cannot_be_read_loses_no_rows() -> None:
    changes = Changes()
    changes.step(taken(members=[caller("a"), caller("b")]))
    assert told(changes, taken("gone")) == [("sources", "changed", "hq")]
    assert told(changes, taken(members=[caller("a")])) == [("sources", "changed", "hq"), ("members", "gone", "b")]


def test_an_alarm_goes_by_being_normal() -> None:
    changes = Changes()
    changes.step(taken())
    assert told(changes, taken(alarms=[shown(ALARM)])) == [("alarms", "new", ALARM.id)]
    (gone,) = changes.step(taken(alarms=[]))
    assert (gone.change, gone.row["state"]) == ("gone", "normal")


def test_an_action_is_told_at_each_of_its_steps() -> None:
    record = {"id": "c1", "verb": "hangup", "target": {"key": "hq/call/7", "label": "Eve"}, "operator": "Mira"}
    changes = Changes()
    changes.step(taken())
    steps = []
    for phase in ("requested", "sent", "answered", "confirmed"):
        rows: Any = action_rows([{**record, "phase": phase}], AT)
        steps += [(each.change, each.row["phase"]) for each in changes.step(taken(actions=rows))]
    assert steps == [("new", "requested"), ("changed", "sent"), ("changed", "accepted"), ("changed", "confirmed")]
    assert told(changes, taken()) == []


def test_what_is_no_action_in_the_journal_is_none() -> None:
    records: list[dict[str, Any]] = [
        {"phase": "rotated", "id": "x"},
        {"phase": "acknowledged", "id": "y", "target": {"key": "k"}},
    ]
    assert action_rows(records, AT) == []


def test_an_alarm_has_the_fields_of_the_contract() -> None:
    assert shown(ALARM) == {
        "id": "hq/queue/601:longest",
        "source": "hq",
        "object": "Sales",
        "condition": "longest",
        "severity": "alarm",
        "priority": 2,
        "state": "active",
        "value": 192.0,
        "limit": 120.0,
        "since": "2026-02-02T02:40:00Z",
        "acked_by": None,
        "acked_at": None,
        "until": None,
        "text": "Sales longest 3:12 > 2:00",
    }


def test_in_words_each_is_a_sentence() -> None:
    changes = Changes()
    changes.step(taken(members=[caller("a")], queues=[queue(1)]))
    row = queue(2, agents={"ready": 0, "ringing": 1})
    now = taken(members=[caller("a", state="talking")], queues=[row], alarms=[shown(ALARM)])
    assert [plain(each, "12:00:00", {}) for each in changes.step(now)] == [
        "12:00:00 queue Sales of hq: waiting 2 (was 1), agents ready 0 (was 1), agents ringing 1 (was 0)",
        "12:00:00 caller Eve of hq: state talking (was waiting)",
        "12:00:00 new alarm: Sales longest 3:12 > 2:00, active",
    ]
    assert [plain(each, "12:00:00", {}) for each in changes.step(taken(queues=[row]))] == [
        "12:00:00 gone: caller Eve of hq",
        "12:00:00 gone: alarm: Sales longest 3:12 > 2:00, normal",
    ]
    record: Any = {"id": "c", "phase": "failed", "verb": "hangup", "target": {"key": "hq/call/7"}}
    actions: Any = action_rows([record], AT)
    (line,) = changes.step(taken(queues=[row], actions=actions))
    assert plain(line, "12:00:00", {}) == "12:00:00 hangup hq/call/7: failed"
