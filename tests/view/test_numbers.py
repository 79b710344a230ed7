"""Numbers in one notation, and the site's own as people know them."""

from __future__ import annotations

from datetime import timedelta, timezone
from pathlib import Path

import pytest

from tests.support.console import HQ, NOW, Desk, agent, call, desk
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.command import Command, new_id
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.states import AgentState, CallState, Direction
from wallboard.domain.text import clean
from wallboard.domain.verbs import Verb
from wallboard.vendors.base import Report, Sheet
from wallboard.view.context import Context
from wallboard.view.format import instants
from wallboard.view.numbers import party, readable, target
from wallboard.view.reports import Reading


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    made = desk(tmp_path)
    inner = agent("137_local", "Hanna Nyström", "208", AgentState.READY, 5, ("602", "Support"))
    made.read({(HQ, Resource.AGENTS): (*made.lists[HQ, Resource.AGENTS], inner)})
    return made


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("602", "602 Support"),
        ("022*602", "602 Support"),
        ("voicemail 201", "voicemail 201 Ada Orwell"),
        ("hangs up", "hangs up"),
        ("022*999", "022*999"),
        ("004924155660", "+49 241 55660"),
        ("0049 241 55660", "+49 241 55660"),
    ],
)
def test_where_something_leads_to_has_its_name(here: Desk, text: str, shown: str) -> None:
    assert target(text, HQ, Context(here.board, NOW)) == shown


def test_the_ids_of_an_exchange_are_read_as_what_they_name(here: Desk) -> None:
    context = Context(here.board, NOW)
    assert readable("Ngozi +33199081497 → 022*603", HQ, context) == "Ngozi +33 1 99 08 14 97 → 603 Emergency"
    assert readable("137_local", HQ, context) == "Hanna Nyström"
    assert readable("138_local and 2*3", HQ, context) == "138_local and 2*3"
    assert party("", "022*201", HQ, context) == "Ada Orwell 201"
    assert party("Mia Sand", "004930555666", HQ, context) == "Mia Sand +49 30 555666"


def test_neither_target_line_nor_question_nor_outcome_nor_report_shows_an_id_that_has_a_name(here: Desk) -> None:
    inner = call("c9", CallState.TALKING, Direction.IN, "", "+49 30 1", "022*603", 10)
    here.read({(HQ, Resource.CALLS): (inner,)})
    sheet = Sheet((clean("agent"),), ((clean("137_local"),),))
    report = Report("tiers", "tiers", lambda: None)  # type: ignore[arg-type, return-value]  # never read here
    here.adapters[HQ].known_reports[Kind.CALL] = (report,)
    here.press("4", "enter")
    here.console.panel.readings.shown = (Reading("tiers", "tiers", 1, "read", sheet, "", NOW),)
    page = "\n".join(here.paint())
    assert "Hanna Nyström" in page
    assert "603 Emergency" in page.splitlines()[-2], "the target line"
    here.press("x")
    page = "\n".join(here.paint())
    assert "HANG UP +49 30 1 ↔ 603 Emergency?" in page
    assert "022*" not in page
    assert "137_local" not in page
    here.press("escape")
    command = Command(new_id(), Verb.HANGUP, here.dispatcher.target(inner))
    here.console.outcomes.heard(Outcome(command, Phase.CONFIRMED, "confirmed", here.clock.now(), True))
    page = "\n".join(here.paint())
    assert "hang up 603 Emergency ↔ +49 30 1: confirmed" in page, "what became of it says what was asked"
    assert "022*" not in page
    assert Key(HQ, Kind.CALL, "c9") in here.console.pane.order()


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("2026-11-30T02:45:39Z called Lucía", "2026-11-30 03:45:39 called Lucía"),
        ("modified 2026-11-30T02:44:41.499+00:00.", "modified 2026-11-30 03:44:41."),
        ("2026-11-30T02:45:39", "2026-11-30 02:45:39"),
        ("2026-13-30T02:45:39Z", "2026-13-30T02:45:39Z"),
        ("build 2026-11-30T02:45:39Zx", "build 2026-11-30T02:45:39Zx"),
    ],
)
def test_a_vendors_instant_is_a_local_one(told: str, shown: str) -> None:
    assert instants(told, timezone(timedelta(hours=1))) == shown
