"""What the reader of a source says to the others: each word as it comes, and now and then what a joiner must know."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Protocol

import anyio

from wallboard.domain.clock import Clock
from wallboard.domain.codec import Word
from wallboard.domain.records import dataclass
from wallboard.domain.update import FeedStatus, SourceInfo, Update
from wallboard.share.frames import Epoch, Frame, body_of, packed
from wallboard.share.lists import Lists, Where
from wallboard.share.names import feeds_key, list_key

LATENCIES = 4
"""Of those that a feed's status holds, how many are worth their bytes."""
BEHIND = 4 << 20
"""Bytes that wait for a line that is not there; beyond, everything is said anew when it is."""


class Outlet(Protocol):
    """Where messages go. Both raise OSError-like errors of the bus when they cannot."""

    async def publish(self, data: bytes) -> None: ...

    async def keep(self, key: str, data: bytes) -> None:
        """Write down what a joiner must know; refused where somebody else reads the source by now."""


@dataclass(slots=True)
class _Kept:
    said: int = 0
    """The number of the message up to which it was written down."""


class Teller:
    """Of one source, for as long as it is ours to read. `tell` never waits; `send` and `keep` do what it left, the
    latter each `every` seconds."""

    def __init__(self, account: str, clock: Clock, epoch: Epoch, every: float) -> None:
        self._account, self._every = account, every
        self._clock = clock
        self._epoch = epoch
        self._seq = 0
        self._lists = Lists()
        self._feeds: dict[Where, FeedStatus] = {}
        self._info: SourceInfo | None = None
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._kept: dict[Where, _Kept] = {}
        self._feeds_at, self._feeds_kept = 0, _Kept()
        self._kept_at = float("-inf")
        self._keeping = anyio.Lock()
        self._lost = False

    def tell(self, word: Word) -> None:
        if isinstance(word, Update):
            known = self._lists.of(word)
            said, whole = known.news(word)
            base, known.at = known.at, self._next()
            self._say(Frame(self._epoch, known.at, self._clock.now(), body_of(said), base, whole))
            return
        base = 0
        if isinstance(word, FeedStatus):
            where = word.resource, word.scope
            self._feeds[where] = word = replace(word, latencies=word.latencies[-LATENCIES:])
            base = self._lists.at(where)
        else:
            self._info = word
        self._feeds_at = self._next()
        self._say(Frame(self._epoch, self._feeds_at, self._clock.now(), body_of(word), base))

    def answer(self) -> bytes:
        """For who has asked: as whom and by which clock we speak."""
        return packed(Frame(self._epoch, self._seq, self._clock.now(), b""))

    def _next(self) -> int:
        self._seq += 1
        return self._seq

    def _say(self, frame: Frame) -> None:
        if self._lost:
            return
        data = packed(frame)
        self._waiting.append(data)
        self._bytes += len(data)
        if self._bytes > BEHIND:
            self._waiting.clear()
            self._bytes, self._lost = 0, True

    async def send(self, outlet: Outlet) -> None:
        """Say what waits, in its order."""
        while self._waiting:
            data = self._waiting[0]
            await outlet.publish(data)
            # It may have been given up meanwhile.
            if self._waiting and self._waiting[0] is data:
                self._waiting.popleft()
                self._bytes -= len(data)
        if self._lost:
            # Who listens finds that something is missing with the next word, and takes what was written down.
            self._lost, self._kept_at = False, float("-inf")

    async def keep(self, outlet: Outlet, *, now: bool = False) -> None:
        """Write down what has changed since, if it is time; with `now` whatever the time."""
        async with self._keeping:
            if now or self._clock.now() - self._kept_at >= self._every:
                await self._keep(outlet)

    async def _keep(self, outlet: Outlet) -> None:
        self._kept_at = at = self._clock.now()
        # As of now: what a list's status vouches for is in what is written of the list, before it.
        info = () if self._info is None else (self._info,)
        words, said = (*info, *self._feeds.values()), self._feeds_at
        for where, known in list(self._lists.items()):
            kept = self._kept.setdefault(where, _Kept())
            if kept.said != known.at:
                frame = Frame(self._epoch, known.at, at, body_of(*known.everything()), whole=True)
                await outlet.keep(list_key(self._account, *where), packed(frame))
                kept.said = known.at
        if self._feeds_kept.said != said:
            frame = Frame(self._epoch, said, at, body_of(*words), whole=True)
            await outlet.keep(feeds_key(self._account), packed(frame))
            self._feeds_kept.said = said
