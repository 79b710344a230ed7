"""The counts of a queue that are kept are those that would be counted anew, whatever has happened."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.board.making import Desk, agent, key, member, queue
from wallboard.board.queue_numbers import QueueFigures
from wallboard.domain.keys import Resource
from wallboard.domain.models import Queue, Row
from wallboard.domain.states import AgentState, MemberState

Q, M, A = Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS
QUEUES = ("601", "602", "603")


def happens(desk: Desk, dice: random.Random) -> None:
    """Anything that a source may say, and time."""
    resource, scope = dice.choice((Q, M, A)), dice.choice(("", *QUEUES))
    match dice.randrange(6):
        case 0 | 1:
            ids = [each for each in QUEUES if scope in ("", each)]
            states = dice.choices((MemberState.WAITING, MemberState.RINGING, MemberState.TALKING), k=3)
            rows: Sequence[Row] = {
                Q: [queue(each, waiting=dice.choice((None, 1))) for each in ids],
                M: [member(f"{each}-{n}", state, each) for each in ids for n, state in enumerate(states)],
                A: [agent(f"a{n}", dice.choice((AgentState.READY, AgentState.BREAK))) for n in range(2)],
            }[resource]  # type: ignore[assignment]  # one kind or another
            desk.snapshot(resource, *dice.sample(rows, dice.randint(0, len(rows))), scope=scope)
        case 2 | 3:
            more = {"failures": dice.choice((0, 0, 1, 3)), "push": dice.random() < 0.2, "wanted": True}
            interval = dice.choice((2.0, 5.0, 60.0))
            desk.status(resource, scope, interval, last_ok=dice.choice((None, desk.now)), **more)
        case 4:
            desk.status(resource, scope, unavailable=dice.random() < 0.3, wanted=dice.random() < 0.5)
        case _:
            desk.pass_(dice.choice((1, 5, 20, 70)))


def shown(figures: QueueFigures) -> object:
    return replace(figures, stopped={}), {name: round(at, 3) for name, at in figures.stopped.items()}


@pytest.mark.parametrize("seed", range(40))
def test_what_is_kept_is_what_would_be_counted(seed: int) -> None:
    desk, dice = Desk(), random.Random(seed)
    for _ in range(60):
        happens(desk, dice)
        source = desk.board._source("hq")
        for each in QUEUES:
            row = desk.board.row(key(Q, each))
            if isinstance(row, Queue):
                kept = source.queues.stats(row.key, desk.now, level=False)
                assert shown(kept) == shown(source.queues._count(row, None, desk.now).figures)
