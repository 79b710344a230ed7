"""A key acts only on what is painted, only when a person pressed it, and only once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.sample import Desk, desk


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def test_what_a_paste_drops_is_told_once_with_its_number(here: Desk) -> None:
    here.console.paste("hello ")
    here.console.paste("exy")
    here.clock.advance(0.3)
    here.console.paste("pHT")
    assert here.console.outcome == ("12 keys dropped: pasted?", "warn")
    assert not here.commands
    assert here.console.dialog is None
    here.clock.advance(2.0)
    here.console.paste("x")
    assert here.console.outcome[0] == "1 key dropped: pasted?"
