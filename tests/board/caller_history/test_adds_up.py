"""Whatever the lists say, nobody falls out of the books: offered is the sum of its parts, and each stay is in one."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.board.making import SOURCE, Desk, agent, call, key, member, queue
from wallboard.board.caller_history import Outcome
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Member
from wallboard.domain.states import CallState, MemberState

IDS = "abcd"
STATES = [state for state in MemberState if state is not MemberState.UNKNOWN]
Seen = tuple[str, MemberState, int]

rows = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(STATES), st.integers(0, 40)), max_size=4)
steps = st.lists(
    st.tuples(
        st.sampled_from(["601", "602", "agents", "calls", "gap", "pull", "drop"]),
        rows,
        st.sampled_from([1, 5, 5, 30]),
    ),
    max_size=30,
)


@given(steps)
@settings(max_examples=150, deadline=None)
def test_any_trace_adds_up(plan: Sequence[tuple[str, Sequence[Seen], int]]) -> None:
    desk = Desk()
    for scope in ("601", "602"):
        desk.snapshot(Resource.QUEUES, queue(scope), scope=scope)
        desk.snapshot(Resource.MEMBERS, scope=scope)
    desk.clock.advance(10)
    listed: dict[str, dict[str, Member]] = {"601": {}, "602": {}}
    for what, seen, passed in plan:
        desk.clock.advance(passed)
        now = desk.now
        if what in ("601", "602"):
            listed[what] = {
                id_: member(id_, state, what, joined_at=now - ago, serving_ref="bo", number=id_)
                for id_, state, ago in seen
            }
            # One in two lists is where the later one has them, until the other is read again.
            for scope in (what, "602" if what == "601" else "601"):
                listed[scope] = {
                    id_: row for id_, row in listed[scope].items() if scope == what or id_ not in listed[what]
                }
                desk.snapshot(Resource.MEMBERS, *listed[scope].values(), scope=scope)
        elif what == "agents":
            desk.snapshot(Resource.AGENTS, agent("bo", since=now - 3))
        elif what == "calls":
            legs = {id_: call(id_, CallState.TALKING, started_at=now - ago) for id_, _, ago in seen}
            desk.snapshot(Resource.CALLS, *legs.values())
        elif what == "gap":
            desk.status(Resource.MEMBERS, "601", failures=1, cause="no answer")
        elif what == "pull":
            for id_, _, _ in seen:
                desk.board.pulled(Key(SOURCE, Kind.MEMBER, id_))
        else:
            listed["602"] = {}
            desk.status(Resource.MEMBERS, "602", unavailable=True)
        desk.board.tick()
        for scope in ("601", "602"):
            made = desk.board.queue_stats(key(Resource.QUEUES, scope))
            stays = desk.board._sources[SOURCE].history.stays(scope)
            if made.offered is None:
                continue
            ends = (made.answered or 0, made.lost, made.pulled, made.flowed, made.unseen)
            assert made.offered == (made.waiting or 0) + (made.ringing or 0) + sum(end or 0 for end in ends)
            ended = [stay for stay in stays if stay.outcome is not Outcome.OPEN]
            answered = [stay for stay in ended if stay.outcome is Outcome.ANSWERED]
            assert len(ended) - (len(answered) if made.answered is None else 0) == sum(end or 0 for end in ends)
            assert (made.waiting or 0) + (made.ringing or 0) == len(stays) - len(ended)
            level = made.service_level
            if level.value is not None:
                assert level.low is not None
                assert level.high is not None
                assert 0.0 <= level.low <= level.value <= level.high <= 1.0
