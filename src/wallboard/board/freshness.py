"""How far rows may be trusted: the state of each feed, resource, source and pane (law 1), computed from ages alone."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.records import dataclass
from wallboard.domain.states import TRUSTED as TRUSTED
from wallboard.domain.states import ResourceState, SourceState
from wallboard.domain.update import Budget, FeedStatus, SourceInfo

CONNECTING = mark("connecting")
DISCOVERY = "discovery"
"""The scope that finds out what there is to read; its own age says nothing about rows."""

LIVE_AT_MOST = 30.0
ROSTER_AT_MOST = 900.0
EVENTS_AT_MOST = 75.0
"""Seconds after which a list whose every change is announced is not live any more: it is reconciled once a minute."""
LIVE_CAPS: dict[Resource, float] = {
    Resource.HOTLINES: 60.0,
    Resource.NOTICES: ROSTER_AT_MOST,
    Resource.RECEPTIONISTS: ROSTER_AT_MOST,
    Resource.PHONES: ROSTER_AT_MOST,
}
STALE_FAILURES = 3

_SEVERITY = {
    ResourceState.LIVE: 0,
    ResourceState.LATE: 1,
    ResourceState.STALE: 2,
    ResourceState.GONE: 3,
    ResourceState.NEVER: 4,
    ResourceState.UNAVAILABLE: 5,
}
_AT_FIRST = frozenset({ResourceState.LIVE, ResourceState.NEVER, ResourceState.UNAVAILABLE})
_GIVEN_UP = frozenset({ResourceState.STALE, ResourceState.GONE})


def _weight(view: FeedView | ResourceView) -> tuple[int, int, float]:
    """What is worse. Of lists that were never read, the one that was tried knows why."""
    return _SEVERITY[view.state], view.failures if view.state is ResourceState.NEVER else 0, view.age or 0.0


@dataclass(frozen=True, slots=True)
class FeedView:
    """One scope of a resource; `status` None where rows came without a word from polling."""

    scope: str
    state: ResourceState
    age: float | None
    detail: str
    status: FeedStatus | None = None
    cause: str = ""
    """The detail without when it is tried again."""
    seldom: bool = False
    """It comes when it is expected, and `detail` says how seldom that is."""

    @property
    def failures(self) -> int:
        return self.status.failures if self.status else 0


@dataclass(frozen=True, slots=True)
class ResourceView:
    """A resource of a source: the worst of its wanted feeds, `age` in seconds of the oldest. `detail` is a clause."""

    name: Resource
    state: ResourceState
    age: float | None
    detail: str
    feeds: tuple[FeedView, ...] = ()
    wanted: bool = True
    paced: bool = False
    cause: str = ""
    seldom: bool = False
    """`cause` and `seldom` as of the feed that decides."""

    @property
    def failures(self) -> int:
        return max((feed.status.failures for feed in self.feeds if feed.status), default=0)


@dataclass(frozen=True, slots=True)
class SourceView:
    info: SourceInfo
    state: SourceState
    age: float | None
    detail: str
    resources: tuple[ResourceView, ...]
    budget: Budget | None

    @property
    def connecting(self) -> bool:
        """Whether nothing can have answered yet: not down, since nothing has failed either."""
        if self.info.broken or self.state not in (SourceState.DOWN, SourceState.LATE):
            return False
        wanted = [view for view in self.resources if view.wanted and view.name is not Resource.PHONES]
        feeds = [feed for view in wanted for feed in view.feeds]
        if any(view.failures for view in wanted):
            return False
        if self.state is SourceState.DOWN:
            # What was read first may be late before the slowest has been.
            waits = not self.resources or any(view.state is ResourceState.NEVER for view in wanted)
            return waits and not any(feed.state in _GIVEN_UP for feed in feeds)
        if any(feed.state not in _AT_FIRST for feed in feeds):
            return False
        # Some lists are there; those that wait for a reason (an allowance) make the rest late.
        unread = [feed for feed in feeds if feed.state is ResourceState.NEVER]
        return bool(unread) and not any(feed.status is not None and feed.status.cause for feed in unread)

    @property
    def word(self) -> str:
        """The state as the screen says it, told with `tr`."""
        return CONNECTING if self.connecting else self.state.value

    @property
    def cause(self) -> str:
        """What went wrong, in the words of the list that failed most often; "" where nothing did."""
        if self.info.broken:
            return self.info.detail
        told = [feed.status for view in self.resources for feed in view.feeds if feed.status and feed.status.failures]
        return max(told, key=lambda status: status.failures).cause if told else ""


@dataclass(frozen=True, slots=True)
class PaneState:
    """A pane over all sources: the worst state, one sentence ("" while all is live), and each source's own view."""

    resource: Resource
    state: ResourceState
    age: float | None
    sentence: str
    sources: tuple[tuple[str, ResourceView], ...] = ()

    @property
    def shut(self) -> str:
        """Why an unavailable one is: no vendor lets this account read it, or nobody asks any, as is said of it."""
        causes = {view.cause if view.state is ResourceState.NEVER else "" for _, view in self.sources}
        told = causes.pop() if len(causes) == 1 else ""
        return told or tr("not for this account")


def span(seconds: float) -> str:
    """`32 s`, `4 min`, `2 h`: a duration in words short enough for a title."""
    whole = int(max(0.0, seconds))
    if whole < 120:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 7200 else f"{whole // 3600} h"


def pace(status: FeedStatus) -> str:
    """How often a list is read, where that is not its usual pace."""
    said = mark("events + {time}") if status.events else mark("paced {time}")
    return tr(said, time=span(status.interval))


def live_at_most(resource: Resource, scope: str, *, roster: bool) -> float:
    """Seconds after which a list is not live any more, however seldom it is read. What finds out what there is to read
    is a roster, whatever it belongs to."""
    return ROSTER_AT_MOST if roster or scope == DISCOVERY else LIVE_CAPS.get(resource, LIVE_AT_MOST)


def feed_state(status: FeedStatus, reference: float | None, now: float) -> tuple[ResourceState, float | None]:
    """State and age of one feed; `reference` is when its rows were last known true.

    Two failures in a row are late and three stale whatever the age: a vendor that refuses at once must not look
    live until its data has grown old. A push that waits to be connected again is stale at once: nobody would tell us.
    """
    age = None if reference is None else max(0.0, now - reference)
    if status.unavailable:
        return ResourceState.UNAVAILABLE, age
    if age is None:
        return ResourceState.NEVER, None
    live, late, gone = _ages(status)
    if age > gone:
        return ResourceState.GONE, age
    cut = status.push and status.failures > 0 and status.next_at is not None
    if status.failures >= STALE_FAILURES or status.refused or cut or age > late:
        return ResourceState.STALE, age
    if age > live or status.failures >= 2:
        return ResourceState.LATE, age
    return ResourceState.LIVE, age


def _ages(status: FeedStatus) -> tuple[float, float, float]:
    """Up to which ages, in seconds, a list is live, is late, and is not gone."""
    interval = status.interval
    most = live_at_most(status.resource, status.scope, roster=status.roster)
    live = min(2 * interval + status.timeout, max(most, EVENTS_AT_MOST) if status.events else most)
    # Where a deadline is longer than the interval, live alone would reach as far as late: late still comes between.
    return live, max(4 * interval, 10.0, live + interval), max(60.0, 20 * interval)


def trusted_for(view: FeedView) -> float:
    """Seconds for which time alone does not change whether the feed is trusted."""
    if view.status is None:
        return 0.0
    if view.state not in TRUSTED or view.age is None:
        return float("inf")
    return max(0.0, min(_ages(view.status)[1:]) - view.age)


def feed_view(status: FeedStatus, reference: float | None, now: float) -> FeedView:
    state, age = feed_state(status, reference, now)
    parts: list[str] = []
    seldom = False
    if status.cause and (status.failures or status.unavailable or status.refused):
        times = f" ×{status.failures}" if status.failures > 1 else ""
        parts.append(status.cause + times)
    elif state is ResourceState.LATE and (status.paced or (age or 0.0) <= 2 * status.interval + status.timeout):
        # It comes when it is expected; that is seldom.
        seldom = True
        parts.append(pace(status))
    elif state is ResourceState.NEVER:
        parts.append(status.cause or tr("not read yet"))
    cause = ", ".join(parts)
    if state not in (ResourceState.LIVE, ResourceState.UNAVAILABLE) and status.failures and status.next_at is not None:
        parts.append(tr("retry in {time}", time=span(max(0.0, status.next_at - now))))
    return FeedView(status.scope, state, age, ", ".join(parts), status, cause, seldom)


def resource_view(name: Resource, feeds: Sequence[FeedView]) -> ResourceView:
    """The feeds of one resource as one.

    A scope that is not for this account does not dim the others, and one that has not been read yet makes the
    whole late, not empty: the rows of the others are true.
    """
    rows = [feed for feed in feeds if feed.scope != DISCOVERY] or list(feeds)
    wanted = [feed for feed in rows if feed.status is None or feed.status.wanted]
    judged = wanted or rows
    open_ = [feed for feed in judged if feed.state is not ResourceState.UNAVAILABLE]
    if not open_:
        told = next((feed for feed in judged if feed.detail), None)
        detail, why = ("", "") if told is None else (told.detail, told.cause)
        return ResourceView(name, ResourceState.UNAVAILABLE, None, detail, tuple(feeds), bool(wanted), cause=why)
    read = [feed for feed in open_ if feed.state is not ResourceState.NEVER]
    unread = [feed for feed in open_ if feed.state is ResourceState.NEVER]
    worst = max(read or unread, key=_weight)
    state, detail, why, seldom = worst.state, worst.detail, worst.cause, worst.seldom
    if read and unread:
        first = max(unread, key=lambda feed: feed.status.failures if feed.status else 0)
        failing = first.status is not None and first.status.failures >= STALE_FAILURES
        at_least = ResourceState.STALE if failing else ResourceState.LATE
        if _SEVERITY[state] < _SEVERITY[at_least]:
            cause = first.status.cause if first.status else ""
            state = at_least
            detail = tr("{n} of {all} not read yet", n=len(unread), all=len(open_)) + (f": {cause}" if cause else "")
            why, seldom = detail, False
    shut = len(judged) - len(open_)
    if shut and not detail:
        detail = why = tr("{n} of {all} not for this account", n=shut, all=len(judged))
    age = max((feed.age for feed in read if feed.age is not None), default=None)
    paced = any((feed.status is not None and feed.status.paced) or feed.seldom for feed in open_)
    return ResourceView(name, state, age, detail, tuple(feeds), bool(wanted), paced, why, seldom)


def sentence(source: str, view: ResourceView) -> str:
    """`hq stale 32 s: vendor answered 502 ×3, retry in 12 s`."""
    word = tr(view.state.value) if view.state is not ResourceState.NEVER else tr("no data yet")
    age = f" {span(view.age)}" if view.age is not None and view.state is not ResourceState.UNAVAILABLE else ""
    if view.state is ResourceState.LATE and view.seldom:
        return f"{source} {word}, {view.detail}"
    return f"{source} {word}{age}" + (f": {view.detail}" if view.detail else "")


def source_view(info: SourceInfo, views: Sequence[ResourceView]) -> SourceView:
    """The worst of the wanted resources; a refused credential overrides all."""
    wanted = [view for view in views if view.wanted and view.state is not ResourceState.UNAVAILABLE]
    # Telephones only refine other rows; a source is not down because their registration cannot be read.
    wanted = [view for view in wanted if view.name is not Resource.PHONES] or wanted
    age = max((view.age for view in wanted if view.age is not None), default=None)
    refused = info.refused or any(f.status is not None and f.status.refused for v in views for f in v.feeds)
    if refused:
        causes = [f.status.cause for v in views for f in v.feeds if f.status is not None and f.status.refused]
        detail = next((cause for cause in causes if cause), info.detail or tr("credentials refused"))
        return SourceView(info, SourceState.REFUSED, age, detail, tuple(views), info.budget)
    if not wanted:
        if views:
            detail = info.detail or tr("nothing here is for this account")
        else:
            detail = info.detail if info.broken else tr(CONNECTING)
        return SourceView(info, SourceState.DOWN, age, detail, tuple(views), info.budget)
    worst = max(wanted, key=_weight)
    state = {
        ResourceState.LIVE: SourceState.LIVE,
        ResourceState.LATE: SourceState.LATE,
        ResourceState.STALE: SourceState.STALE,
    }.get(worst.state, SourceState.DOWN)
    detail = info.detail
    if worst.state is not ResourceState.LIVE:
        detail = sentence(tr(worst.name.value), worst)
        # Not that of a roster which is old and live.
        age = age if worst.age is None else worst.age
    return SourceView(info, state, age, detail, tuple(views), info.budget)


def pane_state(resource: Resource, views: Sequence[tuple[str, ResourceView]]) -> PaneState:
    """The worst over the sources that have this resource for this account; without any, unavailable."""
    wanted = [(name, view) for name, view in views if view.wanted and view.state is not ResourceState.UNAVAILABLE]
    if not wanted:
        text = "; ".join(sentence(name, view) for name, view in views)
        state = ResourceState.UNAVAILABLE if views else ResourceState.NEVER
        return PaneState(resource, state, None, text, tuple(views))
    name, worst = max(wanted, key=lambda pair: _weight(pair[1]))
    text = "" if worst.state is ResourceState.LIVE and not worst.detail else sentence(name, worst)
    return PaneState(resource, worst.state, worst.age, text, tuple(views))
