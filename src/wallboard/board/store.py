"""Raw rows as the sources gave them: scopes merged into one row a key, whatever order the updates came in.

Within a scope the last writer of a key wins by `seq`: a snapshot carries the seq at which its reading began, so a
delta with a higher seq happened after (or during) it and stands; one with a lower seq is already in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from wallboard.board.anchors import hold
from wallboard.board.rows import with_values
from wallboard.domain.keys import Key
from wallboard.domain.models import Agent, Membership, Row
from wallboard.domain.records import dataclass
from wallboard.domain.update import Update, UpdateKind

_TOMBSTONES = 10_000
"""Removals remembered between two snapshots: far beyond any minute's calls, and a bound where no snapshot comes."""


Keys = dict[Key, None]
"""A set of keys that keeps its order: rows stand in the order in which the vendor listed them, in every run."""


@dataclass(slots=True)
class Scope:
    """What one scope of one resource holds. `seq` and `as_of` are of its last snapshot (-1, None: none yet)."""

    epoch: int = 0
    seq: int = -1
    as_of: float | None = None
    newest: float = float("-inf")
    rows: dict[Key, Row] = field(default_factory=dict)
    touched: dict[Key, tuple[int, Row | None]] = field(default_factory=dict)
    approximate: str = ""

    def apply(self, update: Update) -> Keys | None:
        """Take `update` in; the keys whose rows differ now, or None when it was older than what is here."""
        if update.epoch < self.epoch:
            return None
        if update.epoch > self.epoch:
            # What is on the board stays until the new connection has read its own list.
            self.epoch, self.seq, self.touched = update.epoch, -1, {}
        if update.kind is UpdateKind.SNAPSHOT:
            return self._snapshot(update)
        if update.kind is UpdateKind.DELTA:
            return self._delta(update)
        return {}

    def named(self, update: Update) -> Keys:
        """Take over the rows of the last snapshot as they read now, where nothing newer is known of them."""
        changed: Keys = {}
        if (update.epoch, update.seq) == (self.epoch, self.seq):
            for row in update.rows:
                was = self.rows.get(row.key)
                if was is not None and was != row and row.key not in self.touched:
                    self.rows[row.key] = row
                    changed[row.key] = None
        return changed

    def _snapshot(self, update: Update) -> Keys | None:
        if update.seq < self.seq:
            return None
        fresh = {row.key: row for row in update.rows}
        later = {key: entry for key, entry in self.touched.items() if entry[0] > update.seq}
        for key, (_, row) in later.items():
            if row is None:
                fresh.pop(key, None)
            else:
                fresh[key] = row
        old = self.rows
        changed: Keys = {}
        for key, row in fresh.items():
            was = old.get(key)
            if was is None or (was is not row and was != row):
                changed[key] = None
            else:
                # The same object as before: who has seen it need not look at it again.
                fresh[key] = was
        changed.update({key: None for key in old if key not in fresh})
        self.rows, self.touched, self.seq = fresh, later, update.seq
        self.as_of, self.approximate = update.as_of, update.approximate
        self.newest = max(self.newest, update.as_of)
        return changed

    def _delta(self, update: Update) -> Keys | None:
        if update.seq <= self.seq:
            return None
        changed: Keys = {}
        entries: list[tuple[Key, Row | None]] = [(row.key, row) for row in update.rows]
        entries += [(key, None) for key in update.removed]
        for key, row in entries:
            known = self.touched.get(key)
            if known is not None and known[0] > update.seq:
                continue
            self.touched[key] = (update.seq, row)
            was = self.rows.get(key)
            if row is None:
                if was is not None:
                    del self.rows[key]
                    changed[key] = None
            elif was != row:
                self.rows[key] = row
                changed[key] = None
        self.newest = max(self.newest, update.as_of)
        self._forget()
        return changed

    def _forget(self) -> None:
        if len(self.touched) > _TOMBSTONES + len(self.rows):
            dead = [key for key, (_, row) in self.touched.items() if row is None]
            for key in dead[: _TOMBSTONES // 2]:
                del self.touched[key]


@dataclass(frozen=True, slots=True)
class Change:
    """A merged row before and after; None: was not there, is not there."""

    before: Row | None
    after: Row | None


class Shelf:
    """One resource of one source: its scopes, and their rows merged."""

    def __init__(self) -> None:
        self.scopes: dict[str, Scope] = {}
        self.rows: dict[Key, Row] = {}
        self._owners: dict[Key, set[str]] = {}
        self._shared: set[Key] = set()

    def apply(self, update: Update) -> dict[Key, Change] | None:
        """The merged rows that `update` changed; None when it was older than what is here."""
        scope = self.scopes.get(update.scope)
        if scope is None:
            scope = self.scopes[update.scope] = Scope(epoch=update.epoch)
        changed = scope.apply(update)
        if changed is None:
            return None
        # A removal that names no scope means the row is gone everywhere.
        elsewhere = [key for key in update.removed if key not in changed] if update.scope == "" else []
        for key in elsewhere:
            for name in tuple(self._owners.get(key, ())):
                if name != update.scope and self.scopes[name].rows.pop(key, None) is not None:
                    self._disown(key, name)
                    changed[key] = None
        return self._merge(update.scope, changed, update.kind is UpdateKind.SNAPSHOT)

    def named(self, update: Update) -> dict[Key, Change]:
        """The merged rows that read differently now."""
        scope = self.scopes.get(update.scope)
        return self._merge(update.scope, scope.named(update), False) if scope is not None else {}

    def drop(self, name: str) -> dict[Key, Change]:
        """Forget a scope and what only it held."""
        scope = self.scopes.pop(name, None)
        if scope is None:
            return {}
        for key in scope.rows:
            self._disown(key, name)
        return self._refresh(scope.rows.keys())

    def told(self, key: Key) -> Row | None:
        """The row as it was told last, not held steady for the eye."""
        owners = [self.scopes[name] for name in self._owners.get(key, ())]
        return max(owners, key=lambda scope: scope.newest).rows.get(key) if owners else None

    def states(self, key: Key) -> Iterable[str]:
        """The names of the scopes that hold `key`."""
        return self._owners.get(key, ())

    def _disown(self, key: Key, name: str) -> None:
        owners = self._owners.get(key)
        if owners is None:
            return
        owners.discard(name)
        if len(owners) < 2:
            self._shared.discard(key)
        if not owners:
            del self._owners[key]

    def _merge(self, name: str, changed: Keys, whole: bool) -> dict[Key, Change]:
        rows = self.scopes[name].rows
        for key in changed:
            if key in rows:
                owners = self._owners.setdefault(key, set())
                owners.add(name)
                if len(owners) > 1:
                    self._shared.add(key)
            else:
                self._disown(key, name)
        # Read again without a change, this scope may still have become the newest word on a shared row.
        dirty = changed
        if whole and self._shared:
            dirty = changed | {key: None for key in rows if key in self._shared}
        return self._refresh(dirty)

    def _refresh(self, keys: Iterable[Key]) -> dict[Key, Change]:
        changes: dict[Key, Change] = {}
        for key in keys:
            before = self.rows.get(key)
            owners = self._owners.get(key)
            if not owners:
                if before is not None:
                    del self.rows[key]
                    changes[key] = Change(before, None)
                continue
            after = self._united(key, owners)
            if before is not None:
                after = hold(before, after)
                if before == after:
                    continue
            self.rows[key] = after
            changes[key] = Change(before, after)
        return changes

    def _united(self, key: Key, owners: set[str]) -> Row:
        if len(owners) == 1:
            (only,) = owners
            return self.scopes[only].rows[key]
        ordered = sorted(owners, key=lambda name: (self.scopes[name].newest, name))
        newest = self.scopes[ordered[-1]].rows[key]
        if not isinstance(newest, Agent):
            return newest
        return with_values(newest, {"memberships": _memberships(key, ordered, self.scopes)})


def _memberships(key: Key, ordered: Iterable[str], scopes: Mapping[str, Scope]) -> tuple[Membership, ...]:
    """The agent's places in all queues, the newest word on each, by queue id."""
    places: dict[str, Membership] = {}
    for name in ordered:
        row = scopes[name].rows[key]
        if isinstance(row, Agent):
            places.update((place.queue_id, place) for place in row.memberships)
    return tuple(places[queue_id] for queue_id in sorted(places))
