"""Runs the push side of a source: on its own, and again when it breaks or ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from functools import partial

import anyio

from wallboard.domain.clock import Clock, within
from wallboard.domain.keys import Resource
from wallboard.domain.language import tr
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.polling.counts import CUT, Counts
from wallboard.polling.feed_schedule import Where
from wallboard.polling.health import Health, broken, passes
from wallboard.vendors.base import Adapter, Sink

AGAIN_FIRST, AGAIN_MOST = 1.0, 30.0
FIRST_WORD = 10.0
"""Seconds that a single snapshot waits for a push source to report."""
UNSAID = 15.0, 8.0
"""Interval and timeout of pushed rows whose adapter says nothing of how they fare."""


class Push:
    """`Adapter.run` of one source. An adapter reconnects by itself; what leaves it here is a fault of ours, and its
    rows are cut off until it has read them again. `polled` tells which resources and scopes have a feed beside."""

    def __init__(
        self,
        clock: Clock,
        adapter: Adapter,
        sink: Sink,
        health: Health,
        polled: Callable[[Where], bool] = lambda where: False,
        counts: MutableMapping[Resource, Counts] | None = None,
    ) -> None:
        self._clock = clock
        self._adapter = adapter
        self._sink = sink
        self._health = health
        self._name = f"{adapter.settings.name} events"
        self._line = _Line(sink, polled, self._well, defaultdict(Counts) if counts is None else counts)

    async def run(self) -> None:
        """Run for ever; return where the adapter turns out to push nothing."""
        wait = AGAIN_FIRST
        while True:
            began = self._clock.now()
            cause = tr("the event stream ended")
            try:
                await self._adapter.run(self._line)
            except BaseException as error:  # the boundary of one source: its fault must not end the others
                if passes(error):
                    raise
                self._health.broke(self._name, error)
                cause = broken(tr("the event stream"), error)
            else:
                if not self._line.spoke:
                    return
                self._health.failed(self._name, cause)
            now = self._clock.now()
            if now - began > AGAIN_MOST:
                wait = AGAIN_FIRST
            self._contained(partial(self._tell_info, cause))
            for status in self._line.cut(cause, now, now + wait):
                self._contained(partial(self._sink.status, status))
            await self._clock.sleep(wait)
            wait = min(AGAIN_MOST, wait * 2)

    def _well(self) -> None:
        self._health.well(self._name)
        self._contained(self._tell_info)

    def _tell_info(self, detail: str = "") -> None:
        info = self._adapter.info()
        self._sink.source(replace(info, detail=detail, broken=True) if detail else info)

    def _contained(self, tell: Callable[[], None]) -> None:
        """Whatever the board or the adapter does with a word about the fault, the next try comes."""
        try:
            tell()
        except Exception as error:  # a second fault while the first is told
            self._health.broke(f"{self._name} told", error)

    async def once(self) -> None:
        """Run until the adapter has reported for the first time, well or not."""
        with anyio.CancelScope() as scope:
            first = _FirstWord(self._sink, scope)
            await within(self._clock, FIRST_WORD, Push(self._clock, self._adapter, first, self._health).run)


class _Line:
    """Passes everything on, and remembers what was spoken of, so that all of it can be cut off."""

    def __init__(
        self,
        sink: Sink,
        polled: Callable[[Where], bool],
        well: Callable[[], None],
        counts: MutableMapping[Resource, Counts],
    ) -> None:
        self._sink = sink
        self._polled = polled
        self._tell_well = well
        self._counts = counts
        self.spoke: dict[Where, FeedStatus] = {}
        """The adapter's last word on each resource and scope that it alone brings."""
        self._cut: dict[Where, FeedStatus] = {}
        self._cut_at = 0.0
        self._down = False

    def apply(self, update: Update) -> None:
        self._sink.apply(update)
        self._note(update)
        self._recover()

    def _note(self, update: Update) -> None:
        where = update.resource, update.scope
        if update.kind not in (UpdateKind.SNAPSHOT, UpdateKind.DELTA) or self._polled(where):
            return
        if where not in self.spoke:
            interval, timeout = UNSAID
            self.spoke[where] = FeedStatus(update.source, *where, interval, timeout, push=True)
        if where in self._cut and update.as_of >= self._cut_at:
            del self._cut[where]
            self._sink.status(self.spoke[where])

    def status(self, status: FeedStatus) -> None:
        where = status.resource, status.scope
        if status.unavailable and not status.wanted:
            self.spoke.pop(where, None)  # it is no more
        elif not self._polled(where):
            if status.failures > (self.spoke[where].failures if where in self.spoke else 0):
                self._counts[status.resource].errors[CUT] += 1
            self.spoke[where] = status
        cut = self._cut.get(where)
        if cut is not None:
            said = status.failures or status.refused or status.unavailable
            if not said and (status.last_ok is None or status.last_ok < self._cut_at):
                # It began anew with what it knew before; that is news only when it has read again.
                self._sink.status(replace(status, failures=cut.failures, cause=cut.cause, next_at=cut.next_at))
                return
            del self._cut[where]
        self._sink.status(status)
        if not status.failures:
            self._recover()

    def source(self, info: SourceInfo) -> None:
        self._sink.source(info)

    def cut(self, cause: str, now: float, next_at: float) -> list[FeedStatus]:
        """What to say of everything that was spoken of, now that nobody speaks."""
        self._cut_at, self._down = now, True
        for where, status in self.spoke.items():
            if self._polled(where):
                continue
            failures = self._cut.get(where, status).failures + 1
            self._counts[status.resource].errors[CUT] += 1
            self._cut[where] = replace(status, failures=failures, cause=cause, next_at=next_at)
        return list(self._cut.values())

    def _recover(self) -> None:
        """All that was cut off has spoken again."""
        if self._down and not self._cut:
            self._down = False
            self._tell_well()


class _FirstWord:
    """Passes everything on, and ends the run once a feed has a result."""

    def __init__(self, sink: Sink, scope: anyio.CancelScope) -> None:
        self._sink = sink
        self._scope = scope

    def apply(self, update: Update) -> None:
        self._sink.apply(update)

    def status(self, status: FeedStatus) -> None:
        self._sink.status(status)
        if status.last_ok is not None or status.failures or status.refused or status.unavailable:
            # The other resources' statuses follow without a pause; the cancellation comes after them.
            self._scope.cancel()

    def source(self, info: SourceInfo) -> None:
        self._sink.source(info)
