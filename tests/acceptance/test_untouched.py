"""Panes that nobody has touched show their worst rows, whatever comes and goes; the cursor is there for those who come.

The whole demonstration runs for a minute by hand, on screens of six sizes at once.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.scene import ALL_FIVE, staged
from tests.acceptance.seat import Seat
from wallboard.domain.keys import Key, Resource
from wallboard.sim import Knobs
from wallboard.view.layout import BOARD, NUMBER, WORST
from wallboard.view.selection import HOME_SECONDS

pytestmark = pytest.mark.anyio
SIZES = ((240, 67), (160, 50), (120, 40), (120, 24), (80, 24), (40, 10))


def assert_at_home(seat: Seat) -> None:
    """No pane has a cursor or is scrolled, and each begins with its most urgent rows."""
    page = seat.page()
    wide = "┬" in page
    assert "▌" not in page
    assert "↑" not in page, "rows are out of sight above"
    context = seat.console.panes.context()
    for resource in BOARD:
        state = seat.console.panes[resource]
        assert state.selection.cursor is None
        if f"{NUMBER[resource]} {state.pane.title}" in page and (wide or resource is seat.console.active):
            drawn = [key for key in state.order()[:WORST] if isinstance(key, Key) and state.painted(key) is not None]
            assert len(drawn) == min(WORST, len([key for key in state.order() if isinstance(key, Key)])), resource
        state.load(context, context.now)  # clocks run on between two readings, and with them what is urgent
        if not state.selection.held:
            rows = [row for row in map(state.row, state.order()) if row is not None]
            ranks = [state.pane.fact(row, context, "").rank for row in rows]
            assert ranks == sorted(ranks), resource


async def test_for_a_minute_untouched_every_pane_begins_with_its_worst_rows(tmp_path: Path) -> None:
    async with staged(tmp_path, knobs=Knobs(), sources=ALL_FIVE) as stage:
        seats = [Seat(stage, width=width, height=height) for width, height in SIZES]
        came: set[object] = set()
        for _ in range(60):
            await stage.wait(1.0, step=1.0)
            for seat in seats:
                assert_at_home(seat)
            came.update(seats[0].console.panes[Resource.MEMBERS].order())
        assert len(came) > len(seats[0].console.panes[Resource.MEMBERS].order()) > 0, "rows came and went meanwhile"

        wide = seats[1]
        for resource in BOARD[1:]:
            state = wide.console.panes[resource]
            await wide.press("tab" if resource is Resource.MEMBERS else str(NUMBER[resource]))
            assert state.order(), resource
            assert state.cursor_index() == 0, "the pane that was entered has its cursor at the top"
        assert wide.page().count("▌") == len(BOARD) - 1
        assert wide.console.panes[Resource.QUEUES].selection.cursor is None, "it was left before a key moved in it"
        await stage.wait(HOME_SECONDS, step=1.0)
        assert_at_home(wide)
