"""The contact centre of the demonstration and what stays of finished calls, without any HTTP."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from wallboard.sim import Knobs, World
from wallboard.sim.engine import Engine
from wallboard.sim.history import HOURS, write_history
from wallboard.sim.notices import ContactCenter, demo_center
from wallboard.sim.recordings import KEPT

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def center(seed: int = 1) -> ContactCenter:
    return demo_center(Engine(seed, START))


def test_the_demonstration_has_queues_of_three_channels_and_people() -> None:
    made = center()
    assert Counter(queue.channel for queue in made.queues.values()) == {"Phone": 4, "Chat": 2, "Email": 2}
    assert len(made.users) == 12
    addresses = {each.address for queue in made.queues.values() for each in queue.addresses}
    assert {"4711", "+4930231254711"} <= addresses
    assert [each.name for each in made.sets.values()] == ["Network", "Sites"]
    for each in made.sets.values():
        assert {item.kind for item in each.items} == {"WHY", "WHERE", "WHEN"}


def test_ids_are_the_same_in_every_run() -> None:
    one, other = center(1), center(2)
    assert list(one.queues) == list(other.queues)
    assert list(one.users) == list(other.users)
    assert len({*one.queues, *one.users, *one.roles, *one.skills, *one.sets, *one.queue_groups}) == 12 + 8 + 3 + 4 + 5


@pytest.mark.parametrize("by", ["id", "external_id", "name"])
def test_a_notice_goes_up_and_comes_down(by: str) -> None:
    made = center()
    network = next(iter(made.sets.values()))
    assert made.active_events() == []
    identity = made.publish(getattr(network, by), why="05", where="Branch", remarks="", lasts=120.0)
    (event,) = made.active_events()
    assert (event.id, event.remarks, [item.name for item in event.items]) == (
        identity,
        None,
        ["Fibre cut", "Branch", "About one hour"],
    )
    made.engine.run(120.0)
    assert made.active_events() == []
    forever = made.publish("Network", why="Fibre cut", where="00200", remarks="x", lasts=None)
    made.engine.run(1e6)
    assert [each.id for each in made.active_events()] == [forever]
    made.end(forever)
    assert made.active_events() == []


def test_the_planned_notice_becomes_active_by_itself() -> None:
    made = center()
    made.engine.run(9 * 3600.0)
    assert [each.remarks for each in made.active_events()] == ["New core switches"]


def test_a_busy_account_records_its_talks_and_takes_messages() -> None:
    world = World(4, START, Knobs(incidents=False, warm_up=0.0))
    pbx = world.hq.pbx
    world.advance(2 * 3600.0)
    made = list(pbx.recordings.kept)
    assert Counter(each.result for each in made)["answered"] > 50
    assert {each.flow for each in made} == {"in", "transfer"}
    assert {"caller_bye", "callee_bye"} <= {each.disposition for each in made}
    assert len({each.uuid for each in made}) == len(made)
    for each in made:
        assert each.began <= each.answered <= each.ended <= world.now
        assert each.uuid.startswith(f"{each.extension.id}-")
    assert [each.ended for each in made] == sorted(each.ended for each in made)


def test_history_lies_before_the_world_and_is_written_once() -> None:
    world = World(4, START, Knobs.quiet())
    pbx = world.branch.pbx
    pbx.recordings.history_written = False
    pbx.recordings.kept.clear()
    write_history(pbx)
    before = list(pbx.recordings.kept)
    assert 0 < len(before) < KEPT
    assert all(-HOURS * 3600.0 - 200.0 < each.answered < each.ended <= 0.0 for each in before)
    write_history(pbx)
    assert list(pbx.recordings.kept) == before
