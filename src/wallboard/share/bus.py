"""The connection to NATS: it is tried for ever, says how it fares, and knows buckets and subjects, but no source."""

from __future__ import annotations

import hashlib
import logging
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import field
from typing import TYPE_CHECKING, Any

import anyio

from wallboard.domain.errors import WallboardError
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.domain.text import clean
from wallboard.share.bucket import Bucket
from wallboard.share.causes import cause, plain
from wallboard.share.rights import Rights, denied
from wallboard.share.timing import WAIT

if TYPE_CHECKING:
    from nats.js.client import JetStreamContext

    from wallboard.share.wire import Wire

log = logging.getLogger("wallboard.share")

PENDING_MESSAGES, PENDING_BYTES = 256, 4 << 20
"""What of a subject may wait to be read; more is lost, and found missing."""

Heard = Callable[[bytes], Awaitable[bytes | None]]
"""Takes the data of a message; what it gives is the answer, where one was asked for."""

Served = Callable[[str, bytes], Awaitable[bytes | None]]
Start = Callable[[Callable[[], Awaitable[None]]], object]


class BusError(WallboardError):
    """The bus cannot be used as this console is installed and configured: trying again helps nobody."""


class Forbidden(WallboardError):
    """The server does not let this user say it: nobody has heard it."""


class Missing(OSError):
    """Nobody has made it yet."""


class Nobody(WallboardError):
    """There is nobody who listens: nobody has heard it."""


@dataclass(frozen=True, slots=True)
class BusSettings:
    """`creds`: the file of a JWT and its key; `seed`: the key alone."""

    servers: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)
    creds: str = ""
    seed: str = field(default="", repr=False)
    ca_file: str = ""
    name: str = "wallboard"


class Bus:
    """`changed` is called when the connection comes or goes."""

    def __init__(self, settings: BusSettings, changed: Callable[[], None]) -> None:
        self._settings = settings
        self._changed = changed
        self._client: Wire | None = None
        self._trying: Wire | None = None
        self._stream: JetStreamContext | None = None
        self._forbidden: dict[str, list[anyio.Event]] = {}
        self._rights = Rights()
        self.why = tr("not connected yet")
        """Why it is not connected, as a clause."""
        self._unfit: dict[str, tuple[int, str]] = {}
        """By server, at which try and why somebody has to do something about it: that does not pass by itself."""

    @property
    def connected(self) -> bool:
        return self._client is not None and bool(self._client.is_connected)

    @property
    def unfit(self) -> bool:
        """Whether `why` says something that does not pass by itself."""
        return bool(self._unfit) and not self.connected

    def lacking(self) -> list[str]:
        """What the server does not let this user do, and was tried lately; as clauses."""
        return self._rights.lacking(time.monotonic())

    async def connect(self) -> None:
        """Until it is there; from then on it is tried for ever. BusError where it can never be; OSError."""
        try:
            from nats.errors import Error

            from wallboard.share.wire import Wire

            # It warns of servers older than those that are taken here.
            logging.getLogger("nats").setLevel(logging.ERROR)
        except ImportError:
            raise BusError(
                tr("sharing needs the extra [share]: pip install {package}", package="'wallboard[share]'")
            ) from None
        given = self._settings
        try:
            # Used with any server that asks for it, whatever the address says.
            tls = ssl.create_default_context(cafile=given.ca_file or None)
        except OSError as error:
            why = clean(error.strerror or str(error), 100)
            raise BusError(
                tr("[share] ca_file {file!r} has no certificates: {why}", file=given.ca_file, why=why)
            ) from error
        client = self._trying = Wire()
        try:
            await client.connect(
                servers=list(given.servers),
                name=given.name,
                tls=tls,
                user=given.user or None,
                password=given.password or None,
                user_credentials=given.creds or None,
                nkeys_seed_str=given.seed or None,
                error_cb=self._error,
                disconnected_cb=self._gone,
                reconnected_cb=self._back,
                closed_cb=self._gone,
                allow_reconnect=True,
                max_reconnect_attempts=-1,
                reconnect_time_wait=1,
                connect_timeout=int(WAIT),
                ping_interval=10,
                max_outstanding_pings=2,
            )
        except (Error, OSError) as error:
            self._because(error)
            raise OSError(self.why) from error
        except ImportError:
            raise BusError(
                tr(
                    "[share] auth with a key needs the package nkeys: pip install {package}",
                    package="'wallboard[share]'",
                )
            ) from None
        except Exception as error:
            # The library reads the key before anything else, and what it makes of one that is none has no common name.
            raise BusError(tr("what [share] auth leads to is no user's key as `nsc` or `nk` writes it")) from error
        self._client, self._stream = client, client.jetstream(timeout=WAIT)
        await self._back()

    async def _error(self, error: Exception) -> None:
        # What it says is part of what it does next; on the screen's terminal it has no place.
        log.debug("bus: %s", plain(error))
        if (found := denied(str(error))) is not None:
            publishes, subject = found
            for waiting in self._forbidden.get(subject, ()) if publishes else ():
                waiting.set()
            self._rights.deny(publishes, subject, time.monotonic())
        elif not self.connected:
            self._because(error)

    def _because(self, error: BaseException) -> None:
        """It is not connected for that, unless something better is known: of this try, or of another server."""
        assert self._trying is not None
        server, tries = self._trying.server, self._trying.tries
        why, unfit = cause(error, server)
        if unfit:
            self._unfit[server] = tries, why
        elif self._unfit.get(server, (tries, ""))[0] != tries:
            del self._unfit[server]
        self.why = next((said for _, said in self._unfit.values()), why)

    async def _gone(self) -> None:
        self._rights.forget()
        self.why = self.why or tr("the connection has ended")
        self._changed()

    async def _back(self) -> None:
        self.why = ""
        self._unfit.clear()
        self._changed()

    async def close(self) -> None:
        """Never raises: who is away needs no farewell."""
        if self._client is not None:
            with suppress(Exception):
                await self._client.close()

    async def publish(self, subject: str, data: bytes) -> None:
        """OSError while there is no connection."""
        if self._client is None or not self.connected:
            raise OSError(self.why)
        await self._client.publish(subject, data)

    async def ask(self, subject: str, data: bytes) -> bytes | None:
        """What the one who listens there answers; None where nobody does. OSError while there is no connection."""
        from nats.errors import Error, NoRespondersError

        if self._client is None or not self.connected:
            raise OSError(self.why)
        try:
            return bytes((await self._client.request(subject, data, timeout=WAIT)).data)
        except (NoRespondersError, TimeoutError):
            return None
        except Error as error:
            raise OSError(plain(error)) from error

    async def request(self, subject: str, data: bytes, seconds: float) -> bytes | None:
        """As `ask`, of someone who acts: None where no answer came in time, so that nobody knows whether it was heard.
        Forbidden, Nobody and, without a connection, OSError: it was heard by nobody."""
        from nats.errors import Error, NoRespondersError

        if self._client is None or not self.connected:
            raise OSError(self.why)
        client, forbidden = self._client, anyio.Event()
        self._rights.expect(subject)
        waiting = self._forbidden.setdefault(subject.lower(), [])
        waiting.append(forbidden)
        found: list[bytes] = []
        nobody = False
        try:
            async with anyio.create_task_group() as tasks:

                async def refused() -> None:
                    await forbidden.wait()
                    tasks.cancel_scope.cancel()

                tasks.start_soon(refused)
                try:
                    found.append(bytes((await client.request(subject, data, timeout=seconds)).data))
                except NoRespondersError:
                    nobody = True
                except (TimeoutError, Error) as error:
                    log.debug("bus: %s: %s", subject, plain(error))
                tasks.cancel_scope.cancel()
        finally:
            waiting.remove(forbidden)
            if not waiting:
                self._forbidden.pop(subject.lower(), None)
        if forbidden.is_set():
            raise Forbidden(tr("the bus does not let this console say {subject}", subject=subject))
        if nobody:
            raise Nobody(tr("nobody listens there"))
        return found[0] if found else None

    async def serve(self, subject: str, heard: Served, start: Start, queue: str = "") -> None:
        """Answer what is asked there, each in a task of its own; with `queue`, one of all who do. The handler gets the
        subject too."""
        assert self._client is not None

        async def call(message: Any) -> None:
            async def answer() -> None:
                said = await heard(message.subject, bytes(message.data))
                if message.reply and said is not None:
                    with suppress(Exception):
                        # Who asked has gone, or the line has: they will say that they do not know.
                        await message.respond(said)

            start(answer)

        await self._client.subscribe(
            subject, queue, cb=call, pending_msgs_limit=PENDING_MESSAGES, pending_bytes_limit=PENDING_BYTES
        )

    async def keep(self, stream: str, subject: str, data: bytes) -> None:
        """Have the server keep it in a stream, which is made where nobody has; what is sent twice within two minutes is
        kept once. OSError where it is not kept."""
        from nats.errors import Error
        from nats.js.api import Header
        from nats.js.errors import NoStreamResponseError

        if self._stream is None or not self.connected:
            raise OSError(self.why)
        headers: dict[str, Any] = {Header.MSG_ID.value: hashlib.sha256(data).hexdigest()}
        began = time.monotonic()
        try:
            try:
                await self._stream.publish(subject, data, timeout=WAIT, headers=headers)
            except NoStreamResponseError:
                # Nobody but who rules the server takes anything out of it again.
                await self._stream.add_stream(name=stream, subjects=[subject], deny_delete=True, deny_purge=True)
                await self._stream.publish(subject, data, timeout=WAIT, headers=headers)
        except (Error, TimeoutError) as error:
            raise OSError(None, self.told(error, began, stream, subject)) from error

    async def subscribe(self, subject: str, heard: Heard) -> None:
        """`heard` gets each message, one after the other."""
        assert self._client is not None

        async def call(message: Any) -> None:
            answer = await heard(message.data)
            if answer is not None and message.reply:
                await message.respond(answer)

        await self._client.subscribe(
            subject, cb=call, pending_msgs_limit=PENDING_MESSAGES, pending_bytes_limit=PENDING_BYTES
        )

    def told(self, error: BaseException, began: float, *names: str) -> str:
        """Why something that was begun then came to nothing, as a clause: the server says that it may not be at once,
        and apart from what then never comes. `names`: of what it was about, any of them."""
        from nats.errors import NoRespondersError
        from nats.js.errors import ServiceUnavailableError

        if isinstance(error, NoRespondersError | ServiceUnavailableError):
            return tr("the NATS server has no JetStream for this user")
        return (isinstance(error, TimeoutError) and self._rights.why(began, *names)) or plain(error)

    async def bucket(self, name: str, *, ttl: float, marker: float = 0.0, make: bool = True) -> Bucket:
        """The bucket, made where it is missing. OSError; Missing where others are to `make` it."""
        from nats.errors import Error
        from nats.js.errors import NotFoundError

        assert self._client is not None
        assert self._stream is not None
        began = time.monotonic()
        try:
            try:
                held = await self._stream.key_value(name)
            except NotFoundError:
                if not make:
                    raise Missing(tr("nobody has written there yet")) from None
                more: dict[str, Any] = {"limit_marker_ttl": marker} if marker else {}
                held = await self._stream.create_key_value(bucket=name, history=1, ttl=ttl, direct=True, **more)
            info = await self._stream.stream_info(f"KV_{name}")
        except (Error, TimeoutError) as error:
            raise OSError(self.told(error, began, name)) from error
        made = int(info.created.timestamp() * 1e6) if info.created is not None else 0
        return Bucket(self.told, held, self._client, self._stream, name, made)
