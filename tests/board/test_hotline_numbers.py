"""How soon a hotline's calls were taken, and when most came."""

from __future__ import annotations

from datetime import UTC, datetime

from wallboard.board.hotline_numbers import figures
from wallboard.domain.models import HotlineCall


def at(hour: int, minute: int = 0) -> float:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC).timestamp()


def test_the_ladder_and_the_busy_hour() -> None:
    taken = [HotlineCall(at(14, i), True, after) for i, after in enumerate((4.0, 10.0, 12.0, 16.0, 40.0))]
    made = figures(
        [*taken, HotlineCall(at(9), False), HotlineCall(at(9, 30), False), HotlineCall(at(3), True, 9.0)], UTC
    )
    assert (made.calls, made.taken) == (8, 6)
    assert made.within == (3 / 8, 4 / 8, 5 / 8)
    assert made.busy == (14, 5)


def test_few_calls_or_untold_moments_give_no_ladder() -> None:
    assert figures([HotlineCall(at(9), True, 3.0)] * 4, UTC).within is None
    assert figures([HotlineCall(at(9), True, 3.0)] * 4 + [HotlineCall(at(9), True)], UTC).within is None
    assert figures([], UTC).busy is None
