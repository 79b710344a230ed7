"""Acting on an Asterisk that another console reads: without its events, by lists taken when an action is to be sent.

Lists tell who is there and who talks with whom, but not who is on hold, who serves whom by the queue's own word, or
what was recorded. So a row as it is told stands while the lists show the same channels in the same places; where they
do not, the row is as the lists make it, and control says what has changed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import field

import anyio

from wallboard.domain.clock import Clock
from wallboard.domain.command import Verb
from wallboard.domain.errors import NotSent, Unreachable
from wallboard.domain.language import tr
from wallboard.domain.models import Agent, Call, Member, Row, in_address
from wallboard.domain.records import dataclass
from wallboard.domain.states import CallState
from wallboard.domain.text import clean
from wallboard.vendors.asterisk.actions import Account, can, my_spy
from wallboard.vendors.asterisk.ami import Ami
from wallboard.vendors.asterisk.protocol import AmiError
from wallboard.vendors.asterisk.state import Switchboard
from wallboard.vendors.base import YES, Can

#: Seconds for which lists are taken for the present.
JUST_READ = 1.0


@dataclass(slots=True)
class Acting:
    """Of a connection that only acts. ``read`` takes the lists; `up` is set whenever a try to connect has ended,
    one way or another; `looked_at` when the lists were last asked for; `hears` while events are on."""

    clock: Clock
    read: Callable[[Ami], Awaitable[None]]
    wanted: anyio.Event = field(default_factory=anyio.Event)
    up: anyio.Event = field(default_factory=anyio.Event)
    looked_at: float = float("-inf")
    hears: bool = False

    def connected(self) -> None:
        self.looked_at, self.hears = float("-inf"), False
        self.tried()

    def tried(self) -> None:
        tried, self.up = self.up, anyio.Event()
        tried.set()

    async def connection(self, current: Callable[[], Ami | None], why: Callable[[], str]) -> Ami:
        """The connection, once it is up; Unreachable with the reason of the next try that fails."""
        while (ami := current()) is None:
            await self.up.wait()
            if current() is None:
                raise Unreachable(tr("not connected: {why}", why=why()))
        return ami

    async def look(self, ami: Ami) -> None:
        """Have the lists as they are now: what an action is planned by where no events tell. Raises Unreachable."""
        if self.clock.now() - self.looked_at > JUST_READ:
            begun = self.clock.now()
            try:
                await self.read(ami)
            except AmiError as error:
                raise Unreachable(clean(str(error))) from error
            self.looked_at = begun

    async def hear(self, ami: Ami, mask: str) -> None:
        """Look, and hear events from now on. Nothing has been sent yet: NotSent with what stands in the way."""
        try:
            await self.look(ami)
            if not self.hears:
                await ami.events(mask)
                self.hears = True
        except (AmiError, Unreachable) as error:
            raise NotSent(clean(str(error))) from error


def can_alone(verb: Verb, row: Row | None, account: Account, board: Switchboard) -> Can:
    """As `can`; whose listening leg it is the row says, since nothing else tells before the lists are taken."""
    if verb is Verb.END and isinstance(row, Call):
        may = can(verb, None, account, board)
        if not may:
            return may
        mine = (row.mine and bool(row.spying)) or my_spy(row, account, board) is not None
        return YES if mine else Can(False, tr("you are not on this call"))
    return can(verb, row, account, board)


def as_told(row: Row, listed: Row | None, board: Switchboard) -> Row | None:
    """The row as it is told, if the lists show the same; as they show it, if not; None if they have it no more."""
    match row, listed:
        case Call(), Call() if _same_channels(row, board):
            return row
        case Member(), Member() if row.state is listed.state and _same_channels(row, board):
            return row
        case Agent(), Agent() if _seats(row) == _seats(listed):
            return row
    return listed


def _same_channels(row: Call | Member, board: Switchboard) -> bool:
    """Whether all that the verbs act on live, and who talked together still does."""
    party, agent, near = (
        in_address(row.address, name) or "" for name in ("uniqueid", "agent_uniqueid", "near_uniqueid")
    )
    if any(ident and ident not in board.channels for ident in (party, agent, near)):
        return False
    if party and near and board.channels[party].bridge != board.channels[near].bridge:
        return False
    parked = isinstance(row, Call) and row.state is CallState.PARKED
    return (party in board.parked) is parked


def _seats(agent: Agent) -> set[tuple[str, bool | None]]:
    return {(place.queue_id, place.paused) for place in agent.memberships}
