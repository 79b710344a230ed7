"""The composition root keeps one broken adapter from the others."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import pytest

from tests.polling.room import settle
from tests.support.adapters import FakeAdapter
from wallboard.config.settings import Config, ConsoleOptions
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Destination, Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Queue, Row
from wallboard.domain.text import clean
from wallboard.history.archive import Archive
from wallboard.runtime import adapters, console
from wallboard.runtime.console import ports
from wallboard.runtime.rooms import headless
from wallboard.ui.app import ConsoleApp
from wallboard.vendors.base import Services, SourceSettings

pytestmark = pytest.mark.anyio


def _fault(*_: object) -> Any:
    raise KeyError("bug")


class Broken(FakeAdapter):
    """Every answer that needs no request is a fault, and so is the farewell."""

    info = feeds = can = can_dial = reports = aclose = cast("Any", _fault)


async def test_an_adapter_that_breaks_whatever_it_is_asked_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = ManualClock()

    def build(settings: SourceSettings, services: Services) -> FakeAdapter:
        made = Broken(clock, settings.name) if settings.name == "lab" else FakeAdapter(clock, settings.name)
        if settings.name == "hq":
            made.give(Resource.QUEUES, "", 5.0)
        return made

    monkeypatch.setattr(adapters, "load_vendor", lambda vendor: SimpleNamespace(build=build))
    sources = tuple(SourceSettings(name, "ringme", "http://127.0.0.1/") for name in ("lab", "hq"))
    async with headless(Config(sources=sources), clock=clock, state=tmp_path) as rooms:
        rooms.tasks.start_soon(rooms.scheduler.run)
        for _ in range(40):
            clock.advance(0.5)
            await settle()
        assert len(cast("FakeAdapter", rooms.adapters["hq"]).reads) >= 4
        assert {view.info.name: view.state.value for view in rooms.board.source_views()} == {
            "lab": "down",
            "hq": "live",
        }
        doors = ports(rooms, Mock(ConsoleApp), Archive(rooms.board, clock, tmp_path, 0, frozenset()))
        row: Row = Queue(Key("lab", Kind.QUEUE, "601"), clean("Sales"))
        for _ in range(3):
            rights = doors.rights()
            assert "broke when it was asked" in rights["lab"][1]
            assert "broke" not in " ".join(rights["hq"])
            assert doors.can_dial("lab", Destination("8100", "Night desk")) == (
                False,
                "the adapter broke when it was asked: see the log",
            )
            assert doors.reports(row) == ()
    said = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR and "lab asked" in r.getMessage()]
    assert said == ["lab asked: unexpected KeyError"]


async def test_an_adapter_that_breaks_while_it_is_made_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clock = ManualClock()

    def build(settings: SourceSettings, services: Services) -> FakeAdapter:
        if settings.name == "lab":
            raise KeyError("bug")
        made = FakeAdapter(clock, settings.name)
        made.give(Resource.QUEUES, "", 5.0)
        return made

    monkeypatch.setattr(adapters, "load_vendor", lambda vendor: SimpleNamespace(build=build))
    sources = tuple(SourceSettings(name, "ringme", "http://127.0.0.1/") for name in ("lab", "hq"))
    async with headless(Config(sources=sources), clock=clock, state=tmp_path) as rooms:
        rooms.tasks.start_soon(rooms.scheduler.run)
        for _ in range(20):
            clock.advance(0.5)
            await settle()
        views = {view.info.name: view for view in rooms.board.source_views()}
        assert {name: view.state.value for name, view in views.items()} == {"lab": "down", "hq": "live"}
        assert views["lab"].detail == "broke when it was set up (KeyError): see the log"
        for verb in Verb:
            assert not rooms.adapters["lab"].can(verb, None)
        lines = await rooms.adapters["lab"].check()
        assert [(line.ok, line.text) for line in lines] == [(False, views["lab"].detail)]


async def test_the_sources_are_asked_while_the_screen_is_still_being_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done: list[str] = []

    class Asking:
        async def run(self) -> None:
            done.append("asked")

    class Enough(Exception):
        pass

    def load(piece: str) -> None:
        if len(done) > 1:
            raise Enough
        done.append(piece)

    monkeypatch.setattr(console, "import_module", load)
    async with headless(Config(), state=tmp_path) as rooms:
        with pytest.raises(Enough):
            await console.console_on(
                replace(rooms, reader=cast("Any", Asking())), Config(), ConsoleOptions(), "hq", ahead=True
            )
    assert done == [console._SCREEN[0], "asked"]
