"""What Prometheus reads: names, numbers that are true, and nothing of a caller."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.acceptance.scene import ALL_FIVE, Stage, staged
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Call, Member, Queue
from wallboard.domain.text import clean
from wallboard.domain.update import Update, UpdateKind
from wallboard.runtime.rooms import Headless
from wallboard.serve import metrics as module
from wallboard.serve.health import Health
from wallboard.serve.listener import Request
from wallboard.serve.metrics import metrics
from wallboard.sim import Knobs

pytestmark = pytest.mark.anyio
Sample = tuple[str, frozenset[tuple[str, str]]]


async def page(rooms: Headless, accept: str = "") -> tuple[str, str]:
    answer = await metrics(rooms, Health(rooms), print)(Request("GET", "/metrics", headers={"accept": accept}))
    assert answer.status == 200
    return answer.body.decode(), answer.content_type


async def scraped(rooms: Headless) -> dict[Sample, float]:
    text, _ = await page(rooms)
    found: dict[Sample, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            where = sample.name, frozenset(sample.labels.items())
            assert where not in found, "the same twice: a scraper takes none of it"
            found[where] = sample.value
    return found


def of(found: dict[Sample, float], name: str, **labels: str) -> list[float]:
    return [value for (known, said), value in found.items() if known == name and labels.items() <= said]


async def test_it_tells_what_the_board_shows_and_what_was_asked_for_it(tmp_path: Path) -> None:
    async with staged(tmp_path, sources=ALL_FIVE, knobs=Knobs()) as stage:
        await stage.wait(20.0)
        found = await scraped(stage.rooms)
        assert not [name for name, _ in found if not re.fullmatch(r"(wallboard|process)_[a-z_]+", name)]
        assert of(found, "wallboard_source_state", state="live") == [1.0] * 5
        assert sum(of(found, "wallboard_source_state", source="hq")) == 1.0
        assert of(found, "wallboard_source_reader", source="hq", reader="here") == [1.0]
        assert of(found, "wallboard_budget_limit_requests", source="hq") == [30_000.0]
        assert 0 <= of(found, "wallboard_list_age_seconds", source="hq", list="members")[0] < 15
        assert of(found, "wallboard_list_interval_seconds", source="hq", list="members") == [5.0]
        assert all(of(found, "wallboard_list_trusted"))
        assert not of(found, "wallboard_list_errors_total")
        for queue in stage.board.rows(Resource.QUEUES, "hq"):
            waiting = stage.board.queue_stats(queue.key).waiting
            assert of(found, "wallboard_queue_waiting_callers", source="hq", queue=queue.key.id) == [waiting]
        asked = [each for each in stage.server.requests if each.account == "branch"]
        assert sum(of(found, "wallboard_list_requests_total", source="branch")) == len(asked)
        reads = sum(of(found, "wallboard_list_read_seconds_count", source="branch"))
        assert reads == sum(of(found, "wallboard_list_read_seconds_bucket", source="branch", le="+Inf")) > 0


async def test_nothing_of_a_caller_is_in_it(tmp_path: Path) -> None:
    async with staged(tmp_path, sources=ALL_FIVE, knobs=Knobs()) as stage:
        text, _ = await page(stage.rooms)
        callers = [row for row in stage.board.rows(Resource.MEMBERS) if isinstance(row, Member)]
        calls = [row for row in stage.board.rows(Resource.CALLS) if isinstance(row, Call)]
        told = {each for row in callers for each in (row.name, row.number)}
        told |= {each for row in calls for each in (row.from_name, row.from_number)}
        told = {each for each in told if len(each) > 4}
        assert len(told) > 10
        assert not [each for each in told if each in text]


async def test_a_figure_that_is_not_true_any_more_is_not_there_and_its_failures_are_counted(tmp_path: Path) -> None:
    async with staged(tmp_path, knobs=Knobs()) as stage:
        before = await scraped(stage.rooms)
        assert of(before, "wallboard_queue_waiting_callers", source="hq")
        stage.cut.add("hq")
        await stage.wait(120.0)
        found = await scraped(stage.rooms)
        assert not of(found, "wallboard_queue_waiting_callers", source="hq")
        assert of(found, "wallboard_queue_waiting_callers", source="branch")
        assert of(found, "wallboard_source_state", source="hq", state="live") == [0.0]
        assert of(found, "wallboard_list_trusted", source="hq", list="members") == [0.0]
        assert sum(of(found, "wallboard_list_errors_total", source="hq", kind="Unreachable")) > 3
        assert not of(found, "wallboard_list_errors_total", source="branch")
        assert of(found, "wallboard_healthy") == [1.0]


def hostile() -> Iterator[Queue]:
    yield Queue(Key("hq", Kind.QUEUE, 'a"b\n{}\\'), clean('Sales "} 1\n wallboard_healthy 0'))
    yield Queue(Key("hq", Kind.QUEUE, "b"), clean("Hotline +49 241 5566011"))
    # As long as each other up to what a label holds.
    yield Queue(Key("hq", Kind.QUEUE, "x" * 200 + "1"), clean("long"))
    yield Queue(Key("hq", Kind.QUEUE, "x" * 200 + "2"), clean("long"))
    for number in range(2 * module.QUEUES):
        yield Queue(Key("hq", Kind.QUEUE, f"q{number}"), clean("invented"), waiting=1)


def told(stage: Stage, rows: tuple[Queue, ...]) -> None:
    now = stage.clock.now()
    for scope in sorted({feed.scope for feed in stage.view(Resource.QUEUES).feeds} - {"discovery"}):
        stage.board.apply(Update("hq", Resource.QUEUES, scope, UpdateKind.SNAPSHOT, 9, 1, now, rows))
        rows = ()


async def test_names_that_a_vendor_makes_up_break_no_line_and_are_bounded(tmp_path: Path) -> None:
    async with staged(tmp_path, sources=("hq",)) as stage:
        told(stage, tuple(hostile()))
        text, _ = await page(stage.rooms)
        assert "5566011" not in text
        found = await scraped(stage.rooms)
        assert of(found, "wallboard_healthy") == [1.0]
        names = {dict(labels)["queue"] for name, labels in found if name.startswith("wallboard_queue_")}
        assert 2 < len(names) <= module.QUEUES
        assert max(map(len, names)) <= module.NAME


async def test_a_scrape_of_many_queues_leaves_the_others_their_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(work: Callable[[object], bytes], taken: object) -> bytes:
        return work(taken)

    # What is written in a thread gives turns of its own.
    monkeypatch.setattr(anyio.to_thread, "run_sync", at_once)
    async with staged(tmp_path, sources=("hq",)) as stage:
        told(stage, tuple(hostile()))
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await anyio.lowlevel.checkpoint()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(other)
            await page(stage.rooms)
            tasks.cancel_scope.cancel()
        assert turns >= module.QUEUES // module.AT_ONCE


async def test_alarms_are_told_by_severity_and_state(tmp_path: Path) -> None:
    async with staged(tmp_path, knobs=Knobs()) as stage:
        stage.cut.add("hq")

        def up() -> bool:
            stage.board.tick()
            return bool(stage.board.alarms.active())

        await stage.until(up, 300.0)
        found = await scraped(stage.rooms)
        listed = stage.board.alarms.listed()
        assert sum(of(found, "wallboard_alarms")) == len(listed)
        active = [alarm for alarm in listed if (alarm.severity, alarm.state) == ("alarm", "active")]
        assert of(found, "wallboard_alarms", severity="alarm", state="active") == [len(active)]


async def test_a_scraper_that_asks_for_open_metrics_gets_them(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        text, content_type = await page(stage.rooms, "application/openmetrics-text; version=1.0.0")
        assert content_type.startswith("application/openmetrics-text")
        assert text.endswith("# EOF\n")


async def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    said: list[str] = []
    async with staged(tmp_path) as stage:
        answer = await metrics(stage.rooms, Health(stage.rooms), said.append)(Request("GET", "/metrics"))
    assert answer.status == 501
    assert answer.body == b"/metrics needs the extra [metrics]: pip install 'wallboard[metrics]'\n"
    assert said == ["/metrics needs the extra [metrics]: pip install 'wallboard[metrics]'"]
