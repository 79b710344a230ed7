"""What of each action was begun, and how it ended: a key that is made once, before the vendor is asked."""

from __future__ import annotations

import json
import logging

from wallboard.domain.errors import NotSent
from wallboard.domain.language import english, tr
from wallboard.domain.text import clean
from wallboard.share.bucket import Bucket, Refused
from wallboard.share.bus import Bus
from wallboard.share.frames import object_of

log = logging.getLogger("wallboard.share")

KEPT = 86_400.0
"""Seconds for which an action is known."""
CLAIMED = "claimed"


class Claims:
    """Of one who acts. Nothing about anybody stands there: an id, a state, a node."""

    def __init__(self, bus: Bus, bucket: str, node: str) -> None:
        self._bus, self._name, self._node = bus, bucket, node
        self._bucket: Bucket | None = None
        self._mine: dict[str, int] = {}

    async def claim(self, ident: str) -> None:
        """Make it ours. NotSent where it was begun before, here or elsewhere, or where nobody can say."""
        try:
            self._mine[ident] = await (await self._open()).create(ident, self._said(CLAIMED, ""))
        except Refused:
            raise NotSent(tr("already claimed: {state}", state=await self._state(ident))) from None
        except OSError as error:
            self._bucket = None
            raise NotSent(tr("it could not be claimed: {why}", why=clean(str(error)))) from error

    async def ended(self, ident: str, phase: str) -> None:
        """Write down how it ended. What cannot be written is found in the journal."""
        revision = self._mine.pop(ident, None)
        if revision is None:
            return
        try:
            await (await self._open()).update(ident, self._said(phase, self._node), revision)
        except (OSError, Refused) as error:
            self._bucket = None
            log.info("the ending of %s is not on the bus: %s", ident, english(str(error)))

    async def _state(self, ident: str) -> str:
        try:
            found = await (await self._open()).get(ident)
        except OSError:
            found = None
        return clean(object_of(found[0]).get("state", ""), 40) if found is not None else tr("unknown")

    async def _open(self) -> Bucket:
        if self._bucket is None:
            self._bucket = await self._bus.bucket(self._name, ttl=KEPT)
        return self._bucket

    def _said(self, state: str, node: str) -> bytes:
        return json.dumps({"state": state, "node": node or self._node}).encode()
