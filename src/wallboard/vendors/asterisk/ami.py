"""A client of the Asterisk Manager Interface over any byte stream.

    async with open_ami(factory, "supervisor", secret, on_event=state.apply) as ami:
        await ami.events("agent,call,system")
        rows = await ami.collect("QueueStatus")
        answer = await ami.action("Hangup", ("Channel", "PJSIP/1001-0000000a"))

One connection, one reader. Lists and events interleave on it and are told apart by ActionID. Nothing is ever sent
twice: an action whose answer does not come is reported as ``AmiUnanswered`` or ``AmiLost(sent=True)``, and that is all.
"Success" of most actions means *queued*; what proves that they were done is an event, which is the caller's matter.

A caller's name may hold an empty line, CR LF and all, and QueueEntry sends it as it is: the row is torn, and what
stands in the name looks like messages of the server. What follows the torn row is therefore dropped until its end,
which alone has the ActionID of the list (it is random, so no caller can write it), and the two are one row again.
"""

from __future__ import annotations

import os
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import field

import anyio
from anyio.abc import ByteStream
from anyio.lowlevel import checkpoint
from anyio.streams.tls import TLSAttribute

from wallboard.domain import sending
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.domain.redaction import redact
from wallboard.vendors.asterisk.facts import decimal
from wallboard.vendors.asterisk.protocol import (
    AmiBadCredentials,
    AmiError,
    AmiGarbled,
    AmiLost,
    AmiNotNow,
    AmiRefused,
    AmiTooOld,
    AmiUnanswered,
    AmiUnreachable,
    Field,
    Limits,
    Message,
    Parser,
    encode,
    too_old,
)
from wallboard.vendors.asterisk.streams import StreamFactory
from wallboard.vendors.kit.tasks import bare_failures
from wallboard.vendors.pace import MOUTHFUL

EventHandler = Callable[[Message], None]

PING_EVERY = 5.0
#: Nothing heard for this long although pings were sent: the connection is dead even if TCP has not noticed.
SILENCE = 12.0
#: Rows of lists; no event has these names.
_ROWS = frozenset({"QueueParams", "QueueMember", "QueueEntry", "CoreShowChannel"})
#: Not among what an account is granted: they are open to all.
_SESSION = frozenset({"Login", "Logoff", "Events"})
#: Messages within one value, beyond which it is none.
_TORN_MOST = 50


@dataclass(slots=True)
class _Pending:
    """An action that waits for its answer, or a list for its end."""

    name: str
    is_list: bool
    done: anyio.Event = field(default_factory=anyio.Event)
    answer: Message | None = None
    items: list[Message] = field(default_factory=list)
    failure: AmiError | None = None


class Ami:
    """One signed-in connection; made by ``open_ami`` alone."""

    def __init__(
        self, stream: ByteStream, on_event: EventHandler, *, read_only: bool, limits: Limits, now: Callable[[], float]
    ) -> None:
        self._stream = stream
        self._now = now
        self._on_event = on_event
        self._read_only = read_only
        self._limits = limits
        self._parser = Parser(limits)
        # OriginateResponse is broadcast to every session with the ActionID of whoever asked: ours must be ours alone.
        self._token = secrets.token_hex(4)
        self._count = 0
        self._table: dict[str, _Pending] = {}
        self._sending = anyio.Lock()
        self._banner = anyio.Event()
        self._broken: AmiError | None = None
        self._torn: Message | None = None
        self._dropped = 0
        self._granted: set[str] = set()
        #: What this account may do: ListCommands, and what the answers since have shown of it.
        self.commands: frozenset[str] = frozenset()
        #: An answer contradicted ListCommands: it is time to ask again.
        self.doubtful = False
        #: When the peer was last heard, by ``now``.
        self.heard_at = now()
        #: The server's clock less ``now``, in seconds, from the pings; None until one brought a time.
        self.clock_offset: float | None = None

    @property
    def banner(self) -> str:
        return self._parser.banner or ""

    def allows(self, *actions: str) -> bool:
        return self.commands.issuperset(actions)

    async def action(self, name: str, *fields: Field, within: float = 5.0, action_id: str = "") -> Message:
        """Send one action; its answer. Raises ``AmiRefused`` for ``Response: Error``. ``action_id`` is one that the
        caller chose with ``new_id``, to know later events by it."""
        pending = await self._exchange(name, fields, within, is_list=False, action_id=action_id)
        assert pending.answer is not None
        return pending.answer

    async def collect(self, name: str, *fields: Field, within: float = 10.0) -> tuple[Message, ...]:
        """Send one list action; the items up to ``EventList: Complete``, without that closing message."""
        pending = await self._exchange(name, fields, within, is_list=True)
        return tuple(pending.items)

    def new_id(self) -> str:
        self._count += 1
        return f"{self._token}-{self._count}"

    async def ping(self, within: float = 5.0) -> None:
        before = self._now()
        answer = await self.action("Ping", within=within)
        server = decimal(answer.get("Timestamp"))
        if server is not None:
            self.clock_offset = server - (before + self._now()) / 2

    async def _exchange(
        self, name: str, fields: tuple[Field, ...], within: float, *, is_list: bool, action_id: str = ""
    ) -> _Pending:
        action_id = action_id or self.new_id()
        data = encode(name, action_id, fields, read_only=self._read_only)
        if self._broken is not None:
            raise AmiLost(str(self._broken), sent=False)
        pending = self._table[action_id] = _Pending(name, is_list)
        try:
            await self._send(data)
            with anyio.move_on_after(within):
                await pending.done.wait()
        finally:
            self._table.pop(action_id, None)
        if pending.failure is not None:
            raise pending.failure
        if not pending.done.is_set():
            if pending.answer is not None:
                raise AmiUnanswered(
                    tr(
                        "{action} did not end within {seconds:g} s: {n} rows came, and no EventList: Complete",
                        action=name,
                        seconds=within,
                        n=len(pending.items),
                    )
                )
            raise AmiUnanswered(tr("no answer to {action} within {seconds:g} s", action=name, seconds=within))
        return pending

    async def _send(self, data: bytes) -> None:
        async with self._sending:
            if self._broken is not None:
                raise AmiLost(str(self._broken), sent=False)
            # All waiting is over: what has become too old for its key is not sent.
            sending.look()
            # A cancelled half line would become part of the next action: once begun, an action is sent whole or the
            # connection is given up.
            whole = False
            with anyio.CancelScope(shield=True), anyio.move_on_after(5.0):
                try:
                    await self._stream.send(data)
                except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
                    self.fail(AmiLost(tr("the connection ended while an action was sent"), sent=True))
                    raise AmiLost(tr("the connection ended while the action was sent"), sent=True) from None
                whole = True
            if not whole:
                self.fail(AmiLost(tr("the server stopped reading"), sent=True))
                raise AmiLost(tr("the server stopped reading; the action may have been sent"), sent=True)

    def fail(self, error: AmiError) -> None:
        """The connection is over: everything that waits learns it now."""
        if self._broken is None:
            self._broken = error
        for pending in self._table.values():
            if not pending.done.is_set():
                pending.failure = AmiLost(str(error), sent=True)
                pending.done.set()
        self._banner.set()

    async def read_forever(self) -> None:
        """The reader task; ends only by raising."""
        try:
            while True:
                try:
                    data = await self._stream.receive(MOUTHFUL)
                except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError) as error:
                    raise AmiLost(tr("the server closed the connection")) from error
                self.heard_at = self._now()
                messages = self._parser.feed(data)
                if self._parser.banner is not None:
                    self._banner.set()
                for message in messages:
                    self._route(message)
                # What is in the buffer already is received without waiting: a flood would leave no turn to others.
                await checkpoint()
        except AmiError as error:
            self.fail(error)
            raise

    def _route(self, message: Message) -> None:
        pending = self._table.get(message.action_id) if message.action_id else None
        if self._torn is not None:
            whole = self._mend(self._torn, message, pending)
            if whole is None:
                return
            message = whole
        elif pending is None and message.event in _ROWS and self._listing():
            self._torn, self._dropped = message, 0
            return
        if "Response" in message and not message.event:
            if pending is not None and pending.answer is None:
                self._answer(pending, message)
            return
        if pending is not None and pending.is_list:
            self._item(pending, message)
        elif message.event:
            self._on_event(message)

    def _listing(self) -> bool:
        return any(pending.is_list and pending.answer is not None for pending in self._table.values())

    def _mend(self, torn: Message, message: Message, pending: _Pending | None) -> Message | None:
        """The row that was torn apart, once its end is there; None for what stood between."""
        if pending is None and self._dropped < _TORN_MOST and self._listing():
            self._dropped += 1
            return None
        self._torn = None
        if pending is None or not pending.is_list or pending.answer is None:
            return message  # the end did not come: what is whole goes on
        return Message((*torn.pairs, *message.pairs))

    def _answer(self, pending: _Pending, message: Message) -> None:
        pending.answer = message
        if message.response.lower() == "error":
            said = redact(message.get("Message")[:4096])[:200]
            refused = AmiRefused(said if "Message" in message else tr("refused without a reason"))
            pending.failure = refused
            pending.done.set()
            self._learn(pending.name, granted=False, doubtful=refused.no_right or refused.unknown)
        else:
            self._learn(pending.name, granted=True, doubtful=True)
            if not pending.is_list:
                pending.done.set()

    def _learn(self, name: str, *, granted: bool, doubtful: bool) -> None:
        """An answer says more of a right than the list of them does."""
        if not doubtful or not self.commands or granted == (name in self.commands) or name in _SESSION:
            return
        if granted:
            self._granted.add(name)
            self.commands |= {name}
        else:
            self._granted.discard(name)
            self.commands -= {name}
        self.doubtful = True

    def _item(self, pending: _Pending, message: Message) -> None:
        ending = "" if message.event in _ROWS else message.get("EventList").lower()
        if ending == "complete":
            pending.done.set()
        elif ending == "cancelled":
            pending.failure = AmiRefused(tr("the server broke the list off"))
            pending.done.set()
        elif len(pending.items) >= self._limits.items:
            raise AmiGarbled(tr("a list has more items than any that Asterisk sends"))
        else:
            pending.items.append(message)

    async def ping_forever(self, every: float, silence: float) -> None:
        """The proof of life: a ping each ``every`` seconds; raises when nothing at all was heard for ``silence``."""
        while True:
            await anyio.sleep(every)
            try:
                await self.ping(within=every)
            except (AmiUnanswered, AmiRefused):
                # An account may be so small that not even Ping is granted; the refusal is an answer all the same.
                pass
            except AmiLost:
                return  # the reader says why
            quiet = self._now() - self.heard_at
            if quiet > silence:
                error = AmiLost(tr("nothing heard for {seconds:.0f} s", seconds=quiet))
                self.fail(error)
                raise error

    async def login(self, username: str, secret: str, within: float) -> None:
        with anyio.move_on_after(within):
            await self._banner.wait()
        if self._broken is not None:
            raise self._broken
        if not self._banner.is_set():
            secure = self._stream.extra(TLSAttribute.tls_version, None) is not None
            raise AmiGarbled(
                tr("no banner came: no manager interface is at this port")
                if secure
                else tr("no banner came: no manager interface is at this port, or one that speaks TLS (write tls://)")
            )
        if why := too_old(self.banner):
            raise AmiTooOld(why)
        try:
            # Events stay off until the caller is ready for them, but for the one that says whether the server has
            # booted: it comes with the login, or when it is so.
            await self.action("Login", ("Username", username), ("Secret", secret), ("Events", "system"), within=within)
        except AmiRefused as error:
            raise (AmiBadCredentials if error.bad_secret else AmiNotNow)(str(error)) from None
        except AmiUnanswered:
            raise AmiUnreachable(tr("the server did not answer the login")) from None
        await self.learn_rights(within)
        if self.allows("Ping"):
            await self.ping(within)

    async def learn_rights(self, within: float = 10.0) -> None:
        """What this account may do: ListCommands leaves out what its classes do not grant and what is not loaded."""
        self.doubtful = False
        try:
            answer = await self.action("ListCommands", within=within)
        except AmiRefused:
            pass  # as before; on the first try nothing
        else:
            named = {key for key, _ in answer.pairs} - {"Response", "ActionID", "Message"}
            self.commands = frozenset(named | self._granted)

    async def events(self, mask: str) -> None:
        """Choose the event classes, such as ``agent,call,system``; ``off`` for none."""
        await self.action("Events", ("EventMask", mask))


@asynccontextmanager
async def open_ami(
    factory: StreamFactory,
    username: str,
    secret: str,
    *,
    on_event: EventHandler,
    read_only: bool = False,
    limits: Limits | None = None,
    within: float = 10.0,
    ping_every: float = PING_EVERY,
    silence: float = SILENCE,
    now: Callable[[], float] = time.time,
) -> AsyncIterator[Ami]:
    """Connect and sign in; the body runs while the connection lives and is cancelled when it ends.

    Raises ``AmiUnreachable``, ``AmiGarbled``, ``AmiTooOld``, ``AmiBadCredentials`` or ``AmiNotNow`` before the body,
    ``AmiLost`` or ``AmiGarbled`` out of it. ``on_event`` is called in the reader's task, in the order of arrival (a
    FullyBooted before the body, if it has), and must not wait. ``now`` is the clock that ``heard_at`` and
    ``clock_offset`` are measured with.
    """
    try:
        with anyio.fail_after(within):
            stream = await factory()
    except TimeoutError:
        raise AmiUnreachable(tr("no connection within {seconds:g} s", seconds=within)) from None
    except ssl.SSLCertVerificationError as error:
        raise AmiUnreachable(tr("its certificate is not trusted: {why}", why=error.verify_message)) from error
    except OSError as error:
        raise AmiUnreachable(_why(error)) from error
    except (anyio.EndOfStream, anyio.BrokenResourceError) as error:
        raise AmiUnreachable(tr("the server closed the connection before the first word")) from error
    ami = Ami(stream, on_event, read_only=read_only, limits=limits or Limits(), now=now)
    body: Exception | None = None
    try:
        with bare_failures(AmiError):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(ami.read_forever)
                try:
                    await ami.login(username, secret, within)
                    tasks.start_soon(ami.ping_forever, ping_every, silence)
                    yield ami
                except Exception as error:  # carried out of the task group unwrapped, and raised again below
                    body = error
                tasks.cancel_scope.cancel()
    except AmiError as error:
        # The reader's account of why the connection ended beats what the body saw of it.
        if body is None or isinstance(body, AmiLost):
            body = error
    finally:
        ami.fail(AmiLost(tr("the connection was closed")))
        with anyio.CancelScope(shield=True), anyio.move_on_after(1.0):
            await anyio.aclose_forcefully(stream)
    if body is not None:
        raise body


def _why(error: OSError) -> str:
    """What the system says; anyio and asyncio put sentences of their own around it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno is not None and cause.errno > 0:
            return os.strerror(cause.errno)
        cause = cause.exceptions[0] if isinstance(cause, BaseExceptionGroup) else cause.__cause__
    return error.strerror or str(error) or type(error).__name__
