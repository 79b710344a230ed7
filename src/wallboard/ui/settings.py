"""What the console is told when it is made: its keys and names, and what it may ask of the other rooms; and what each
of its parts is handed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import field
from datetime import tzinfo

from wallboard.board.board import Board
from wallboard.control.dispatcher import Dispatcher
from wallboard.domain.actions import Action
from wallboard.domain.clock import Clock
from wallboard.domain.command import Destination
from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Row
from wallboard.domain.places import Favourite, Route
from wallboard.domain.records import dataclass
from wallboard.domain.views import View
from wallboard.history.call_backs import CallBacks
from wallboard.history.courses import Past
from wallboard.history.notes import Notes
from wallboard.recording.player import Player
from wallboard.ui.remarks import Remarks
from wallboard.vendors.base import Report
from wallboard.view.context import Context
from wallboard.view.dialogs import Choice, KeyNames
from wallboard.view.format import DASH

_WRITTEN = {
    **{"enter": mark("Enter"), "tab": mark("Tab"), "pagedown": mark("PgDn"), "pageup": mark("PgUp")},
    **{"up": "↑", "down": "↓", "left": "←", "right": "→"},
}


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """What the config says of the console itself. `themes` are the names that the palette offers, `regions` the country
    of each source's national telephone numbers."""

    site: str
    operator: str
    actions: Sequence[Action]
    favourites: Sequence[Favourite] = ()
    routes: Sequence[Route] = ()
    regions: Mapping[str, str] = field(default_factory=dict)
    themes: Sequence[str] = ()
    views: Sequence[View] = ()
    zone: tzinfo | None = None
    read_only: bool = False
    wall: bool = False
    slow: bool = False
    """Whether the line is said to be: fewer clocks, and an order that mostly stands."""
    kiosk: bool = False
    """Nothing but the wall, whatever is pressed."""
    view: str = ""
    """The name of the view to start with."""
    banner: str = ""
    bell: bool = False
    notify: bool = False
    """Whether alarms are named in the terminal's title and to its desktop."""
    idle_lock: float | None = None
    """Minutes without a key after which verbs are locked."""
    quiet: Sequence[tuple[int, int]] = ()
    """Spans of local time without a bell, in minutes of the day (from, to); `to` may be the smaller."""
    _firsts: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _ids: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        firsts = {info.id: info.keys[0] for info in self.actions if info.keys}
        object.__setattr__(self, "_firsts", firsts)
        object.__setattr__(self, "_ids", frozenset(action.id for action in self.actions))

    @property
    def looks_only(self) -> bool:
        """Whether there is no verb at all."""
        return not any(action.acts for action in self.actions)

    def has(self, action: str) -> bool:
        """Whether there is this action here."""
        return action in self._ids

    def key_of(self, action: str) -> str:
        """The first key of an action, for the lines that name keys."""
        return self._firsts.get(action, DASH)

    def written(self, action: str) -> str:
        """The same as people write it: `Enter`, `↑`."""
        key = self.key_of(action)
        return tr(_WRITTEN[key]) if key in _WRITTEN else key

    @property
    def names(self) -> KeyNames:
        """What the lines of questions call their keys."""
        actions = ("dialog.yes", "dialog.enter", "dialog.up", "dialog.down", "picker.attended")
        yes, enter, up, down, attended = map(self.written, actions)
        return KeyNames(yes, enter, f"{up}{down}" if len(up + down) == 2 else f"{up} {down}", attended)


@dataclass(frozen=True, slots=True)
class Ports:
    """What the console asks of the runtime: refresh now (returns a sentence), what is on screen and which pane of it a
    person came to, another theme, whether a source can dial a destination (and why not), and what each source can and
    cannot do."""

    refresh: Callable[[], str]
    demand: Callable[[frozenset[Resource], Resource], None]
    set_theme: Callable[[str], None]
    quit: Callable[[], None] | None
    """Ends the program; None: whoever shows it does."""
    bell: Callable[[int], None]
    """Ring so often."""
    title: Callable[[str], None]
    """Name the terminal's window."""
    copy: Callable[[str], str]
    """Put text into the terminal's clipboard; says why it may not arrive, "" if nothing is known against it."""
    notify: Callable[[str], None]
    """Have the terminal tell its desktop."""
    can_dial: Callable[[str, Destination], tuple[bool, str]]
    rights: Callable[[], Mapping[str, Sequence[str]]]
    troubles: Callable[[], Sequence[str]]
    """What is wrong with what the site shares, as sentences."""
    reports: Callable[[Row], Sequence[Report]]
    """What more can be read about a row on demand."""
    start: Callable[[Callable[[], Awaitable[None]]], Callable[[], None]]
    """Runs a coroutine beside the screen; the answer cancels it."""
    scroll_columns: Callable[[int], None]
    """Scroll the columns of the pane at hand, to the dropped ones or back."""
    repaint: Callable[[], None]
    """Something that the console shows has changed without a key and without the board."""
    redraw: Callable[[], None]
    """The terminal may show something else than what was sent to it."""
    call_backs: CallBacks
    """Who gave up and is still to be called back."""
    notes: Notes
    """What people noted on rows."""
    past: Past
    """How queues fared, as far as it was written down."""
    search: Callable[[str, Callable[[Sequence[Choice], float], None]], None]
    """Look for further commands under a text; the function is given what was found (to be called), and when."""
    player: Player | None = None
    """What plays the recording that the board shows; None: it shows what is so."""


@dataclass(frozen=True, slots=True)
class Station:
    """What every part of the console works with. `clock` is the time of whoever sits here; the board has its own."""

    board: Board
    dispatcher: Dispatcher
    clock: Clock
    settings: ConsoleSettings
    ports: Ports
    remarks: Remarks

    def context(self) -> Context:
        """What is known at this moment, for the names of things."""
        return Context(self.board, self.board.now())

    def warn(self, text: str) -> None:
        """Say why a key did nothing; keys rest after it."""
        self.remarks.say(text, "warn")
