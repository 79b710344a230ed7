"""`L`: who gave up, in the order in which to call back, until it is proven or somebody says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.console import HQ, NOW, Desk, desk
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.command import Verb
from wallboard.history.records import Caller


def lost(id_: str, ago: int, number: str, queue: str = "601", name: str = "", waited: float = 40.0) -> Caller:
    at = int(NOW) - ago
    return Caller(HQ, id_, queue, "Sales", number, name, at - 40, at, "lost", waited, waited, waited)


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    made = desk(tmp_path)
    backs = made.console.ports.call_backs
    backs.take(lost("x1", 600, "+4930777001", name="Kim Ek"))
    backs.take(lost("x2", 60, "+4930777002"))
    backs.take(lost("x3", 30, "+4930777001", name="Kim Ek"))
    return made


def asked(here: Desk) -> str:
    return "\n".join(here.paint())


def ended(here: Desk, phase: Phase) -> None:
    final = phase is not Phase.REQUESTED
    here.console.outcomes.heard(Outcome(here.commands[-1], phase, phase.value, here.clock.now(), final))


def numbers(here: Desk) -> list[str]:
    return [entry.caller.number for entry in here.console.ports.call_backs.open()]


def test_they_stand_in_order_with_what_is_known(here: Desk) -> None:
    here.press("L")
    said = asked(here)
    assert "CALL BACK 2 callers who gave up" in said
    assert said.index("+49 30 777002") < said.index("+49 30 777001 Kim Ek")
    assert "Sales · waited 0:40 · gave up" in said
    assert "2nd time" in said


def test_a_return_call_that_is_proven_closes_the_entry(here: Desk) -> None:
    here.press("L")
    here.clock.advance(0.3)
    here.paint()
    here.press("c")
    assert "CALL +49 30 777002" in asked(here)
    here.wait(1.0)
    here.paint()
    here.press("y")
    assert here.sent == [(Verb.CALL, "x2")]
    assert here.commands[0].destination is not None
    assert here.commands[0].destination.number == "+4930777002"
    ended(here, Phase.REQUESTED)
    assert here.console.ports.call_backs.open()[0].tries == 1
    ended(here, Phase.CONFIRMED)
    assert numbers(here) == ["+4930777001"]


def test_a_call_that_was_not_proven_stays_open_and_counts_as_a_try(here: Desk) -> None:
    here.press("L")
    here.clock.advance(0.3)
    here.paint()
    here.press("c")
    here.clock.advance(0.5)
    here.paint()
    here.press("y")
    ended(here, Phase.REQUESTED)
    ended(here, Phase.NOT_CONFIRMED)
    here.press("L")
    assert "tried by Mira" in asked(here)


def test_it_closes_with_a_reason_and_never_without(here: Desk) -> None:
    here.press("L")
    here.clock.advance(0.3)
    here.paint()
    here.press("enter")
    assert "call +49 30 777002 from my phone" in asked(here)
    here.press("5")
    here.clock.advance(0.3)
    here.paint()
    here.press("enter")
    here.paint()
    here.press("enter")
    assert "closes with a reason" in here.said
    assert len(numbers(here)) == 2
    for keys in (("L",), ("enter", "3"), ("enter",)):
        here.press(*keys)
        here.clock.advance(0.3)
        here.paint()
    assert here.said == "+49 30 777002 closed: wrong number"
    assert numbers(here) == ["+4930777001"]


def test_nobody_to_call_back_is_said(tmp_path: Path) -> None:
    here = desk(tmp_path)
    here.press("L")
    assert here.console.dialog is None
    assert here.said == "nobody is waiting for a return call"
