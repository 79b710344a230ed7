"""The lines of the Asterisk Manager Interface: messages in, actions out. No I/O.

A message is a run of ``Key: value`` lines, each ending CR LF, closed by an empty line; keys may repeat. The first line
of a connection is a banner and no message. Some values are sent as they are (a caller's name in QueueEntry), line
breaks and all: a bare LF belongs to its value, and what can be done about a whole CR LF is in ``Message`` and
``ami.Ami``. Source: Asterisk 22 documentation, "Asterisk Manager Interface (AMI)", main/manager.c and apps/app_queue.c,
and the exchanges recorded from Asterisk 22.10.1 that tests/lab repeats.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import field

from wallboard.domain.language import tr
from wallboard.domain.records import dataclass

BANNER = "Asterisk Call Manager"

#: Actions that change nothing on the PBX. In read-only mode the encoder lets nothing else through, so a mistake further
#: up cannot act. ``Login``, ``Logoff`` and ``Events`` change the session alone.
READ_ACTIONS = frozenset(
    {
        *("Login", "Logoff", "Events", "Ping", "ListCommands", "CoreSettings", "CoreStatus", "CoreShowChannels"),
        *("QueueStatus", "QueueSummary", "ParkedCalls", "Parkinglots", "DeviceStateList", "BridgeList"),
        *("ExtensionStateList", "ShowDialPlan", "Status"),
    }
)

# Asterisk reads a request line into a buffer of 1,025 bytes and rejects the whole message when one is longer.
MAX_SENT_LINE = 1000
#: Asterisk 12. Before it lists have no common ending and events other fields.
OLDEST = 2
_VERSION = re.compile(re.escape(BANNER) + r"/(\d{1,4})(\.[0-9.]+)?\s*\Z")
_REFUSED_SECRET = "authentication failed"
_NO_RIGHT = "permission denied"
_UNKNOWN = "unknown command"
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9-]*\Z")
_BREAKS = re.compile(r"[\r\n\0]")

Field = tuple[str, str]


class AmiError(Exception):
    """Anything that this client reports. Subclasses are named by what the caller can do about it."""


class AmiUnsafe(AmiError):
    """A key, value or action that must not be sent. Nothing was sent."""


class AmiReadOnly(AmiUnsafe):
    """The action could change something and this connection is read-only. Nothing was sent."""


class AmiRefused(AmiError):
    """The server answered ``Response: Error``; ``str()`` is its message. The action was not done."""

    @property
    def no_right(self) -> bool:
        """The account's classes do not grant it, or its module is not running."""
        return _NO_RIGHT in str(self).casefold()

    @property
    def unknown(self) -> bool:
        """No module that has registered this action is loaded."""
        return _UNKNOWN in str(self).casefold()

    @property
    def leaving(self) -> bool:
        return "shutting down" in str(self).casefold()

    @property
    def bad_secret(self) -> bool:
        """The one refusal of a sign-in that does not pass by itself. An ACL that keeps this address out is answered
        with the same words; every other refusal ("Login Already In Use", "Asterisk is shutting down", …) passes."""
        return _REFUSED_SECRET in str(self).casefold()


class AmiBadCredentials(AmiError):
    """The login was refused as such: a wrong secret, or an address that the account is not open to."""


class AmiNotNow(AmiError):
    """The login was refused for a reason that passes."""


class AmiTooOld(AmiError):
    """The server speaks AMI 1.x. Nothing was sent."""


class AmiUnreachable(AmiError):
    """No connection could be opened."""


class AmiGarbled(AmiError):
    """The peer does not speak AMI, or broke a size limit. The connection is closed."""


class AmiLost(AmiError):
    """The connection ended. ``sent`` tells whether the action in hand may have reached the server."""

    def __init__(self, message: str, *, sent: bool = False) -> None:
        super().__init__(message)
        self.sent = sent


class AmiUnanswered(AmiError):
    """The action was sent and no answer came in time: it may or may not have been done."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes beyond which a peer is not believed. Bytes, lines and messages."""

    line: int = 64 * 1024
    lines: int = 2_000
    message: int = 1024 * 1024
    items: int = 50_000


class Message:
    """One message: its pairs in order, the first value of a key by ``get``, every value by ``all``."""

    __slots__ = ("_first", "pairs")

    def __init__(self, pairs: Iterable[Field]) -> None:
        self.pairs: tuple[Field, ...] = tuple(pairs)
        first: dict[str, str] = {}
        for key, value in self.pairs:
            first.setdefault(key, value)
        self._first = first

    def get(self, key: str, default: str = "") -> str:
        return self._first.get(key, default)

    def all(self, key: str) -> tuple[str, ...]:
        return tuple(value for name, value in self.pairs if name == key)

    def last(self, key: str, default: str = "") -> str:
        """The last value: of a field that the server writes after a text of someone else's, the one that is its own."""
        return next((value for name, value in reversed(self.pairs) if name == key), default)

    def __contains__(self, key: object) -> bool:
        return key in self._first

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self.pairs == other.pairs

    def __hash__(self) -> int:
        return hash(self.pairs)

    def __repr__(self) -> str:
        # Keys and kind alone: values hold caller numbers, and a traceback is no place for them.
        return f"<Message {self.event or self.response or '?'} {len(self.pairs)} fields>"

    @property
    def event(self) -> str:
        return self._first.get("Event", "")

    @property
    def response(self) -> str:
        return self._first.get("Response", "")

    @property
    def action_id(self) -> str:
        return self.last("ActionID") if "ActionID" in self._first else ""


@dataclass(slots=True)
class Parser:
    """Bytes to messages, whatever way the bytes are cut. Raises ``AmiGarbled`` beyond a limit.

    Lines end where the first line after the banner ends (an answer to the login, in which nothing is anyone else's):
    CR LF from an Asterisk, and then a bare LF is part of a value; LF from a peer that uses nothing else.
    """

    limits: Limits = field(default_factory=Limits)
    banner: str | None = None
    _end: bytes = b"\n"
    _rest: bytearray = field(default_factory=bytearray)
    _searched: int = 0
    _pairs: list[Field] = field(default_factory=list)
    _size: int = 0
    _lines: int = 0

    def feed(self, data: bytes) -> list[Message]:
        rest = self._rest
        rest += data
        out: list[Message] = []
        start = 0
        # Never search the same bytes twice: a peer that sends one long line byte by byte must stay cheap.
        at = rest.find(self._end, self._searched)
        while at >= 0:
            if at - start > self.limits.line:
                raise AmiGarbled(tr("a line is longer than any that Asterisk sends"))
            after = at + len(self._end)
            self._line(bytes(rest[start:at]), out)
            start = after
            at = rest.find(self._end, start)
        del rest[:start]
        # The first half of an end may be there already.
        self._searched = max(0, len(rest) - len(self._end) + 1)
        if len(rest) > self.limits.line:
            raise AmiGarbled(tr("a line is longer than any that Asterisk sends"))
        return out

    def _line(self, raw: bytes, out: list[Message]) -> None:
        if self.banner is None:
            text = raw.rstrip(b"\r").decode("utf-8", "replace")
            if not text.startswith(BANNER):
                raise AmiGarbled(tr("this is not an Asterisk manager interface: no banner came"))
            self.banner = text
            return
        if self._lines == 0 and raw.endswith(b"\r"):
            self._end = b"\r\n"
        self._lines += 1
        raw = raw.rstrip(b"\r")
        if raw.startswith(b"\n"):
            # No value begins a line: an empty line that was ended carelessly.
            self._close(out)
            raw = raw.lstrip(b"\n")
        if not raw:
            self._close(out)
            return
        self._size += len(raw)
        if len(self._pairs) >= self.limits.lines or self._size > self.limits.message:
            raise AmiGarbled(tr("a message is longer than any that Asterisk sends"))
        key, colon, value = raw.decode("utf-8", "replace").partition(":")
        # A line without a colon is no field ("--END COMMAND--" of very old servers); it carries nothing used here.
        if colon:
            self._pairs.append((key.strip(), value.strip(" ")))

    def _close(self, out: list[Message]) -> None:
        if self._pairs:
            out.append(Message(self._pairs))
            self._pairs = []
            self._size = 0


def too_old(banner: str) -> str:
    """Why a server with this banner cannot be used; "" if it can, or if its banner does not tell."""
    found = _VERSION.match(banner)
    if found is None or int(found[1]) >= OLDEST:
        return ""
    version = f"{found[1]}{found[2] or ''}"
    return tr("Asterisk 12 or newer is needed (this one speaks AMI {version})", version=version)


def encode(action: str, action_id: str, fields: Sequence[Field], *, read_only: bool) -> bytes:
    """The bytes of one action. Raises ``AmiUnsafe`` before anything is sent.

    A CR or LF in a value would begin another header, or another action with the rights of this account; a NUL would cut
    the line. They are refused, never stripped: what the operator saw is what must be sent, or nothing.
    """
    if read_only and action not in READ_ACTIONS:
        raise AmiReadOnly(tr("{action} is not sent: this console is read-only", action=action))
    lines: list[bytes] = []
    for key, value in (("Action", action), ("ActionID", action_id), *fields):
        if not _KEY.match(key):
            raise AmiUnsafe(tr("a field name that AMI does not have"))
        if _BREAKS.search(value):
            raise AmiUnsafe(tr("{field} holds a line break or NUL: nothing was sent", field=key))
        try:
            line = f"{key}: {value}".encode()
        except UnicodeEncodeError:
            raise AmiUnsafe(tr("{field} holds characters that cannot be sent", field=key)) from None
        if len(line) > MAX_SENT_LINE:
            raise AmiUnsafe(tr("{field} is longer than Asterisk reads ({most} bytes)", field=key, most=MAX_SENT_LINE))
        lines.append(line)
    return b"\r\n".join(lines) + b"\r\n\r\n"
