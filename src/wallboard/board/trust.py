"""How far each list of a source may be trusted: what polling says of it, when it was read, what of it is doubted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from wallboard.board.freshness import (
    TRUSTED,
    FeedView,
    ResourceView,
    feed_view,
    resource_view,
    trusted_for,
)
from wallboard.board.store import Change, Shelf
from wallboard.domain.keys import RESOURCE_OF, Key, Resource
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.domain.states import ResourceState
from wallboard.domain.update import FeedStatus, Update, UpdateKind

SUDDEN = 5
"""Rows from which an empty list is doubted until the next one."""
SILENCE = 5.0
"""Seconds without a sign of life, in which no list that events tell can have become too old to be true."""
INSTANT = 0.5
"""Seconds for which what was worked out of the same facts is not worked out again: ages are told in whole ones."""
_UNASKED = 15.0
"""Interval assumed for rows that came without a word from polling."""
_ORDER = {state: place for place, state in enumerate(ResourceState)}


@dataclass(slots=True)
class Taken:
    """What a reading or an event has done to a list: the `changes` of its rows, whether something may have been missed
    before it (`gap`), and how far it was trusted."""

    changes: Mapping[Key, Change]
    gap: bool
    was: FeedView
    first: bool
    doubt: bool
    """Whether it is doubted now, or was until now."""


@dataclass(slots=True)
class Fared:
    """What the word of polling about a feed has done: `dropped` rows, None where it keeps them; `gone`: it is no feed
    any more; `other`: its resource is in another state; `news`: it fares otherwise than before."""

    dropped: Mapping[Key, Change] | None
    gone: bool
    other: bool
    news: bool


class Trust:
    """`versions` counts what becomes of each queue, see `tally`: that a list of its own is trusted otherwise, too.
    `era` and `loose` rise when any queue, or any without lists of its own, may have lists trusted otherwise."""

    def __init__(self, name: str, versions: Counter[str]) -> None:
        self._name = name
        self._versions = versions
        self.shelves: dict[Resource, Shelf] = {}
        self.era = self.loose = 0
        self._statuses: dict[Resource, dict[str, FeedStatus]] = {}
        self._alive_at: float | None = None
        self._pushed = False
        """Whether events tell any of its lists."""
        self._gaps: set[tuple[Resource, str]] = set()
        self._emptied: dict[tuple[Resource, str], int] = {}
        self._states: dict[Resource, ResourceState] = {}
        self._feeds: dict[tuple[Resource, str], tuple[float, FeedView]] = {}
        self._views: dict[Resource, tuple[float, ResourceView]] = {}

    # ---- what is told of it ----------------------------------------------------------------------------------

    def alive(self, at: float) -> None:
        """The vendor said something that was so then."""
        if self._pushed and (self._alive_at is None or at - self._alive_at > SILENCE):
            self.era += 1
            self._feeds.clear()
            self._views.clear()
        self._alive_at = at if self._alive_at is None else max(self._alive_at, at)

    def take(self, update: Update, now: float) -> Taken | None:
        """Put a reading or an event on its shelf; None where it is older than what is there."""
        resource, where = update.resource, (update.resource, update.scope)
        shelf = self.shelves.setdefault(resource, Shelf())
        scope = shelf.scopes.get(update.scope)
        count = len(scope.rows) if scope else 0
        renewed = scope is not None and update.epoch > scope.epoch
        last = scope.as_of if scope else None
        was = self.feed(resource, update.scope, now)
        changes = shelf.apply(update)
        self.touched(resource, update.scope)
        if changes is None:
            return None
        whole = update.kind is UpdateKind.SNAPSHOT
        doubted = self._emptied.pop(where, None) is not None
        if whole and not shelf.scopes[update.scope].rows and count >= SUDDEN and not renewed:
            self._emptied[where] = count
        gap = renewed or self._gap(where, last, update)
        if whole:
            self._gaps.discard(where)
        return Taken(changes, gap, was, last is None, doubted or where in self._emptied)

    def judged(self, update: Update, taken: Taken, now: float) -> bool:
        """Note how far that list is trusted since; whether its resource reads differently by that."""
        # What is live is not made worse by a reading; that it has aged is seen at the next tick.
        live = self._states.get(update.resource) is ResourceState.LIVE
        view = self.feed(update.resource, update.scope, now)
        if taken.first or _less(taken.was, view):
            self._other(update.scope)
        other = not live and taken.was.state is not view.state and self.renewed(update.resource, now)
        return other or taken.doubt

    def status(self, status: FeedStatus, now: float) -> Fared:
        """How a feed fares. One that is unavailable holds no rows; one that is neither wanted nor available is
        forgotten."""
        resource, where = status.resource, (status.resource, status.scope)
        statuses = self._statuses.setdefault(resource, {})
        before = statuses.get(status.scope)
        same = before is not None and before.wanted is status.wanted
        was = self.feed(resource, status.scope, now)
        told = was.state if same else None
        statuses[status.scope] = status
        self._pushed = self._pushed or status.push
        self.touched(resource, status.scope)
        if status.failures:
            self._gaps.add(where)
        dropped: Mapping[Key, Change] | None = None
        if status.unavailable:
            shelf = self.shelves.get(resource)
            if shelf is not None and status.scope in shelf.scopes:
                dropped = shelf.drop(status.scope)
            if not status.wanted and status.next_at is None:
                del statuses[status.scope]
                told = None
                if not statuses:
                    del self._statuses[resource]
                self._emptied.pop(where, None)
                self._gaps.discard(where)
            self.touched(resource, status.scope)
        # Of a feed that fares as before the resource reads as before, but for what time alone changes. So it does of a
        # new one that fares as the others; hundreds that have just been found and never read wait for the tick.
        view, known = self.feed(resource, status.scope, now), self._states.get(resource)
        state = view.state
        if not same or status.unavailable or _less(was, view):
            self._other(status.scope)
        gone = False
        if status.unavailable:
            # It may be no feed any more.
            self.touched(resource, status.scope)
            gone = status.scope not in self._statuses.get(resource, {})
            self.era += gone
        alike = before is None and known is not None and state in (known, ResourceState.NEVER)
        other = told is not state and not alike and self.renewed(resource, now)
        return Fared(dropped, gone, other, before is None or _trouble(before) != _trouble(status))

    def touched(self, resource: Resource, scope: str) -> None:
        """Something else is known of a list."""
        self._feeds.pop((resource, scope), None)
        self._views.pop(resource, None)

    def _other(self, scope: str) -> None:
        self.loose += 1
        if scope:
            self._versions[scope] += 1

    def renewed(self, resource: Resource, now: float) -> bool:
        """Note the state of a resource; whether it is another than before."""
        state = self.view(resource, now).state
        if self._states.get(resource) is state:
            return False
        self._states[resource] = state
        return True

    def _gap(self, where: tuple[Resource, str], last: float | None, update: Update) -> bool:
        """Whether something may have been missed since the last list: a failed poll, or a long silence."""
        if where in self._gaps:
            return True
        status = self._statuses.get(where[0], {}).get(where[1])
        if update.kind is UpdateKind.DELTA or last is None or status is None or status.push:
            return False
        return update.as_of - last > 3 * status.interval + status.timeout

    # ---- what is known of it ---------------------------------------------------------------------------------

    def resources(self) -> list[Resource]:
        return [resource for resource in Resource if self.has(resource)]

    def has(self, resource: Resource) -> bool:
        return resource in self._statuses or resource in self.shelves

    def read_at(self, resource: Resource, scope: str | None = None) -> float | None:
        """`as_of` of the last good snapshot, of the oldest scope when `scope` is None; None: never read."""
        shelf = self.shelves.get(resource)
        if shelf is None:
            return None
        if scope is not None:
            return shelf.scopes[scope].as_of if scope in shelf.scopes else None
        times = [entry.as_of for entry in shelf.scopes.values()]
        known = [at for at in times if at is not None]
        return min(known) if known and len(known) == len(times) else None

    def known_at(self, resource: Resource) -> float | None:
        """Until when the list is known: of one that is told by events, as long as they come."""
        at = self.read_at(resource)
        feeds = [status for status in self._statuses.get(resource, {}).values() if not status.unavailable]
        if at is not None and feeds and all(status.push for status in feeds) and self._alive_at is not None:
            return max(at, self._alive_at)
        if at is None and not any(status.wanted for status in feeds):
            return None
        return at if at is not None else 0.0

    def covers(self, resource: Resource, queue_id: str) -> bool:
        """Whether the list that covers this queue has ever been read."""
        shelf = self.shelves.get(resource)
        if shelf is None or not shelf.scopes:
            return False
        scope = shelf.scopes.get(queue_id) or shelf.scopes.get("")
        if scope is None and queue_id in self._statuses.get(resource, {}):
            # It has a list of its own, which the other queues' lists say nothing about.
            return False
        return scope.as_of is not None if scope is not None else any(s.as_of is not None for s in shelf.scopes.values())

    def own(self, resources: Iterable[Resource], queue_id: str) -> bool:
        """Whether the queue has a list of its own of each of them."""
        return all(each in self.shelves and queue_id in self.shelves[each].scopes for each in resources)

    def confirming(self, *resources: Resource) -> bool:
        """Whether a list of these that was suddenly empty waits to be confirmed by the next."""
        return any(resource in resources for resource, _ in self._emptied)

    # ---- how far to trust it ---------------------------------------------------------------------------------

    def view(self, resource: Resource, now: float) -> ResourceView:
        known = self._views.get(resource)
        if known is None or not 0 <= now - known[0] < INSTANT:
            shelf = self.shelves.get(resource)
            scopes = self._statuses.get(resource, {}).keys() | (shelf.scopes.keys() if shelf else set())
            feeds = [self.feed(resource, scope, now) for scope in sorted(scopes)]
            known = self._views[resource] = now, resource_view(resource, feeds)
        return known[1]

    def row_state(self, key: Key, now: float) -> ResourceState:
        """The best of the scopes that hold the row; of a row that is not here, its resource's."""
        resource = RESOURCE_OF.get(key.kind)
        if resource is None or not self.has(resource):
            return ResourceState.NEVER
        feeds = self._feeds_of(resource, key, now)
        if not feeds:
            return self.view(resource, now).state
        return feeds[0].state if len(feeds) == 1 else min((feed.state for feed in feeds), key=_ORDER.__getitem__)

    def seen_at(self, key: Key, now: float) -> float | None:
        """When the row was last known to be as it is: the newest reading of its scopes."""
        resource = RESOURCE_OF.get(key.kind)
        feeds = [] if resource is None else self._feeds_of(resource, key, now)
        known = [feed.age for feed in feeds if feed.age is not None]
        return now - min(known) if known else None

    def trusted(self, resource: Resource, scope: str, now: float) -> bool:
        """Whether the rows of a scope (of the whole resource, where it has no such scope) are live or late."""
        if not self.has(resource):
            return False
        shelf = self.shelves.get(resource)
        if shelf is not None and scope in shelf.scopes:
            return self.feed(resource, scope, now).state in TRUSTED
        return self.view(resource, now).state in TRUSTED

    def age(self, resource: Resource, scope: str, now: float) -> float | None:
        """Of the list that tells of this scope, of the oldest where several do."""
        scopes = self.shelves[resource].scopes
        found = next((each for each in (scope, "") if each in scopes), None)
        return self.view(resource, now).age if found is None else self.feed(resource, found, now).age

    def judged_by(self, resource: Resource, scope: str, now: float) -> Sequence[FeedView]:
        """The feeds that decide whether that scope is trusted."""
        shelf = self.shelves.get(resource)
        if shelf is not None and scope in shelf.scopes:
            return (self.feed(resource, scope, now),)
        return self.view(resource, now).feeds if self.has(resource) else ()

    def feed(self, resource: Resource, scope: str, now: float) -> FeedView:
        known = self._feeds.get((resource, scope))
        if known is None or not 0 <= now - known[0] < INSTANT:
            known = self._feeds[resource, scope] = now, self._feed_now(resource, scope, now)
        return known[1]

    def _feeds_of(self, resource: Resource, key: Key, now: float) -> list[FeedView]:
        """The feeds whose lists hold the row."""
        shelf = self.shelves.get(resource)
        return [self.feed(resource, name, now) for name in (shelf.states(key) if shelf is not None else ())]

    def _feed_now(self, resource: Resource, scope: str, now: float) -> FeedView:
        shelf = self.shelves.get(resource)
        entry = shelf.scopes.get(scope) if shelf is not None else None
        status = self._statuses.get(resource, {}).get(scope)
        asked = status or FeedStatus(self._name, resource, scope, _UNASKED, 8.0)
        times = [at for at in (asked.last_ok, entry.as_of if entry else None) if at is not None]
        if asked.push and self._alive_at is not None and (times or (entry is not None and entry.rows)):
            times.append(self._alive_at)
        view = feed_view(asked, max(times, default=None), now)
        was = self._emptied.get((resource, scope))
        approximate = entry.approximate if entry is not None else ""
        if was is None and not approximate and status is not None:
            return view
        doubt = "" if was is None else tr("dropped {n}→0, confirming", n=was)
        detail = ", ".join(note for note in (view.detail, doubt, approximate) if note)
        return replace(view, detail=detail, status=status)


def _trouble(status: FeedStatus) -> tuple[int, str, bool]:
    return status.failures, status.cause, status.refused


def _less(was: FeedView, view: FeedView) -> bool:
    """Whether a feed is not trusted, was not, or is not for as long as it was."""
    return not (was.state in TRUSTED and view.state in TRUSTED and trusted_for(view) >= trusted_for(was))
