"""One desk: what a person does at one console counts at all of a site, in whatever order and however long cut off."""

from __future__ import annotations

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.share.desks import CALL, Post, Store, lost, queue
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Key, Kind
from wallboard.history.records import CallBack, Written

pytestmark = pytest.mark.anyio
NAMES = ("Mira", "Kim", "Olga")
THINGS = ("601", "602")


def desks(clock: ManualClock, count: int = 2) -> tuple[Store, list[Post]]:
    store = Store()
    return store, [Post(clock, name, store=store) for name in NAMES[:count]]


async def turn(*posts: Post, times: int = 2) -> None:
    for _ in range(times):
        for post in posts:
            await post.desk.turn()


async def test_what_one_does_counts_at_the_other() -> None:
    clock = ManualClock()
    _, (mira, kim) = desks(clock)
    for post in (mira, kim):
        post.see(*THINGS)
    clock.advance(3)
    mira.board.alarms.acknowledge("hq/queue/601:waiting", "Mira")
    mira.board.alarms.snooze("hq/queue/602:waiting", "Mira", 900)
    mira.note(queue("601"), "the fibre is cut")
    gone = lost("m1", clock.now() - 30)
    for post in (mira, kim):
        post.backs.take(gone.caller)
    mira.backs.close(gone, "Mira", "wrong number")
    await turn(mira, kim)
    assert kim.facts() == mira.facts()
    assert [alarm.acked_by or alarm.snoozed_by for alarm in kim.board.alarms.listed()] == ["Mira", "Mira"]
    assert [each.text for each in kim.notes.last()] == ["the fibre is cut"]
    assert kim.backs.open() == []
    assert {type(each) for each in kim.kept} == {Written, CallBack}, "it is kept here as well"


async def test_who_comes_later_is_told_all() -> None:
    clock = ManualClock()
    store, (mira,) = desks(clock, 1)
    mira.see("601")
    mira.board.alarms.acknowledge("hq/queue/601:waiting", "Mira")
    mira.note(queue("601"), "the fibre is cut")
    await turn(mira)
    clock.advance(40)
    kim = Post(clock, "Kim", store=store)
    await turn(kim)
    kim.see("601")
    assert kim.facts() == mira.facts()


async def test_what_one_did_who_is_gone_is_known_though_the_server_was_wiped() -> None:
    clock = ManualClock()
    store, (mira, kim) = desks(clock)
    mira.note(queue("601"), "the fibre is cut")
    await turn(mira, kim)
    assert mira.line is not None
    mira.line.connected = False
    store.values, store.made = {}, 2
    kim.desk.moved()
    for _ in range(6):
        await turn(kim)
        clock.advance(1)
    olga = Post(clock, "Olga", store=store)
    await turn(olga)
    assert [(each.text, each.by) for each in olga.notes.last()] == [("the fibre is cut", "Mira")]


async def test_an_old_acknowledgement_is_not_one_of_an_alarm_that_came_since() -> None:
    clock = ManualClock()
    _, (mira, kim) = desks(clock)
    for post in (mira, kim):
        post.see("601")
    clock.advance(60)
    assert kim.line is not None
    kim.line.connected = False
    mira.board.alarms.acknowledge("hq/queue/601:waiting", "Mira")
    await turn(mira)
    for _ in range(20):
        clock.advance(3)
        kim.see()
    clock.advance(60)
    kim.see("601")
    kim.line.connected = True
    kim.desk.moved()
    await turn(kim)
    assert [alarm.state for alarm in kim.board.alarms.listed()] == ["active"]


async def test_what_was_closed_stays_closed_though_somebody_who_was_cut_off_tried_later() -> None:
    clock = ManualClock()
    store, (mira, kim) = desks(clock)
    gone = lost("m1", clock.now() - 30)
    for post in (mira, kim):
        post.backs.take(gone.caller)
    mira.backs.close(gone, "Mira", "wrong number")
    clock.advance(5)
    kim.backs.tried(gone, "Kim")
    await turn(kim, mira)
    olga = Post(clock, "Olga", store=store)
    olga.backs.take(gone.caller)
    await turn(olga)
    assert [post.backs.open() for post in (mira, kim, olga)] == [[], [], []]


async def test_a_console_without_a_name_acknowledges_for_itself() -> None:
    clock = ManualClock()
    store = Store()
    nobody, kim = Post(clock, "", store=store), Post(clock, "Kim", store=store)
    for post in (nobody, kim):
        post.see("601")
    nobody.board.alarms.acknowledge("hq/queue/601:waiting", "me")
    await turn(nobody, kim)
    assert [alarm.state for alarm in nobody.board.alarms.listed()] == ["acked"]
    assert [alarm.state for alarm in kim.board.alarms.listed()] == ["active"]


async def test_who_listens_is_seen_until_nothing_more_is_heard_of_them() -> None:
    clock = ManualClock()
    _, (mira, kim) = desks(clock)
    mira.at_work = {CALL: "listens"}
    await turn(mira, kim)
    assert [each.sentence for each in kim.board.colleagues({CALL})] == ["Mira listens"]
    assert mira.board.colleagues({CALL}) == (), "one's own is no news"
    clock.advance(14)
    kim.desk.moved()
    await turn(kim)
    clock.advance(2)
    kim.board.tick()
    assert kim.board.colleagues({CALL}) == (), "what was read once more was not said once more"
    await turn(mira)
    mira.at_work = {}
    await turn(mira)
    assert kim.board.colleagues({CALL}) == ()


async def test_what_stands_there_is_not_trusted_with_the_terminal() -> None:
    clock = ManualClock()
    store, (mira, kim) = desks(clock)
    mira.who = "Mi\x1b[31mra"
    mira.note(queue("601"), "fine")
    await turn(mira)
    ((value, _),) = store.values.values()
    assert kim.line is not None
    for wrong in (
        value.replace(b'"fine"', b'"\\u001b]0;x\\u0007"').replace(b'"by":"Mira"', b'"by":"\\u001b[31mX"'),
        value.replace(b"17700", b"97700"),
        b"[" * 9000,
        b'{"v":1}',
        b'{"v":1,"kind":"here","node":"x","by":"y","rows":[["hq-0123456789","call"]]}',
        b'{"v":1,"kind":"note","account":"hq-0123456789","about":7,"at":1,"by":"","is":{}}',
    ):
        await kim.desk._heard(wrong)
    (note,) = kim.notes.last()
    assert note.text.isprintable()
    assert note.by.isprintable()


async def test_a_viewer_sees_the_desk_writes_nothing_and_says_so_once() -> None:
    clock = ManualClock()
    store, (mira,) = desks(clock, 1)
    wall = Post(clock, "Wall", store=store, role="view")
    mira.note(queue("601"), "seen by all")
    await turn(mira, wall)
    assert [each.text for each in wall.notes.last()] == ["seen by all"]
    before = dict(store.values)
    clock.advance(1)
    wall.note(queue("602"), "mine")
    clock.advance(1)
    wall.note(queue("602"), "mine again")
    await turn(wall)
    assert store.values == before
    assert wall.problems == ['this console only looks ([share] role = "view"): what is done here stays here']


async def test_whom_one_console_pulls_no_other_counts_as_lost() -> None:
    clock = ManualClock()
    _, (mira, kim) = desks(clock)
    member = Key("hq", Kind.MEMBER, "m1")
    for post in (mira, kim):
        post.board._source("hq")
    mira.board.pulled(member)
    await turn(mira, kim)
    assert kim.board.pulls() == mira.board.pulls() != {}


STEP = st.one_of(
    st.tuples(st.sampled_from(["ack", "snooze", "note", "unnote", "tried", "close"]), st.integers(0, 2), st.booleans()),
    st.tuples(st.sampled_from(["cut", "join", "turn", "turn"]), st.integers(0, 2), st.booleans()),
    st.tuples(st.sampled_from(["wait", "wipe"]), st.integers(0, 20), st.booleans()),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, max_size=40))
def test_whoever_was_cut_off_when_all_end_with_the_same_desk(steps: list[tuple[str, int, bool]]) -> None:
    anyio.run(_any_order, steps)


async def _any_order(steps: list[tuple[str, int, bool]]) -> None:
    clock = ManualClock()
    store, posts = desks(clock, 3)
    gone = {each: lost(each, clock.now() - 30) for each in THINGS}
    for post in posts:
        post.see(*THINGS)
        for each in gone.values():
            post.backs.take(each.caller)
    done: set[tuple[str, str]] = set()
    for what, who, first in steps:
        thing = THINGS[not first]
        if what == "wait":
            clock.advance(who)
            continue
        if what == "wipe":
            store.values, store.made = {}, store.made + 1
            for post in posts:
                post.desk.moved()
            continue
        post = posts[who]
        assert post.line is not None
        alarm, note = f"hq/queue/{thing}:waiting", queue(thing)
        match what:
            case "cut" | "join":
                post.line.connected = what == "join"
                post.desk.moved()
            case "turn" if post.line.connected:
                await post.desk.turn()
            case "ack":
                post.board.alarms.acknowledge(alarm, post.who)
                done.add(("alarm", alarm))
            case "snooze":
                post.board.alarms.snooze(alarm, post.who, 5000)
                done.add(("alarm", alarm))
            case "note" | "unnote":
                post.note(note, f"{post.who} {clock.now():.0f}" if what == "note" else "")
            case "tried":
                post.backs.tried(gone[thing], post.who)
            case "close":
                post.backs.close(gone[thing], post.who, "wrong number")
                done.add(("lost", thing))
    for post in posts:
        assert post.line is not None
        post.line.connected = True
        post.desk.moved()
    await turn(*posts, times=3)
    assert posts[0].facts() == posts[1].facts() == posts[2].facts()
    for post in posts:
        states = {alarm.id: alarm.state for alarm in post.board.alarms.listed()}
        for kind, which in done:
            if kind == "alarm":
                assert states[which] in ("acked", "snoozed"), "nothing that was acknowledged asks again"
            else:
                assert all(each.caller.id != which for each in post.backs.open()), "nothing that was closed is open"
