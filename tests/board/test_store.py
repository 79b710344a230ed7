"""Whatever order snapshots and deltas come in, the rows are those of the newest word."""

from __future__ import annotations

from dataclasses import replace

from tests.board.making import SOURCE, Desk, agent, call, key, member, queue
from wallboard.board.board import Changed
from wallboard.domain.keys import Resource
from wallboard.domain.models import Queue, Row
from wallboard.domain.states import AgentState, CallState, MemberState
from wallboard.domain.update import Update, UpdateKind

CALLS = Resource.CALLS


def test_a_snapshot_replaces_its_scope_and_no_other() -> None:
    desk = Desk()
    desk.snapshot(CALLS, call("a"), call("b"), scope="201")
    desk.snapshot(CALLS, call("c"), scope="202")
    desk.snapshot(CALLS, call("b"), scope="201")
    assert desk.ids(CALLS) == ["b", "c"]


def test_what_happened_while_the_list_was_read_stands() -> None:
    desk = Desk()
    desk.snapshot(CALLS, call("a"), call("b"), seq=1)
    desk.delta(CALLS, call("c"), removed=[key(CALLS, "b")], seq=5)
    desk.delta(CALLS, replace(call("a"), state=CallState.HELD), seq=6)
    # Asked at 3, answered only now: it still holds b, and has not seen c nor that a is held.
    desk.snapshot(CALLS, call("a"), call("b"), seq=3)
    assert desk.ids(CALLS) == ["a", "c"]
    row = desk.board.row(key(CALLS, "a"))
    assert row is not None
    assert row == replace(call("a"), state=CallState.HELD)


def test_an_answer_that_was_overtaken_is_dropped() -> None:
    desk = Desk()
    desk.snapshot(CALLS, call("new"), seq=9)
    desk.snapshot(CALLS, call("old"), seq=4)
    desk.delta(CALLS, call("older"), seq=8)
    assert desk.ids(CALLS) == ["new"]


def test_a_reconnect_counts_anew_and_outdates_what_came_before() -> None:
    desk = Desk()
    desk.snapshot(CALLS, call("a"), seq=900)
    desk.snapshot(CALLS, call("b"), seq=1, epoch=2)
    desk.delta(CALLS, call("ghost"), seq=901, epoch=1)
    assert desk.ids(CALLS) == ["b"]


def test_of_two_rows_with_one_id_the_last_wins() -> None:
    desk = Desk()
    desk.snapshot(CALLS, call("a"), call("a", CallState.HELD))
    row = desk.board.row(key(CALLS, "a"))
    assert row == call("a", CallState.HELD)


def test_an_agent_of_two_queues_is_one_row_with_both_and_the_newest_state() -> None:
    desk = Desk()
    desk.snapshot(Resource.AGENTS, agent("bo", queues=["601"]), scope="601")
    desk.clock.advance(1)
    desk.snapshot(Resource.AGENTS, agent("bo", AgentState.BREAK, queues=["602"]), scope="602")
    assert desk.ids(Resource.AGENTS) == ["bo"]
    row = desk.agent("bo")
    assert [place.queue_id for place in row.memberships] == ["601", "602"]
    assert row.state is AgentState.BREAK
    desk.clock.advance(1)
    # The first list again, unchanged: it is the newest word now.
    desk.snapshot(Resource.AGENTS, agent("bo", queues=["601"]), scope="601")
    assert desk.agent("bo").state is AgentState.READY
    desk.snapshot(Resource.AGENTS, scope="602")
    assert [place.queue_id for place in desk.agent("bo").memberships] == ["601"]


def test_listeners_hear_of_what_changed_and_only_then() -> None:
    desk = Desk()
    heard: list[frozenset[tuple[str, Resource]]] = []
    stop = desk.board.subscribe(heard.append)
    desk.snapshot(Resource.QUEUES, queue())
    version = desk.board.version
    assert heard
    assert ("hq", Resource.QUEUES) in heard[-1]
    desk.snapshot(Resource.QUEUES, queue())
    assert desk.board.version == version
    stop()
    desk.snapshot(Resource.QUEUES)
    assert len(heard) == 1
    assert desk.board.version > version


def test_a_list_that_is_suddenly_empty_is_doubted_until_the_next() -> None:
    desk = Desk()
    desk.status(Resource.MEMBERS, last_ok=desk.now)
    desk.snapshot(Resource.MEMBERS, *(member(str(i)) for i in range(7)))
    desk.snapshot(Resource.MEMBERS)
    view = desk.board.resource_view(SOURCE, Resource.MEMBERS)
    assert view is not None
    assert "dropped 7→0, confirming" in view.detail
    desk.snapshot(Resource.MEMBERS)
    view = desk.board.resource_view(SOURCE, Resource.MEMBERS)
    assert view is not None
    assert "confirming" not in view.detail


def test_a_clock_never_steps_back_by_more_than_a_second() -> None:
    desk = Desk()
    t = desk.now
    desk.snapshot(Resource.MEMBERS, member("a", joined_at=t - 41))
    desk.snapshot(Resource.MEMBERS, member("a", joined_at=t - 38))
    row = desk.board.row(key(Resource.MEMBERS, "a"))
    assert row == member("a", joined_at=t - 40)
    desk.snapshot(Resource.MEMBERS, member("a", joined_at=t - 60))
    assert desk.board.row(key(Resource.MEMBERS, "a")) == member("a", joined_at=t - 60)


def test_a_new_state_starts_its_clock_where_the_vendor_says() -> None:
    desk = Desk()
    t = desk.now
    desk.snapshot(Resource.AGENTS, agent("a", AgentState.BREAK, since=t - 700))
    desk.snapshot(Resource.AGENTS, agent("a", AgentState.READY, since=t - 3))
    assert desk.agent("a").since == t - 3


def test_what_is_not_for_this_account_any_more_leaves_no_rows() -> None:
    desk = Desk()
    desk.snapshot(CALLS, call("a"), scope="201")
    desk.snapshot(CALLS, call("b"), scope="202")
    desk.status(CALLS, "201", unavailable=True, wanted=False, cause="no longer there")
    assert desk.ids(CALLS) == ["b"]
    view = desk.board.resource_view(SOURCE, CALLS)
    assert view is not None
    assert [feed.scope for feed in view.feeds] == ["202"]


def test_read_at_is_that_of_the_oldest_scope() -> None:
    desk = Desk()
    first = desk.now
    desk.snapshot(Resource.MEMBERS, member("a", MemberState.WAITING), scope="601")
    desk.clock.advance(5)
    desk.snapshot(Resource.MEMBERS, scope="602")
    assert desk.board.read_at(SOURCE, Resource.MEMBERS) == first
    assert desk.board.read_at(SOURCE, Resource.MEMBERS, "602") == desk.now
    assert desk.board.read_at(SOURCE, Resource.HOTLINES) is None


def test_a_proof_keeps_a_push_source_alive_and_is_kept() -> None:
    from wallboard.domain.update import Proof

    desk = Desk()
    desk.status(CALLS, interval=15.0, timeout=5.0, push=True, last_ok=desk.now)
    desk.snapshot(CALLS, call("a"))
    for _ in range(20):
        desk.clock.advance(5)
        proof = Proof("Pong", desk.now, ("a",))
        desk.board.apply(Update(SOURCE, CALLS, "", UpdateKind.PROOF, 1, 0, desk.now, proofs=(proof,)))
    view = desk.board.resource_view(SOURCE, CALLS)
    assert view is not None
    assert (view.state.value, view.age) == ("live", 0.0)
    assert len(desk.board.proofs(SOURCE)) == 20


def named(desk: Desk, *rows: Row, seq: int, scope: str = "", epoch: int = 1) -> None:
    desk.board.apply(Update(SOURCE, Resource.QUEUES, scope, UpdateKind.NAMED, epoch, seq, desk.now - 1000, tuple(rows)))


def test_names_that_come_later_change_the_rows_and_nothing_else() -> None:
    desk = Desk()
    desk.snapshot(Resource.QUEUES, queue("601", "601"), queue("602", "602"), seq=1)
    read_at = desk.board.read_at(SOURCE, Resource.QUEUES)
    told: list[Changed] = []
    desk.board.subscribe(told.append)
    desk.clock.advance(9)
    named(desk, queue("601", "Sales"), queue("602", "602"), seq=1)
    assert [row.name for row in desk.board.rows(Resource.QUEUES) if isinstance(row, Queue)] == ["Sales", "602"]
    assert told == [frozenset({(SOURCE, Resource.QUEUES)})]
    assert desk.board.read_at(SOURCE, Resource.QUEUES) == read_at
    named(desk, queue("601", "Sales"), queue("602", "602"), seq=1)
    assert len(told) == 1


def test_names_bring_back_no_row_that_has_gone_and_none_that_has_changed_since() -> None:
    desk = Desk()
    desk.snapshot(Resource.QUEUES, queue("601", "601"), queue("602", "602"), seq=1)
    desk.delta(Resource.QUEUES, queue("602", "Support", waiting=3), removed=(key(Resource.QUEUES, "601"),), seq=2)
    named(desk, queue("601", "Sales"), queue("602", "Help"), seq=1)
    (row,) = desk.board.rows(Resource.QUEUES)
    assert isinstance(row, Queue)
    assert (row.name, row.waiting) == ("Support", 3)
    # A later list, another connection, a list that is not for this account any more, a source nobody has heard of.
    desk.snapshot(Resource.QUEUES, queue("602", "Support"), seq=3)
    named(desk, queue("602", "Help"), seq=1)
    named(desk, queue("602", "Help"), seq=3, epoch=2)
    named(desk, queue("603", "New"), seq=3, scope="603")
    assert [row.name for row in desk.board.rows(Resource.QUEUES) if isinstance(row, Queue)] == ["Support"]
    desk.status(Resource.QUEUES, unavailable=True, wanted=False, cause="no longer there")
    named(desk, queue("602", "Help"), seq=3)
    assert desk.board.rows(Resource.QUEUES) == ()


def test_an_empty_list_made_again_confirms_nothing() -> None:
    desk = Desk()
    desk.snapshot(Resource.QUEUES, *(queue(str(n), str(n)) for n in range(8)), seq=1)
    desk.snapshot(Resource.QUEUES, seq=2)
    named(desk, seq=2)
    view = desk.board.resource_view(SOURCE, Resource.QUEUES)
    assert view is not None
    assert "confirming" in view.detail
