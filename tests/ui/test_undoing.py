"""What undoes an action: offered by name in the log, always asked about, an action of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, RESPONDERS, Desk, desk
from tests.ui.test_log import done, keys, page
from wallboard.control.journal_reader import show
from wallboard.control.outcome import Phase
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Hotline, Membership, Row
from wallboard.domain.states import AgentState, HotlineState, Wanted
from wallboard.domain.text import clean
from wallboard.view.dialogs import Confirm, TypeName

JO = Key(HQ, Kind.AGENT, "jo")
SUPPORT = {"queue": "602", "queue_name": "Support"}


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def asked(here: Desk) -> object:
    return None if here.console.dialog is None else here.console.dialog.dialog


def out_of_support(row: Row) -> Row:
    if isinstance(row, Agent) and row.key == JO:
        return replace(row, memberships=tuple(each for each in row.memberships if each.queue_id != "602"))
    return row


def be(state: AgentState) -> Callable[[Row], Row]:
    """Jo in this state."""
    return lambda row: replace(row, state=state) if isinstance(row, Agent) and row.key == JO else row


def yes(here: Desk) -> None:
    here.paint()
    here.clock.advance(1)
    here.press("y")


def test_the_log_offers_it_by_name_and_asks_before_it_goes(here: Desk) -> None:
    done(here, Verb.UNSTAFF, JO, Phase.CONFIRMED, "confirmed by the list", **SUPPORT)
    here.change(HQ, Resource.AGENTS, out_of_support)
    keys(here, "9", "k")
    assert any("U undo: add Jo Alder to Support" in line for line in page(here))
    keys(here, "U")
    question = asked(here)
    assert isinstance(question, Confirm)
    assert question.title == "UNDO: add Jo Alder to Support?"
    assert not here.commands
    yes(here)
    (command,) = here.commands
    assert (command.verb, command.target.key, command.arg("queue")) == (Verb.STAFF, JO, "602")


def test_where_an_agent_stood_in_the_queue_comes_back_with_them(here: Desk) -> None:
    def placed(row: Row) -> Row:
        if isinstance(row, Agent) and row.key == JO:
            return replace(row, memberships=(Membership("602", clean("Support"), 2, 5),))
        return row

    here.change(HQ, Resource.AGENTS, placed)
    done(here, Verb.UNSTAFF, JO, Phase.CONFIRMED, "confirmed", **SUPPORT)
    here.change(HQ, Resource.AGENTS, out_of_support)
    here.press("U")
    yes(here)
    (command,) = here.commands
    assert (command.arg("level"), command.arg("position")) == ("2", "5")


@pytest.mark.parametrize(
    ("verb", "state", "other"),
    [
        (Verb.SIGNOUT, AgentState.OFF, Verb.SIGNIN),
        (Verb.SIGNIN, AgentState.READY, Verb.SIGNOUT),
        (Verb.PAUSE, AgentState.BREAK, Verb.UNPAUSE),
        (Verb.UNPAUSE, AgentState.READY, Verb.PAUSE),
    ],
)
def test_states_of_agents_are_undone_but_never_without_a_yes(
    here: Desk, verb: Verb, state: AgentState, other: Verb
) -> None:
    done(here, verb, JO, Phase.CONFIRMED, "confirmed")
    here.change(HQ, Resource.AGENTS, be(state))
    here.press("U")
    assert isinstance(asked(here), Confirm)
    yes(here)
    assert [command.verb for command in here.commands] == [other]


def test_opening_a_hotline_is_undone_with_its_own_question(here: Desk) -> None:
    key = Key(RESPONDERS, Kind.HOTLINE, "311")
    done(here, Verb.OPEN, key, Phase.CONFIRMED, "confirmed")
    here.press("U")
    assert isinstance(asked(here), TypeName)
    here.press("escape")

    def paused(row: Row) -> Row:
        if isinstance(row, Hotline) and row.key == key:
            return replace(row, state=HotlineState.PAUSED, wanted=Wanted.PAUSED)
        return row

    done(here, Verb.CLOSE, key, Phase.CONFIRMED, "confirmed")
    here.change(RESPONDERS, Resource.HOTLINES, paused)
    here.press("U")
    assert isinstance(asked(here), Confirm)


@pytest.mark.parametrize(
    ("verb", "phase"),
    [
        (Verb.SIGNOUT, Phase.UNKNOWN),
        (Verb.SIGNOUT, Phase.NOT_CONFIRMED),
        (Verb.SIGNOUT, Phase.FAILED),
        (Verb.HANGUP, Phase.CONFIRMED),
        (Verb.NOTE, Phase.CONFIRMED),
    ],
)
def test_what_is_not_proven_or_cannot_be_taken_back_is_not_offered(here: Desk, verb: Verb, phase: Phase) -> None:
    done(here, verb, JO, phase, "so")
    here.press("U")
    assert here.said == "nothing can be undone yet"
    assert asked(here) is None


def test_a_row_that_is_gone_or_is_so_already_is_not_touched(here: Desk) -> None:
    done(here, Verb.STAFF, JO, Phase.CONFIRMED, "confirmed", queue="999", queue_name="Elsewhere")
    here.press("U")
    assert here.said == "undo: remove Jo Alder from Elsewhere: is not in it any more"
    here.drop(JO)
    here.press("U")
    assert here.said == "nothing can be undone yet"
    assert not here.commands


def test_the_row_that_changes_while_it_is_asked_locks_the_question(here: Desk) -> None:
    done(here, Verb.SIGNIN, JO, Phase.CONFIRMED, "confirmed")
    here.press("U")
    here.change(HQ, Resource.AGENTS, be(AgentState.TALKING))
    yes(here)
    assert not here.commands


def test_the_last_first_then_the_one_before_and_what_undid_one_has_a_line_of_its_own(here: Desk) -> None:
    done(here, Verb.PAUSE, Key(HQ, Kind.AGENT, "cy"), Phase.CONFIRMED, "confirmed")
    done(here, Verb.UNSTAFF, JO, Phase.CONFIRMED, "confirmed", **SUPPORT)
    here.change(HQ, Resource.AGENTS, out_of_support)
    here.press("U")
    yes(here)
    undo = here.commands[-1]
    here.press("U")
    assert getattr(asked(here), "title", "") == "UNDO: end the pause of Cy Reed?", "what is being undone is not again"
    here.press("escape")
    done(here, Verb.STAFF, JO, Phase.CONFIRMED, "confirmed", **SUPPORT, undoes=undo.arg("undoes"))
    keys(here, "9", "k")
    assert any("U undo: remove Jo Alder from Support" in line for line in page(here))


@pytest.mark.anyio
async def test_it_is_journalled_as_an_action_of_its_own_that_names_the_other(here: Desk, tmp_path: Path) -> None:
    first = done(here, Verb.SIGNOUT, JO, Phase.CONFIRMED, "confirmed")
    here.change(HQ, Resource.AGENTS, be(AgentState.OFF))
    here.press("U")
    yes(here)
    await here.started.pop(0)()
    found = show(tmp_path / "audit.jsonl", verb="signin")
    assert found
    assert found[0]["args"] == {"undoes": first.id}


def test_it_is_found_in_the_palette_by_its_name(here: Desk) -> None:
    done(here, Verb.SIGNIN, JO, Phase.CONFIRMED, "confirmed")
    here.press(":")
    here.type("undo")
    here.clock.advance(1)
    here.press("enter")
    assert getattr(asked(here), "title", "") == "UNDO: sign out Jo Alder?"
