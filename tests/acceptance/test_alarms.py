"""What goes wrong in the simulated contact centre is told in time, through every room from the vendor to the alarm."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.scene import staged
from tests.bench.alarms import Shift

pytestmark = pytest.mark.anyio


async def test_what_goes_wrong_is_told_within_its_delay_and_one_reading_and_again_when_it_is_over(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, sources=("hq", "responders")) as stage:
        shift = Shift(stage)
        assert stage.world.incidents.happen("hotline error") is not None
        idle, offline = (stage.hq.agents["local", number] for number in (136, 137))
        idle.state = "Idle"
        assert offline.extension is not None
        offline.extension.registered = False
        await shift.run(1)
        assert shift.missed == {}
        assert len(shift.late) == 3
        assert {event.alarm.condition for event in shift.asked} == {"error", "stuck"}
        idle.state, offline.extension.registered = "Waiting", True
        await shift.run(3)
        assert stage.board.alarms.active() == []
        assert {alarm.state for alarm in stage.board.alarms.unseen()} == {"cleared"}
