"""When garbage is collected: between the steps of the loop, and among what is new.

With two thousand agents the collector's own walk through all that is on the board would stop the loop for a sixth of a
second, every other second. Rows make no cycles, so it would find next to nothing. Here it has steps of its own, and
what has outlived a full collection is set aside: the next looks only at what came since. The few cycles that break
there wait for a thorough one: rarely, and where nobody is typing.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import anyio

STEP_SECONDS = 0.25
FULL = 2
"""Each so manieth collection looks at all that is not set aside."""
LEAST = 700
"""New objects from which a step is worth its time: on a board on which nothing changes there are few."""
MOST = 50_000
"""New objects at which the collector begins by itself, whatever is going on."""
THOROUGH_SECONDS = 300.0
QUIET_SECONDS = 20.0
LATEST_SECONDS = 1800.0
"""A thorough collection comes so often, once no key has been pressed for so long; at the latest after half an hour."""


async def collect(untouched: Callable[[], float] = lambda: QUIET_SECONDS) -> None:
    """Collect until cancelled; `untouched` says for how many seconds nobody has pressed a key."""
    usual = gc.get_threshold()
    gc.set_threshold(MOST, *usual[1:])
    gc.freeze()
    try:
        await _collect(untouched)
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


async def _collect(untouched: Callable[[], float]) -> None:
    since, step = time.monotonic(), 0
    while True:
        await anyio.sleep(STEP_SECONDS)
        waited = time.monotonic() - since
        if waited >= LATEST_SECONDS or (waited >= THOROUGH_SECONDS and untouched() >= QUIET_SECONDS):
            since, step = time.monotonic(), FULL - 1
            gc.unfreeze()
        elif step % FULL == 0 and gc.get_count()[0] < LEAST:
            continue
        step += 1
        gc.collect(1 if step % FULL else 2)
        if step % FULL == 0:
            gc.freeze()
