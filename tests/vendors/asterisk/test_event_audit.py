"""Events that do not come are noticed by what the lists show, and those that only come late are not."""

from __future__ import annotations

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lab.desk import Desk
from tests.vendors.asterisk.server import START, Pbx, Server, message
from tests.vendors.asterisk.test_adapter import running
from tests.vendors.asterisk.test_adapter import settings as source
from tests.vendors.asterisk.test_state import OPS, play
from wallboard.domain.keys import Resource
from wallboard.vendors.asterisk import check, event_audit, health
from wallboard.vendors.asterisk.adapter import AsteriskAdapter
from wallboard.vendors.asterisk.event_audit import CHANNELS, GRACE, PARKED, QUEUES, EventAudit
from wallboard.vendors.asterisk.facts import Lists
from wallboard.vendors.asterisk.protocol import Message
from wallboard.vendors.base import Services

pytestmark = pytest.mark.anyio


def compare(audit: EventAudit, lists: Lists, begun: float) -> None:
    for name, items in ((QUEUES, lists.queues), (CHANNELS, lists.channels), (PARKED, lists.parked)):
        audit.compare(name, items or (), begun, begun + 0.1)
    audit.judge(begun + 0.2)


@settings(max_examples=60)
@given(OPS, st.lists(st.floats(0.0, GRACE - 0.3), min_size=1, max_size=8), st.integers(1, 4))
def test_events_that_come_late_are_never_called_missing(
    ops: list[tuple[int, int]], delays: list[float], every: int
) -> None:
    pbx = Pbx()
    moments = play(pbx, ops)
    judge = EventAudit()
    seen, late = 0, 0
    for step, (lists, events) in enumerate(moments):
        now = START + 10.0 * step
        if step % every == 0:
            compare(judge, lists, now)
        # What this step's list already shows is told up to the grace later.
        for event, _ in pbx.events[seen:events]:
            late += 1
            judge.hear(event, now + delays[late % len(delays)])
        seen = events
        judge.judge(now + GRACE + 0.2)
        assert not judge.missing


@pytest.mark.parametrize(
    ("lost", "kind"),
    [
        ("QueueCallerJoin", "QueueCallerJoin"),
        ("QueueCallerLeave", "QueueCallerLeave"),
        ("QueueMemberStatus", "QueueMemberStatus"),
        ("QueueMemberPause", "QueueMemberPause"),
        ("Newchannel", "Newchannel"),
        ("Hangup", "Hangup"),
        ("Bridge", "BridgeEnter"),
        ("ParkedCall", "ParkedCall"),
    ],
)
def test_each_kind_of_event_that_is_lost_is_named(lost: str, kind: str) -> None:
    pbx, judge = Pbx(), EventAudit()
    now = float(START)
    for _ in range(2):
        caller = ""
        for step in range(6):
            if step == 0:
                caller = pbx.arrive("sales")
            elif step == 1:
                agent = pbx.ring(caller, "PJSIP/1001")
            elif step == 2:
                pbx.answer(caller, agent)
            elif step == 3:
                pbx.park(caller, "701")
            elif step == 4:
                pbx.hang_up(caller)
            else:
                pbx.pause("PJSIP/1002", 1 - pbx.seats["sales", "PJSIP/1002"].paused)
            now += 15
            for event, _ in pbx.events:
                if not event.event.startswith(lost):
                    judge.hear(event, now)
            pbx.events.clear()
            compare(judge, pbx.lists(), now)
            judge.judge(now + 0.1 + GRACE)
    assert judge.missing == (kind,) or (lost == "ParkedCall" and kind in judge.missing)
    assert not judge.settled((QUEUES, CHANNELS))


def member(status: int) -> tuple[Message, ...]:
    return (message("QueueMember", Queue="a", Location="PJSIP/1", Status=status, Paused=0),)


def status_told(judge: EventAudit, now: float) -> None:
    judge.hear(message("QueueMemberStatus", Queue="a", Interface="PJSIP/1"), now)


def test_a_gap_is_forgiven_when_the_events_come_again_and_not_before() -> None:
    judge, now = EventAudit(), 1000.0
    for turn in range(3):
        judge.compare(QUEUES, member(turn), now, now)
        now += 5
        judge.judge(now)
    assert judge.missing == ("QueueMemberStatus",)
    assert not judge.vouches(QUEUES)
    for turn in range(10):
        status_told(judge, now)
        judge.compare(QUEUES, member(10 + turn), now, now)
        judge.judge(now)
        assert bool(judge.missing) is (turn < 6), "three clean readings and half a minute"
        now += 5
    assert judge.vouches(QUEUES)


def test_nothing_that_changes_forgives_nothing_for_five_minutes() -> None:
    judge = EventAudit()
    judge.compare(QUEUES, member(1), 0.0, 0.0)
    judge.compare(QUEUES, member(2), 5.0, 5.0)
    judge.judge(10.0)
    for now in range(15, 309, 5):
        judge.compare(QUEUES, member(2), now, now)
        judge.judge(now)
        assert judge.missing
    judge.judge(310.0)
    assert not judge.missing


# ---- the source as a whole ----------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "REREAD_CLOSELY", 0.2)
    monkeypatch.setattr(event_audit, "GRACE", 0.1)
    monkeypatch.setattr(check, "GRACE", 0.1)


def unheard(*names: str) -> Server:
    return Server(lets_through=lambda event: not event.event.startswith(names))


@pytest.mark.usefixtures("quick")
async def test_a_filtered_account_says_so_and_its_rows_are_as_old_as_their_lists() -> None:
    server = unheard("Newchannel", "Hangup", "QueueMember", "Bridge", "AgentConnect")
    async with running(server) as shown:
        desk = shown.desk
        server.pbx.arrive("sales")
        await server.flush()
        await desk.until(lambda: "filtered" in shown.adapter.info().detail, "it is noticed")
        assert shown.adapter.info().detail == "events are filtered or lost (Newchannel): lists every 0.2 s"
        assert desk.infos[-1].detail == shown.adapter.info().detail
        calls = desk.statuses[Resource.CALLS]
        assert not calls.push, "a ping proves nothing of these rows"
        assert calls.interval == 0.2
        assert desk.statuses[Resource.PARKED].push is False
        assert len(desk.rows(Resource.CALLS)) == 1


@pytest.mark.usefixtures("quick")
async def test_a_row_is_read_again_from_the_lists_where_events_do_not_tell_it() -> None:
    server = unheard("Newchannel", "Hangup")
    async with running(server) as shown:
        caller = server.pbx.arrive("sales")
        await server.flush()
        await shown.desk.until(lambda: shown.desk.rows(Resource.CALLS), "listed")
        (row,) = shown.desk.rows(Resource.CALLS)
        server.pbx.hang_up(caller)
        await server.flush()
        assert await shown.adapter.refresh(row) is None


async def test_an_account_that_hears_nothing_is_read_closely_and_says_so() -> None:
    async with running(Server(booted=False)) as shown:
        assert shown.adapter.info().detail == "no events yet: lists every 3 s"
        assert not shown.desk.statuses[Resource.QUEUES].push


async def test_events_that_tell_everything_make_a_source_of_events() -> None:
    server = Server()
    async with running(server) as shown:
        desk = shown.desk
        caller = server.pbx.arrive("sales")
        server.pbx.answer(caller, server.pbx.ring(caller, "PJSIP/1001"))
        server.pbx.end(caller)
        await server.flush()
        await desk.until(lambda: desk.statuses[Resource.CALLS].push, "events vouch for the calls")
        assert desk.statuses[Resource.QUEUES].push
        assert shown.adapter.info().detail == "Asterisk Call Manager/11.0.0"
        assert shown.adapter._health.interval == health.REREAD_EVERY


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("lost", "ok", "said"),
    [
        (("Newchannel",), False, "filtered or lost: no Newchannel for what changed; the lists are read more often"),
        ((), True, "told what changed in"),
    ],
)
async def test_check_compares_events_with_lists(
    monkeypatch: pytest.MonkeyPatch, lost: tuple[str, ...], ok: bool, said: str
) -> None:
    server = unheard(*lost) if lost else Server()
    desk = Desk()

    class Clock:
        now = desk.clock.now
        wall = desk.clock.wall

        async def sleep(self, seconds: float) -> None:
            """Someone calls while the check watches; then the grace."""
            if seconds == check.WATCH:
                server.pbx.arrive("sales")
                await server.flush()
            else:
                await desk.clock.sleep(seconds)

    async with anyio.create_task_group() as tasks:
        server.use(tasks)
        lines = await AsteriskAdapter(source(), Services(Clock(), server.connect)).check()
        (line,) = [line for line in lines if line.name == "events"]
        assert (line.ok, line.right) == (ok, not ok)
        assert line.text.startswith(said)
        tasks.cancel_scope.cancel()
