"""Vendors that tell no counts or no states: a dash with the reason, and nobody counted who may not be there."""

from __future__ import annotations

from pathlib import Path

from tests.support.console import desk
from tests.ui.golden.incident import CC, NO_COUNTS, incident
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.view.snapshot import snapshot


def test_a_queue_without_counts_is_unknown_and_says_why(tmp_path: Path) -> None:
    here = incident(desk(tmp_path))
    stats = here.board.queue_stats(Key(CC, Kind.QUEUE, "q1"))
    assert (stats.waiting, stats.ringing, stats.talking, stats.staffed, stats.answered, stats.lost) == (None,) * 6
    assert stats.counts.ready is None
    assert stats.service_level.reason == NO_COUNTS


def test_a_roster_counts_as_neither_ready_nor_unknown(tmp_path: Path) -> None:
    here = incident(desk(tmp_path))
    people = here.board.rows(Resource.AGENTS, CC)
    assert len(people) == 2
    page = here.paint(160, 50)
    assert "ready 1/4" in page[0]
    data = snapshot(here.board, here.clock.now())
    queue = next(row for row in data["queues"] if row["id"] == "q1")
    assert set(queue["agents"].values()) == {None}
    assert queue["staffed"] is None
    agent = next(row for row in data["agents"] if row["id"] == "u1")
    assert (agent["state"], agent["queues"]) == ("unknown", ["Service desk"])


def test_notices_and_receptionists_of_the_snapshot_have_exactly_the_fields_of_the_contract(tmp_path: Path) -> None:
    data = snapshot(incident(desk(tmp_path)).board, 0.0)
    assert set(data["notices"][0]) == {
        *("source", "id", "set", "title", "active_from", "active_to", "why", "where", "when", "remarks")
    }
    menu = next(row for row in data["receptionists"] if row["id"] == "r1")
    assert set(menu) == {"source", "id", "name", "number", "language", "open", "sends_to"}
    assert menu["sends_to"][1] == {"input": "1", "to": "8001 Sales", "open": True}
    assert [row["open"] for row in data["receptionists"]] == [True, False, None]
