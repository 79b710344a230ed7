"""Time: steady, in UTC, and for tests only when told."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, timedelta

import anyio
import pytest

from wallboard.domain import clock as clocks
from wallboard.domain.clock import Clock, ManualClock, SystemClock, iso, ticker


def test_the_steady_clock_starts_at_wall_time_and_never_steps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    clock: Clock = SystemClock()
    before = clock.now()
    assert abs(before - time.time()) < 5
    # The machine's clock is set back by an hour: waits go on.
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 3600)
    assert clock.now() >= before
    assert clock.now() - before < 60


SUSPEND = 8 * 3600.0


class Machine:
    """The clocks of a machine that can be put to sleep: the monotonic one stands still meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, platform: str, named: str) -> None:
        self.slept = 0.0
        monkeypatch.setattr(sys, "platform", platform)
        for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC_RAW"):
            monkeypatch.delattr(time, name, raising=False)
        monkeypatch.setattr(time, "monotonic", lambda: 50.0)
        if named:
            monkeypatch.setattr(time, named, 77, raising=False)
            monkeypatch.setattr(time, "clock_gettime", self._read)

    def _read(self, clock: int) -> float:
        assert clock == 77
        return 50.0 + self.slept


@pytest.mark.parametrize(("platform", "named"), [("linux", "CLOCK_BOOTTIME"), ("darwin", "CLOCK_MONOTONIC_RAW")])
def test_hours_for_which_the_machine_slept_count(monkeypatch: pytest.MonkeyPatch, platform: str, named: str) -> None:
    machine = Machine(monkeypatch, platform, named)
    clock = SystemClock()
    before = clock.now()
    machine.slept = SUSPEND
    assert clock.now() - before == SUSPEND


def test_a_machine_without_such_a_clock_has_the_monotonic_one(monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(monkeypatch, "win32", "")
    assert ticker()() == 50.0


def test_a_clock_that_the_system_names_and_does_not_have_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(monkeypatch, "linux", "CLOCK_BOOTTIME")

    def refuse(clock: int) -> float:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(time, "clock_gettime", refuse)
    assert ticker()() == 50.0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="CLOCK_BOOTTIME is Linux's")
def test_this_machine_counts_its_sleep() -> None:
    boot = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert 0.0 <= ticker()() - boot < 60.0


@pytest.mark.anyio
async def test_a_sleeper_wakes_with_the_machine_and_not_hours_later(monkeypatch: pytest.MonkeyPatch) -> None:
    # The event loop's timers stand still in a suspend, so the sleeper itself has to look.
    monkeypatch.setattr(clocks, "WATCH", 0.01)
    slept = 0.0
    ticks: Callable[[], float] = lambda: time.monotonic() + slept  # noqa: E731  # reads `slept` as it is then
    clock = SystemClock(ticks)
    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(clock.sleep, SUSPEND)
            await anyio.wait_all_tasks_blocked()
            slept = SUSPEND


def test_the_wall_clock_says_that_it_is_utc() -> None:
    for clock in (SystemClock(), ManualClock()):
        assert clock.wall().utcoffset() == timedelta(0)


def test_a_manual_clock_moves_only_when_told() -> None:
    clock = ManualClock(100.0)
    assert clock.now() == 100.0
    clock.advance(2.5)
    assert clock.now() == 102.5
    assert clock.wall().timestamp() == 102.5
    assert clock.wall().tzinfo is UTC


@pytest.mark.anyio
async def test_sleepers_wake_when_their_time_has_come_and_not_before() -> None:
    clock = ManualClock()
    woken: list[int] = []

    async def sleeper(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    async with anyio.create_task_group() as tasks:
        for seconds in (3, 1, 2):
            tasks.start_soon(sleeper, seconds)
        await anyio.wait_all_tasks_blocked()
        assert clock.sleeping == 3
        clock.advance(0.999)
        await anyio.wait_all_tasks_blocked()
        assert woken == []
        clock.advance(1.001)
        await anyio.wait_all_tasks_blocked()
        assert sorted(woken) == [1, 2]
        clock.advance(60)
    assert woken[-1] == 3
    assert clock.sleeping == 0


@pytest.mark.anyio
async def test_no_time_is_a_turn_of_the_loop_and_never_waits() -> None:
    clock = ManualClock()
    with anyio.fail_after(5):
        await clock.sleep(0)
        await clock.sleep(-1)
        await SystemClock().sleep(-1)
    assert clock.sleeping == 0


@pytest.mark.anyio
async def test_a_cancelled_sleeper_does_not_disturb_the_clock() -> None:
    clock = ManualClock()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(clock.sleep, 5)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    clock.advance(10)
    assert clock.sleeping == 0


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (0.0, "1970-01-01T00:00:00Z"),
        (1_770_000_000.9, "2026-02-02T02:40:00Z"),
        (None, None),
        (1e300, None),
        (float("nan"), None),
        (float("inf"), None),
    ],
)
def test_instants_are_written_in_utc_with_whole_seconds(instant: float | None, text: str | None) -> None:
    assert iso(instant) == text
