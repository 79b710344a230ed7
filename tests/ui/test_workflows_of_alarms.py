"""What a supervisor does with alarms and with callers who gave up, in how many keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, Desk, desk
from tests.ui.test_log import done
from tests.ui.test_lost_callers import lost
from wallboard.control.outcome import Phase
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Row
from wallboard.domain.states import AgentState
from wallboard.ui.modes import LOG


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def pressed(here: Desk, *keys: str) -> int:
    """The keys with a frame and a moment after each, and how many they were."""
    for key in keys:
        here.press(key)
        here.paint()
        here.clock.advance(0.5)
    return len(keys)


def test_an_agent_who_is_stuck_is_reached_and_set_right_in_two_keys(here: Desk) -> None:
    for alarm in here.board.alarms.listed():
        here.board.alarms.acknowledge(alarm.id, "Mira")
    here.adapters[HQ].refused |= dict.fromkeys((Verb.PAUSE, Verb.UNPAUSE, Verb.SIGNIN), "not here")

    def stuck(row: Row) -> Row:
        return replace(row, state=AgentState.STUCK) if isinstance(row, Agent) and row.key.id == "jo" else row

    here.change(HQ, Resource.AGENTS, stuck)
    for _ in range(4):
        here.wait(1)
    assert pressed(here, "!") == 1
    assert here.console.pane.selection.cursor == Key(HQ, Kind.AGENT, "jo")
    assert pressed(here, "i") == 1
    assert here.sent == [(Verb.SIGNOUT, "jo")] or here.console.dialog is not None


def test_a_caller_who_gave_up_is_called_back_in_two_keys_and_a_yes(here: Desk) -> None:
    here.console.ports.call_backs.take(lost("x1", 60, "+4930777001"))
    assert pressed(here, "L", "c") == 2
    assert here.console.dialog is not None, "the number is named before it is dialled"
    pressed(here, "y")
    assert [verb for verb, _ in here.sent] == [Verb.CALL]


def test_an_alarm_is_acknowledged_in_one_key_and_snoozed_in_three(here: Desk) -> None:
    here.clock.advance(3)
    here.console.tick()
    here.paint()
    assert pressed(here, "a") == 1
    assert len([alarm for alarm in here.board.alarms.listed() if alarm.acked]) >= 1
    here.console.tick()
    here.paint()
    assert pressed(here, "Z", "2", "enter") == 3
    assert {alarm.snoozed_by for alarm in here.board.alarms.snoozed()} == {"Mira"}


def test_what_happened_to_one_queue_is_read_in_the_log_with_its_name(here: Desk) -> None:
    assert pressed(here, "9", "/", *"sal", "enter") == 6
    assert here.console.mode == LOG
    assert 'LOG 1 of 5 "sal"' in here.paint(80, 24)[2]
    assert pressed(here, "enter") == 1
    assert here.console.pane.selection.cursor == Key(HQ, Kind.QUEUE, "601")


def test_the_last_action_is_undone_in_two_keys(here: Desk) -> None:
    done(here, Verb.SIGNIN, Key(HQ, Kind.AGENT, "jo"), Phase.CONFIRMED, "confirmed")
    assert pressed(here, "U", "y") == 2
    assert here.sent == [(Verb.SIGNOUT, "jo")]
