"""A waiting caller is sent across sources: a favourite's digit or four letters, `Enter`, and one request goes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.console import HQ, LAB, RESPONDERS, Desk, desk
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Entry, Queue, Receptionist
from wallboard.domain.places import Favourite, Route
from wallboard.domain.text import clean

NIGHT = Receptionist(
    Key(LAB, Kind.RECEPTIONIST, "r1"),
    clean("Night menu"),
    clean("8100"),
    open=True,
    sends_to=(Entry(clean("timeout"), clean("601"), True),),
)
OVERFLOW = Queue(
    Key(LAB, Kind.QUEUE, "q1"),
    clean("Overflow DE"),
    clean("0049 40 700100"),
    addresses=(clean("0049 40 700100"),),
    no_counts=clean("this interface tells none"),
)
FAVOURITES = (
    Favourite("Front desk", "8100", LAB),
    Favourite("Overflow", "+49 40 700100"),
    Favourite("Rescue", "0241 55660", RESPONDERS),
)


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    settings = {
        "favourites": FAVOURITES,
        "routes": (Route(HQ, LAB, "88"),),
        "regions": {HQ: "DE", LAB: "DE", RESPONDERS: "DE"},
    }
    made = desk(tmp_path, settings=settings)
    made.read({(LAB, Resource.RECEPTIONISTS): (NIGHT,), (LAB, Resource.QUEUES): (OVERFLOW,)})
    made.press("2")
    made.paint()
    made.clock.advance(1)
    return made


async def run(here: Desk) -> None:
    while here.started:
        await here.started.pop(0)()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("typed", "number", "label", "key"),
    [
        ("1", "888100", "Front desk", NIGHT.key),
        ("nigh", "888100", "Front desk", NIGHT.key),
        ("2", "+4940700100", "Overflow", OVERFLOW.key),
        ("over", "+4940700100", "Overflow", OVERFLOW.key),
        ("3", "+4924155660", "Rescue", Key(RESPONDERS, Kind.HOTLINE, "311")),
        ("moun", "+4924155660", "Rescue", Key(RESPONDERS, Kind.HOTLINE, "311")),
    ],
)
async def test_a_waiting_caller_is_sent_to_another_source(
    here: Desk, typed: str, number: str, label: str, key: Key
) -> None:
    here.press("t", *typed)
    assert any(f"→ {label} {number}" in line for line in here.paint(120, 36)), "what goes out is shown before"
    here.clock.advance(0.3)
    here.press("enter")
    await run(here)
    performed = [command for adapter in here.adapters.values() for command in adapter.performed]
    assert [command.verb for command in performed] == [Verb.TRANSFER]
    assert here.adapters[HQ].performed == performed
    destination = performed[0].destination
    assert destination is not None
    assert (destination.number, destination.label, destination.key) == (number, label, key)
