"""The things of a simulated PBX: extensions, agents, queues, callers, calls and their legs.

Vocabulary follows the hosted PBX document (seed 003): an *extension* is a phone or a queue; a *leg* is what one phone
sees of a call and carries the handle `call_api_id`; a *member* is a caller in a queue. Times are world seconds.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from dataclasses import field

from wallboard.domain.records import dataclass
from wallboard.sim.engine import Timer
from wallboard.sim.history import Visit

AVAILABLE = "Available"
ON_BREAK = "On Break"
LOGGED_OUT = "Logged Out"


def tail(handle: str) -> str:
    """The part of a `call_api_id` after the extension id."""
    return handle.split("-", 1)[-1]


@dataclass(slots=True, eq=False)
class Extension:
    """A phone, a queue, a conference room or a receptionist of one account.

    `answers` and `answer_after` are knobs for calls that an operator causes.
    """

    id: int
    number: str
    kind: str
    label: str
    name: str
    client_id: int
    group_id: int
    registered: bool = True
    desk: bool = False
    answers: bool = True
    answer_after: float | None = None
    legs: dict[str, Leg] = field(default_factory=dict)
    agents: list[Agent] = field(default_factory=list)

    @property
    def short_name(self) -> str:
        """`022*201` without its domain."""
        return self.name.split("@", 1)[0]

    @property
    def busy(self) -> bool:
        return any(leg.real for leg in self.legs.values())


@dataclass(slots=True, eq=False)
class End:
    """One party of a call; `leg` is set when it sits on a phone of this account."""

    number: str
    name: str = ""
    leg: Leg | None = None


@dataclass(slots=True, eq=False)
class Leg:
    """One phone's view of a call. `call` is the talk it belongs to, or the one it listens to (`role`)."""

    id: str
    call: Call
    call_id: str
    extension: Extension | None
    flow: str
    caller_number: str
    caller_name: str
    called_number: str
    did: str | None
    started: float
    answered: float | None = None
    real: bool = True
    role: str = "talk"
    held: bool = False
    recording: str | None = None
    callback_id: str | None = None
    caller_extension: Extension | None = None
    transcribed: set[str] = field(default_factory=set)
    timers: list[Timer] = field(default_factory=list)
    on_drop: Callable[[], None] | None = None

    @property
    def hex(self) -> str:
        return tail(self.id)


@dataclass(slots=True, eq=False)
class Call:
    """A talk between two ends. `callee` is None while the caller waits, is parked or is being put through.

    `menu` is the receptionist that the caller listens to; `on_end` runs once, when the call is over.
    """

    id: str
    caller: End
    counted: bool
    did: str | None
    started: float
    callee: End | None = None
    agent: Agent | None = None
    member: Member | None = None
    parked: Parked | None = None
    menu: Extension | None = None
    legs: list[Leg] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    callback_id: str | None = None
    ended: str | None = None
    on_end: Callable[[], object] | None = None


@dataclass(slots=True, eq=False)
class Offer:
    """A queue rings one agent for one member."""

    agent: Agent
    leg: Leg


@dataclass(slots=True, eq=False)
class Member:
    """A caller in a queue; `state` in FreeSWITCH words. Stays as `Abandoned` for a minute after giving up.

    `visit` is what remains of it.
    """

    id: str
    queue: Queue
    call: Call
    joined: float
    visit: Visit
    state: str = "Waiting"
    serving: str = ""
    offers: list[Offer] = field(default_factory=list)
    tried: set[int] = field(default_factory=set)
    timers: list[Timer] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Parked:
    """A parked caller. `handle` is the `call_api_id` it was parked with; `slot` is None for a plain park."""

    handle: str
    slot: int | None
    call: Call
    parker: Extension


@dataclass(slots=True, eq=False)
class Agent:
    """Somebody who answers for queues. `extension` is None for a remote agent: the phone belongs to another account.

    `queues` by id: kept by `Queue.engage` and `dismiss`.
    """

    id: int
    kind: str
    name: str
    extension: Extension | None
    extension_name: str
    status: str = AVAILABLE
    state: str = "Waiting"
    call_timeout: int = 20
    wrap_up_time: int = 12
    reject_delay_time: int = 10
    busy_delay_time: int = 10
    no_answer_delay_time: int = 10
    ready_at: float = float("-inf")
    last_bridge_end: float = float("-inf")
    last_offered: float = float("-inf")
    calls_answered: int = 0
    call_started: float | None = None
    breaks: int = 0
    queues: list[Queue] = field(default_factory=list)

    @property
    def name_fs(self) -> str:
        return f"{self.id}_{self.kind}"


@dataclass(slots=True, eq=False)
class Tier:
    """An agent in a queue. `pause` is why this queue alone does not ring the agent ("" it may)."""

    agent: Agent
    level: int
    position: int
    pause: str = ""


@dataclass(frozen=True, slots=True)
class QueueProfile:
    """How a queue lives: calls per hour at factor 1, factors for the 24 hours (UTC), means in seconds."""

    per_hour: float
    hours: tuple[float, ...]
    talk_mean: float
    patience_mean: float
    did: str
    surge: float = 4.0


@dataclass(slots=True, eq=False)
class Queue:
    extension: Extension
    strategy: str
    settings: dict[str, object]
    profile: QueueProfile
    tiers: list[Tier] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)
    last_offered: int = -1
    surge_until: float = float("-inf")
    next_check: Timer | None = None

    @property
    def id(self) -> int:
        return self.extension.id

    @property
    def label(self) -> str:
        return self.extension.label

    def engage(self, tier: Tier) -> None:
        self.tiers.append(tier)
        insort(tier.agent.queues, self, key=lambda queue: queue.id)

    def dismiss(self, tier: Tier) -> None:
        self.tiers.remove(tier)
        tier.agent.queues.remove(self)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How people behave, in seconds and chances. `calm()` is for tests: no surprises."""

    ring: tuple[float, float] = (3.0, 11.0)
    no_answer_chance: float = 0.06
    reject_chance: float = 0.02
    transfer_chance: float = 0.09
    hold_chance: float = 0.2
    breaks_every: float = 2400.0
    break_length: tuple[float, float] = (90.0, 300.0)
    side_calls_per_hour: float = 60.0
    talk_spread: bool = True

    @classmethod
    def calm(cls) -> Behaviour:
        return cls((2.0, 4.0), 0.0, 0.0, 0.0, 0.0, 1e9, (60.0, 60.0), 0.0, False)
