"""`call` dials a row's number as the directory would: in a writing that the row's source takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, Desk, desk
from wallboard.domain.command import Destination
from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent
from wallboard.domain.text import clean
from wallboard.vendors.base import Can


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def called(here: Desk, number: str, region: str) -> Destination | None:
    """What pressing `c` on the first agent dials, when this is the agent's number."""
    adapter = here.adapters[HQ]
    adapter.settings = replace(adapter.settings, region=region)
    here.change(
        HQ,
        Resource.AGENTS,
        lambda row: replace(row, extension=clean(number)) if isinstance(row, Agent) else row,
    )
    here.press("3")
    here.paint()
    here.clock.advance(1)
    here.press("c")
    here.clock.advance(1)
    here.press("y")
    return here.commands[-1].destination


@pytest.mark.parametrize(
    ("number", "region", "dialled"),
    [
        ("0241 55660", "DE", "+4924155660"),
        ("0241 55660", "", "024155660"),
        ("+49 241 55660", "", "+4924155660"),
        ("004924155660", "DE", "004924155660"),
        ("2001", "DE", "2001"),
        ("022*341", "DE", "022*341"),
    ],
)
def test_a_number_is_dialled_without_its_punctuation_and_internationally(
    here: Desk, number: str, region: str, dialled: str
) -> None:
    found = called(here, number, region)
    assert found is not None
    assert found.number == dialled


def test_a_source_that_takes_no_plus_is_given_what_it_takes(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        here.adapters[HQ], "can_dial", lambda destination: Can(destination.number.isdigit(), "digits only")
    )
    found = called(here, "0241 55660", "DE")
    assert found is not None
    assert found.number == "004924155660"
