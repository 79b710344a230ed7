"""Five sources on one board: any of them may stop and four stay live, and their rows stand in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.scene import ALL_FIVE, Stage, staged
from tests.acceptance.seat import Seat
from wallboard.board.freshness import DISCOVERY
from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Member
from wallboard.domain.notation import written
from wallboard.domain.states import AgentState, ResourceState, SourceState
from wallboard.sim.model import AVAILABLE, LOGGED_OUT
from wallboard.vendors.base import SourceSettings
from wallboard.view.snapshot import snapshot

pytestmark = pytest.mark.anyio

LIVE, LATE, STALE, GONE = ResourceState.LIVE, ResourceState.LATE, ResourceState.STALE, ResourceState.GONE
QUICK, CALM = 4.0, 14.0
EVERY = ("queues", "members", "agents", "calls", "hotlines", "notices", "receptionists", "parked", "phones")
ACCOUNT = {"responders": "groupalarm"}
"""What the simulation calls a source, where that is another name."""
LISTS = ("queues", "members", "agents", "calls", "hotlines", "notices", "receptionists", "parked")
GIVES = {
    "hq": {"queues", "agents"},
    "branch": {"queues", "agents"},
    "responders": {"hotlines"},
    "cc": {"queues", "agents", "notices"},
    "front": {"queues", "agents", "receptionists"},
}
"""The lists of a snapshot that have rows of a source while nobody calls."""


def quick(name: str) -> Callable[[SourceSettings], SourceSettings]:
    """That source is asked often, slow lists too, so that all of it grows old within minutes; the others seldom."""

    def edit(source: SourceSettings) -> SourceSettings:
        if source.name == name:
            return replace(source, every=dict.fromkeys(EVERY, QUICK))
        return replace(source, every=dict.fromkeys(("queues", "members", "agents", "calls"), CALM))

    return edit


def stop(stage: Stage, name: str, fault: str) -> None:
    if fault == "refused":
        stage.cut.add(name)
    else:
        stage.server.faults.set(f"{ACCOUNT.get(name, name)}/*", fault)


def go_on(stage: Stage) -> None:
    stage.cut.clear()
    stage.server.faults.clear()
    stage.server.faults.release()


def told(stage: Stage, name: str) -> set[str]:
    """The lists of a snapshot that have rows of this source."""
    data = snapshot(stage.board, stage.clock.now())
    return {each for each in LISTS if any(row["source"] == name for row in data[each])}


def source_state(stage: Stage, name: str) -> SourceState:
    return next(view.state for view in stage.board.source_views() if view.info.name == name)


@pytest.mark.parametrize(
    ("name", "fault", "sentence"),
    [
        ("hq", "status:503", "vendor answered 503"),
        ("branch", "refused", "refuses connections"),
        ("responders", "hang", "no whole answer within"),
        ("cc", "refused", "refuses connections"),
        ("front", "status:503", "vendor answered 503"),
    ],
)
async def test_one_source_stops_and_the_four_others_stay_live(
    tmp_path: Path, name: str, fault: str, sentence: str
) -> None:
    async with staged(tmp_path, sources=ALL_FIVE, edit=quick(name)) as stage:
        seat = Seat(stage)
        # Receptionists are read often only while they are looked at.
        await seat.press("7")
        # What this console parked is its own knowledge: nobody is asked while there is none.
        mine = {resource for source, resource in stage.states() if source == name} - {Resource.PARKED}
        seen: dict[Resource, list[ResourceState]] = {resource: [] for resource in mine}
        others: set[tuple[str, Resource, ResourceState]] = set()

        def watch() -> None:
            for (source, resource), state in stage.states().items():
                if source != name and state is not LIVE:
                    others.add((source, resource, state))
                elif resource in mine and source == name and seen[resource][-1:] != [state]:
                    seen[resource].append(state)

        stop(stage, name, fault)
        for _ in range(300):
            await stage.wait(1.0, watch, step=1.0)
            # A second has passed since the last look.
            watch()
            if {stage.states()[name, each] for each in mine} == {GONE} and not told(stage, name):
                break
        assert seen == {resource: [LIVE, LATE, STALE, GONE] for resource in mine}
        assert others == set()
        for resource in mine:
            view = stage.view(resource, name)
            assert sentence in view.detail, resource
            assert "\n" not in view.detail
        assert source_state(stage, name) is SourceState.DOWN
        assert told(stage, name) == set(), "what is gone is not given out as if it were true"
        for other in set(ALL_FIVE) - {name}:
            assert source_state(stage, other) is SourceState.LIVE
            assert told(stage, other) == GIVES[other]
        assert f"sources 4/5: {name} ■ down" in seat.look()[0]
        go_on(stage)
        began = stage.clock.now()
        limits = {resource: countdown(stage, resource, name) for resource in mine}
        took: dict[Resource, float] = {}

        def back() -> None:
            for resource in mine:
                if stage.states()[name, resource] is LIVE:
                    took.setdefault(resource, stage.clock.now() - began)

        await stage.wait(max(limits.values()) + 1.0, back, step=0.5)
        back()
        assert set(took) == mine
        assert {resource: took[resource] for resource in mine if took[resource] > limits[resource] + 1.0} == {}
        assert others == set()
        assert stage.all_live()
        assert "sources 5/5" in seat.look()[0]


def countdown(stage: Stage, resource: Resource, source: str) -> float:
    """Seconds until all of it has been asked again, as the screen says them, and one effective interval at least."""
    feeds = [feed for feed in stage.view(resource, source).feeds if feed.scope != DISCOVERY]
    found = [feed.status for feed in feeds if feed.status is not None]
    now = stage.clock.now()
    return max(max(each.interval, (each.next_at or now) - now) for each in found)


# ---- one table ------------------------------------------------------------------------------------------------------

RANK = {"waiting": 0, "ringing": 0, "unknown": 1, "talking": 2, "abandoned": 3}


async def callers(stage: Stage) -> None:
    """Somebody waits in each of three sources, and one is served in each of two of them."""
    for name in ("hq", "branch", "front"):
        site = stage.world.sites[name]
        for agent in site.pbx.agents.values():
            site.distributor.set_status(agent, LOGGED_OUT)
    order = (("branch", 701), ("hq", 602), ("front", 8002), ("hq", 601), ("branch", 702), ("front", 8001))
    for place, (name, queue) in enumerate(order):
        site = stage.world.sites[name]
        stage.server.clock.sync()
        site.distributor.arrive(site.pbx.queues[queue], f"+4930231251{place:02}", f"Caller {place}", 3000.0)
        await stage.wait(7.0, step=1.0)
    await stage.until(lambda: len(stage.board.rows(Resource.MEMBERS)) == len(order))


def states(seat: Seat) -> list[str]:
    return [row.state.value for row, _ in seat.cells(Resource.MEMBERS) if isinstance(row, Member)]


async def test_one_member_table_with_the_sources_side_by_side(tmp_path: Path) -> None:
    async with staged(tmp_path, sources=ALL_FIVE) as stage:
        await callers(stage)
        seat = Seat(stage)
        await seat.press("2", "2")
        rows = [(row, cells) for row, cells in seat.cells(Resource.MEMBERS) if isinstance(row, Member)]
        assert [row.key.source for row, _ in rows] == ["branch", "hq", "front", "hq", "branch", "front"]
        assert [cells["src"] for _, cells in rows] == [row.key.source for row, _ in rows]
        waits = [(RANK[row.state.value], row.joined_at or 0.0) for row, _ in rows]
        assert waits == sorted(waits), "who waits longest stands first, wherever that is"
        page = seat.look()
        for row, cells in rows:
            # Their own calls, in the pane below, say the same.
            line = next(line for line in page if "○ waiting" in line and f" {written(row.number)} " in line)
            assert line.rstrip().endswith(f" {cells['src']}")
        # Whoever is served gives way to all who wait, of whichever source.
        branch = stage.world.branch
        branch.distributor.set_status(next(iter(branch.pbx.agents.values())), AVAILABLE)
        await seat.until(lambda: "talking" in states(seat), within=30.0)
        assert states(seat) == ["waiting"] * 5 + ["talking"]
        assert [row.key.source for row, _ in seat.cells(Resource.MEMBERS)][-1] == "branch"


async def test_one_agent_table_with_the_sources_side_by_side(tmp_path: Path) -> None:
    async with staged(tmp_path, sources=ALL_FIVE) as stage:
        seat = Seat(stage)
        rows = [(row, cells) for row, cells in seat.cells(Resource.AGENTS) if isinstance(row, Agent)]
        assert {row.key.source for row, _ in rows} == {"hq", "branch", "cc", "front"}
        assert len(rows) == len(stage.board.rows(Resource.AGENTS)) == 38
        assert {cells["src"] for _, cells in rows} == {"hq", "branch", "cc", "front"}
        ready = [row for row, _ in rows if row.state is AgentState.READY]
        names = [row.name.casefold() for row in ready]
        assert names == sorted(names), "by name, not by source"
        assert len({row.key.source for row in ready}) == 3
        roster = [place for place, (row, _) in enumerate(rows) if row.no_state]
        assert roster == list(range(len(rows) - len(roster), len(rows))), "a roster has no state, so it stands last"
        narrow = Seat(stage, width=80, height=40)
        await narrow.press("3")
        page = narrow.look()
        seen = {source for source in ("hq", "branch", "front") for line in page if line.rstrip().endswith(f" {source}")}
        assert seen == {"hq", "branch", "front"}
