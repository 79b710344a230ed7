"""DEST of `wallboard do`: what the picker would dial, or a reason and a list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import anyio
import pytest

from tests.support.console import HQ, LAB, NOW, RESPONDERS, agent, board, read
from wallboard.board.board import Board
from wallboard.cli.destination import plain_directory, where_to
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Destination
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.places import Favourite, Route
from wallboard.domain.states import AgentState
from wallboard.domain.update import FeedStatus
from wallboard.view.context import Context
from wallboard.view.directory import Directory

pytestmark = pytest.mark.anyio

FAVOURITES = (Favourite("Night desk", "8100", HQ), Favourite("Branch desk", "55", "branch"))
LARA = agent("lara", "Lara Lab", "301", AgentState.READY, 9, source=LAB)


def digits(source: str, destination: Destination) -> tuple[bool, str]:
    return destination.number.lstrip("+").isdigit(), "not a number"


def book(shown: Board, *routes: Route) -> Callable[[str], Directory]:
    regions = {HQ: "DE", LAB: "DE", RESPONDERS: "DE"}
    return lambda source: Directory(Context(shown, shown.now()), source, FAVOURITES, routes, digits, regions)


async def where(text: str, *routes: Route, source: str = HQ) -> Destination | int:
    shown = board(ManualClock(NOW))
    read(shown, {(LAB, Resource.AGENTS): (LARA,)}, NOW, 2)
    return await where_to(shown, book(shown, *routes), source, text, patience=5.0, grace=5.0)


async def test_a_favourite_by_its_name() -> None:
    assert await where("night desk") == Destination("8100", "Night desk", None, HQ)


@pytest.mark.parametrize("text", ["Mountain rescue", "+49 241 55660", "0241 55660", "004924155660"])
async def test_a_hotline_by_name_and_by_number_in_every_writing(text: str) -> None:
    key = Key(RESPONDERS, Kind.HOTLINE, "311")
    assert await where(text) == Destination("+4924155660", "Mountain rescue", key, RESPONDERS)


async def test_an_extension_of_another_source_by_route_and_not_without_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert await where("Lara Lab", Route(HQ, LAB, "88")) == Destination("88301", "Lara Lab", LARA.key, LAB)
    assert await where("Lara Lab") == 1
    assert "Lara Lab 301 (lab): hq cannot dial it: an extension of lab, no route" in capsys.readouterr().err


async def test_own_digits_go_before_those_that_only_a_route_reaches() -> None:
    found = await where("202", Route(HQ, LAB, "88"))
    assert isinstance(found, Destination)
    assert (found.number, found.label) == ("202", "Bo Quist")


async def test_a_number_in_no_directory_has_no_name_and_so_is_asked_for() -> None:
    assert await where("(0)30-4711") == Destination("0304711", "", None, HQ)


async def test_a_name_that_means_two_numbers_is_not_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    shown = board(ManualClock(NOW))
    twins = (agent("a", "Bo Quist", "211", AgentState.READY, 1), agent("b", "Bo Quist", "212", AgentState.READY, 1))
    read(shown, {(HQ, Resource.AGENTS): twins}, NOW, 2)
    assert await where_to(shown, book(shown), HQ, "bo quist", patience=1.0, grace=1.0) == 2
    told = capsys.readouterr().err
    assert "means several" in told
    assert "Bo Quist 211 (hq)" in told
    assert "Bo Quist 212 (hq)" in told


async def test_part_of_a_name_is_no_name_but_says_what_it_may_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert await where("night") == 2
    told = capsys.readouterr().err
    assert "nobody is called 'night'" in told
    assert "Night desk 8100 (hq)" in told


async def test_a_name_waits_for_the_sources_that_have_not_been_read() -> None:
    clock = ManualClock(NOW)
    shown = board(clock)
    shown.status(FeedStatus(LAB, Resource.AGENTS, "", 5.0, 8.0))
    found: list[Destination | int] = []

    async def ask() -> None:
        routed = book(shown, Route(HQ, LAB, "88"))
        found.append(await where_to(shown, routed, HQ, "Lara Lab", patience=30.0, grace=30.0))

    with anyio.fail_after(10):
        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            assert not found
            read(shown, {(LAB, Resource.AGENTS): (LARA,)}, clock.now(), 2)
    assert found == [Destination("88301", "Lara Lab", LARA.key, LAB)]


async def test_a_source_that_never_answers_does_not_keep_a_number_waiting_for_ever() -> None:
    shown = board(ManualClock(NOW))
    shown.status(FeedStatus(LAB, Resource.AGENTS, "", 5.0, 8.0))
    places = partial(plain_directory, shown)
    with anyio.fail_after(10):
        assert await where_to(shown, places, HQ, "4711", patience=60.0, grace=0.01) == Destination("4711", "", None, HQ)
        known = await where_to(shown, places, HQ, "202", patience=60.0, grace=60.0)
    assert isinstance(known, Destination)
    assert known.label == "Bo Quist", "what is known is taken at once"
