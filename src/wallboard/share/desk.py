"""One desk: what people do at one console of a site counts at all, and each sees what the others are at.

What was done lies where it belongs (alarms, notes, callers who gave up); a bucket holds the last act about each thing,
and what is newer here goes there, what is newer there is taken in. So it does not matter in which order that happens,
nor how long a console was cut off.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Protocol, get_args

import anyio

from wallboard.board.acts import Act, Acts, number
from wallboard.board.colleagues import Doing
from wallboard.domain.clock import Clock, within
from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import english, tr
from wallboard.domain.text import clean
from wallboard.share.bucket import Bucket, Refused
from wallboard.share.bus import Bus, Missing
from wallboard.share.frames import object_of
from wallboard.share.names import Names, act_key, here_key
from wallboard.share.shared_source import ShareSettings

log = logging.getLogger("wallboard.share")

VERSION = 1
HERE = "here"
"""The kind of what somebody is doing now."""
TURN = 1.0
"""Seconds after which it is looked what this console does."""
HERE_LASTS, HERE_AGAIN = 15.0, 5.0
"""How long it is believed what somebody does, and how often it is said again."""
LOOK = 15.0
"""Seconds between two looks for what was written and not heard, or heard and not written."""
SPREAD = 5.0
"""Seconds over which consoles begin to say what others did, where the bus does not have it: one of them is enough."""
REFRAIN = 30.0
"""Seconds until a server that took nothing is tried again."""
ALONE = 5.0
"""Seconds for which the desk must be missing for that to be worth a word."""
KEPT = 7 * 86_400.0
LARGEST = 8192
"""Bytes of a value."""
MOST_KEYS, MOST_VOICES, MOST_ROWS = 20_000, 2_000, 20
AHEAD = 600.0
"""Seconds by which a clock may be ahead of ours; what somebody does with a worse one would count for ever."""
TRIES = 5
_NEVER = (float("-inf"), "")


class AtWork(Protocol):
    def __call__(self) -> Mapping[Key, Doing]: ...


class Colleague(Protocol):
    def __call__(self, node: str, who: str, at_work: Mapping[Key, Doing], until: float, /) -> None: ...


class Desk:
    """`keep` and `attend` say what is shared; `changed` that there is something new here. `problem`: why others do not
    hear of it, as a sentence."""

    def __init__(self, bus: Bus, names: Names, settings: ShareSettings, clock: Clock, random: Random) -> None:
        self._bus, self._names, self._settings, self._clock, self._random = bus, names, settings, clock, random
        self._sources = {account: name for name, account in settings.accounts.items()}
        self._kinds: dict[str, Acts] = {}
        self._at_work: AtWork = dict
        self._colleague: Colleague | None = None
        self._bucket: Bucket | None = None
        self._known: dict[str, tuple[float, str]] = {}
        """What the bucket has of each thing, as far as it was read, written or heard here."""
        self._hearsay: set[str] = set()
        """What of that was only heard: who said it may have been refused."""
        self._revisions: dict[str, int] = {}
        self._read = 0
        self._looked = self._refrain = self._for_others = float("-inf")
        self._voices: dict[str, float] = {}
        """When each console said last what somebody does there, by its own clock."""
        self._said: tuple[float, Mapping[Key, Doing]] = (float("-inf"), {})
        self._due = anyio.Event()
        self._unsaid = True
        self._began = clock.now()
        self.problem = ""
        self._listeners: list[Callable[[str], None]] = []
        self._alone_since = float("inf")
        """Since when the desk cannot be had though the bus is there."""
        self._had = False
        """Whether it could be read in this turn."""

    def keep(self, acts: Acts) -> None:
        self._kinds[acts.kind] = acts
        self.moved()

    def attend(self, at_work: AtWork, colleague: Colleague) -> None:
        """`at_work`: what this console does, asked each second; `colleague` hears what others do."""
        self._at_work, self._colleague = at_work, colleague

    def subscribe(self, listener: Callable[[str], None]) -> None:
        """`listener` hears each new problem, as a sentence."""
        self._listeners.append(listener)

    def changed(self) -> None:
        self._unsaid = True
        self._due.set()

    def moved(self) -> None:
        """The bus came or went, or more is shared: all of it is looked at again."""
        self._bucket = None
        self.changed()

    async def run(self) -> None:
        """For ever, once there is a bus."""
        await self._bus.subscribe(self._names.desk_words, self._heard)
        while True:
            self._due = anyio.Event()
            try:
                await self.turn()
            except Missing:
                log.debug("there is no desk yet")
            except OSError as error:
                log.debug("the desk is not shared now: %s", error)
                self._bucket = None
                if not self._had:
                    self._unshared(error)
            except Exception:
                # What nobody foresaw here must not keep the sources from being read.
                log.exception("the desk is not shared now")
                self._bucket = None
            await within(self._clock, TURN, self._due.wait)

    async def turn(self) -> None:
        """Take in what is new there, and say what is new here. OSError where the bus does not answer."""
        if self._settings.looks and self._bucket is None:
            # Whoever may not even read the desk is told, too.
            self._keep_to_oneself()
        self._had = False
        bucket = self._bucket or await self._join()
        if self._clock.now() - self._looked >= LOOK:
            await self._look(bucket)
        self._had = True
        if self._alone_since < float("inf"):
            self._alone_since = float("inf")
            self._well()
        if self._settings.looks:
            self._keep_to_oneself()
        elif self._clock.now() >= self._refrain:
            try:
                await self._say(bucket)
            except OSError as error:
                if self._bucket is bucket and self._bus.connected:
                    # The line was there all the time: this console may not write, or there is no room.
                    self._refrain = self._clock.now() + REFRAIN
                    self._tell(
                        tr("the bus takes nothing from this console, what is done here stays here: {why}", why=error)
                    )
                raise

    async def leave(self) -> None:
        """Be gone at once for the others."""
        if self._bucket is not None and self._said[1] and self._bus.connected:
            try:
                await self._say_here(self._bucket, {})
            except OSError as error:
                log.debug("no farewell from the desk: %s", error)

    # ---- saying ------------------------------------------------------------------------------------------------

    async def _join(self) -> Bucket:
        bucket = await self._bus.bucket(self._names.desk, ttl=KEPT, make=self._settings.role != "view")
        self._known, self._hearsay, self._revisions, self._read = {}, set(), {}, 0
        self._looked, self._unsaid = float("-inf"), True
        self._for_others = self._clock.now() + self._random.uniform(0, SPREAD)
        self._bucket = bucket
        return bucket

    async def _look(self, bucket: Bucket) -> None:
        """Read what was written since the last look."""
        before = set(self._hearsay)
        for value, revision in await bucket.since(self._read):
            self._read = revision
            self._take(value)
        for key in before & self._hearsay:
            # Whoever has it, says it again.
            self._hearsay.discard(key)
            self._known.pop(key, None)
            self._unsaid = True
        self._looked = self._clock.now()

    def _news(self) -> list[tuple[str, Acts, Act]]:
        """What the bucket does not have."""
        now, found = self._clock.now(), []
        for acts in self._kinds.values():
            for act in acts.known():
                account = self._settings.accounts.get(act.source)
                if account is not None and act.at > now - acts.lasts:
                    key = act_key(acts.kind, account, act.about)
                    if self._known.get(key, _NEVER) < act.rank:
                        found.append((key, acts, act))
        return found

    async def _say(self, bucket: Bucket) -> None:
        now = self._clock.now()
        if self._unsaid:
            # Each says at once what was done there, and what others did a while later, if nobody has.
            self._unsaid = now < self._for_others
            for key, acts, act in self._news():
                if act.by in ("", self._settings.who) or now >= self._for_others:
                    await self._write(bucket, key, acts, act)
        now, at_work = self._clock.now(), self._at_work()
        said_at, said = self._said
        if at_work != said or (at_work and now - said_at >= HERE_AGAIN):
            await self._say_here(bucket, at_work)
        self._well()

    async def _write(self, bucket: Bucket, key: str, acts: Acts, act: Act) -> None:
        """Unless somebody has written something later there."""
        value = self._packed(acts.kind, act)
        lasts = max(1.0, acts.lasts - (self._clock.now() - act.at))
        for _ in range(TRIES):
            if self._known.get(key, _NEVER) >= act.rank:
                return
            if len(value) > LARGEST:
                log.warning("%s is too long to be shared", key)
                self._know(key, act.rank)
                return
            try:
                self._revisions[key] = await bucket.update(key, value, self._revisions.get(key, 0), lasts=lasts)
                self._know(key, act.rank)
            except Refused:
                found = await bucket.get(key)
                if found is None:
                    self._revisions[key] = await bucket.revision(key)
                else:
                    self._revisions[key] = found[1]
                    self._take(found[0])

    def _packed(self, kind: str, act: Act) -> bytes:
        said = {"v": VERSION, "kind": kind, "account": self._settings.accounts[act.source], "about": act.about}
        return json.dumps(said | {"at": act.at, "by": act.by, "is": dict(act.fields)}, separators=(",", ":")).encode()

    async def _say_here(self, bucket: Bucket, at_work: Mapping[Key, Doing]) -> None:
        accounts, settings = self._settings.accounts, self._settings
        shared = [(key, does) for key, does in at_work.items() if key.source in accounts][:MOST_ROWS]
        rows = [[accounts[key.source], key.kind.value, key.id, does] for key, does in shared]
        at = max(self._clock.now(), self._said[0] + 0.001)
        said = {"v": VERSION, "kind": HERE, "node": settings.node, "by": settings.who, "at": at, "rows": rows}
        await bucket.put(here_key(settings.node), json.dumps(said).encode(), lasts=HERE_LASTS)
        self._said = at, dict(at_work)

    def _keep_to_oneself(self) -> None:
        if self._unsaid:
            self._unsaid = False
            if any(act.at >= self._began for _, _, act in self._news()):
                self._tell(tr('this console only looks ([share] role = "view"): what is done here stays here'))

    def _unshared(self, error: Exception) -> None:
        """The line is there and the desk is not: said once that has lasted, for a server that starts needs a moment."""
        now = self._clock.now()
        self._alone_since = min(now, self._alone_since) if self._bus.connected else float("inf")
        if now - self._alone_since >= ALONE:
            self._tell(tr("the desk of the site is not to be had, what is done here stays here: {why}", why=error))

    def _tell(self, problem: str) -> None:
        if not self.problem:
            self.problem = problem
            log.warning("%s", english(problem))
            for listener in self._listeners:
                listener(problem)

    def _well(self) -> None:
        self.problem = ""

    # ---- hearing -----------------------------------------------------------------------------------------------

    async def _heard(self, data: bytes) -> None:
        self._take(data, heard=True)

    def _take(self, data: bytes, *, heard: bool = False) -> None:
        """Whatever was written there, by another console or by somebody who has no business there."""
        said = object_of(data) if len(data) <= LARGEST else {}
        try:
            if said["v"] == VERSION and said["kind"] == HERE:
                self._take_here(said)
            elif said["v"] == VERSION:
                self._take_act(said, heard)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            log.debug("something on the desk is left alone: %r", error)

    def _take_act(self, said: dict[str, Any], heard: bool) -> None:
        account, about, kind = _text(said["account"]), _text(said["about"]), _text(said["kind"])
        at, key = number(said["at"]), act_key(kind, account, about)
        by = clean(_text(said["by"]))
        source, acts = self._sources.get(account), self._kinds.get(kind)
        known = self._known.get(key, _NEVER)
        if known == (at, by) and not heard:
            self._hearsay.discard(key)
        if known >= (at, by) or at > self._clock.now() + AHEAD:
            return
        if source is None or acts is None:
            return
        self._know(key, (at, by), heard)
        acts.take(Act(source, about, at, by, said["is"]))

    def _know(self, key: str, rank: tuple[float, str], heard: bool = False) -> None:
        """The bucket has it, as far as that can be heard."""
        self._known.pop(key, None)
        self._known[key] = rank
        (self._hearsay.add if heard else self._hearsay.discard)(key)
        if len(self._known) > MOST_KEYS:
            # Whoever has it still asks the bucket before writing over it.
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._revisions.pop(oldest, None)
            self._hearsay.discard(oldest)

    def _take_here(self, said: dict[str, Any]) -> None:
        node, who = clean(_text(said["node"]), 80), clean(_text(said["by"]), 60)
        at = number(said["at"])
        if node == self._settings.node or self._colleague is None or at <= self._voices.get(node, float("-inf")):
            # What was heard is read once more, and would seem to be said anew.
            return
        self._voices.pop(node, None)
        self._voices[node] = at
        if len(self._voices) > MOST_VOICES:
            del self._voices[next(iter(self._voices))]
        at_work: dict[Key, Doing] = {}
        for account, kind, ident, does in said["rows"][:MOST_ROWS]:
            if account in self._sources and does in get_args(Doing):
                at_work[Key(self._sources[account], Kind(kind), _text(ident))] = does
        self._colleague(node, who, at_work, self._clock.now() + HERE_LASTS)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
