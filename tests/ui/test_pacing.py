"""How soon new rows are on the screen."""

from __future__ import annotations

from itertools import pairwise

import pytest

from wallboard.ui.pacing import (
    BUSY_SECONDS,
    FIRST_FLUSH_SECONDS,
    FIRST_SECONDS,
    FLUSH_SECONDS,
    GATHER_SECONDS,
    SLOW_SECONDS,
    Pacing,
)

START = 100.0
LATER = START + FIRST_SECONDS + 60.0


def test_the_first_rows_wait_for_nothing() -> None:
    assert Pacing(START).wait(START) == 0.0


def test_the_first_lists_follow_each_other_faster_than_later_ones() -> None:
    pacing = Pacing(START)
    pacing.drew(START)
    assert pacing.wait(START) == pytest.approx(FIRST_FLUSH_SECONDS)
    pacing.drew(LATER)
    assert pacing.wait(LATER) == pytest.approx(FLUSH_SECONDS)


def test_after_a_pause_a_change_is_drawn_at_once() -> None:
    pacing = Pacing(START)
    pacing.drew(LATER)
    assert pacing.wait(LATER + FLUSH_SECONDS) == GATHER_SECONDS


def test_however_often_rows_come_frames_keep_their_distance() -> None:
    pacing = Pacing(START)
    now, frames = LATER, []
    while now < LATER + 10.0:
        at = now + pacing.wait(now)
        pacing.drew(at)
        frames.append(at)
        now = at + 0.001
    assert min(b - a for a, b in pairwise(frames)) >= FLUSH_SECONDS


def test_a_terminal_that_does_not_keep_up_is_left_alone_once_the_first_lists_have_come() -> None:
    assert Pacing(START).busy(START) < FIRST_FLUSH_SECONDS
    assert Pacing(START).busy(LATER) == BUSY_SECONDS


def test_on_a_slow_line_rows_and_clocks_share_their_frames() -> None:
    pacing = Pacing(START, slow=True)
    pacing.drew(LATER)
    assert pacing.wait(LATER) == pytest.approx(SLOW_SECONDS)
    assert not pacing.ticks(LATER + 1.0)
    assert pacing.ticks(LATER + SLOW_SECONDS)
    pacing.ticked(LATER + SLOW_SECONDS)
    assert pacing.wait(LATER + SLOW_SECONDS) == pytest.approx(SLOW_SECONDS)
