"""Whatever the order of lists, events and reconnects, the board ends as a fresh list would leave it."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.board.making import SOURCE, agent, call, member
from wallboard.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Member, Row
from wallboard.domain.states import AgentState, CallState
from wallboard.domain.update import Update, UpdateKind

IDS = "abcdef"
STATES = [CallState.RINGING, CallState.TALKING, CallState.HELD]


@dataclass
class Vendor:
    """A vendor with a list of calls: each change makes an event, a list shows the truth of when it was asked."""

    truth: dict[Key, Row] = field(default_factory=dict)
    epoch: int = 1
    seq: int = 0

    def change(self, id_: str, state: CallState | None) -> Update:
        self.seq += 1
        key = Key(SOURCE, Kind.CALL, id_)
        if state is None:
            self.truth.pop(key, None)
            return self._update(UpdateKind.DELTA, removed=(key,))
        self.truth[key] = call(id_, state)
        return self._update(UpdateKind.DELTA, (self.truth[key],))

    def read(self) -> Update:
        self.seq += 1
        return self._update(UpdateKind.SNAPSHOT, tuple(self.truth.values()))

    def reconnect(self) -> None:
        self.epoch, self.seq = self.epoch + 1, 0

    def _update(self, kind: UpdateKind, rows: tuple[Row, ...] = (), removed: tuple[Key, ...] = ()) -> Update:
        return Update(SOURCE, Resource.CALLS, "", kind, self.epoch, self.seq, 0.0, rows, removed)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("change"), st.sampled_from(IDS), st.sampled_from([None, *STATES])),
        st.tuples(st.just("read"), st.just(""), st.none()),
        st.tuples(st.just("reconnect"), st.just(""), st.none()),
    ),
    max_size=40,
)


def build(plan: list[tuple[str, str, CallState | None]]) -> tuple[Vendor, list[Update]]:
    vendor, updates = Vendor(), []
    for what, id_, state in plan:
        if what == "change":
            updates.append(vendor.change(id_, state))
        elif what == "read":
            updates.append(vendor.read())
        else:
            # A new connection reads the list before anything else.
            vendor.reconnect()
            updates.append(vendor.read())
    return vendor, updates


def held(board: Board) -> dict[Key, Row]:
    return {row.key: row for row in board.rows(Resource.CALLS)}


@given(steps, st.randoms(use_true_random=False), st.integers(0, 8))
@settings(max_examples=300)
def test_any_interleaving_ends_equal_to_a_fresh_list(
    plan: list[tuple[str, str, CallState | None]], random: object, spread: int
) -> None:
    vendor, updates = build([("read", "", None), *plan])
    # Each update arrives up to `spread` places late, so lists overtake events and events overtake lists.
    order = sorted(range(len(updates)), key=lambda i: i + random.uniform(0, spread))  # type: ignore[attr-defined]
    board = Board(ManualClock())
    for index in order:
        board.apply(updates[index])
    assert held(board) == vendor.truth


@given(steps, st.data())
@settings(max_examples=100)
def test_applying_anything_twice_changes_nothing(
    plan: list[tuple[str, str, CallState | None]], data: st.DataObject
) -> None:
    vendor, updates = build([("read", "", None), *plan])
    board = Board(ManualClock())
    for update in updates:
        board.apply(update)
        board.apply(data.draw(st.sampled_from(updates[: updates.index(update) + 1])))
    assert held(board) == vendor.truth


agents = st.lists(
    st.tuples(
        st.sampled_from(["601", "602", "603"]),
        st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from(list(AgentState)[:4])), max_size=3),
    ),
    max_size=12,
)


@given(agents)
@settings(max_examples=150)
def test_agents_over_many_queues_equal_a_board_that_saw_only_the_last_lists(
    plan: list[tuple[str, list[tuple[str, AgentState]]]],
) -> None:
    clock = ManualClock()
    board, last = Board(clock), {}
    for seq, (queue_id, rows) in enumerate(plan, 1):
        clock.advance(1)
        made = tuple({id_: agent(id_, state, [queue_id]) for id_, state in rows}.values())
        update = Update(SOURCE, Resource.AGENTS, queue_id, UpdateKind.SNAPSHOT, 1, seq, clock.now(), made)
        board.apply(update)
        last[queue_id] = update
    fresh = Board(clock)
    for update in sorted(last.values(), key=lambda update: update.seq):
        fresh.apply(update)

    def plain(of: Board) -> dict[Key, Row]:
        # What an agent did before (wrap-up after a call) is history, which a fresh board has not.
        return {row.key: row for row in of.rows(Resource.AGENTS)}

    assert plain(board) == plain(fresh)
    for queue_id in ("601", "602", "603"):
        counted = board._sources[SOURCE].tally.counts(queue_id) if plan else None
        if counted is not None:
            everybody = [r for r in board.rows(Resource.AGENTS) if isinstance(r, Agent)]
            here = [r for r in everybody if any(place.queue_id == queue_id for place in r.memberships)]
            assert counted.total == len(here)
            assert counted.ready == sum(r.state is AgentState.READY for r in here)


anchors = st.lists(st.tuples(st.floats(0, 20), st.floats(-5, 5)), min_size=1, max_size=30)


@given(anchors)
@settings(max_examples=150)
def test_a_wait_never_steps_back_by_more_than_a_second(plan: list[tuple[float, float]]) -> None:
    clock = ManualClock()
    board = Board(clock)
    joined = clock.now() - 100
    shown: float | None = None
    for seq, (passed, skew) in enumerate(plan, 1):
        clock.advance(passed)
        row = member("a", joined_at=joined + skew)
        board.apply(Update(SOURCE, Resource.MEMBERS, "", UpdateKind.SNAPSHOT, 1, seq, clock.now(), (row,)))
        held_row = board.row(row.key)
        assert isinstance(held_row, Member)
        assert held_row.joined_at is not None
        wait = clock.now() - held_row.joined_at
        if shown is not None:
            assert wait >= shown + passed - 1.0 - 1e-6
        shown = wait
