"""Lists and events, interleaved in any way, end equal to a fresh set of lists."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vendors.asterisk.server import START, Pbx, message
from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Call, Member, Row
from wallboard.vendors.asterisk.devices import device_of, device_of_interface, extension_of
from wallboard.vendors.asterisk.facts import Lists
from wallboard.vendors.asterisk.mapping import Mapper
from wallboard.vendors.asterisk.state import HANDLERS, Switchboard

OPS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3)), min_size=1, max_size=30)


def play(pbx: Pbx, ops: list[tuple[int, int]]) -> list[tuple[Lists, int]]:
    """Run a random day; the lists as they were after each step, with how many events had happened."""
    rung: dict[str, str] = {}
    moments = [(pbx.lists(), 0)]
    for kind, pick in ops:
        pbx.now += 1 + pick
        waiting = [unique for rows in pbx.waiting.values() for unique, _ in rows]
        served, parked = sorted(pbx.served), sorted(pbx.parked)
        free = [i for i in ("PJSIP/1001", "PJSIP/1002") if all(i not in leg.name for leg in pbx.legs.values())]
        if kind in (0, 1):
            pbx.arrive("sales" if pick % 2 else "support", f"+1{pbx.count}")
        elif kind == 2 and waiting and free:
            caller = waiting[pick % len(waiting)]
            rung[caller] = pbx.ring(caller, free[pick % len(free)])
        elif kind == 3:
            ready = [caller for caller, agent in rung.items() if caller in waiting and agent in pbx.legs]
            if ready:
                caller = ready[pick % len(ready)]
                pbx.answer(caller, rung.pop(caller))
        elif kind == 4 and waiting:
            caller = waiting[pick % len(waiting)]
            agent = rung.pop(caller, "")
            pbx.hang_up(caller)
            if agent in pbx.legs:
                pbx.hang_up(agent)
        elif kind == 5 and served:
            pbx.end(served[pick % len(served)])
        elif kind == 6 and served:
            pbx.park(served[pick % len(served)], str(701 + pbx.count))
        elif kind == 7 and parked:
            pbx.hang_up(parked[pick % len(parked)])
        elif kind == 8:
            pbx.pause("PJSIP/1001", pick % 2)
        moments.append((pbx.lists(), len(pbx.events)))
    return moments


def stable(row: Row) -> object:
    """What a fresh list can tell as well: not since when something was so."""
    match row:
        case Member():
            joined = row.joined_at if row.state.value != "talking" else None
            return (row.key, row.queue_id, row.name, row.number, row.state, row.position, row.serving_ref, joined)
        case Call():
            parties = (row.from_number, row.to, row.agent_key, row.queue)
            return (row.key, row.state, parties, row.direction, row.started_at)
        case Agent():
            return (row.key, row.name, row.state, row.raw_state, row.memberships, row.with_key, row.with_name)
    return row.key


def shown(board: Switchboard, now: float) -> dict[Resource, set[object]]:
    rows = Mapper("pbx", 0.0, "PJSIP/sup").rows(board, now, lambda server: server)
    return {resource: {stable(row) for row in found.values()} for resource, found in rows.items()}


@settings(max_examples=150)
@given(OPS, st.data())
def test_any_interleaving_of_lists_and_events_ends_equal_to_fresh_lists(
    ops: list[tuple[int, int]], data: st.DataObject
) -> None:
    pbx = Pbx()
    moments = play(pbx, ops)
    events = pbx.events
    board = Switchboard()
    done = 0
    for _ in range(data.draw(st.integers(1, 3), "readings")):
        # Asked for after `asked` events were seen; taken at some later moment; its answer ends after `ended` events.
        asked = data.draw(st.integers(done, len(events)), "asked")
        taken, happened = data.draw(st.sampled_from([m for m in moments if m[1] >= asked]), "taken")
        ended = data.draw(st.integers(asked, len(events)), "ended")
        for event, at in events[done:ended]:
            board.apply(event, at)
        board.load(taken, events[asked:ended])
        done = ended
        assert happened >= asked
    for event, at in events[done:]:
        board.apply(event, at)
    fresh = Switchboard()
    fresh.load(pbx.lists())
    assert shown(board, pbx.now) == shown(fresh, pbx.now)


@given(OPS)
def test_events_alone_end_equal_to_fresh_lists(ops: list[tuple[int, int]]) -> None:
    pbx = Pbx()
    board = Switchboard()
    board.load(pbx.lists())
    play(pbx, ops)
    for event, at in pbx.events:
        board.apply(event, at)
    fresh = Switchboard()
    fresh.load(pbx.lists())
    assert shown(board, pbx.now) == shown(fresh, pbx.now)


NASTY = st.one_of(st.text(max_size=5), st.sampled_from(["9" * 30, "-7", "nan", "1e999", "pbx-1795000001.1", "٣"]))
FIELDS = [
    "Uniqueid",
    "DestUniqueid",
    "ParkeeUniqueid",
    "Queue",
    "Channel",
    "Position",
    "Status",
    "ChannelState",
    "LastCall",
]


@given(st.dictionaries(st.sampled_from(FIELDS), NASTY))
def test_no_event_can_break_the_tables(fields: dict[str, str]) -> None:
    pbx = Pbx()
    caller = pbx.arrive("sales")
    pbx.answer(caller, pbx.ring(caller, "PJSIP/1001"))
    board = Switchboard()
    board.load(pbx.lists())
    for name in HANDLERS:
        board.apply(message(name, **fields), START)
    shown(board, START)


def test_an_abandon_and_its_leave_take_one_caller_out() -> None:
    pbx = Pbx()
    first, second = pbx.arrive("sales"), pbx.arrive("sales")
    board = Switchboard()
    board.load(pbx.lists())
    before = len(pbx.events)
    pbx.hang_up(first)
    assert [event.event for event, _ in pbx.events[before:]][:2] == ["QueueCallerAbandon", "QueueCallerLeave"]
    for event, at in pbx.events[before:]:
        board.apply(event, at)
    assert [entry.uniqueid for entry in board.entries["sales"]] == [second]


def test_unhold_without_hold_and_hold_of_the_gone_change_nothing() -> None:
    board = Switchboard()
    board.load(Pbx().lists())
    board.apply(message("Unhold", Uniqueid="x"), START)
    board.apply(message("Hold", Uniqueid="x"), START)
    assert board.held == {}


def test_names_of_channels_and_interfaces() -> None:
    assert device_of("PJSIP/1001-0000000a") == "PJSIP/1001"
    assert device_of("Local/2001@agents-00000000;1") == "Local/2001@agents"
    assert device_of("PJSIP/my-phone-0000000a") == "PJSIP/my-phone"
    assert device_of_interface("Local/2001@agents/n") == "Local/2001@agents"
    assert device_of_interface("PJSIP/1001") == "PJSIP/1001"
    assert extension_of("Local/2001@agents/n") == "2001"
    assert extension_of("PJSIP/1001") == "1001"
