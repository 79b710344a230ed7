"""A slow line behind a system that takes everything: keys first, and what comes by itself is never queued."""

from __future__ import annotations

import pytest

from wallboard.ui.flight import PATIENCE, SHARE, Flight

RATE, ROUND_TRIP = 8_000.0, 0.15


class Line:
    """Carries one frame after the other, and answers behind each."""

    def __init__(self, rate: float = RATE, round_trip: float = ROUND_TRIP) -> None:
        self.flight = Flight()
        self.rate, self.round_trip = rate, round_trip
        self.now = self.free = 100.0
        self.number = 0
        self.carried = 0
        self.coming: list[tuple[float, int]] = []
        # The one question of the start.
        self.draw(0)
        self.pass_(1.0)

    def draw(self, size: int) -> None:
        self.number += 1
        self.free = max(self.free, self.now) + size / self.rate
        self.carried += size
        self.coming.append((self.free + self.round_trip, self.number))
        self.flight.asked(self.number, size, self.now)

    def pass_(self, seconds: float) -> None:
        end = self.now + seconds
        while self.coming and self.coming[0][0] <= end:
            self.now, number = self.coming.pop(0)
            self.flight.came(number, self.now)
        self.now = end

    def tick(self, size: int) -> None:
        if not self.flight.behind(self.now):
            self.flight.drew(self.now)
            self.draw(size)

    def press(self, size: int) -> float | None:
        """Seconds until what the key drew is there; None where it is not drawn yet."""
        if self.flight.full(self.now):
            return None
        self.draw(size)
        return self.coming[-1][0] - self.now


@pytest.mark.parametrize("size", [500, 4_000, 12_000, 40_000])
def test_what_comes_by_itself_leaves_room_on_the_line_and_is_not_queued(size: int) -> None:
    line = Line()
    began, carried = line.now, line.carried
    while line.now < began + 120.0:
        line.tick(size)
        assert len(line.coming) <= 1
        line.pass_(0.25)
    assert (line.carried - carried) / (120.0 * RATE) <= SHARE * 1.05


def test_a_line_that_carries_everything_misses_no_second_however_long_the_way() -> None:
    line = Line(rate=1e7, round_trip=0.6)
    for _ in range(60):
        before = line.number
        line.tick(5_000)
        assert line.number == before + 1
        line.pass_(1.0)


def test_a_key_that_is_held_draws_no_more_than_the_line_carries() -> None:
    line = Line()
    line.tick(8_000)
    line.pass_(5.0)
    took = []
    for _ in range(100):
        took.append(line.press(700))
        line.pass_(0.05)
    seen = [each for each in took if each is not None]
    assert max(seen) <= 1.1, "the newest key waits for the line once, not for all keys before it"
    assert len(seen) < len(took)


def test_a_terminal_that_never_answers_is_not_waited_for() -> None:
    flight = Flight()
    flight.asked(1, 40_000, 100.0)
    flight.drew(100.0)
    assert not flight.behind(100.5)
    assert not flight.full(100.5)


def test_five_minutes_of_silence_get_a_handful_of_frames() -> None:
    line = Line()
    drawn = line.number
    for _ in range(300):
        if not line.flight.behind(line.now):
            line.flight.drew(line.now)
            line.draw(4_000)
        line.now += 1.0
    assert 2 <= line.number - drawn <= 9, "a terminal that was replaced by another is not left without the board"


def test_keys_are_drawn_again_for_a_terminal_that_has_become_silent() -> None:
    line = Line()
    line.tick(8_000)
    line.pass_(2.0)
    line.draw(50_000)
    assert line.press(700) is None
    line.now += PATIENCE[0]
    assert line.press(700) is not None
