"""One source of a site: who reads it, and what that means here."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from random import Random
from typing import Any, Protocol

import anyio

from wallboard.domain.clock import Clock, within
from wallboard.domain.codec import Unreadable, Word
from wallboard.domain.keys import Resource
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.share.bucket import Bucket, Refused
from wallboard.share.bus import Bus, Missing
from wallboard.share.follower import LEAP, Follower
from wallboard.share.frames import Frame, object_of, unpacked
from wallboard.share.lease import Holder, Lease
from wallboard.share.names import Names, feeds_key
from wallboard.share.teller import Teller
from wallboard.share.timing import ALONE, KEPT, MARKER, USUAL, Timing
from wallboard.vendors.base import Sink

log = logging.getLogger("wallboard.share")

SILENT = 3
"""Failures from which on a list is stale."""
SETTLED = 2
"""Times of a lease until a new reader is thought to have said what there is."""
SEEN = 3
"""Looks at a lease that may fail before its holder is not known any more."""


class Reader(Protocol):
    """What asks the vendors: the scheduler."""

    async def run(self) -> None: ...
    def demand(self, wanted: frozenset[Resource], looked: Resource | None = None) -> None: ...
    def hurry(self, source: str, resources: Iterable[Resource]) -> None: ...
    def refresh(self) -> str: ...
    def lend(self, source: str) -> None: ...
    def take(self, source: str, *, stretch: float = 1.0) -> None: ...


@dataclass(frozen=True, slots=True)
class ShareSettings:
    """`accounts`: the name on the bus of each source; `phones`: of who sits here, by source; `role`: `auto` reads while
    nobody better does, `serve` reads before those, `view` never does; `direct`: without the bus each reads alone;
    `who` sits here, "" for nobody by name; who `looks` has nothing done here count anywhere else."""

    accounts: Mapping[str, str]
    phones: Mapping[str, str]
    site: str
    node: str
    role: str = "auto"
    direct: bool = True
    timing: Timing = USUAL
    who: str = ""
    looks: bool = False


@dataclass(frozen=True, slots=True)
class Ports:
    bus: Bus
    names: Names
    settings: ShareSettings
    clock: Clock
    sink: Sink
    random: Random
    reader: Callable[[], Reader]
    personal: Callable[[Update], Update]
    """What is told, with what is so for who sits here alone: which legs are of their telephone."""


class SharedSource:
    """`own` takes what our scheduler reads; what others tell comes by the bus."""

    def __init__(self, name: str, ports: Ports) -> None:
        self.name = name
        self._ports = ports
        self._settings = ports.settings
        self._clock, self._time = ports.clock, ports.settings.timing
        self.account = ports.settings.accounts[name]
        self._me = Holder(ports.settings.node, ports.settings.role)
        self._turn = 0
        self._teller: Teller | None = None
        self._reads = False
        self._follower: Follower | None = None
        self._lease: Lease | None = None
        self._vacant = anyio.Event()
        self._missing = anyio.Event()
        self._asked: list[dict[str, Any]] = []
        self._yield = False
        self._refrain_until = float("-inf")
        self._said: dict[tuple[Resource, str], FeedStatus] = {}
        self._said_by: dict[tuple[Resource, str], int] = {}
        """The turn of the reader who said it."""
        self._present = (0, float("-inf"))
        """The turn of the present reader, and since when it is seen."""
        self._revisions: dict[str, int] | None = None
        self._lists: Bucket | None = None
        self._held_by: Holder | None = None
        self._held_at = float("-inf")
        self._standing, self._since = 0, float("inf")
        """The revision of the lease that was last seen to stand, and since when it does."""
        self._taken = False
        """Whether the lease was just taken, to see whether the bus takes anything."""
        self.problem = ""
        """Why a bus that answers is of no use, as a clause."""

    @property
    def reader(self) -> str:
        """The node that reads it, as far as that is known: this one, who was seen to hold the lease a moment ago, or
        "" for nobody."""
        if self._reads:
            return self._me.node
        known = self._ports.bus.connected and self._clock.now() - self._held_at < SEEN * self._time.look
        return self._held_by.node if known and self._held_by is not None else ""

    # ---- words -----------------------------------------------------------------------------------------------

    def own(self, word: Word) -> None:
        """What our own reading says, unless it is somebody else's turn by now."""
        if not self._reads:
            if isinstance(word, Update) and word.kind is UpdateKind.PROOF and word.proofs:
                # Heard of our own action on a line that reads nothing.
                self._ports.sink.apply(word)
            return
        if self._teller is not None:
            self._teller.tell(word)
        if isinstance(word, Update):
            word = replace(word, epoch=self._turn * LEAP + word.epoch)
        self._tell(word)

    def _tell(self, word: Word) -> None:
        if isinstance(word, Update):
            self._ports.sink.apply(word)
        elif isinstance(word, FeedStatus):
            self._said[word.resource, word.scope] = word
            self._said_by[word.resource, word.scope] = self._whose
            self._ports.sink.status(word)
        else:
            self._ports.sink.source(word)

    @property
    def _whose(self) -> int:
        """The turn of who reads it."""
        return self._turn if self._follower is None else self._follower.turn

    def _withdraw(self) -> None:
        """Take back what an earlier reader said of lists that the present one does not have: nobody says any more how
        they fare, so they would be stale for ever. Only once all of its own are well; it may find some of them late."""
        now = self._clock.now()
        if self._present[0] != self._whose:
            self._present = (self._whose, now)
        if now - self._present[1] < SETTLED * self._time.ttl:
            return
        left = {where: status for where, status in self._said.items() if self._said_by[where] != self._whose}
        own = [status for where, status in self._said.items() if where not in left]
        asked = [status for status in own if status.wanted and not status.unavailable]
        if not own or any(status.failures or status.last_ok is None for status in asked):
            return
        for where, status in left.items():
            gone = replace(status, cause=tr("no longer there"), unavailable=True, wanted=False, next_at=None)
            self._ports.sink.status(gone)
            del self._said[where], self._said_by[where]
        # With the next reader again.
        self._present = (self._whose, float("inf"))

    def _hand_over(self, *, reads: bool, stretch: float = 1.0) -> None:
        """From now on this console reads the source, or does not."""
        told, self._follower = self._follower, None
        self._turn = 1 + (self._turn if told is None else told.turn)
        self._reads = reads
        reader = self._ports.reader()
        reader.take(self.name, stretch=stretch) if reads else reader.lend(self.name)

    # ---- from outside ----------------------------------------------------------------------------------------

    def vacant(self) -> None:
        self._vacant.set()

    def moved(self) -> None:
        """The bus came or went."""
        self._vacant.set()
        self._missing.set()

    def ask(self, wanted: dict[str, Any]) -> None:
        """Something for whoever reads the source, with the next word to them."""
        if not self._reads:
            self._asked.append(wanted)

    async def send_asked(self) -> None:
        while self._asked:
            await self._ports.bus.publish(self._ports.names.asked(self.account), json.dumps(self._asked[0]).encode())
            self._asked.pop(0)

    async def subscribe(self) -> None:
        await self._ports.bus.subscribe(self._ports.names.told(self.account), self._heard)
        if self._settings.role != "view":
            # Who never reads is asked nothing, and its user may have no right to hear it.
            await self._ports.bus.subscribe(self._ports.names.asked(self.account), self._was_asked)

    async def leave(self) -> None:
        """Let the next one read at once."""
        if self._lease is not None and self._lease.held:
            try:
                await self._lease.release()
            except (OSError, Refused) as error:
                log.debug("the lease of %s was not given back: %s", self.name, error)

    # ---- as the bus goes -------------------------------------------------------------------------------------

    async def run(self) -> None:
        """For ever: read while the lease is ours, else be told."""
        while True:
            try:
                if await self._may_read():
                    await self._lead()
                else:
                    await self._follow()
            except Refused:
                log.info("%s is read by another console now", self.name)
            except OSError as error:
                log.info("%s: the bus does not answer: %s", self.name, error)
                self.problem = str(error) if self._ports.bus.connected else ""
                await self.wait_alone(until_there=True)
                self.problem = ""

    async def run_alone(self, why: str) -> None:
        """The bus cannot be used at all."""
        await self._alone(why, at_once=True)
        await anyio.sleep_forever()

    async def wait_alone(self, until_there: bool = False) -> None:
        """As long as the bus is away: with what is known getting old, and after a while alone."""
        at_once = self._reads
        if not at_once:
            self._hand_over(reads=False)
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:

                async def there() -> None:
                    pause = 0.5
                    while not (until_there and await self._usable()):
                        await self._clock.sleep(pause)
                        # Where it is there and takes nothing, less and less often.
                        pause = min(self._time.look, 2 * pause) if self._ports.bus.connected else 0.5
                    scope.cancel()

                tasks.start_soon(there)
                tasks.start_soon(self._alone, self.problem, at_once)

    async def _alone(self, why: str = "", at_once: bool = False) -> None:
        if self._settings.role == "view" or not self._settings.direct:
            while True:
                await self._clock.sleep(self._time.give_up)
                self._say_silence(tr("nobody tells: {why}", why=why or self._ports.bus.why))
        elif not at_once:
            await self._clock.sleep(self._time.give_up + self._ports.random.uniform(0, self._time.spread))
            self._teller = None
            self._hand_over(reads=True, stretch=ALONE)
        else:
            self._teller = None
            if not self._reads:
                self._hand_over(reads=True)
        while True:
            await self._clock.sleep(self._time.look)
            self._withdraw()

    def _say_silence(self, why: str) -> None:
        """Mark what was told as what nobody vouches for any more."""
        for status in list(self._said.values()):
            self._tell(replace(status, failures=max(SILENT, status.failures), cause=why, next_at=None))
        if not self._said:
            self._tell(SourceInfo(self.name, "", why, self._settings.phones.get(self.name, ""), broken=True))

    async def _usable(self) -> bool:
        """Whether the bus answers, and takes what whoever reads must write: one whose store is full answers, too."""
        if not self._ports.bus.connected:
            return False
        try:
            self._taken = await self._may_read()
            return self._taken or not self._lapsed()
        except OSError as error:
            log.debug("%s: the bus takes nothing: %s", self.name, error)
            return False

    async def _may_read(self) -> bool:
        """Whether the lease is ours now."""
        if self._taken:
            self._taken = False
            return True
        if self._settings.role == "view" or self._clock.now() < self._refrain_until:
            return False
        self._lease = await self._any_lease()
        for _ in range(2):
            if await self._lease.take():
                return True
            # Once more where it lapsed between the two questions.
            if await self._holder(self._lease) is not None:
                break
        return False

    async def _any_lease(self) -> Lease:
        bucket = await self._ports.bus.bucket(self._ports.names.leases, ttl=self._time.ttl, marker=MARKER)
        return Lease(bucket, self.account, self._me, self._clock, self._time)

    async def _holder(self, lease: Lease) -> Holder | None:
        self._held_by, self._held_at = await lease.holder(), self._clock.now()
        if self._held_by is None or lease.revision != self._standing:
            self._standing, self._since = lease.revision, self._held_at
        return self._held_by

    def _lapsed(self) -> bool:
        """Whether a lease stands that nobody renews: a server whose store is full cannot write that it is over."""
        return self._clock.now() - self._since > 2 * self._time.ttl

    # ---- reading it for all ----------------------------------------------------------------------------------

    async def _lead(self) -> None:
        """Read it, and tell. Returns where `serve` is to do it; Refused or OSError where the lease is lost."""
        assert self._lease is not None
        self._yield, self._revisions = False, None
        self._lists = await self._ports.bus.bucket(self._ports.names.lists, ttl=KEPT)
        self._teller = Teller(self.account, self._clock, self._lease.epoch, self._time.kept_every)
        self._hand_over(reads=True)
        renewed = self._clock.now()
        try:
            while self._lease.held and not self._yield:
                try:
                    if self._clock.now() - renewed >= self._time.renew:
                        await self._lease.renew()
                        renewed = self._clock.now()
                    await self._teller.send(self)
                    await self._teller.keep(self)
                except OSError as error:
                    # The lease decides how long that may go on.
                    log.debug("%s was not told: %s", self.name, error)
                self._withdraw()
                await self._clock.sleep(self._time.turn)
            if not self._lease.held:
                self._standing, self._since = self._lease.revision, float("-inf")
                raise OSError(tr("the lease could not be renewed"))
            await self._lease.release()
            self._refrain_until = self._clock.now() + self._time.last_resort
        finally:
            self._teller = None

    async def publish(self, data: bytes) -> None:
        await self._ports.bus.publish(self._ports.names.told(self.account), data)

    async def keep(self, key: str, data: bytes) -> None:
        """Refused by the server where another console has written it since it became ours."""
        assert self._lists is not None
        if self._revisions is None:
            self._revisions = await self._found(self._lists)
        self._revisions[key] = await self._lists.update(key, data, self._revisions.get(key, 0))

    async def _found(self, lists: Bucket) -> dict[str, int]:
        """The revisions that those who read it before have left, by key. That the lease is ours still when all of them
        are known says that none is of somebody who reads it after us: we may have slept since we took it."""
        assert self._lease is not None
        found = {key: await lists.revision(key) for key in await lists.keys(self.account)}
        await self._lease.renew()
        return found

    async def _was_asked(self, data: bytes) -> bytes | None:
        teller = self._teller
        if teller is None:
            return None
        said, reader = object_of(data), self._ports.reader()
        if said.get("serve") and self._me.role != "serve":
            self._yield = True
        if isinstance(said.get("hurry"), list):
            known = {resource.value: resource for resource in Resource}
            reader.hurry(self.name, [known[each] for each in said["hurry"] if each in known])
        if said.get("refresh"):
            reader.refresh()
        if said.get("all"):
            await teller.send(self)
            await teller.keep(self, now=True)
        return teller.answer() if said.get("all") or said.get("clock") else None

    # ---- being told ------------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        """Be told, until nobody reads it. OSError where the bus is lost."""
        self._hand_over(reads=False)
        phone = self._settings.phones.get(self.name, "")
        self._follower = Follower(self.name, self._clock, self._Told(self), phone, self._turn)
        self._vacant = anyio.Event()
        await self._join()
        looked = self._clock.now()
        while True:
            await within(self._clock, self._time.look * self._ports.random.uniform(0.6, 1.0), self._either)
            if not self._ports.bus.connected:
                raise OSError(self._ports.bus.why)
            self._withdraw()
            if self._missing.is_set():
                await self._clock.sleep(self._ports.random.uniform(0, 0.5))
                await self._join()
            if self._follower.astray:
                asked = self._clock.now()
                if (answer := await self._ask(b'{"clock":true}')) is not None:
                    self._follower.compare(asked, answer)
            if self._settings.role != "view" and (
                self._vacant.is_set() or self._clock.now() - looked >= self._time.look
            ):
                looked = self._clock.now()
                if await self._nobody():
                    return
                self._vacant = anyio.Event()

    async def _either(self) -> None:
        async with anyio.create_task_group() as tasks:

            async def until(event: anyio.Event) -> None:
                await event.wait()
                tasks.cancel_scope.cancel()

            tasks.start_soon(until, self._vacant)
            tasks.start_soon(until, self._missing)

    async def _nobody(self) -> bool:
        """Whether it is ours to take; those who are there for it come first."""
        lease = await self._any_lease()
        holder = await self._holder(lease)
        if holder is not None and self._lapsed():
            raise OSError(tr("the bus takes nothing: is its store full?"))
        if holder is not None:
            if self._me.role == "serve" and holder.role != "serve":
                self.ask({"serve": True})
                await self.send_asked()
            return False
        if self._me.role != "serve":
            await self._clock.sleep(self._time.last_resort + self._ports.random.uniform(0, 0.3))
            return await lease.holder() is None
        await self._clock.sleep(self._ports.random.uniform(0, 0.1))
        return True

    async def _join(self) -> None:
        """Take what is written down, after whoever reads the source has written all of it."""
        follower = self._follower
        if follower is None:
            return
        self._missing = anyio.Event()
        asked = self._clock.now()
        answer = await self._ask(b'{"all":true}')
        frames = [frame for each in await self._kept() if (frame := self._read(each)) is not None]
        follower.join(frames, asked, answer)

    async def _kept(self) -> list[bytes]:
        """What is written down. How the lists fare is read before them, and given after: it never makes older rows look
        young."""
        try:
            lists = await self._ports.bus.bucket(self._ports.names.lists, ttl=KEPT, make=self._settings.role != "view")
        except Missing:
            return []
        keys = sorted(await lists.keys(self.account), key=feeds_key(self.account).__ne__)
        found = [kept[0] for key in keys if (kept := await lists.get(key)) is not None]
        return found[::-1]

    async def _ask(self, wanted: bytes) -> Frame | None:
        """What whoever reads it answers."""
        answer = await self._ports.bus.ask(self._ports.names.asked(self.account), wanted)
        return None if answer is None else self._read(answer)

    def _read(self, data: bytes) -> Frame | None:
        try:
            return unpacked(data)
        except Unreadable as error:
            log.debug("%s: %s", self.name, error)
            return None

    async def _heard(self, data: bytes) -> None:
        follower = self._follower
        if follower is None or self._reads:
            return
        if (frame := self._read(data)) is None:
            return
        epoch = follower.epoch
        complete = follower.hear(frame, self._clock.now())
        if frame.epoch > epoch:
            complete = False
        if not complete:
            self._missing.set()

    class _Told:
        """The board, for what others say of the source."""

        def __init__(self, shared: SharedSource) -> None:
            self._shared = shared

        def apply(self, update: Update) -> None:
            self._shared._tell(self._shared._ports.personal(update))

        def status(self, status: FeedStatus) -> None:
            self._shared._tell(status)

        def source(self, info: SourceInfo) -> None:
            self._shared._tell(info)
