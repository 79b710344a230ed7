"""`/metrics`: the poller in Prometheus' words, made at each scrape of what is there.

A figure that is not known, or no longer true, is not there: a series that ends is seen, an old number is not. Labels
are names of the configuration and of queues, without control characters and telephone numbers; of callers there is
nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from itertools import accumulate
from typing import TYPE_CHECKING, cast, get_args

from anyio import to_thread
from anyio.lowlevel import checkpoint

from wallboard import __version__
from wallboard.board.alarm import State
from wallboard.board.freshness import DISCOVERY, ResourceView, SourceView
from wallboard.board.verdicts import Severity
from wallboard.domain.keys import Resource
from wallboard.domain.language import tr
from wallboard.domain.masking import masked
from wallboard.domain.models import Queue
from wallboard.domain.states import TRUSTED, SourceState
from wallboard.domain.text import clean
from wallboard.polling.counts import STEPS, Counts
from wallboard.runtime.rooms import Headless
from wallboard.serve.health import Health
from wallboard.serve.listener import Handler, Request, Response

if TYPE_CHECKING:
    from prometheus_client.core import Metric
    from prometheus_client.registry import Collector

QUEUES = 500
"""Queues of a source that have series of their own; a vendor that invents them makes no more."""
AT_ONCE = 10
"""Queues whose figures are made in one turn: some milliseconds."""
NAME = 60
"""Characters of a label."""
Row = tuple[Sequence[str], float | None]
"""Values of the labels, and the number; None: it is not known."""


def metrics(rooms: Headless, health: Health, say: Callable[[str], None]) -> Handler:
    """What answers there. Without the extra it answers that, which is also said to a person."""
    if find_spec("prometheus_client") is None:
        missing = tr("/metrics needs the extra [metrics]: {command}", command="pip install 'wallboard[metrics]'")
        say(missing)

        async def lacking(_request: Request) -> Response:
            return Response(501, body=f"{missing}\n".encode())

        return lacking
    from prometheus_client import ProcessCollector
    from prometheus_client.exposition import choose_encoder

    process, scene = ProcessCollector(registry=None), _Scene(rooms, health)

    async def answer(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        taken = _Taken([*scene.whole(), *await scene.queues(), *process.collect()])
        return Response(200, content_type, await to_thread.run_sync(encode, cast("Collector", taken)))

    return answer


class _Taken:
    """What was collected, for who writes it."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Sequence[Metric]:
        return self._families


class _Scene:
    """What there is to tell of these rooms."""

    def __init__(self, rooms: Headless, health: Health) -> None:
        self._rooms, self._health = rooms, health

    def whole(self) -> Iterator[Metric]:
        """All but the queues."""
        rooms, now = self._rooms, self._rooms.clock.now()
        views = rooms.board.source_views()
        yield _gauge("wallboard_build_info", "The version that runs.", ("version",), [((__version__,), 1)])
        yield _gauge("wallboard_healthy", "What /healthz says.", (), [((), not self._health.unwell())])
        yield from self._sources(views, now)
        yield from _lists(views)
        yield from _counted(rooms.scheduler.counts())
        yield self._alarms()
        if rooms.sharing is not None:
            connected, others = rooms.sharing.connected, rooms.sharing.others()
            yield _gauge("wallboard_bus_connected", "Whether the bus answers.", (), [((), connected)])
            yield _gauge("wallboard_consoles", "Others of the site on the bus that listen.", (), [((), others)])

    def _sources(self, views: Sequence[SourceView], now: float) -> Iterator[Metric]:
        names = [view.info.name for view in views]
        states = [((view.info.name, state.value), state is view.state) for view in views for state in SourceState]
        yield _gauge("wallboard_source_state", "1 for the state that it is in.", ("source", "state"), states)
        readers = {name: self._health.reader(name) for name in names}
        found = {name: reader if reader in ("here", "") else "another" for name, reader in readers.items()}
        told = [((name, word or "nobody"), found[name] == word) for name in names for word in ("here", "another", "")]
        yield _gauge("wallboard_source_reader", "1 for who reads it.", ("source", "reader"), told)
        yield _gauge(
            "wallboard_source_clock_offset_seconds",
            "How far the vendor's clock is ahead of ours.",
            ("source",),
            [((view.info.name,), view.info.clock_offset) for view in views],
        )
        budgets = [(view.info.name, view.budget) for view in views if view.budget is not None]
        for name, means, rows in (
            ("limit_requests", "Requests an hour that the vendor allows.", [(n, b.limit) for n, b in budgets]),
            ("remaining_requests", "Of them, left.", [(n, b.remaining) for n, b in budgets]),
            (
                "reset_seconds",
                "Until they are given anew.",
                [(n, None if b.resets_at is None else max(0.0, b.resets_at - now)) for n, b in budgets],
            ),
        ):
            yield _gauge(f"wallboard_budget_{name}", means, ("source",), [((n,), value) for n, value in rows])

    async def queues(self) -> Sequence[Metric]:
        """Figures of many queues take a while: after each few the loop has its turn."""
        now = self._rooms.clock.now()
        rows: dict[str, list[Row]] = {name: [] for name in _QUEUE}
        for source in self._rooms.board.sources():
            seen: set[str] = set()
            for row in self._rooms.board.rows(Resource.QUEUES, source):
                ident = clean(row.key.id, NAME)
                if not isinstance(row, Queue) or ident in seen or len(seen) >= QUEUES:
                    continue
                seen.add(ident)
                if len(seen) % AT_ONCE == 0:
                    await checkpoint()
                named = (source, ident, clean(masked(row.name), NAME))
                figures = self._rooms.board.queue_stats(row.key)
                level = figures.service_level.value
                for name, figure, value in (
                    ("waiting_callers", "waiting", figures.waiting),
                    ("ringing_callers", "ringing", figures.ringing),
                    ("longest_wait_seconds", "longest", figures.longest(now)),
                    ("ready_agents", "ready", figures.counts.ready),
                    ("service_level_ratio", "service", level),
                ):
                    rows[name].append((named, None if figures.old(figure) else value))
        labels = ("source", "queue", "name")
        return [_gauge(f"wallboard_queue_{name}", means, labels, rows[name]) for name, means in _QUEUE.items()]

    def _alarms(self) -> Metric:
        found = Counter((alarm.severity, alarm.state) for alarm in self._rooms.board.alarms.listed())
        kinds = [(severity, state) for severity in get_args(Severity) for state in get_args(State) if state != "normal"]
        rows = [(kind, found[kind]) for kind in kinds]
        return _gauge("wallboard_alarms", "Alarms as they stand.", ("severity", "state"), rows)


_QUEUE = {
    "waiting_callers": "For whom nobody is rung.",
    "ringing_callers": "For whom somebody is rung.",
    "longest_wait_seconds": "Of those who wait or are rung for.",
    "ready_agents": "Agents who could take a call.",
    "service_level_ratio": "By the queue's own formula and window, 0 to 1.",
}


def _lists(views: Sequence[SourceView]) -> Iterator[Metric]:
    parts = [(view.info.name, part) for view in views for part in view.resources if part.wanted]
    labels = ("source", "list")
    named = [((source, part.name.value), part) for source, part in parts]
    yield _gauge(
        "wallboard_list_age_seconds", "Since it was read, of its oldest part.", labels, [(n, p.age) for n, p in named]
    )
    yield _gauge(
        "wallboard_list_interval_seconds",
        "From one reading to the next as things stand, of its slowest part.",
        labels,
        [(name, _interval(part)) for name, part in named],
    )
    yield _gauge(
        "wallboard_list_trusted",
        "1 while its rows may be believed: live or late.",
        labels,
        [(name, part.state in TRUSTED) for name, part in named],
    )


def _interval(part: ResourceView) -> float | None:
    told = [feed.status for feed in part.feeds if feed.status is not None and feed.status.wanted]
    rows = [status for status in told if status.scope != DISCOVERY] or told
    return max((status.interval for status in rows), default=None)


def _counted(counts: Iterable[tuple[str, Resource, Counts]]) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

    labels = ("source", "list")
    requests = CounterMetricFamily("wallboard_list_requests", "Sent over HTTP for it, sign-ins too.", labels=labels)
    errors = CounterMetricFamily("wallboard_list_errors", "Readings that failed.", labels=(*labels, "kind"))
    reads = HistogramMetricFamily(
        "wallboard_list_read_seconds", "How long readings took, those that failed too.", labels=labels
    )
    for source, resource, each in counts:
        name = (source, resource.value)
        requests.add_metric(name, each.requests)
        for kind, number in sorted(each.errors.items()):
            errors.add_metric((*name, kind), number)
        steps = [*map(str, STEPS), "+Inf"]
        reads.add_metric(name, list(zip(steps, accumulate(each.reads), strict=True)), each.seconds)
    yield from (requests, errors, reads)


def _gauge(name: str, means: str, labels: Sequence[str], rows: Iterable[Row]) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(name, means, labels=labels)
    for values, number in rows:
        if number is not None:
            family.add_metric(values, float(number))
    return family
