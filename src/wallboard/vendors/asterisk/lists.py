"""Taking the lists: which there are, how each fares, and why one does not come.

Rights are learnt again with them: AMI takes log-ins before its modules are loaded and modules are loaded later, so what
was unknown or refused once may be granted a moment after. Sources: main/manager.c, apps/app_queue.c of Asterisk 22.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import field

import anyio

from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.records import dataclass
from wallboard.domain.text import clean
from wallboard.vendors.asterisk.ami import Ami
from wallboard.vendors.asterisk.event_audit import CHANNELS, DEVICES, PARKED, QUEUES
from wallboard.vendors.asterisk.protocol import AmiError, AmiRefused, AmiUnanswered, Message
from wallboard.vendors.kit.tasks import bare_failures

Found = dict[str, tuple[Message, ...]]

LISTS = (QUEUES, CHANNELS, PARKED, DEVICES)
BRIDGES, HINTS = "BridgeList", "ExtensionStateList"
#: Lists that give no rows of their own: what kind of bridge channels are in, and which device an extension is. Without
#: them less is known of who is who, and nothing else.
EVIDENCE = (BRIDGES, HINTS)
#: Seconds between two readings of what changes with the dialplan alone.
HINTS_EVERY = 300.0
#: The list that gives each resource its rows, then the lists that its rows also rest on.
RESTS_ON: dict[Resource, tuple[str, ...]] = {
    Resource.QUEUES: (QUEUES, CHANNELS),
    Resource.MEMBERS: (QUEUES, CHANNELS),
    Resource.AGENTS: (QUEUES, CHANNELS),
    Resource.CALLS: (CHANNELS,),
    Resource.PARKED: (PARKED,),
    Resource.PHONES: (DEVICES,),
}
#: The items of the lists that make rows of each resource, and what an item must have to be one.
ITEMS: dict[Resource, tuple[str, tuple[str, ...]]] = {
    Resource.QUEUES: ("QueueParams", ("Queue",)),
    Resource.MEMBERS: ("QueueEntry", ("Queue", "Uniqueid")),
    Resource.AGENTS: ("QueueMember", ("Queue", "Location")),
    Resource.CALLS: ("CoreShowChannel", ("Uniqueid",)),
    Resource.PARKED: ("ParkedCall", ("ParkeeUniqueid",)),
    Resource.PHONES: ("DeviceStateChange", ("Device",)),
}
STARTING = mark("the server is still starting")
#: Seconds after the sign-in within which an unknown QueueStatus means that, if no FullyBooted says more.
START_MOST = 120.0
#: Failures with which rows are stale, whatever their age.
STALE = 3
#: Seconds until a list that this account may not have is asked for again; each refusal is a line in Asterisk's
#: security log.
DENIED_AGAIN = 60.0
#: Seconds until a list that did not end is asked for again: the first time, and the most.
UNENDED_FIRST, UNENDED_MOST = 15.0, 120.0
#: Seconds after which rights are learnt again although nothing asks for it.
RIGHTS_EVERY = 30.0


@dataclass(slots=True)
class ListState:
    """How one list fares. ``read_at`` is when the last good one was asked for; ``read`` whether it was in this
    connection; ``denied`` whether it is not to be had (else a cause is a fault that passes), ``unknown`` whether that
    is for want of a module."""

    read_at: float | None = None
    read: bool = False
    failures: int = 0
    denied: bool = False
    unknown: bool = False
    cause: str = ""
    again_at: float = 0.0

    @property
    def shown(self) -> bool:
        """Whether this connection has rows of it."""
        return self.read and not self.denied


@dataclass(slots=True)
class Readings:
    """The lists of one source, over its connections."""

    now: Callable[[], float]
    booted: bool = False
    states: dict[str, ListState] = field(default_factory=lambda: {name: ListState() for name in (*LISTS, *EVIDENCE)})
    _since: float = 0.0
    _rights_at: float = 0.0

    def begin(self) -> None:
        """A new connection is up: what was refused on the last one says nothing."""
        self._since = self._rights_at = self.now()
        self.states = {name: ListState(read_at=state.read_at) for name, state in self.states.items()}

    def boot(self) -> None:
        """FullyBooted came: every module is loaded."""
        self.booted = True
        self._rights_at = 0.0
        for state in self.states.values():
            state.again_at = 0.0

    @property
    def starting(self) -> bool:
        queues = self.states[QUEUES]
        return queues.unknown and not queues.read and not self.booted and self.now() - self._since < START_MOST

    def of(self, resource: Resource) -> ListState:
        """How the list that gives this resource its rows fares."""
        return self.states[RESTS_ON[resource][0]]

    def had(self) -> tuple[str, ...]:
        """The lists that this account gets."""
        return tuple(name for name in LISTS if self.states[name].shown)

    async def take(self, ami: Ami, but: Collection[str] = ()) -> Found:
        """Every list that is due and comes, ``but`` these, and the rights. Raises ``AmiError`` when the connection
        ends."""
        doubtful = ami.doubtful or any(self.states[name].unknown for name in LISTS)
        if doubtful or self.now() - self._rights_at >= RIGHTS_EVERY:
            await self._learn(ami)
        found: Found = {}
        with bare_failures(AmiError):
            async with anyio.create_task_group() as tasks:
                for name, state in self.states.items():
                    if name in but:
                        continue
                    if self.now() >= state.again_at or (state.denied and ami.allows(name)):
                        tasks.start_soon(self._list, ami, name, found)
        self._word()
        return found

    async def _learn(self, ami: Ami) -> None:
        self._rights_at = self.now()
        try:
            await ami.learn_rights()
        except AmiUnanswered:
            ami.doubtful = True

    async def _list(self, ami: Ami, name: str, found: Found) -> None:
        begun = self.now()
        state = self.states[name]
        try:
            found[name] = await ami.collect(name)
        except AmiUnanswered as error:
            state.failures += 1
            state.denied = state.unknown = False
            state.cause = clean(str(error))
            state.again_at = self.now() + min(UNENDED_MOST, UNENDED_FIRST * 2 ** (state.failures - 1))
        except AmiRefused as error:
            self._refused(name, state, error)
        else:
            again = begun + HINTS_EVERY if name == HINTS else 0.0
            self.states[name] = ListState(read_at=begun, read=True, again_at=again)

    def _refused(self, name: str, state: ListState, error: AmiRefused) -> None:
        state.failures += 1
        # QueueStatus needs no right: where it is not granted, app_queue is not running (yet).
        state.unknown = error.unknown or (error.no_right and name == QUEUES)
        state.again_at = self.now() + (DENIED_AGAIN if error.no_right else 0.0)
        # What this connection has been given before is not out of reach: the fault passes.
        state.denied = error.no_right or not (error.leaving or state.read)
        state.cause = refusal(name, error)

    def _word(self) -> None:
        """While the server starts, what it does not know yet is no missing right."""
        if not self.starting:
            return
        for state in self.states.values():
            if state.unknown:
                state.denied, state.cause, state.again_at = False, tr(STARTING), 0.0
                # Whatever was there before the start is gone: its rows must not look live for another second.
                state.failures = max(state.failures, STALE)


def without_id(resource: Resource, items: Iterable[Message]) -> int:
    """How many items that should be rows of this resource cannot be any."""
    event, fields = ITEMS[resource]
    return sum(item.event == event and not all(item.get(field) for field in fields) for item in items)


def refusal(name: str, error: AmiRefused) -> str:
    if error.no_right:
        return tr("this account may not use {action}", action=name)
    if error.unknown:
        return tr("the server does not know {action}: its module is not loaded", action=name)
    return tr("{what}: {why}", what=name, why=clean(str(error), 120))
