"""A caller who waits in a RingMe queue is sent to what other vendors have: by a favourite's digit or by four letters,
with exactly one request and exactly the digits that a telephone of that source would dial."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.scene import ALL_FIVE, BO, Stage, staged
from tests.acceptance.seat import Seat
from wallboard.config.settings import Config
from wallboard.domain.keys import Resource
from wallboard.domain.models import Member
from wallboard.domain.notation import written
from wallboard.domain.numbers import same_number
from wallboard.domain.places import Favourite
from wallboard.sim.model import LOGGED_OUT
from wallboard.view.picker import Picker

pytestmark = pytest.mark.anyio

KEYS = 6
"""Keys that a transfer may take, from the caller's row: `t`, four letters, `Enter`."""
NOT_SHOWN = "accepted: this vendor cannot show it"


@pytest.fixture
async def seat(tmp_path: Path) -> AsyncIterator[Seat]:
    """A console on all five, with Bo Quist waiting in Sales of hq."""
    async with staged(tmp_path, sources=ALL_FIVE) as stage:
        await stage.waiting()
        yield Seat(stage)


def waiting(seat: Seat) -> str:
    """The request that moves Bo Quist out of the queue goes to this."""
    (row,) = seat.stage.members()
    return f"hq/extension/601/current_calls/{row.key.id}"


def at_receptionist(stage: Stage, number: str) -> list[str]:
    """Who is at this receptionist of front, in the world itself."""
    extension = stage.world.reception.numbered(number).extension
    return [call.caller.number for call in stage.world.front.pbx.calls.values() if call.menu is extension]


async def choose(seat: Seat, text: str) -> None:
    """`t` and what is typed after it, in few enough keys that `Enter` is the last of `KEYS`."""
    assert 1 + len(text) + 1 <= KEYS
    await seat.press("t", *text)


def members(seat: Seat) -> list[Member]:
    return [row for row, _ in seat.cells(Resource.MEMBERS) if isinstance(row, Member)]


def picked_from(seat: Seat) -> Picker:
    assert isinstance(seat.dialog, Picker)
    return seat.dialog


def drawn(seat: Seat, text: str) -> str:
    """The line of the picker that begins with a place, but for its digit."""
    lines = picked_from(seat).lines(160, seat.stage.clock.now())
    found = ["".join(cell.text for cell in line) for line in lines]
    return next(line for line in found if line[3:].startswith(f"{text} "))


def still_waiting(stage: Stage) -> bool:
    return [member.call.caller.number for member in stage.hq.queues[601].members.values()] == [BO]


# ---- a receptionist of front, by the route hq → front -------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number", "name"),
    [("6", "8101", "Night menu"), ("week", "8104", "Weekend line"), ("dial", "8103", "Dial-in for staff")],
)
async def test_to_a_receptionist_of_front_by_route(seat: Seat, text: str, number: str, name: str) -> None:
    request = waiting(seat)
    await seat.press("2")
    await choose(seat, text)
    marked = seat.marked
    assert (marked.label, marked.shown, marked.number, marked.source) == (name, number, f"77{number}", "front")
    assert seat.marked.state.startswith(("● open", "· closed"))
    await seat.press("enter")
    arrived = at_receptionist(seat.stage, number)
    outcome = await seat.ending()
    assert seat.acting() == [("PUT", request, {"action": "transfer", "send_dst": f"77{number}"})]
    assert outcome.ending == f"{NOT_SHOWN} (the calls at 77{number} are not in this account's lists)"
    assert seat.said == f"transfer {written(BO)} → {name} 77{number}: {outcome.ending}"
    assert not still_waiting(seat.stage)
    assert arrived == [BO]


async def test_one_board_shows_the_caller_leave_one_vendor_and_arrive_at_another(seat: Seat) -> None:
    """The night menu is open at 02:40, so its one input leads to front's night queue, whose pane is the same."""
    front = seat.stage.world.front
    for agent in front.pbx.agents.values():
        front.distributor.set_status(agent, LOGGED_OUT)
    assert [row.key.source for row in members(seat)] == ["hq"]
    await seat.press("2", "t", "6", "enter")
    await seat.ending()

    await seat.until(lambda: members(seat), within=30)
    (there,) = members(seat)
    assert (there.key.source, there.queue) == ("front", "Night")
    assert same_number(there.number, BO), "front writes it 0049…"
    assert len(seat.sent()) == 1


# ---- a queue of cc by its public number -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number", "name"),
    [("7", "+4930231254711", "Service desk"), ("faul", "+4930231254720", "Fault reports")],
)
async def test_to_the_public_number_of_a_queue_of_cc(seat: Seat, text: str, number: str, name: str) -> None:
    request = waiting(seat)
    await seat.press("2")
    await choose(seat, text)
    marked = seat.marked
    assert (marked.label, marked.number, marked.source) == (name, number, "cc")
    await seat.press("enter")
    outcome = await seat.ending()
    assert seat.acting() == [("PUT", request, {"action": "transfer", "send_dst": number})]
    assert outcome.ending.startswith(NOT_SHOWN)
    assert not still_waiting(seat.stage)


# ---- a hotline ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "identity", "number", "name"),
    [
        ("8", 313, "+4924155662", "Rescue hotline"),
        ("nord", 311, "+4924155660", "Bereitschaft Nord"),
        ("lift", 313, "+4924155662", "Rescue hotline"),
    ],
)
async def test_to_a_hotline(seat: Seat, text: str, identity: int, number: str, name: str) -> None:
    request = waiting(seat)
    hotline = seat.stage.world.hotlines.hotlines[identity]
    before = len(hotline.logs)
    await seat.press("2")
    await choose(seat, text)
    marked = seat.marked
    assert (marked.label, marked.number, marked.source) == (name, number, "responders")
    await seat.press("enter")
    outcome = await seat.ending()
    assert seat.acting() == [("PUT", request, {"action": "transfer", "send_dst": number})]
    assert outcome.ending.startswith(NOT_SHOWN)
    assert len(hotline.logs) == before + 1
    assert not still_waiting(seat.stage)


# ---- what hq cannot dial --------------------------------------------------------------------------------------------


def without_routes(config: Config) -> Config:
    """No route out of hq, and a favourite on an extension of the branch."""
    return replace(config, routes=(), favourites=(Favourite("Branch desk", "8100", "branch"),))


UNREACHED = (
    ("1", "Branch desk", "hq cannot dial it: an extension of branch, no route"),
    ("lars", "Lars Dahl", "hq cannot dial it: an extension of branch, no route"),
    ("weekend", "Weekend line", "hq cannot dial it: an extension of front, no route"),
    ("sales europe", "Sales Europe", "hq cannot dial it: an extension of cc, no route"),
    ("sales chat", "Sales chat", "chat address"),
    ("service e-mail", "Service e-mail", "e-mail address"),
)


async def test_what_hq_cannot_dial_is_dim_with_the_reason_and_is_not_sent(tmp_path: Path) -> None:
    async with staged(tmp_path, sources=ALL_FIVE, settings=without_routes) as stage:
        await stage.waiting()
        seat = Seat(stage)
        await seat.press("2", "t")
        picker = picked_from(seat)
        for text, name, reason in UNREACHED:
            await seat.type(text)
            assert picker.mark is None, "what cannot be dialled is not marked by typing"
            place = picker.places()[0]
            assert (place.label, place.ok, place.reason) == (name, False, reason)
            assert f"✗ {reason}" in drawn(seat, name)
            await seat.press("enter", "down", "enter")
            assert picker.mark == 0
            assert seat.dialog is picker, "it stays open"
            assert f"{reason}. Enter is off" in seat.page()
            await seat.press("ctrl+u")
        assert seat.sent() == []
        assert still_waiting(stage)
