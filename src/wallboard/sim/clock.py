"""World time from a wall clock: the world advances when somebody looks."""

from __future__ import annotations

import time
from collections.abc import Callable

from wallboard.sim.world import World


class WorldClock:
    """World second = (clock() - when it began) × speed. `clock` gives seconds and never goes back."""

    def __init__(self, world: World, speed: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        if speed <= 0:
            raise ValueError("speed must be above zero")
        self.world = world
        self.speed = speed
        self._clock = clock
        self._began = clock()

    def elapsed(self) -> float:
        """Seconds of the wall clock since it began: what quotas and tokens go by."""
        return self._clock() - self._began

    def sync(self) -> None:
        """Bring the world to the present."""
        self.world.advance(self.elapsed() * self.speed)
