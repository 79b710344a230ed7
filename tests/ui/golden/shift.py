"""The sample evening after an hour and a half of work: callers were answered or gave up, agents changed states."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.support.console import AT_ONCE, HQ, LAB, RESPONDERS, Desk, agent, desk, member, read, rows
from wallboard.board.board import Board
from wallboard.board.settings import BoardSettings
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Resource
from wallboard.domain.known import Known, KnownNumbers
from wallboard.domain.models import Row
from wallboard.domain.rules import Limits, QueueRule
from wallboard.domain.states import AgentState, MemberState
from wallboard.domain.text import clean
from wallboard.domain.update import SourceInfo

BEGAN = 90 * 60.0
"""Seconds before the evening that everybody knows."""
STEP = 15.0
SALES, SUPPORT = ("601", "Sales"), ("602", "Support")
AGENTS = (("bo", "Bo Quist", "202", SALES), ("ada", "Ada Orwell", "201", SALES), ("jo", "Jo Alder", "205", SUPPORT))


def worked(folder: Path) -> Desk:
    return desk(folder, make=_board)


def _board(clock: ManualClock) -> Board:
    rules = (QueueRule("Sales*", None, Limits(3, 60), Limits(6, 120, 0)),)
    known = KnownNumbers((Known("+49 30 111 222", clean("Northwind"), star=True),))
    made = Board(clock, BoardSettings(rules, timing=AT_ONCE, known=known))
    evening = clock.now()
    clock.advance(-BEGAN)
    for name, vendor, phone in ((HQ, "ringme", "2001"), (LAB, "asterisk", ""), (RESPONDERS, "groupalarm", "")):
        made.source(SourceInfo(name, vendor, phone=phone))
    for step in range(int(BEGAN / STEP)):
        past = {
            **rows(),
            (HQ, Resource.MEMBERS): _callers(step, evening),
            (HQ, Resource.AGENTS): _agents(step, evening),
        }
        read(made, past, clock.now(), step + 1)
        made.tick()
        clock.advance(STEP)
    read(made, rows(), clock.now(), 10_000)
    made.tick()
    return made


def _callers(step: int, evening: float) -> tuple[Row, ...]:
    """One every two minutes: each waits longer than the last, is served for a minute and a half, or gives up."""
    found: list[Row] = []
    now = evening - BEGAN + step * STEP
    for caller in range(step // 8 + 1):
        came = caller * 8 * STEP
        waits = STEP * (1 + caller % 4)
        age = step * STEP - came
        number = "+49 30 111 222" if caller % 20 == 3 else f"+49 30 700 {caller:03}"
        by, queue = ("bo", SALES) if caller % 3 else ("jo", SUPPORT)
        joined = evening - (now - age)
        if age < waits:
            found.append(member(f"p{caller}", *queue, MemberState.WAITING, joined, "", number))
        elif caller % 5 and age < waits + 90:
            served = member(f"p{caller}", *queue, MemberState.TALKING, joined, "", number, by=by)
            found.append(replace(served, answered_at=now - age + waits))
    return tuple(found)


def _agents(step: int, evening: float) -> tuple[Row, ...]:
    states = (AgentState.READY, AgentState.TALKING, AgentState.TALKING, AgentState.WRAP_UP)
    found: list[Row] = []
    for place, (ident, name, extension, queue) in enumerate(AGENTS):
        state = AgentState.BREAK if (step // 40 + place) % 5 == 4 else states[(step // 6 + place) % len(states)]
        found.append(agent(ident, name, extension, state, None, queue))
    return (*found, *(row for row in rows()[HQ, Resource.AGENTS] if row.key.id in ("cy", "di", "an")))
