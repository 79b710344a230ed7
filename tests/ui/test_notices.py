"""A disruption is news: in the log when it begins and ends, in the header while it lasts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import NOW, Desk, desk
from tests.ui.golden.incident import CC, NOTICES, incident
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Notice, Row
from wallboard.domain.text import clean
from wallboard.domain.update import FeedStatus


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return incident(desk(tmp_path))


def told(here: Desk) -> list[str]:
    return [entry.text for entry in here.console.remarks.entries if entry.what == "notice"]


def test_what_is_active_is_in_the_log_once(here: Desk) -> None:
    for _ in range(3):
        here.wait(1)
    assert sorted(told(here)) == [
        "notice on cc: Fibre cut, Berlin, until 05:40",
        "notice on cc: SMS delayed, until somebody ends it",
    ]


def test_a_notice_that_ends_or_begins_is_told(here: Desk) -> None:
    def shorter(row: Row) -> Row:
        return replace(row, active_to=NOW + 5) if isinstance(row, Notice) and row.key.id == "n1" else row

    here.change(CC, Resource.NOTICES, shorter)
    here.wait(10)
    assert told(here)[-1] == "over on cc: Fibre cut, Berlin"
    here.drop(Key(CC, Kind.NOTICE, "n4"))
    here.console.tick()
    assert told(here)[-1] == "over on cc: SMS delayed"
    assert "notice" not in here.paint()[0]
    here.clock.advance(20 * 3600)
    here.console.tick()
    assert told(here)[-1].startswith("notice on cc: Night works, Köln, until ")
    assert "1 notice" in here.paint()[0]


def test_a_list_that_cannot_be_read_ends_no_notice(here: Desk) -> None:
    before = told(here)
    here.board.status(FeedStatus(CC, Resource.NOTICES, "", 60.0, 8.0, last_ok=NOW, unavailable=True, cause="403"))
    here.console.tick()
    assert told(here) == before


def test_the_worst_of_several_is_named_and_the_others_counted(here: Desk) -> None:
    more = replace(NOTICES[2], key=Key(CC, Kind.NOTICE, "n9"), title=clean("Flood"), active_to=NOW + 60)
    here.read({(CC, Resource.NOTICES): (*NOTICES, more)})
    assert "notice: Flood, Berlin +2" in here.paint(200, 50)[0]


def test_a_quiet_header_names_the_notice_at_80_columns_too(here: Desk) -> None:
    here.read({key: () for key in here.lists if key[1] is Resource.HOTLINES})
    line = here.paint(80, 24)[0]
    assert "2 notices" in line
    for word in ("wait 2", "longest 3:13 Sales", "ready 1/4", "src 5/5"):
        assert word in line
