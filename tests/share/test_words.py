"""What was said of a source, heard with losses, repetitions and changes of the reader, and a late joining: the board is
what a fresh reading makes."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallboard.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.codec import Unreadable
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Row
from wallboard.domain.states import AgentState
from wallboard.domain.text import clean
from wallboard.domain.update import FeedStatus, Update, UpdateKind
from wallboard.share.follower import Follower
from wallboard.share.frames import Frame, packed, unpacked
from wallboard.share.names import Names, account, list_key
from wallboard.share.teller import Teller
from wallboard.vendors.base import SourceSettings


class Line:
    """What a teller sends and writes down."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.kept: dict[str, bytes] = {}

    async def publish(self, data: bytes) -> None:
        self.sent.append(data)

    async def keep(self, key: str, data: bytes) -> None:
        self.kept[key] = data


def join(follower: Follower, line: Line, teller: Teller, clock: ManualClock) -> None:
    """With what is written down, as the reader has answered."""
    follower.join([unpacked(kept) for kept in line.kept.values()], clock.now(), unpacked(teller.answer()))


def agent(number: int, state: AgentState) -> Agent:
    return Agent(Key("hq", Kind.AGENT, f"a{number}"), clean(f"Agent {number}"), state=state)


numbers = st.integers(0, 5)
states = st.sampled_from(list(AgentState))
some = st.dictionaries(numbers, states, max_size=6)
happenings = st.lists(
    st.tuples(st.sampled_from(["list", "late list", "event", "gone", "nothing"]), some, st.booleans()), max_size=25
)


def updates(found: list[tuple[str, dict[int, AgentState], bool]]) -> list[Update]:
    """What a vendor's side says: lists, some of which began before events that came first, and events."""
    said: list[Update] = []
    seq = 0
    for what, rows, _ in found:
        seq += 2
        made: tuple[Row, ...] = tuple(agent(number, state) for number, state in rows.items())
        at = 100.0 + seq
        if what in ("list", "late list", "nothing"):
            began = seq - 3 if what == "late list" else seq
            kind = UpdateKind.SNAPSHOT
            if what == "nothing" and said and said[-1].kind is kind:
                made = said[-1].rows
            said.append(Update("hq", Resource.AGENTS, "", kind, 1, max(1, began), at, made))
        elif what == "event":
            said.append(Update("hq", Resource.AGENTS, "", UpdateKind.DELTA, 1, seq, at, made))
        else:
            keys = tuple(row.key for row in made)
            said.append(Update("hq", Resource.AGENTS, "", UpdateKind.DELTA, 1, seq, at, (), keys))
    return said


def rows_of(board: Board) -> dict[Key, Row]:
    return {row.key: row for row in board.rows(Resource.AGENTS, "hq")}


@settings(max_examples=120)
@given(happenings, st.data())
def test_whatever_is_lost_or_repeated_all_is_as_the_reader_has_it(
    found: list[tuple[str, dict[int, AgentState], bool]], data: st.DataObject
) -> None:
    clock = ManualClock(1000.0)
    direct, told = Board(clock), Board(clock)
    teller, line = Teller("hq-1", clock, (1, 1), 10.0), Line()
    follower = Follower("hq", clock, told)
    said = updates(found)

    async def go() -> None:
        joined = False
        for update in said:
            direct.apply(update)
            teller.tell(update)
            line.sent.clear()
            await teller.send(line)
            arrivals = data.draw(st.sampled_from([1, 1, 1, 0, 2]))
            complete = True
            for message in line.sent * arrivals:
                complete &= follower.hear(unpacked(message), clock.now())
            if not complete or data.draw(st.booleans()):
                await teller.keep(line, now=True)
                join(follower, line, teller, clock)
                joined = True
        await teller.keep(line, now=True)
        join(follower, line, teller, clock)
        assert joined or line.kept or not said

    anyio.run(go)
    assert rows_of(told) == rows_of(direct)


def test_who_has_not_heard_that_a_row_went_sees_it_go_with_what_is_written_down() -> None:
    clock = ManualClock(1000.0)
    told, teller, line = Board(clock), Teller("hq-1", clock, (1, 1), 10.0), Line()
    follower = Follower("hq", clock, told)

    async def go() -> None:
        join(follower, line, teller, clock)
        for update in updates([("list", {}, False), ("event", {0: AgentState.READY}, False)]):
            teller.tell(update)
        await teller.send(line)
        for message in line.sent:
            follower.hear(unpacked(message), clock.now())
        assert len(rows_of(told)) == 1
        *_, gone = updates(
            [("list", {}, False), ("event", {0: AgentState.READY}, False), ("gone", {0: AgentState.READY}, False)]
        )
        teller.tell(gone)
        await teller.keep(line, now=True)
        join(follower, line, teller, clock)

    anyio.run(go)
    assert rows_of(told) == {}


def test_a_reading_that_was_under_way_takes_back_for_a_joiner_what_it_takes_back_for_the_reader() -> None:
    clock = ManualClock(1000.0)
    direct, told = Board(clock), Board(clock)
    teller, line = Teller("hq-1", clock, (1, 1), 10.0), Line()
    follower = Follower("hq", clock, told)
    ready = AgentState.READY
    *before, late = updates(
        [
            ("list", {}, False),
            ("event", {0: ready, 1: ready}, False),
            ("event", {0: ready}, False),
            # It began after the first event, and before the second.
            ("late list", {}, False),
        ]
    )

    async def go() -> None:
        for update in before:
            direct.apply(update)
            teller.tell(update)
        await teller.send(line)
        await teller.keep(line, now=True)
        join(follower, line, teller, clock)
        line.sent.clear()
        direct.apply(late)
        teller.tell(late)
        await teller.send(line)
        for message in line.sent:
            assert follower.hear(unpacked(message), clock.now())

    anyio.run(go)
    assert list(rows_of(told)) == list(rows_of(direct)) == [Key("hq", Kind.AGENT, "a0")]


def test_a_reader_of_before_is_not_heard_any_more() -> None:
    clock = ManualClock(1000.0)
    board = Board(clock)
    follower = Follower("hq", clock, board)
    old, new = Teller("hq-1", clock, (1, 1), 10.0), Teller("hq-1", clock, (1, 7), 10.0)
    line = Line()

    async def go() -> None:
        for teller, state in ((new, AgentState.READY), (old, AgentState.BREAK)):
            teller.tell(Update("hq", Resource.AGENTS, "", UpdateKind.SNAPSHOT, 1, 1, 100.0, (agent(1, state),)))
            await teller.send(line)

    anyio.run(go)
    join(follower, line, new, clock)
    for message in line.sent:
        follower.hear(unpacked(message), clock.now())
    join(follower, line, old, clock)
    (row,) = rows_of(board).values()
    assert isinstance(row, Agent)
    assert row.state is AgentState.READY


@pytest.mark.parametrize("ahead", [0.0, 60.0, -60.0])
def test_nothing_looks_younger_than_it_is_however_late_it_comes(ahead: float) -> None:
    """The reader's clock is so far ahead; it read at 100 by ours."""
    ours, theirs = ManualClock(100.0), ManualClock(100.0 + ahead)
    board, line = Board(ours), Line()
    teller, follower = Teller("hq-1", theirs, (1, 1), 10.0), Follower("hq", ours, board)
    rows = (agent(1, AgentState.READY),)
    teller.tell(Update("hq", Resource.AGENTS, "", UpdateKind.SNAPSHOT, 1, 1, theirs.now(), rows))

    async def go() -> None:
        await teller.send(line)
        await teller.keep(line, now=True)

    anyio.run(go)
    for clock in (ours, theirs):
        clock.advance(7.0)
    assert not follower.hear(unpacked(line.sent[0]), ours.now()), "when it was said is not known"
    kept = [unpacked(each) for each in line.kept.values()]
    follower.join(kept, ours.now(), None)
    assert not board.rows(Resource.AGENTS, "hq"), "nobody vouches for what was written before"
    follower.join(kept, ours.now(), unpacked(teller.answer()))
    assert board.pane_state(Resource.AGENTS).age == pytest.approx(7.0)


def status(clock: ManualClock) -> FeedStatus:
    return FeedStatus("hq", Resource.AGENTS, "", 2.0, 5.0, last_ok=clock.now(), successes=1)


@pytest.mark.parametrize("missed", [0, 1])
def test_rows_of_a_reader_of_before_are_not_as_young_as_the_next_ones_answers(missed: int) -> None:
    """Who read died; the next one's list is lost here, or a change of it is, and its status comes through."""
    clock = ManualClock(100.0)
    board = Board(clock)
    follower = Follower("hq", clock, board)
    line = Line()
    old, new = Teller("hq-1", clock, (1, 1), 10.0), Teller("hq-1", clock, (1, 7), 10.0)
    others = [agent(number, AgentState.READY) for number in (2, 3)]
    readings = [
        # The next one counts its readings from one.
        Update("hq", Resource.AGENTS, "", UpdateKind.SNAPSHOT, 1, seq, at, (agent(1, state), *others))
        for seq, at, state in (
            (17, 100.0, AgentState.READY),
            (1, 105.0, AgentState.BREAK),
            (2, 110.0, AgentState.TALKING),
        )
    ]

    async def say(teller: Teller, update: Update) -> list[bytes]:
        line.sent.clear()
        teller.tell(update)
        teller.tell(status(clock))
        await teller.send(line)
        return list(line.sent)

    async def go() -> None:
        join(follower, line, old, clock)
        for message in await say(old, readings[0]):
            assert follower.hear(unpacked(message), clock.now())
        join(follower, line, new, clock)
        for number, update in enumerate(readings[1:]):
            clock.advance(5.0)
            messages = await say(new, update)
            complete = [follower.hear(unpacked(each), clock.now()) for each in messages[number == missed :]]
            if number >= missed:
                assert not any(complete), "it is known that something is missing"
        assert board.pane_state(Resource.AGENTS).age == pytest.approx(10.0 - 5.0 * missed)
        await new.keep(line, now=True)
        join(follower, line, new, clock)

    anyio.run(go)
    assert board.pane_state(Resource.AGENTS).age == pytest.approx(0.0)
    assert list(rows_of(board).values()) == list(readings[-1].rows)


def test_what_looked_old_because_an_answer_was_slow_does_not_go_on_looking_so() -> None:
    ours, theirs = ManualClock(100.0), ManualClock(160.0)
    board, line = Board(ours), Line()
    teller, follower = Teller("hq-1", theirs, (1, 1), 10.0), Follower("hq", ours, board)

    def pass_by(seconds: float) -> None:
        for clock in (ours, theirs):
            clock.advance(seconds)

    async def read(seq: int) -> None:
        line.sent.clear()
        rows = (agent(seq, AgentState.READY),)
        teller.tell(Update("hq", Resource.AGENTS, "", UpdateKind.SNAPSHOT, 1, seq, theirs.now(), rows))
        await teller.send(line)
        for message in line.sent:
            assert follower.hear(unpacked(message), ours.now())

    async def go() -> None:
        asked = ours.now()
        pass_by(1.5)
        follower.join((), asked, unpacked(teller.answer()))
        await read(1)
        assert board.pane_state(Resource.AGENTS).age == pytest.approx(1.5), "it may be so old"
        assert follower.astray
        asked = ours.now()
        pass_by(0.01)
        follower.compare(asked, unpacked(teller.answer()))
        await read(2)

    anyio.run(go)
    assert board.pane_state(Resource.AGENTS).age == pytest.approx(0.01)
    assert not follower.astray


def test_a_list_without_news_takes_few_bytes() -> None:
    clock = ManualClock(1000.0)
    teller, line = Teller("hq-1", clock, (1, 1), 10.0), Line()
    rows = tuple(agent(number, AgentState.READY) for number in range(500))
    for seq in (1, 2):
        teller.tell(Update("hq", Resource.AGENTS, "", UpdateKind.SNAPSHOT, 1, seq, 100.0 + seq, rows))
    anyio.run(teller.send, line)
    first, second = map(len, line.sent)
    assert first > 1000
    assert second < 250


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"\x1f\x8b", b"\x1f\x8bnonsense", b'{"v":1}\n', b'{"v":9,"e":[1,1]}\n', b"{" * 5000]
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        unpacked(data)


def test_a_message_that_grows_is_cut_off() -> None:
    bomb = packed(Frame((1, 1), 1, 0.0, b" " * (64 << 20)))
    assert len(bomb) < 1 << 20
    with pytest.raises(Unreadable, match="too long"):
        unpacked(bomb)


@given(st.text(max_size=40), st.text(max_size=60))
def test_nothing_that_a_vendor_says_stands_in_a_subject(name: str, scope: str) -> None:
    key = list_key(account(SourceSettings(name, "ringme", "https://x")), Resource.CALLS, scope)
    subject = Names("north").told(account(SourceSettings(name, "ringme", "https://x")))
    for made in (key, subject):
        assert made.isascii()
        assert not set(made) - set("abcdefghijklmnopqrstuvwxyz0123456789-._")
    assert key.count(".") == 2
    assert subject.count(".") == 4


def test_who_reads_another_account_shares_nothing() -> None:
    one = SourceSettings("hq", "ringme", "https://pbx.example.net/api/ver1.0")
    other: dict[str, Any] = {"name": "hq", "vendor": "ringme", "url": "https://other.example.net/api/ver1.0"}
    assert account(one) != account(SourceSettings(**other))
    assert json.dumps(account(one)) == json.dumps(account(one))
