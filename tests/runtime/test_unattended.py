"""Rooms that nobody sits at: what may break beside the reading, and what may not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.polling.room import settle
from tests.support.adapters import FakeAdapter
from wallboard.config.settings import Config
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Resource
from wallboard.history.archive import Archive
from wallboard.polling.scheduler import Scheduler
from wallboard.runtime import adapters
from wallboard.runtime.rooms import headless
from wallboard.runtime.unattended import attend
from wallboard.vendors.base import Services, SourceSettings

pytestmark = pytest.mark.anyio
HQ = Config(sources=(SourceSettings("hq", "ringme", "http://127.0.0.1/"),), keep=0)


async def breaks(_self: object) -> None:
    raise RuntimeError("bug")


@pytest.fixture
def hq(monkeypatch: pytest.MonkeyPatch) -> FakeAdapter:
    made = FakeAdapter(ManualClock())
    made.give(Resource.QUEUES, "", 5.0)

    def build(_settings: SourceSettings, _services: Services) -> FakeAdapter:
        return made

    monkeypatch.setattr(adapters, "load_vendor", lambda vendor: SimpleNamespace(build=build))
    return made


async def test_a_history_that_breaks_ends_no_reading(
    hq: FakeAdapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Archive, "run", breaks)
    assert isinstance(hq.clock, ManualClock)
    seconds = 0

    def second() -> None:
        nonlocal seconds
        seconds += 1

    async with headless(HQ, clock=hq.clock, state=tmp_path) as rooms:
        await attend(rooms, HQ, frozenset(Resource), second)
        for _ in range(44):
            await settle()
            hq.clock.advance(0.5)
        assert len(hq.reads) >= 4
        assert seconds >= 20


async def test_a_reader_that_breaks_ends_the_rooms(
    hq: FakeAdapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scheduler, "run", breaks)

    async def seated() -> None:
        async with headless(HQ, clock=hq.clock, state=tmp_path) as rooms:
            await attend(rooms, HQ, frozenset())
            await hq.clock.sleep(60.0)

    with pytest.raises(ExceptionGroup) as caught:
        await seated()
    assert caught.group_contains(RuntimeError, match="bug")
