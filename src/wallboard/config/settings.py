"""What the rest of the program gets to know of the configuration: plain, frozen, without a trace of TOML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from wallboard.domain.command import Verb
from wallboard.domain.known import Known
from wallboard.domain.places import Favourite, Route
from wallboard.domain.records import dataclass
from wallboard.domain.rules import QueueRule
from wallboard.domain.views import View
from wallboard.vendors.base import Secret, SourceSettings

DEFAULT_THEME = "control-room"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who sits here. `phone` rings for listen, whisper, barge and pick-up; "" is not set. `may` are the verbs that they
    use, None for all; `idle_lock` the minutes without a key after which they are locked, None for never."""

    name: str = ""
    phone: str = ""
    may: frozenset[Verb] | None = None
    idle_lock: float | None = None


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """`quiet` are spans of local time without a bell, as minutes of the day (from, to); `to` may be the smaller.
    `notify` names alarms in the terminal's title and to its desktop. `deadband` is a share of the limit, the rest are
    seconds."""

    bell: bool = False
    quiet: tuple[tuple[int, int], ...] = ()
    notify: bool = False
    on_delay: float = 5.0
    off_delay: float = 15.0
    deadband: float = 0.2
    again: float = 300.0


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`names` are hosts under which browsers reach the board beside its own; `viewers` at once."""

    names: tuple[str, ...] = ()
    viewers: int = 20


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 takes a free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Hook:
    """Where vendors' events arrive: `listen` here, and `url` as a vendor reaches that from outside."""

    listen: Address
    url: str


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """What `wallboard serve` has beside the poller; None: it has not."""

    metrics: Address | None = None
    hook: Hook | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """The bus of a site. `direct`: without it each console reads by itself."""

    servers: tuple[str, ...]
    user: str = ""
    password: Secret | None = None
    creds: str = ""
    seed: Secret | None = None
    ca_file: str = ""
    site: str = "site"
    role: str = "auto"
    direct: bool = True
    actions: str = "direct"

    @property
    def acts(self) -> bool:
        """Whether this process acts for those who hold no secret."""
        return self.actions == "executor" and self.role == "serve"

    @property
    def remote(self) -> bool:
        """Whether this console holds no secret: others read and act for it."""
        return self.actions == "executor" and self.role != "serve"


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration, checked and with every secret at hand. `path` is the file, "" when there is none.

    `keys` holds only what the user rebound: action id -> canonical keys (see `wallboard.config.keymap`).
    """

    theme: str = DEFAULT_THEME
    operator: Operator = Operator()
    sources: tuple[SourceSettings, ...] = ()
    queues: tuple[QueueRule, ...] = ()
    favourites: tuple[Favourite, ...] = ()
    routes: tuple[Route, ...] = ()
    known: tuple[Known, ...] = ()
    views: tuple[View, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alarm: AlarmSettings = AlarmSettings()
    keep: float = 90.0
    """Days of history; 0 writes none."""
    forward: str | None = None
    """The log of the machine that gets each record of the action journal: journald, syslog or none."""
    forward_socket: str = ""
    """Where it listens; "": at the usual place."""
    mask: frozenset[str] = frozenset({"web", "record"})
    """Where telephone numbers show their last three digits alone: wall, web, record (what is written), report."""
    share: Share | None = None
    """None: this console reads by itself."""
    kiosk: bool = False
    """The console is the wall alone, whatever is pressed."""
    web: WebSettings = WebSettings()
    serve: ServeSettings = ServeSettings()
    path: str = ""


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """Flags of the console. `theme` None: the config's. `slow`: for lines of 64 kbit/s and less. `kiosk`: the wall
    alone, and nothing that can act. `view`: the one to start with, None: everything. `mouse` off leaves selecting text
    to the terminal. `looks`: for whoever only looks: no action is there at all, nothing rings, nothing is written."""

    read_only: bool = False
    theme: str | None = None
    ascii: bool = False
    wall: bool = False
    slow: bool = False
    kiosk: bool = False
    view: str | None = None
    mouse: bool = True
    looks: bool = False
