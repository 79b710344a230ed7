"""What a supervisor does about alarms, in how many keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, Desk, desk
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


def test_what_happened_to_one_queue_is_read_in_the_log_with_its_name(here: Desk) -> None:
    assert pressed(here, "9", "/", *"sal", "enter") == 6
    assert here.console.mode == LOG
    assert 'LOG 1 of 5 "sal"' in here.paint(80, 24)[2]
    assert pressed(here, "enter") == 1
    assert here.console.pane.selection.cursor == Key(HQ, Kind.QUEUE, "601")
