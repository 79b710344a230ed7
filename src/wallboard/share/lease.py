"""Who reads an account: a key that one holds at a time, and that lapses with whoever holds it."""

from __future__ import annotations

import json

import anyio

from wallboard.domain.clock import Clock
from wallboard.domain.records import dataclass
from wallboard.share.bucket import Bucket, Refused
from wallboard.share.frames import Epoch
from wallboard.share.timing import Timing


@dataclass(frozen=True, slots=True)
class Holder:
    """`role`: `serve` or `auto`, see `[share] role`."""

    node: str
    role: str

    def written(self) -> bytes:
        return json.dumps({"node": self.node, "role": self.role}).encode()

    @classmethod
    def read(cls, value: bytes) -> Holder:
        """Whatever stands there."""
        try:
            found = json.loads(value)
            return cls(str(found["node"])[:80], str(found["role"])[:10])
        except (ValueError, KeyError, TypeError):
            return cls("?", "auto")


class Lease:
    """Of one account, for one console. Every call: OSError where the bus does not answer."""

    def __init__(self, bucket: Bucket, key: str, me: Holder, clock: Clock, timing: Timing) -> None:
        self._bucket, self._key, self._me, self._clock, self._timing = bucket, key, me, clock, timing
        self.revision = 0
        """In which it was last seen to stand, here or in other hands; each renewal makes a new one."""
        self._until = float("-inf")
        self.epoch: Epoch = (0, 0)
        self._renewing = anyio.Lock()

    @property
    def held(self) -> bool:
        """Whether nobody else can hold it now, by our own clock."""
        return self._clock.now() < self._until - self._timing.guard

    async def take(self) -> bool:
        """Whether it is ours now. The first revision is the epoch in which we speak."""
        began = self._clock.now()
        try:
            self.revision = await self._bucket.create(self._key, self._me.written())
        except Refused:
            return False
        self._until = began + self._timing.ttl
        self.epoch = (self._bucket.made, self.revision)
        return True

    async def renew(self) -> None:
        """Refused where somebody else took it, which ends it here."""
        async with self._renewing:
            began = self._clock.now()
            try:
                self.revision = await self._bucket.update(self._key, self._me.written(), self.revision)
            except Refused:
                self._until = float("-inf")
                raise
            self._until = began + self._timing.ttl

    async def release(self) -> None:
        self._until = float("-inf")
        await self._bucket.delete(self._key, self.revision)

    async def holder(self) -> Holder | None:
        """Who has it, None for nobody."""
        found = await self._bucket.get(self._key)
        if found is None:
            return None
        self.revision = found[1]
        return Holder.read(found[0])
