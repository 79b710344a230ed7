"""What the rest of the program gets to know of the configuration: plain, frozen, without a trace of TOML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wallboard.domain.command import Verb
from wallboard.domain.known import Known
from wallboard.domain.places import Favourite, Route
from wallboard.domain.rules import QueueRule
from wallboard.domain.views import View
from wallboard.vendors.base import SourceSettings

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
    mask: frozenset[str] = frozenset()
    """Where telephone numbers show their last three digits alone: wall, web, record (what is written), report."""
    kiosk: bool = False
    """The console is the wall alone, whatever is pressed."""
    path: str = ""


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """Flags of the console. `theme` None: the config's. `slow`: for lines of 64 kbit/s and less. `kiosk`: the wall
    alone, and nothing that can act. `view`: the one to start with, None: everything. `mouse` off leaves selecting text
    to the terminal."""

    read_only: bool = False
    theme: str | None = None
    ascii: bool = False
    wall: bool = False
    slow: bool = False
    kiosk: bool = False
    view: str | None = None
    mouse: bool = True
