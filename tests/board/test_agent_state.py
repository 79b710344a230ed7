"""What an agent does when a telephone rings: who is rung is ringing, who dials is on another call."""

from __future__ import annotations

import pytest

from wallboard.board.agent_state import Around, agent_state
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Agent, Call
from wallboard.domain.states import AgentState, CallState, Direction
from wallboard.domain.text import clean

NOW = 1_000.0
ADA = Agent(Key("hq", Kind.AGENT, "ada"), clean("Ada"), clean("201"), AgentState.READY)


def ringing(direction: Direction, number: str) -> Call:
    return Call(
        Key("hq", Kind.CALL, "c1"), clean("201"), direction, clean(number), state=CallState.RINGING, started_at=NOW - 4
    )


@pytest.mark.parametrize(
    ("direction", "number", "state"),
    [
        (Direction.IN, "+49 30 111", AgentState.RINGING),
        (Direction.INTERNAL, "202", AgentState.RINGING),
        (Direction.INTERNAL, "201", AgentState.OTHER_CALL),
        (Direction.OUT, "201", AgentState.OTHER_CALL),
    ],
)
def test_an_agent_whose_only_call_rings(direction: Direction, number: str, state: AgentState) -> None:
    agent, _ = agent_state(ADA, Around(calls=(ringing(direction, number),), now=NOW))
    assert (agent.state, agent.since) == (state, NOW - 4)
