"""What an agent does when a telephone rings: who is rung is ringing, who dials is on another call."""

from __future__ import annotations

from dataclasses import replace

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


@pytest.mark.parametrize("before", [{"queue": clean("Sales")}, {"started_at": NOW - 200}], ids=["queue", "transfer"])
def test_a_caller_who_was_here_before_has_called_for_longer_than_the_agent_is_rung(before: dict[str, object]) -> None:
    call = replace(ringing(Direction.IN, "+49 30 111"), **before)  # type: ignore[arg-type]  # one field of it
    first, _ = agent_state(ADA, Around(calls=(call,), now=NOW))
    assert first.since == NOW
    again, _ = agent_state(ADA, Around(calls=(call,), ringing=(call.key, NOW), now=NOW + 9))
    assert again.since == NOW
    other, _ = agent_state(ADA, Around(calls=(call,), ringing=(call.key._replace(id="c0"), NOW), now=NOW + 9))
    assert other.since == NOW + 9
