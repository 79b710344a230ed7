"""What the board holds of one source, and how far each part of it may be trusted."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wallboard.board.freshness import FeedView, ResourceView, feed_view, resource_view
from wallboard.board.kpi import Ledger, Tally
from wallboard.board.links import LINKED, Linker
from wallboard.board.store import Shelf
from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Row
from wallboard.domain.states import ResourceState
from wallboard.domain.update import FeedStatus, Proof, SourceInfo, Update, UpdateKind

PROOFS = 400
"""Proofs kept of each source: minutes of a busy PBX, longer than any verification waits."""
_UNASKED = 15.0
"""Interval assumed for rows that came without a word from polling."""


@dataclass(slots=True)
class Held:
    """One source: its rows as told (`raw`) and as joined (`linker`), its books, and the health of its feeds."""

    info: SourceInfo
    linker: Linker
    shelves: dict[Resource, Shelf]
    ledger: Ledger
    raw: dict[Resource, dict[Key, Row]]
    tally: Tally = field(default_factory=Tally)
    statuses: dict[tuple[Resource, str], FeedStatus] = field(default_factory=dict)
    proofs: deque[Proof] = field(default_factory=lambda: deque(maxlen=PROOFS))
    life: float | None = None
    gaps: set[tuple[Resource, str]] = field(default_factory=set)
    confirming: dict[tuple[Resource, str], int] = field(default_factory=dict)
    states: dict[Resource, ResourceState] = field(default_factory=dict)
    pulled_before: dict[str, int] = field(default_factory=dict)

    def shelf(self, resource: Resource) -> Shelf:
        shelf = self.shelves.get(resource)
        if shelf is None:
            shelf = self.shelves[resource] = Shelf()
            self.raw[resource] = shelf.rows
        return shelf

    def joined(self, resource: Resource) -> Mapping[Key, Row]:
        """The rows of a resource as the board shows them."""
        return self.linker.rows[resource] if resource in LINKED else self.raw[resource]

    def resources(self) -> list[Resource]:
        known = {resource for resource, _ in self.statuses} | self.shelves.keys()
        return [resource for resource in Resource if resource in known]

    def feed(self, resource: Resource, scope: str, now: float) -> FeedView:
        held = self.shelves.get(resource)
        entry = held.scopes.get(scope) if held is not None else None
        status = self.statuses.get((resource, scope))
        asked = status or FeedStatus(self.info.name, resource, scope, _UNASKED, 8.0)
        times = [at for at in (asked.last_ok, entry.as_of if entry else None) if at is not None]
        if asked.push and self.life is not None and (times or (entry is not None and entry.rows)):
            times.append(self.life)
        view = feed_view(asked, max(times, default=None), now)
        notes = [view.detail] if view.detail else []
        was = self.confirming.get((resource, scope))
        if was is not None:
            notes.append(f"dropped {was}→0, confirming")
        if entry is not None and entry.approximate:
            notes.append(entry.approximate)
        return replace(view, detail=", ".join(notes), status=status)

    def view(self, resource: Resource, now: float) -> ResourceView:
        shelf = self.shelves.get(resource)
        scopes = {scope for name, scope in self.statuses if name is resource} | (
            shelf.scopes.keys() if shelf else set()
        )
        return resource_view(resource, [self.feed(resource, scope, now) for scope in sorted(scopes)])

    def renew_state(self, resource: Resource, now: float) -> bool:
        """Note the state of a resource; whether it is another than before."""
        view = self.view(resource, now)
        if self.states.get(resource) is view.state:
            return False
        self.states[resource] = view.state
        return True

    def known(self, resource: Resource, queue_id: str) -> bool:
        """Whether the list that covers this queue has ever been read."""
        shelf = self.shelves.get(resource)
        if shelf is None or not shelf.scopes:
            return False
        scope = shelf.scopes.get(queue_id) or shelf.scopes.get("")
        if scope is None and (resource, queue_id) in self.statuses:
            # It has a list of its own, which the other queues' lists say nothing about.
            return False
        return scope.as_of is not None if scope is not None else any(s.as_of is not None for s in shelf.scopes.values())

    def forget(self, now: float) -> None:
        """Close the books of queues that are no more."""
        listed = {key.id for key in self.joined(Resource.QUEUES)}
        self.ledger.keep(listed, now)
        for queue_id in self.pulled_before.keys() - self.ledger.queues:
            del self.pulled_before[queue_id]

    def gap(self, where: tuple[Resource, str], last: float | None, update: Update) -> bool:
        """Whether something may have been missed since the last list: a failed poll, or a long silence."""
        if where in self.gaps:
            return True
        status = self.statuses.get(where)
        if update.kind is UpdateKind.DELTA or last is None or status is None or status.push:
            return False
        return update.as_of - last > 3 * status.interval + status.timeout
