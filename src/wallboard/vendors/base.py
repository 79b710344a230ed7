"""What an adapter is: feeds to read, verbs to perform, and for each verb the evidence that it happened.

An adapter says *what* can be asked and done. When to ask is `polling`'s business, whether to act is `control`'s,
what it all means together is `board`'s. Everything here is frozen; only adapters hold connections.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import field
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

from wallboard.domain.clock import Clock
from wallboard.domain.command import Command, Destination, Verb
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Agent, Call, Hotline, Member, Notice, ParkedCall, Phone, Queue, Receptionist, Row
from wallboard.domain.records import dataclass
from wallboard.domain.redaction import hide
from wallboard.domain.text import NOTHING, Clean
from wallboard.domain.update import FeedStatus, Proof, SourceInfo, Update


class Secret:
    """A secret that cannot be printed, compared, pickled or written to JSON by accident; `reveal()` is the only way.

    Its text is hidden wherever it would be shown from now on (`domain.redaction`), unless it is `public`: a header's
    value that the config itself spells out.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str, *, public: bool = False) -> None:
        self._value = value
        if not public:
            hide(value)

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True, slots=True)
class NoAuth:
    pass


@dataclass(frozen=True, slots=True)
class BearerAuth:
    token: Secret


@dataclass(frozen=True, slots=True)
class OAuthAuth:
    """Client credentials; `token_url` "" means /oauth/token on the source's host."""

    client_id: str
    client_secret: Secret
    token_url: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class BasicAuth:
    username: str
    password: Secret


@dataclass(frozen=True, slots=True)
class HeaderAuth:
    name: str
    value: Secret


@dataclass(frozen=True, slots=True)
class LoginAuth:
    """PortSIP: `style` is "json" or "oauth"."""

    username: str
    password: Secret
    domain: str = ""
    style: str = "json"


@dataclass(frozen=True, slots=True)
class AmiAuth:
    username: str
    secret: Secret


Auth = NoAuth | BearerAuth | OAuthAuth | BasicAuth | HeaderAuth | LoginAuth | AmiAuth


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One `[[source]]` of the config, checked and with its secrets resolved.

    `every` maps resource names to seconds while on screen; `queues`/`phones`/`park_slots` None: not given.
    `options` holds what only this vendor reads, as its plugin declares it, with secrets resolved.
    """

    name: str
    vendor: str
    url: str
    auth: Auth = NoAuth()
    headers: tuple[tuple[str, Secret], ...] = ()
    phone: str = ""
    operator: str = ""
    client: str = ""
    queues: tuple[str, ...] | None = None
    phones: tuple[str, ...] | None = None
    park_slots: tuple[int, ...] | None = None
    organization: int | None = None
    people: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    """Words of this vendor for our states, beside those of its documents."""
    every: Mapping[str, float] = field(default_factory=dict)
    budget: int | None = None
    consoles: int | None = None
    """How many like this one share the account; None: not said."""
    timeout: float | None = None
    timezone: str = "UTC"
    region: str = ""
    ca_file: str = ""
    insecure: bool = False
    read_only: bool = False
    transfer_context: str = ""
    park_lot: str = ""
    wrap_up: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ticket:
    """Handed to each fetch by the scheduler: goes unchanged into the Updates that it returns."""

    epoch: int
    seq: int
    started_at: float


@dataclass(frozen=True, slots=True)
class Feed:
    """Something that can be polled: `fetch` reads `resource`/`scope` once and returns its Updates.

    `cost` in requests (an estimate where paging decides), `interval` the default in seconds while on screen,
    `timeout` the outer deadline in seconds that the scheduler sets, `priority` lower is asked first when the budget
    is short. `fetch` raises only `ReadError`s. A feed with scope "discovery" may return no Update and change
    `Adapter.feeds()` instead.
    """

    resource: Resource
    scope: str
    fetch: Callable[[Ticket], Awaitable[Sequence[Update]]]
    interval: float
    cost: int = 1
    timeout: float = 8.0
    exclusive: bool = False
    """Never beside another request of the same account (history and statistics)."""
    hidden_interval: float | None = None
    """Seconds when nothing on screen needs it; None: by the scheduler's own rule; 0: not at all."""
    priority: int = 0
    roster: bool = False
    """Who and what there is rather than how it fares: such rows may be a quarter of an hour old and still live."""
    reconcile: float | None = None
    """Seconds between two readings where events announce every change (`Announced`), and the list is then read out of
    turn; None: nothing, or not all, is announced. `interval` then only says how soon it gives way to other lists where
    the budget is short."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an on-demand reading found: a small table, newest or most important first. `columns` may be empty for plain
    lines of one cell; `note` says what is missing or how much more there is."""

    columns: tuple[Clean, ...]
    rows: tuple[tuple[Clean, ...], ...]
    note: Clean = NOTHING


@dataclass(frozen=True, slots=True)
class Report:
    """Something that can be read about one row when a person asks (recordings, voicemail, call log, skills …).

    `title` names it in one or two words, `cost` is in requests. `read` raises only `ReadError`s and is called on
    opening the details, never by the clock.
    """

    id: str
    title: str
    read: Callable[[], Awaitable[Sheet]]
    cost: int = 1


class Sink(Protocol):
    """Where a push source writes; the board is one."""

    def apply(self, update: Update) -> None: ...

    def status(self, status: FeedStatus) -> None: ...

    def source(self, info: SourceInfo) -> None: ...


@dataclass(frozen=True, slots=True)
class Can:
    """Whether a verb can be done; `reason` is a short clause when not ("not answered yet"), or with `ok` what a write
    may lose. `needs` is what must be chosen first: "queue", one of the agent's own, as the argument `queue`."""

    ok: bool
    reason: str = ""
    needs: Literal["", "queue"] = ""

    def __bool__(self) -> bool:
        return self.ok


YES = Can(True)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the vendor answered to an action: accepted, which is not done.

    `request` is what was sent in one line without secrets ("PUT …/current_calls/c-17 transfer → 204"), `ids` every
    id in the answer that evidence may carry (new call ids, action ids, channels), `sent_at`/`answered_at` steady
    UTC seconds.
    """

    request: str
    status: str
    sent_at: float
    answered_at: float
    ids: tuple[str, ...] = ()
    detail: str = ""


class Facts(Protocol):
    """What verification may look at; the board is one."""

    def now(self) -> float: ...

    def row(self, key: Key) -> Row | None: ...

    def rows(self, resource: Resource, source: str | None = None) -> Sequence[Row]: ...

    def read_at(self, source: str, resource: Resource, scope: str | None = None) -> float | None:
        """`as_of` of the last good snapshot (of the oldest scope when `scope` is None); None: never read."""

    def proofs(self, source: str) -> Sequence[Proof]:
        """The last few hundred proofs of the source, oldest first."""


R = TypeVar("R", Queue, Member, Agent, Call, Phone, Hotline, Notice, Receptionist, ParkedCall)


def rows_of(kind: type[R], facts: Facts, source: str | None = None) -> list[R]:
    """All rows of a kind, of one source or of all."""
    return [row for row in facts.rows(_LISTED[kind], source) if isinstance(row, kind)]


_LISTED: Mapping[type[Row], Resource] = {
    Queue: Resource.QUEUES,
    Member: Resource.MEMBERS,
    Agent: Resource.AGENTS,
    Call: Resource.CALLS,
    Phone: Resource.PHONES,
    Hotline: Resource.HOTLINES,
    Notice: Resource.NOTICES,
    Receptionist: Resource.RECEPTIONISTS,
    ParkedCall: Resource.PARKED,
}


@dataclass(frozen=True, slots=True)
class Trial:
    """One action under verification. `before` is the target's row when the action was sent, `at_sending` all rows of
    the watched resources of its source: what was there already is not the action's doing."""

    command: Command
    receipt: Receipt
    before: Row | None
    facts: Facts
    at_sending: Mapping[Key, Row] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return self.command.target.key.source

    def read_since(self, resource: Resource, scope: str | None = None) -> bool:
        """Whether the resource was read after the vendor's answer."""
        at = self.facts.read_at(self.source, resource, scope)
        return at is not None and at > self.receipt.answered_at

    def after(self) -> Row | None:
        """The target's row as it stands now."""
        return self.facts.row(self.command.target.key)

    def proof(self, name: str, *subject: str) -> Proof | None:
        """The first proof called `name` since the action was sent that names one of `subject` (anything if none)."""
        for proof in self.facts.proofs(self.source):
            if proof.name != name or proof.at < self.receipt.sent_at - 0.5:
                continue
            if not subject or set(subject) & set(proof.subject):
                return proof
        return None


@dataclass(frozen=True, slots=True)
class Evidence:
    """`text` for people ("its new leg", "the queue's event"), `test` says whether it is there now.

    `impostor`, for what confirms: what else could produce it while the action did nothing, and why that is not taken
    for it. `tests/vendors/test_impostors.py` plays each one.
    """

    text: str
    test: Callable[[Trial], bool]
    impostor: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """The ending of an action that somebody else carried out and looked for: `phase` is a word of
    `control.outcome.Phase`."""

    phase: str
    ending: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """One row of the verification table: how an accepted action is known to have happened.

    `confirms` and `denies` are looked at on every change until `deadline` seconds after the answer; a deadline
    without either is *not confirmed*. `watch` names the resources to read again soon. `cannot` says why this vendor
    cannot show the effect (then nothing is awaited and the ending is *accepted*). `request` documents what is sent.
    `leg` finds the leg of my phone that a listen, whisper or barge made, where its row does not say so itself.
    `unseen` says why this account may not be shown the evidence at all: then a deadline without any is *accepted*.
    """

    verb: Verb
    request: str
    confirms: tuple[Evidence, ...] = ()
    denies: tuple[Evidence, ...] = ()
    deadline: float = 10.0
    watch: tuple[Resource, ...] = ()
    cannot: str = ""
    leg: Callable[[Trial], Key | None] | None = None
    unseen: str = ""
    told: Callable[[], Told | None] | None = None
    """Where somebody else acts: what they have told; then there is no evidence of ours, and silence is *unknown*."""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of `wallboard check` about a source. `ok` None: could not be tried. `right`: a False is what this
    account may not do, which is no failure."""

    name: str
    ok: bool | None
    text: str
    right: bool = False


@runtime_checkable
class Patient(Protocol):
    """An adapter that waits by itself before it tries a lost or refused connection again."""

    def hurry(self) -> None:
        """Somebody asks for it: try now."""


@runtime_checkable
class Announced(Protocol):
    """An adapter whose vendor can send an HTTP request when something happens (a webhook).

    What it sends is a hint to read, never a fact. The subscriptions are made and looked after in a feed of scope
    "discovery", so that what they cost is counted; a feed whose every change is announced says so (`Feed.reconcile`).
    """

    def announce_to(self, address: Secret) -> None:
        """From now on have everything announced below `address` (https://…/secret), which nobody else uses."""

    def announced(self, place: str, fields: Mapping[str, str]) -> Collection[tuple[Resource, str]]:
        """The lists (resource, scope) to be read since this came at `place`, what follows the address; () where it
        means nothing to us: unknown, old, or told before. Takes no time and changes no row. ValueError where it is no
        event."""

    async def unannounce(self) -> None:
        """Take back our own subscriptions, and no others'. Raises a ReadError where some are left."""


@runtime_checkable
class Lendable(Protocol):
    """An adapter that can act while another console reads its source. What an action needs beside its one request (a
    connection, what discoveries leave behind) it then has to hold, and may not read what is told."""

    async def stand_by(self, sink: Sink) -> None:
        """For as long as the source is lent; until cancelled. `sink` takes proofs of our own actions and no rows."""

    async def prepare(self, command: Command) -> None:
        """Have at hand what `can`, `verification` and `perform` must know for this command, before they are asked for
        good. At once where the source is ours. Raises `ReadError`."""

    def told(self, update: Update) -> Update:
        """The update with what this console alone knows of its rows (what it holds or parked itself)."""


class Adapter(Protocol):
    """One source. All network errors of reads are `ReadError`s, of actions `ActionError`s; nothing else leaves."""

    @property
    def settings(self) -> SourceSettings: ...

    def info(self) -> SourceInfo:
        """Vendor, own phone, budget, sign-in state, as known now."""

    def feeds(self) -> Sequence[Feed]:
        """What can be polled now; asked again after each fetch of a "discovery" scope, and every ten seconds or so.
        Push sources may have none."""

    async def run(self, sink: Sink) -> None:
        """For push sources: connect, write to `sink`, reconnect; until cancelled. Poll-only sources return at once."""

    def can(self, verb: Verb, row: Row | None) -> Can:
        """Whether this vendor, account and row allow `verb`; `row` None asks for the account in general. What a row's
        state forbids at any vendor policy has said before: only what this vendor alone can know is asked here."""

    def can_dial(self, destination: Destination) -> Can:
        """Whether the source's calls can be sent to `destination` (the caller has resolved routes)."""

    def reports(self, row: Row) -> Sequence[Report]:
        """What more can be read about `row` on demand; pure, () where there is nothing."""

    def forms(self, verb: Verb, row: Row | None) -> Sequence[Form]:
        """The forms of one of the `FORMS` verbs, filled with what is known now; () where the verb needs none or cannot
        be done. `row` is None for `publish`. Several: the person chooses one first."""

    def verification(self, command: Command, row: Row | None) -> Verification:
        """How this command's effect will be known. Pure; called before the command is journalled and sent."""

    async def perform(self, command: Command, row: Row | None) -> Receipt:
        """Send it, exactly one acting request (a full-object PUT reads first). Raises `ActionError`."""

    async def refresh(self, row: Row) -> Row | None:
        """Read the one row again before acting on old data; None: it is gone. Raises `ReadError`; NotPermitted where
        the vendor has no such read."""

    def table(self) -> Sequence[Verification]:
        """The whole verification table, for `docs/actions.md` and `check`."""

    async def check(self) -> Sequence[CheckLine]:
        """Reach, sign-in, rights, clock and budget, tried now. Never raises."""

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Services:
    """What the runtime hands to an adapter. `transport` replaces the network (an `httpx.AsyncBaseTransport` or a
    byte-stream factory), for the simulation and for tests. `facts`: the rows as they stand, whoever reads them."""

    clock: Clock
    transport: Any = None
    facts: Facts | None = None
