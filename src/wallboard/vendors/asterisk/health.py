"""How far the source may be trusted, and why not: from how its connection, its lists and its events fare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from wallboard.domain.keys import Resource
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.domain.text import clean
from wallboard.domain.update import FeedStatus
from wallboard.vendors.asterisk.ami import PING_EVERY
from wallboard.vendors.asterisk.check import sign_in_refused
from wallboard.vendors.asterisk.event_audit import EventAudit
from wallboard.vendors.asterisk.lists import RESTS_ON, STARTING, Readings
from wallboard.vendors.asterisk.protocol import AmiBadCredentials, AmiError, AmiLost, AmiNotNow, AmiTooOld

REREAD_EVERY = 15.0
#: Where the events do not tell all, or have not shown yet that they do: then the lists are what the board rests on. At
#: most a twentieth of the time goes into them.
REREAD_CLOSELY = 3.0
REREAD_STARTING = 1.0
#: Each try of a refused secret counts against the account: so seldom, and never by the shorter delays.
REFUSED_AGAIN = 300.0
TOO_OLD_AGAIN = 60.0


@dataclass(slots=True)
class Health:
    """What is said of the source ``name``, over its connections. ``took`` is how long the last reading took."""

    name: str
    timeout: float
    readings: Readings
    audit: EventAudit = field(default_factory=EventAudit)
    took: float = 0.0
    failures: int = 0
    cause: str = field(default_factory=lambda: tr("not connected yet"))
    refused: bool = False
    slowly: float = 0.0
    """Seconds until the next try where the usual delays would be too short, else 0."""
    leaving: bool = False
    _told: tuple[float, str, tuple[bool, ...]] | None = None

    def begin(self) -> None:
        """Signed in."""
        self.readings.begin()
        self.audit = EventAudit()
        self.leaving = self.refused = False
        self._told = None

    def well(self) -> None:
        """The first lists are read."""
        self.failures = 0
        self.cause = ""

    def end(self, error: Exception) -> None:
        """There is no connection (any more), and why."""
        self.failures += 1
        self.refused = isinstance(error, AmiBadCredentials)
        self.slowly = REFUSED_AGAIN if self.refused else TOO_OLD_AGAIN if isinstance(error, AmiTooOld) else 0.0
        match error:
            case AmiBadCredentials() | AmiNotNow():
                self.cause = sign_in_refused(error)
            case AmiLost() if self.leaving:
                self.cause = tr("the server is shutting down")
            case AmiError():
                self.cause = clean(str(error), 200)
            case _:
                self.cause = tr("a fault of this program ({fault}); the log has more", fault=type(error).__name__)

    @property
    def interval(self) -> float:
        if self.readings.starting:
            return REREAD_STARTING
        if self.audit.settled(self.readings.had()):
            return REREAD_EVERY
        return min(REREAD_EVERY, max(REREAD_CLOSELY, round(20 * self.took)))

    @property
    def note(self) -> str:
        """What a person must know of a connection that is up, if anything."""
        if self.readings.starting:
            return tr(STARTING)
        if self.audit.missing:
            events, seconds = ", ".join(self.audit.missing), self.interval
            return tr(
                "events are filtered or lost ({events}): lists every {seconds:g} s", events=events, seconds=seconds
            )
        return tr("no events yet: lists every {seconds:g} s", seconds=self.interval) if self.audit.deaf else ""

    def pushed(self, resource: Resource) -> bool:
        """Whether events keep these rows true, so that whatever is heard proves them; else they are as old as their
        list."""
        states = self.readings.states
        return self.readings.of(resource).shown and all(
            self.audit.vouches(name) for name in RESTS_ON[resource] if not states[name].denied
        )

    def judge(self, now: float) -> tuple[bool, bool]:
        """Look at the events again: whether what is to be said of them changed, and whether a reading should come
        sooner than it was to."""
        self.audit.judge(now)
        before, self._told = self._told, (self.interval, self.note, tuple(map(self.pushed, RESTS_ON)))
        return self._told != before, before is not None and self.interval < before[0]

    def statuses(self, next_at: float | None = None) -> Iterator[FeedStatus]:
        """One for each resource; ``next_at`` is when a lost connection is tried again."""
        interval = self.interval
        for resource in RESTS_ON:
            state, pushed = self.readings.of(resource), self.pushed(resource)
            yield FeedStatus(
                source=self.name,
                resource=resource,
                scope="",
                # Fresh means that the server was heard, and its pings come this often; or that the list is young.
                interval=PING_EVERY if pushed else interval,
                timeout=self.timeout,
                last_ok=state.read_at,
                next_at=next_at,
                failures=self.failures or (0 if state.denied else state.failures),
                cause=state.cause if state.denied else self.cause or state.cause,
                unavailable=state.denied,
                refused=self.refused,
                push=pushed,
            )
