"""For each row of evidence the best impostor: what could produce it while the action did nothing. Never *confirmed*.

Beside them stands the genuine case of each row, so that nothing is proved by confirming nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.arch.documents import table
from tests.vendors.groupalarm import impostors as groupalarm
from tests.vendors.impostor_play import CASES, Case, Play, ending
from tests.vendors.portsip import impostors as portsip
from tests.vendors.ringme import impostors as ringme
from tests.vendors.sinch import impostors as sinch
from wallboard.domain.command import Verb
from wallboard.vendors.base import Verification

Build = Callable[[Play, Verb], Verification]
BUILD: dict[str, Build] = {
    "ringme": ringme.build,
    "portsip": portsip.build,
    "groupalarm": groupalarm.build,
    "sinch": sinch.build,
}


@pytest.mark.parametrize("case", [case for case in CASES if not case.genuine], ids=lambda case: case.id)
def test_an_impostor_is_never_taken_for_the_action(case: Case) -> None:
    play = case.play()
    end = ending(play, case.verb, BUILD[case.vendor](play, case.verb))
    assert case.row not in end.held
    # The same world may be what another row of the table says, and then that one is said.
    other = {0: 1}.get(case.row) if case.name == "its planned end passed" else None
    assert bool(end.confirmed) is (other is not None)
    assert end.held == (frozenset() if other is None else {other})


@pytest.mark.parametrize("case", [case for case in CASES if case.genuine], ids=lambda case: case.id)
def test_what_the_action_did_is_confirmed_by_its_row(case: Case) -> None:
    play = case.play()
    verification = BUILD[case.vendor](play, case.verb)
    assert ending(play, case.verb, verification).confirmed == verification.confirms[case.row].text


@pytest.mark.parametrize("vendor", BUILD)
def test_every_row_of_evidence_names_its_impostor_and_is_played(vendor: str) -> None:
    played = {(case.verb, case.row, case.genuine) for case in CASES if case.vendor == vendor}
    for row in table(vendor):
        for number, evidence in enumerate(row.confirms):
            assert evidence.impostor.strip(), f"{vendor} {row.verb.value}: {evidence.text}"
            assert (row.verb, number, False) in played, f"no impostor for {vendor} {row.verb.value}: {evidence.text}"
            assert (row.verb, number, True) in played, f"no genuine case of {vendor} {row.verb.value}: {evidence.text}"
