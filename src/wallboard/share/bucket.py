"""A bucket of JetStream: keys, values and their revisions."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from wallboard.domain.errors import WallboardError
from wallboard.share.causes import plain
from wallboard.share.timing import WAIT

if TYPE_CHECKING:
    from nats.js.client import JetStreamContext
    from nats.js.kv import KeyValue

    from wallboard.share.wire import Wire

BATCH = 500
"""Values of a bucket that are asked for at once."""
NO_MORE = ("204", "404")
"""What the server says behind the last of them, and where there was none."""
WRONG_REVISION = frozenset({10071, 10164})
"""The server's numbers for it."""

Told = Callable[[BaseException, float, str], str]
"""Why something that was begun then, about a name, came to nothing."""


class Refused(WallboardError):
    """Somebody else wrote there meanwhile."""


class Bucket:
    """Keys and values; a value is replaced only by who knows its revision. Every call: OSError where nobody answers,
    with the clause that `told` has for it; Refused where another has written since. `made` tells a bucket from one that
    was there before it (µs)."""

    def __init__(
        self, told: Told, held: KeyValue, client: Wire, stream: JetStreamContext, name: str, made: int
    ) -> None:
        self._told, self._held, self._client, self._stream, self._name = told, held, client, stream, name
        self.made = made

    async def create(self, key: str, value: bytes) -> int:
        """The revision; Refused where there is one. Over what the server left of one that lapsed, too: `nats-py` takes
        that for a value that stands, and refuses for as long as the server remembers it."""
        last, stands = await self._last(key)
        if stands:
            raise Refused(key)
        return await self.update(key, value, last)

    async def update(self, key: str, value: bytes, last: int, *, lasts: float | None = None) -> int:
        """The revision. `lasts`: after so many whole seconds it is forgotten, however long the bucket keeps others."""
        headers = {"Nats-Expected-Last-Subject-Sequence": str(last)}
        return await self._write(key, value, headers, lasts)

    async def put(self, key: str, value: bytes, *, lasts: float) -> int:
        """Write a key that is nobody else's."""
        return await self._write(key, value, {}, lasts)

    async def _write(self, key: str, value: bytes, headers: dict[str, str], lasts: float | None) -> int:
        subject = f"$KV.{self._name}.{key}"
        done = await self._tried(self._stream.publish(subject, value, headers=headers, msg_ttl=lasts))
        return int(done.seq)

    async def delete(self, key: str, last: int) -> None:
        await self._tried(self._held.delete(key, last=last))

    async def get(self, key: str) -> tuple[bytes, int] | None:
        """Value and revision, None where there is none."""
        from nats.js.errors import NotFoundError

        try:
            entry = await self._tried(self._held.get(key))
        except NotFoundError:
            return None
        return None if entry.value is None else (bytes(entry.value), int(entry.revision or 0))

    async def revision(self, key: str) -> int:
        """That of the last thing written there, a deletion too; 0 for none."""
        return (await self._last(key))[0]

    async def _last(self, key: str) -> tuple[int, bool]:
        """That revision, and whether a value stands there: what says that one is over is empty."""
        from nats.js.errors import NotFoundError

        try:
            message = await self._tried(self._stream.get_last_msg(f"KV_{self._name}", f"$KV.{self._name}.{key}"))
        except NotFoundError:
            return 0, False
        return int(message.seq or 0), bool(message.data)

    async def keys(self, prefix: str) -> list[str]:
        """Those that begin with `prefix` and a point."""
        before = f"$KV.{self._name}."
        info = await self._tried(self._stream.stream_info(f"KV_{self._name}", subjects_filter=f"{before}{prefix}.>"))
        return [subject.removeprefix(before) for subject in info.state.subjects or ()]

    async def since(self, revision: int) -> list[tuple[bytes, int]]:
        """What was written after `revision` and still stands, in its order: values and revisions. A few requests, and
        nothing at the server that goes on; who has subscribed to the bucket's words before misses nothing."""
        from nats.errors import Error

        found: list[tuple[bytes, int]] = []
        began, inbox = time.monotonic(), self._client.new_inbox()
        try:
            heard = await self._client.subscribe(inbox)
            try:
                left = True
                while left:
                    asked = {"seq": revision + 1, "batch": BATCH, "next_by_subj": f"$KV.{self._name}.>"}
                    await self._client.publish(
                        f"$JS.API.DIRECT.GET.KV_{self._name}", json.dumps(asked).encode(), reply=inbox
                    )
                    while not (told := (message := await heard.next_msg(timeout=WAIT)).headers or {}).get("Status"):
                        revision = int(told["Nats-Sequence"])
                        if message.data:
                            found.append((bytes(message.data), revision))
                    if told["Status"] not in NO_MORE:
                        raise OSError(str(told))
                    left = int(told.get("Nats-Num-Pending", 0)) > 0
            finally:
                await heard.unsubscribe()
        except (Error, TimeoutError) as error:
            raise OSError(self._told(error, began, self._name)) from error
        return found

    async def watch(self, gone: Callable[[str], None]) -> None:
        """Say of each key that it was deleted or has lapsed, until cancelled."""
        from nats.errors import Error

        began = time.monotonic()
        try:
            watcher = await self._held.watchall()
            async for entry in watcher:
                if entry is not None and entry.operation is not None:
                    gone(entry.key)
        except (Error, TimeoutError) as error:
            raise OSError(self._told(error, began, self._name)) from error

    async def _tried(self, asked: Awaitable[Any]) -> Any:
        from nats.errors import Error
        from nats.js.errors import APIError, KeyWrongLastSequenceError, NotFoundError

        began = time.monotonic()
        try:
            return await asked
        except KeyWrongLastSequenceError as error:
            raise Refused(str(error)) from error
        except NotFoundError as error:
            # Of a key that is what was asked; of a bucket, the server was wiped.
            if "stream" in str(error):
                raise OSError(plain(error)) from error
            raise
        except (Error, TimeoutError) as error:
            if isinstance(error, APIError) and error.err_code in WRONG_REVISION:
                raise Refused(str(error)) from error
            raise OSError(self._told(error, began, self._name)) from error
