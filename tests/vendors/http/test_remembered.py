"""Answers are known again while they are asked for, and no longer, and no more of them than have room."""

from __future__ import annotations

from wallboard.domain.clock import ManualClock
from wallboard.vendors.http.remembered import ASKED_WITHIN, MOST, SMALL, Remembered


def test_an_answer_is_known_as_long_as_it_is_asked_for() -> None:
    clock = ManualClock(0.0)
    known = Remembered(clock)
    known.put("/calls", b"[]", [])
    known.put("/once", b"[]", [])
    for _ in range(3):
        clock.advance(ASKED_WITHIN / 2)
        assert known.same("/calls", b"[]") == ([],)
        known.put("/other", b"{}", {})
    assert known.same("/calls", b"[1]") is None
    assert known.same("/once", b"[]") is None


def test_no_more_is_kept_than_has_room_and_the_last_asked_for_stays() -> None:
    known = Remembered(ManualClock(0.0))
    body = b"x" * SMALL
    for number in range(MOST // SMALL + 1):
        known.put(f"/{number}", body, number)
        assert known.same("/0", body) == (0,)
    assert known.same("/1", body) is None
    known.put("/0", body + b"x", 0)
    assert known.same("/0", body + b"x") is None
