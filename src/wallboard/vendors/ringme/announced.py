"""Whether events tell of every call: what polling sees and no event announced says that they do not."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from wallboard.domain.models import Call, in_address

log = logging.getLogger(__name__)

GRACE = 5.0
"""Seconds by which an event may come after its call began."""
PROBATION = 300.0
"""Seconds without a call that was not announced after which events are trusted again, once one has come."""
KEPT = 4096


class Announcements:
    """Events of a source against its lists of calls. Instants are of our own clock."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._told: dict[str, None] = {}
        """The legs that events named, the last ones."""
        self._known: dict[str, frozenset[str]] = {}
        """The legs in the last list, by its scope."""
        self._open: dict[str, tuple[frozenset[str], float]] = {}
        """Legs that no event has named yet, by what one would name, and until when one may."""
        self._since: float | None = None
        self._heard_at = float("-inf")
        self.missed_at: float | None = None
        """When a call was last seen that was not announced."""

    def expect(self, now: float | None) -> None:
        """From `now` on every call is to be announced; None: not any more."""
        if now is None or self._since is None:
            self._since = now
            self._open.clear()

    def told(self, place: str, leg: str, whole: str, now: float) -> None:
        """An event named a leg of the extension `place`, or the whole call, or neither."""
        self._heard_at = now
        for name in _names(leg, whole, place):
            self._told.pop(name, None)
            self._told[name] = None
        while len(self._told) > KEPT:
            del self._told[next(iter(self._told))]

    def listed(self, scope: str, calls: Iterable[Call], now: float) -> None:
        """A list of calls as it was just read."""
        legs = {call.key.id: call for call in calls}
        known, self._known[scope] = self._known.get(scope, frozenset()), frozenset(legs)
        for leg in legs.keys() - known:
            call = legs[leg]
            began = now if call.started_at is None else call.started_at
            if self._since is not None and began >= self._since + GRACE:
                names = _names(leg, call.whole, in_address(call.address, "extension_id") or "")
                self._open[leg] = frozenset(names), max(began, now - GRACE) + GRACE
        self._judge(now)

    def trusted(self, now: float) -> bool:
        self._judge(now)
        if self.missed_at is None:
            return True
        if now - self.missed_at > PROBATION and self._heard_at > self.missed_at:
            self.missed_at = None
            log.info("%s: events tell of every call again", self._name)
        return self.missed_at is None

    def _judge(self, now: float) -> None:
        for leg, (names, until) in list(self._open.items()):
            if not names.isdisjoint(self._told):
                del self._open[leg]
            elif until <= now:
                del self._open[leg]
                if self.missed_at is None:
                    log.warning("%s: a call came without its event: calls are polled as before", self._name)
                self.missed_at = now


def _names(leg: str, whole: str, place: str) -> list[str]:
    """The legs of one call share its id: with the extension it names one of them."""
    return [name for name in (leg, whole and f"{whole}@{place}") if name]
