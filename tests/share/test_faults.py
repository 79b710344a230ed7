"""A short run of what `python -m tests.bench.orders` plays for long."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.share.faults import CONSOLES, play

pytestmark = pytest.mark.anyio


async def test_no_action_is_done_twice_or_to_another_row_and_each_has_an_ending_whatever_breaks(tmp_path: Path) -> None:
    played = await play(tmp_path, seed=20, rounds=2)
    assert played.world.done, "something was done"
    assert played.total > CONSOLES * 2, played.seen
    assert sum(played.endings.values()) == 2 * 3 * CONSOLES
