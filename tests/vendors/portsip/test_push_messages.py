"""Messages of the push interface, from the vendor's pages, with every defect that those pages have."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Member, Queue
from wallboard.domain.states import AgentState, MemberState
from wallboard.domain.text import clean
from wallboard.domain.update import UpdateKind
from wallboard.vendors.base import Ticket
from wallboard.vendors.portsip.push_messages import (
    Reply,
    SlaBreached,
    Unknown,
    decode,
)
from wallboard.vendors.portsip.pushed import Pushed
from wallboard.vendors.portsip.scene import QueueKnown, Scene

NOW = 1_676_206_300.0
STATUS: dict[str, Any] = {
    "event_type": "queue_status",
    "tenant_id": "676398719834259456",
    "queue_id": "677046776364007424",
    "queue_number": "8001",
    "queue_name": "Sales",
    "waiting_list": [
        {
            "position": "1",
            "session_id": "6763987198342",
            "caller_number": "123456",
            "caller_name": "T. Young",
            "timestamp": "1676206249",
            "type": "normal",
        }
    ],
    "agents": [
        {
            "state": "QUEUE_CALL",
            "agent_extension_number": "101",
            "session_id": "677046776364007",
            "caller_number": "998",
            "caller_name": "",
            "timestamp": "1676206201",
        },
        {"state": "Ready", "agent_extension_number": "102", "timestamp": "1676206100"},
    ],
}


def caller(reason: str, **more: Any) -> dict[str, Any]:
    given = {"position": "2", "session_id": "999888777666", "caller_number": "555", "timestamp": "1676206290"}
    return {
        "event_type": "queue_caller_status",
        "queue_id": STATUS["queue_id"],
        "updated_callers": [{**given, "reason": reason, "type": "normal/callback", **more}],
    }


def scene() -> Scene:
    found = Scene("branch")
    # REST spells the queue's id packed, the push interface prints the number inside.
    found.queues["Njc3MDQ2Nzc2MzY0MDA3NDI0"] = QueueKnown("Njc3MDQ2Nzc2MzY0MDA3NDI0", "8001", clean("Sales"))
    found.order.polled(Ticket(1, 7, NOW))
    return found


class Fed:
    """A connection that was told messages; what is on the board after them, by the last word on each row."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.scene = scene()
        self.pushed = Pushed(self.scene)
        self.members: dict[str, Member] = {}
        self.agents: dict[str, Agent] = {}
        self.queue: Queue | None = None
        self.proofs: list[tuple[str, tuple[str, ...]]] = []
        self.seqs: list[int] = []
        for message in messages:
            self.hear(message)

    def hear(self, message: dict[str, Any], now: float = NOW) -> None:
        for part in decode(json.dumps(message)):
            self.apply(*self.pushed.take(part, now))

    def apply(self, *updates: Any) -> None:
        for update in updates:
            self.seqs.append(update.seq)
            self.proofs += [(proof.name, proof.subject) for proof in update.proofs]
            rows = {row.key.id: row for row in update.rows}
            if update.resource is Resource.QUEUES and update.kind is UpdateKind.DELTA:
                (self.queue,) = rows.values()
                continue
            shelf: dict[str, Any] = self.members if update.resource is Resource.MEMBERS else self.agents
            if update.kind is UpdateKind.SNAPSHOT:
                shelf.clear()
            shelf.update(rows)
            for key in update.removed:
                shelf.pop(key.id, None)


def test_a_queue_that_tells_all_shows_who_waits_and_what_its_agents_do() -> None:
    fed = Fed(STATUS)
    (member,) = fed.members.values()
    assert (member.name, member.number, member.state) == ("T. Young", "123456", MemberState.WAITING)
    assert (member.joined_at, member.position, member.queue) == (1676206249.0, 1, "Sales")
    assert fed.agents["101"].state is AgentState.TALKING
    assert (fed.agents["101"].with_name, fed.agents["101"].since) == ("998", 1676206201.0)
    assert fed.agents["102"].state is AgentState.READY
    assert fed.queue is not None
    assert (fed.queue.waiting, fed.queue.longest_since) == (1, 1676206249.0)
    assert fed.pushed.tells(Resource.MEMBERS, "Njc3MDQ2Nzc2MzY0MDA3NDI0")


def test_what_is_pushed_sorts_after_the_poll_before_it_and_before_the_next() -> None:
    fed = Fed(STATUS, caller("enqueue"), caller("hangup"))
    assert fed.seqs == sorted(fed.seqs)
    assert len(set(fed.seqs)) == len(fed.seqs)
    before, after = (Scene("x").order.polled(Ticket(1, seq, NOW)) for seq in (7, 8))
    assert before.seq < fed.seqs[0] <= fed.seqs[-1] < after.seq


def test_a_caller_comes_waits_and_goes() -> None:
    fed = Fed(STATUS, caller("enqueue", caller_name="Ann"))
    row = fed.members["999888777666"]
    assert (row.name, row.joined_at, row.state, row.position) == ("Ann", 1676206290.0, MemberState.WAITING, 2)
    assert fed.queue is not None
    assert fed.queue.waiting == 2
    fed.hear(caller("overflow"))
    assert set(fed.members) == {"6763987198342"}
    assert fed.queue.waiting == 1
    assert ("queue_caller_status", ("999888777666", "999888777666", "Njc3MDQ2Nzc2MzY0MDA3NDI0", "555")) in fed.proofs


def test_an_answered_caller_is_seen_with_their_agent_and_one_who_gave_up_as_such() -> None:
    fed = Fed(STATUS)
    fed.hear(
        {
            "event_type": "queue_agent_status",
            "queue_id": STATUS["queue_id"],
            "updated_agents": [{"state": "Queue Call", "agent_extension_number": 102, "session_id": "6763987198342"}],
        }
    )
    fed.hear(caller("agent_answered", session_id="6763987198342", timestamp="1676206295"))
    row = fed.members["6763987198342"]
    assert (row.state, row.answered_at, row.joined_at) == (MemberState.TALKING, 1676206295.0, 1676206249.0)
    assert row.serving_ref == "102"
    fed.hear(caller("enqueue"))
    fed.hear(caller("hangup", timestamp="1676206299"))
    row = fed.members["999888777666"]
    assert (row.state, row.ended_at, row.joined_at) == (MemberState.ABANDONED, 1676206299.0, 1676206290.0)
    # The next list is without both: nobody is left.
    fed.apply(*fed.pushed.lists(NOW + 5))
    assert fed.members == {}
    assert fed.queue is not None
    assert fed.queue.waiting == 0


def test_one_who_asked_to_be_called_back_stays_but_does_not_wait() -> None:
    fed = Fed(STATUS, caller("enqueue"), caller("callback", type="callback"))
    row = fed.members["999888777666"]
    assert (row.state, row.details) == (MemberState.UNKNOWN, (("asked", "to be called back"),))
    assert row.joined_at == 1676206290.0
    assert fed.queue is not None
    assert fed.queue.waiting == 1


def test_agents_change_come_and_leave() -> None:
    fed = Fed(STATUS)
    fed.hear(
        {
            "event_type": "queue_agent_status",
            "queue_id": STATUS["queue_id"],
            "updated_agents": [{"state": "Online", "agent_extension_number": "102", "timestamp": "1676206280"}],
            "removed_agents": [{"agent_extension_number": "101"}],
        }
    )
    assert set(fed.agents) == {"102"}
    assert fed.agents["102"].state is AgentState.OFF, "Online is the push interface's word for logged out"
    assert ("queue_agent_status", ("102", "Njc3MDQ2Nzc2MzY0MDA3NDI0")) in fed.proofs
    # A queue that tells all again without an agent has lost them.
    fed.hear({**STATUS, "agents": [{"state": "Wrap Up", "agent_extension_number": "103"}]})
    assert {name: agent.state for name, agent in fed.agents.items()} == {"103": AgentState.WRAP_UP}


def test_a_breached_service_level_is_a_proof_and_changes_no_row() -> None:
    fed = Fed(STATUS)
    before = dict(fed.members)
    message = {
        "event_type": "queue_sla_breached",
        "queue_id": "677046776364007424",
        "caller": "00431334081002",
        "total_callers_breached": 6,
        "sla_time_secs": "90",
        "waiting_callers": 100,
        "timestamp": "1676206249",
    }
    (read,) = decode(json.dumps(message))
    assert read == SlaBreached("677046776364007424", "", "00431334081002", 90)
    fed.hear(message)
    assert fed.members == before
    assert fed.proofs[-1][0] == "queue_sla_breached"


def test_a_change_before_the_whole_is_known_asks_for_the_whole() -> None:
    fed = Fed(caller("enqueue"))
    assert fed.members == {}
    assert not fed.pushed.tells(Resource.MEMBERS, "Njc3MDQ2Nzc2MzY0MDA3NDI0")
    assert fed.pushed.doubtful() == {"Njc3MDQ2Nzc2MzY0MDA3NDI0"}
    assert fed.pushed.doubtful() == set()


def test_a_reason_that_is_not_known_asks_for_the_whole_and_loses_nobody() -> None:
    fed = Fed(STATUS, caller("teleported", session_id="6763987198342"))
    assert set(fed.members) == {"6763987198342"}
    assert fed.pushed.doubtful()


def test_what_polling_read_since_and_was_not_pushed_is_not_overwritten() -> None:
    fed = Fed(STATUS)
    known = fed.scene.queues["Njc3MDQ2Nzc2MzY0MDA3NDI0"]
    assert fed.scene.waits(known, {"6763987198342": None, "1231231231": None}, NOW + 1)
    lists = fed.pushed.lists(NOW + 2)
    assert [update.resource for update in lists] == [Resource.AGENTS]
    assert fed.pushed.doubtful() == {known.id}
    fed.hear(STATUS, NOW + 3)
    assert fed.pushed.doubtful() == set()
    assert Resource.MEMBERS in {update.resource for update in fed.pushed.lists(NOW + 4)}


def test_moments_of_another_clock_are_moved_and_absurd_ones_are_none() -> None:
    fed = Fed()
    fed.scene.ahead = 30.0
    fed.hear(STATUS)
    assert fed.members["6763987198342"].joined_at == 1676206219.0
    for odd in ("0", "never", "99999999999", None, "100"):
        fed = Fed({**STATUS, "waiting_list": [{**STATUS["waiting_list"][0], "timestamp": odd}]})
        assert fed.members["6763987198342"].joined_at is None


def test_null_lists_are_empty_and_missing_ones_say_nothing() -> None:
    fed = Fed(STATUS, {**STATUS, "waiting_list": None})
    assert fed.members == {}
    assert len(fed.agents) == 2
    missing = {name: value for name, value in STATUS.items() if name != "waiting_list"}
    fed = Fed(STATUS, missing)
    assert len(fed.members) == 1


def test_another_tenant_s_queue_is_none_of_ours() -> None:
    fed = Fed({**STATUS, "queue_id": "1", "queue_number": "9"})
    assert (fed.members, fed.agents, fed.queue) == ({}, {}, None)


def test_a_queue_is_known_by_its_number_where_its_id_is_another() -> None:
    assert len(Fed({**STATUS, "queue_id": "odd"}).members) == 1


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ('{"command": "auth", "id": "1", "status": 0}', Reply("auth", True)),
        ('{"command": "auth", "status": "0"}', Reply("auth", True)),
        ('{"command": "auth", "error": "bad", "id": "2", "status": -1}', Reply("auth", False, "bad")),
        ('{"command": "subscribe"}', Reply("subscribe", False)),
        ('{"event_type": "extension_call", "call_status": ""}', Unknown("extension_call")),
        ("{}", Unknown("")),
    ],
)
def test_replies_and_what_says_nothing(frame: str, expected: object) -> None:
    assert decode(frame) == [expected]


@pytest.mark.parametrize(
    "frame", ["", "no", "3", "null", "[]", "[1]", '{"a":1}，', b"\xff\xfe", "[" * 100_000, '{"a": NaN']
)
def test_garbage_is_told_from_messages(frame: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"no |deeper than 32 levels"):
        decode(frame)


def told(message: dict[str, Any]) -> tuple[Pushed, list[Any]]:
    pushed = Pushed(scene())
    for part in decode(json.dumps(STATUS)):
        pushed.take(part, NOW)
    pushed.doubtful()
    return pushed, [update for part in decode(json.dumps(message)) for update in pushed.take(part, NOW + 1)]


def test_entries_of_a_list_that_cannot_be_used_are_counted() -> None:
    odd = {
        **STATUS,
        "waiting_list": [*STATUS["waiting_list"], {"position": "2"}, None],
        "agents": [*STATUS["agents"], 7],
    }
    pushed, updates = told(odd)
    said = {update.resource: update.approximate for update in updates if update.kind is UpdateKind.SNAPSHOT}
    assert said == {Resource.MEMBERS: "2 rows without an id", Resource.AGENTS: "1 row without an id"}
    again = {update.resource: update.approximate for update in pushed.lists(NOW + 5) if update.scope}
    assert again == said, "for as long as that list stands"


@pytest.mark.parametrize(
    "message",
    [
        caller("enqueue", session_id=None),
        {"event_type": "queue_agent_status", "queue_number": "8001", "updated_agents": [{"state": "Ready"}]},
        {"event_type": "queue_agent_status", "queue_number": "8001", "removed_agents": [None]},
    ],
)
def test_a_change_of_somebody_who_cannot_be_read_asks_for_all_again(message: dict[str, Any]) -> None:
    pushed, _ = told(message)
    assert pushed.doubtful() == {"Njc3MDQ2Nzc2MzY0MDA3NDI0"}
    pushed, _ = told(STATUS)
    assert pushed.doubtful() == set()
    pushed.missed()
    assert pushed.doubtful() == {"Njc3MDQ2Nzc2MzY0MDA3NDI0"}, "it may have been about any queue"
