"""The push interface of PortSIP (WSI): one websocket that tells of queues as they change.

Where it may be used, waiting callers and agents are on the board at once; where it may not, or is lost, polling goes on
as if it were not there. So nothing here is ever fatal: a refusal, a loss or nonsense ends in a reason and a pause.

The connection signs in with the same user as REST, in the first frame; certificates are verified as everywhere. Only
this module knows the websocket library, which is an extra and loaded on use.
"""

from __future__ import annotations

import json
import logging
import random
import ssl
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
import anyio.to_thread

from wallboard.domain.errors import ConfigError, Unreachable
from wallboard.domain.keys import Resource
from wallboard.domain.language import english, tr, trn
from wallboard.domain.redaction import redact
from wallboard.domain.text import clean
from wallboard.domain.unreachable import why_unreachable
from wallboard.vendors import tls
from wallboard.vendors.base import LoginAuth, Services, Sink, SourceSettings
from wallboard.vendors.http.client import check_address
from wallboard.vendors.http.limits import THREAD_ABOVE
from wallboard.vendors.kit.tasks import bare_failures
from wallboard.vendors.pace import Pace, Sluice
from wallboard.vendors.portsip.push_messages import Reply, decode
from wallboard.vendors.portsip.pushed import Pushed
from wallboard.vendors.portsip.scene import Scene

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

log = logging.getLogger(__name__)
# The library writes whole frames, the password among them, at DEBUG.
_quiet = logging.getLogger("wallboard.vendors.portsip.push.library")
_quiet.setLevel(logging.ERROR)

PATH = "/wsi"
FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0
REFUSED_PAUSE = 900.0
"""Seconds until a sign-in that was refused is tried again: each try counts against the account."""
ANSWER_WITHIN = 10.0
PING_EVERY, PONG_WITHIN = 5.0, 5.0
DEAF = PING_EVERY + PONG_WITHIN + 2.0
"""Seconds without a word from the PBX after which nothing pushed is trusted."""
LOOK_EVERY = 1.0
ASK_AGAIN = 30.0
LARGEST, LIMIT = 1 << 20, 8 << 20
"""A larger frame is dropped; one beyond the limit ends the connection."""
COST = 4
"""Of a small frame, in pieces of `pace.TURN`."""
QUIET = 60.0
"""Seconds between two log lines about frames that were dropped."""
PUSHED = (Resource.MEMBERS, Resource.AGENTS)


class _LostError(Exception):
    """The connection is over; the text says why, as a clause."""


class _RefusedError(Exception):
    """The PBX does not take the sign-in."""


class Push:
    """The push side of one source. ConfigError for a `push_url` that cannot be used."""

    def __init__(self, settings: SourceSettings, services: Services, scene: Scene) -> None:
        self._settings = settings
        self._clock = services.clock
        self._scene = scene
        # `why` it is not used, or not alive, as a clause; "" while it is.
        self._url, self.why = _address(settings, services)
        self.untried = bool(self._url)
        self._pushed: Pushed | None = None
        self._heard_at = 0.0
        self._connections = 0
        self._settled = False
        self._asked: dict[str, float] = {}
        self._alone: set[str] = set()
        self.dropped = 0
        """Frames that could not be read, so far."""
        self._complained_at: float | None = None

    def alive(self, resource: Resource) -> bool:
        """Whether everything of `resource` is being pushed now: all queues have told, and the PBX is heard."""
        pushed = self._pushed
        if resource not in PUSHED or pushed is None or self._clock.now() - self._heard_at > DEAF:
            return False
        queues = self._scene.queues
        return bool(queues) and all(pushed.tells(resource, queue_id) for queue_id in queues)

    @property
    def unread(self) -> str:
        """How many frames could not be read, as a clause; "" none."""
        if not self.dropped:
            return ""
        return trn("{n} pushed frame could not be read", "{n} pushed frames could not be read", self.dropped)

    async def run(self, sink: Sink) -> None:
        """Connect, and again, until cancelled; returns at once where push is not used. Raises nothing."""
        if not self._url:
            return
        if find_spec("websockets") is None:
            self.why = tr("push needs the extra wallboard[push]")
            return
        delay = FIRST_DELAY
        while True:
            pause = delay * random.uniform(0.75, 1.25)
            delay = min(delay * 2, LONGEST_DELAY)
            try:
                await self._connection(sink)
            except _RefusedError as error:
                self.why, pause = tr("push: {why}", why=str(error)), REFUSED_PAUSE
            except _LostError as error:
                self.why = tr("push: {why}", why=str(error))
            except Exception as error:  # the boundary of the push side: its fault costs the push, not the source
                log.exception("%s: the push connection broke", self._settings.name)
                self.why = tr("push: broken ({error})", error=type(error).__name__)
            finally:
                self.untried, self._pushed = False, None
            if self._settled:
                # It worked for a while: what ended it may be over at once.
                pause, delay, self._settled = FIRST_DELAY * random.uniform(0.75, 1.25), FIRST_DELAY, False
            log.info("%s: %s; again in %.0f s", self._settings.name, english(self.why), pause)
            await self._clock.sleep(pause)

    async def _connection(self, sink: Sink) -> None:
        """One connection from sign-in to its loss, which is how it always ends."""
        socket = await self._lossless(self._connect)
        try:
            await self._lossless(lambda: self._sign_in(socket))
            if self._connections:
                # What is read or pushed from here on counts as new, whatever was under way before.
                self._scene.order.epoch += 1
            self._connections += 1
            self.untried, self._asked, self._alone = False, {}, set()
            pushed = self._pushed = Pushed(self._scene)
            self._heard_at, self.why = self._clock.now(), tr("push: waiting for queues")
            await self._lossless(lambda: self._talk(socket, pushed, sink))
        finally:
            with anyio.move_on_after(2.0, shield=True):
                await socket.close()

    async def _talk(self, socket: ClientConnection, pushed: Pushed, sink: Sink) -> None:
        """Listen, ask and knock; the first that fails ends all three."""
        with bare_failures():
            async with anyio.create_task_group() as tasks:
                for work in (self._listen, self._subscribe, self._knock):
                    tasks.start_soon(work, socket, pushed, sink)

    async def _lossless(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """`work`, with everything that a network and a peer can do to it turned into a loss and its reason."""
        from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

        try:
            return await work()
        except InvalidStatus as error:
            status = error.response.status_code
            raise _LostError(tr("the PBX answers {status} instead of connecting", status=status)) from None
        except ConnectionClosed:
            raise _LostError(tr("the PBX closed the connection")) from None
        except WebSocketException as error:
            raise _LostError(tr("no proper websocket ({error})", error=type(error).__name__)) from None
        except TimeoutError:
            raise _LostError(tr("the PBX does not answer")) from None
        except (OSError, EOFError) as error:
            raise _LostError(why_unreachable(error, urlsplit(self._url).hostname or "")) from None

    async def _connect(self) -> ClientConnection:
        from websockets.asyncio.client import ClientConnection, connect

        class Paced(ClientConnection):
            """Takes what has come a sip a turn: the library handles all frames of it in one step."""

            def connection_made(self, transport: Any) -> None:
                super().connection_made(transport)
                self.sluice = Sluice(transport, super().data_received, self.loop.call_soon)
                self.recv_messages.pause = self.sluice.pause_reading
                self.recv_messages.resume = self.sluice.resume_reading

            def data_received(self, data: bytes) -> None:
                self.sluice.take(data)

            def connection_lost(self, exc: Exception | None) -> None:
                self.sluice.close()
                super().connection_lost(exc)

        class Straight(connect):
            """Follows no redirect: the password goes to the address of the config and nowhere else."""

            def process_redirect(self, exc: Exception) -> Exception:
                return exc

        return await Straight(
            self._url,
            ssl=self._context() if self._url.startswith("wss:") else None,
            open_timeout=self._settings.timeout or ANSWER_WITHIN,
            close_timeout=1.0,
            ping_interval=None,
            max_size=LIMIT,
            proxy=None,
            user_agent_header="wallboard",
            logger=_quiet,
            create_connection=Paced,
        )

    def _context(self) -> ssl.SSLContext:
        try:
            return tls.context(self._settings.ca_file)
        except Unreachable as error:
            raise _LostError(str(error)) from None

    async def _sign_in(self, socket: ClientConnection) -> None:
        auth = self._settings.auth
        assert isinstance(auth, LoginAuth)
        # A number is an extension's own sign-in, a name a user's (the vendor's page on authentication).
        who = "extension_number" if auth.username.isdecimal() else "username"
        frame = {"command": "auth", who: auth.username, "password": auth.password.reveal()}
        if auth.domain:
            frame["domain"] = auth.domain
        with anyio.fail_after(ANSWER_WITHIN):
            await socket.send(json.dumps(frame))
            while True:
                for reply in await self._decoded(await socket.recv()):
                    if isinstance(reply, Reply) and reply.command in ("auth", ""):
                        if reply.ok:
                            return
                        said = clean(redact(reply.error[:4096]), 100)
                        if said:
                            raise _RefusedError(tr("the sign-in was refused: {why}", why=said))
                        raise _RefusedError(tr("the sign-in was refused"))

    async def _listen(self, socket: ClientConnection, pushed: Pushed, sink: Sink) -> None:
        pace = Pace()
        async for frame in socket:
            # What has come already is handed over without waiting.
            await pace.step(COST + len(frame) // 256)
            now = self._heard_at = self._clock.now()
            for message in await self._decoded(frame):
                if isinstance(message, Reply):
                    await self._answered(socket, message)
                    continue
                for update in pushed.take(message, now):
                    sink.apply(update)
            if self.why and self.alive(Resource.MEMBERS):
                self.why, self._settled = "", True
                log.info("%s: queues are pushed", self._settings.name)
        raise _LostError(tr("the PBX closed the connection"))

    async def _decoded(self, frame: str | bytes) -> list[Any]:
        """The messages of a frame; one that is too large or no message is dropped and counted."""
        try:
            if len(frame) > LARGEST:
                raise ValueError("too large")
            if len(frame) > THREAD_ABOVE:
                return list(await anyio.to_thread.run_sync(decode, frame))
            return list(decode(frame))
        except ValueError as error:
            self.dropped += 1
            if self._pushed is not None:
                self._pushed.missed()
            now = self._clock.now()
            if self._complained_at is None or now - self._complained_at > QUIET:
                self._complained_at = now
                log.warning(
                    "%s: push: frames dropped so far: %d (%s)", self._settings.name, self.dropped, english(str(error))
                )
            return []

    async def _subscribe(self, socket: ClientConnection, pushed: Pushed, sink: Sink) -> None:
        """Ask for every queue as it becomes known, and again for those that are silent or in doubt."""
        doubtful: set[str] = set()
        while True:
            doubtful |= pushed.doubtful()
            now = self._clock.now()
            wanted = []
            numbers = {queue.number for queue in self._scene.queues.values()}
            self._asked = {number: at for number, at in self._asked.items() if number in numbers}
            self._alone &= numbers
            pushed.forget()
            for queue_id, queue in self._scene.queues.items():
                asked = self._asked.get(queue.number)
                open_ = queue_id in doubtful or not pushed.tells(Resource.MEMBERS, queue_id)
                if queue.number and (asked is None or (open_ and now - asked > ASK_AGAIN)):
                    wanted.append(queue.number)
                    doubtful.discard(queue_id)
            if wanted:
                await self._ask(socket, wanted)
            await self._clock.sleep(LOOK_EVERY)

    async def _ask(self, socket: ClientConnection, numbers: list[str]) -> None:
        self._asked.update(dict.fromkeys(numbers, self._clock.now()))
        # One that was refused with others is asked for alone from then on.
        together = [number for number in numbers if number not in self._alone]
        for group in ([together] if together else []) + [[number] for number in numbers if number in self._alone]:
            await socket.send(json.dumps({"command": "subscribe", "topics": ["queue_events"], "queues": group}))

    async def _answered(self, socket: ClientConnection, reply: Reply) -> None:
        """A refused subscription may be of one queue among many: then each is asked for by itself, once."""
        if reply.ok or reply.command != "subscribe":
            return
        why = clean(reply.error, 100) or tr("no reason given")
        self.why = tr("push: a subscription was refused: {why}", why=why)
        log.info("%s: %s", self._settings.name, english(self.why))
        rest = [number for number in self._asked if number not in self._alone]
        if len(self._asked) > 1 and rest:
            self._alone.update(rest)
            await self._ask(socket, rest)

    async def _knock(self, socket: ClientConnection, pushed: Pushed, sink: Sink) -> None:
        """A ping is answered after everything that was sent before: then the lists as they stand are true."""
        while True:
            await self._clock.sleep(PING_EVERY)
            asked_at = self._clock.now()
            answer = await socket.ping()
            with anyio.fail_after(PONG_WITHIN):
                await answer
            self._heard_at = self._clock.now()
            for update in pushed.lists(asked_at):
                sink.apply(update)
                # Of hundreds of queues, and each its own: what comes meanwhile is later than these.
                await anyio.lowlevel.checkpoint()


def _address(settings: SourceSettings, services: Services) -> tuple[str, str]:
    """Where to connect, and why not ("" if nothing speaks against it)."""
    given = str(settings.options.get("push_url") or "")
    if settings.options.get("push") is False:
        return "", tr("push is switched off")
    if not isinstance(settings.auth, LoginAuth):
        return "", tr("push needs auth of kind login")
    if given:
        scheme, separator, rest = given.partition("://")
        plain = {"ws": "http", "wss": "https"}.get(scheme.lower())
        if not separator or plain is None:
            raise ConfigError(tr("push_url: {url!r} is not a wss:// address", url=given))
        check_address(f"{plain}://{rest}", "push_url", insecure=settings.insecure)
        return f"{scheme.lower()}://{rest}", tr("push: not connected yet")
    if services.transport is not None:
        return "", tr("push is not part of this network")
    parts = urlsplit(settings.url)
    return f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}{PATH}", tr("push: not connected yet")
