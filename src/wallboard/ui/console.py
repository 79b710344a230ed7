"""The console without a terminal: its parts, what each key of the board does, and what stands before any of them acts.

Textual shows what this says and looks up what a key means. Nothing here waits for the network: verbs go to the
dispatcher as commands, and what becomes of them comes back as outcomes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from wallboard.board.board import Board
from wallboard.control.dispatcher import Dispatcher
from wallboard.domain.clock import Clock
from wallboard.domain.keys import Key, Resource
from wallboard.domain.language import tr, trn
from wallboard.ui.acting import Acting
from wallboard.ui.alarms import AlarmPointer
from wallboard.ui.asking import Asking, OpenDialog
from wallboard.ui.attention import Attention
from wallboard.ui.copying import Copying
from wallboard.ui.drawn import Drawn
from wallboard.ui.hints import Hints
from wallboard.ui.idle import IdleLock
from wallboard.ui.key_list import KeyList
from wallboard.ui.kiosk import Kiosk
from wallboard.ui.leaving import Leaving
from wallboard.ui.logbook import LogBook
from wallboard.ui.lost_callers import LostCallers
from wallboard.ui.modes import (
    ALARMS,
    ANYWHERE,
    BOARD,
    HELP,
    LOG,
    PAGES,
    SCROLLS,
    SOURCES,
    STEPS,
    TRENDS,
    WALL,
    Modes,
    moved,
    moves,
    stays_here,
    typed,
)
from wallboard.ui.news import News
from wallboard.ui.outcomes import Outcomes
from wallboard.ui.palette import Commanding
from wallboard.ui.pane import PaneState
from wallboard.ui.panel import Panel
from wallboard.ui.panes import Panes
from wallboard.ui.pointing import Pointing
from wallboard.ui.remarks import Remarks
from wallboard.ui.replaying import Replaying
from wallboard.ui.restraint import RESTING, Restraint
from wallboard.ui.room import Room
from wallboard.ui.seeking import Seeking
from wallboard.ui.settings import ConsoleSettings, Ports, Station
from wallboard.ui.trends import Trends
from wallboard.ui.undoing import Undoing
from wallboard.ui.views import Views
from wallboard.ui.visibility import Shown, Visibility
from wallboard.view.eventlog import UNCONFIRMED
from wallboard.view.layout import ALL
from wallboard.view.selection import ROSTER


class Console:
    def __init__(
        self, board: Board, dispatcher: Dispatcher, clock: Clock, settings: ConsoleSettings, ports: Ports
    ) -> None:
        self.board = board
        self.dispatcher = dispatcher
        self.clock = clock
        self.settings = settings
        self.ports = ports
        self.key_of = settings.key_of
        self.remarks = Remarks(clock, board)
        at = self.at = Station(board, dispatcher, clock, settings, ports, self.remarks)
        self.alarms = AlarmPointer(board, dispatcher.remember_alarm, clock.now)
        self.log = LogBook(board, self.remarks)
        self.attention = Attention(settings, ports)
        self.restraint = Restraint()
        self.visibility = Visibility(clock, self._drawn)
        self.panes = Panes(board, clock, settings, self.remarks, ports.notes)
        self.room = Room(self.panes)
        self.modes = Modes(self.panes, ports.demand, WALL if settings.wall or settings.kiosk else BOARD)
        self.asking = Asking(at, self.panes, self.modes, self.restraint, self.visibility.of_dialog)
        self.idle = IdleLock(at, self.asking)
        self.kiosk = Kiosk(clock.now, ports.quit)
        self.panel = Panel(at, self.panes, self.modes)
        self.trends = Trends(at, self.panes, self.modes)
        self.hints = Hints(at, self.panes, self.panel)
        self.acting = Acting(at, self.panes, self.panel, self.hints, self.visibility, self.asking)
        self.seeking = Seeking(
            at, self.panes, self.modes, self.panel, self.alarms, self.asking, self.visibility.of_alarm
        )
        self.lost = LostCallers(at, self.panes, self.asking, self.acting)
        self.undoing = Undoing(at, self.acting.flows, self.acting.go)
        self.copying = Copying(at, self.panel, self.asking)
        self.replaying = Replaying(at, self._rewound)
        self.keys = KeyList(self.panes, self.hints, self.modes, settings.actions)
        self.modes.lists |= {LOG: self.log, ALARMS: self.alarms, HELP: self.keys}
        self.modes.opens |= {LOG: self.log.open, TRENDS: self.trends.open}
        self.modes.opens[HELP] = partial(self.asking.begin_filter, self.keys)
        self.views = Views(at, self.panes, self.modes, self.room, self.asking)
        self.leaving = Leaving(at, self.panes, self.modes, self.panel, self.asking, self.acting, self.seeking)
        self.outcomes = Outcomes(at, self.panes, self.panel, self.restraint, self.lost.heard, self.undoing.heard)
        self.commanding = Commanding(
            at, self.modes, self.panel, self.hints, self.asking, self.views, self.undoing, self.run
        )
        cursors = {LOG: self.log.to, ALARMS: self.alarms.to, SOURCES: self.modes.to_source, TRENDS: self.trends.to}
        self.pointing = Pointing(
            at, self.panes, self.modes, self.panel, self.asking, self.seeking, cursors, self.doing, self.run
        )
        self._news = News(at, self.alarms, self.attention)
        self._keys = {key: action.id for action in settings.actions if action.scope == "board" for key in action.keys}
        self._verbs = {action.id for action in settings.actions if action.acts}
        self._does = self._on_the_board()
        self._does_there = self._on_pages()
        dispatcher.subscribe(self.outcomes.heard)
        self.reload(frozenset(ALL))
        self.views.begin()
        self.modes.demand()

    @property
    def active(self) -> Resource:
        return self.panes.active

    @property
    def pane(self) -> PaneState:
        return self.panes.pane

    @property
    def mode(self) -> str:
        return self.modes.now

    @property
    def dialog(self) -> OpenDialog | None:
        return self.asking.open

    @property
    def filtering(self) -> bool:
        return self.asking.filter is not None

    @property
    def banner(self) -> str:
        """What has to be known of all that is shown."""
        return self.replaying.banner or (tr("READ ONLY") if self.settings.read_only else self.settings.banner)

    @property
    def wall_hint(self) -> str:
        """How the wall is left, where it can be."""
        return "" if self.settings.kiosk else tr("{key} leaves the wall", key=self.key_of("app.quit"))

    def _drawn(self, window: int) -> Shown:
        key = self.panel.subject
        row = self.panel.painted(key) if isinstance(key, Key) else None
        return Shown(self.active, self.mode, key, row, self.dialog, self.alarms.shown, window)

    def drew(self, drawn: Drawn) -> None:
        """A frame was drawn: what keys go on from."""
        if drawn.page is not None:
            self.modes.page_lines = drawn.page
        if drawn.entry is not None:
            self.log.painted = drawn.entry
        if drawn.scroll is not None:
            if self.mode == LOG:
                self.log.row = drawn.scroll
            else:
                self.modes.scroll[self.mode] = drawn.scroll
        if drawn.panel is not None:
            self.panel.turned = drawn.panel
        if drawn.room is not None:
            self.room.drawn(drawn.room)
        if drawn.card is not None:
            self.panel.card_painted = drawn.card

    def see(self, fits: bool) -> None:
        """Whether the window has room for rows and questions. What was asked in one that had, nobody can read now."""
        if self.restraint.fits and not fits:
            self.asking.filter = None
            if self.asking.void():
                self.at.warn(tr("the window became too small: the question is void"))
        self.restraint.fits = fits

    def reload(self, resources: frozenset[Resource]) -> None:
        """Take new rows from the board into the panes that show them."""
        deque(self.loading(resources), maxlen=0)

    def loading(self, resources: frozenset[Resource]) -> Iterator[None]:
        """The same in steps."""
        yield from self.panes.loading(resources)
        self.room.loaded(self.clock.now(), self.asking.asks)
        self.asking.look()

    def renew(self) -> None:
        """Make the rows of all panes once more, and see how wide they are now."""
        self.panes.outdated()
        self.reload(frozenset(ALL))
        for pane in self.panes.values():
            pane.measure()

    def tick(self) -> None:
        """Once a second: clocks, tombstones, alarms, notices of change."""
        deque(self.second(), maxlen=0)

    def second(self) -> Iterator[None]:
        """The same in steps: between two of them a key may be heard."""
        if self.ports.player is None:
            # A recording has seconds of its own.
            yield from self.board.second()
            yield
        self.panes.outdated()
        self.idle.look()
        listening = any(session.live for session in self.dispatcher.sessions)
        context = self.panes.tick(self.panel.open or self.filtering or listening)
        self._news.tick(context, self.dialog is not None)
        self.replaying.look()
        self.asking.look()
        self.panel.look()
        self.room.look(self.clock.now(), self.asking.asks)
        if self.mode == TRENDS:
            self.trends.look()

    def believed(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """The characters that do nothing but move on the board, those that do nothing beyond this screen, and those
        that open a field in place."""
        here = typed(self._keys, stays_here) | {"\r", "\t"}
        return typed(self._keys, moves), here, typed(self._keys, {"view.filter", "app.help"}.__contains__)

    def is_verb(self, key: str) -> bool:
        """Whether the key would run a verb now: the gate lets such a key act once, however long it is held."""
        if self.dialog is not None:
            # A held verb key must not answer the question that it has just opened.
            return not (self.takes_text or self.repeats(key))
        return not self.filtering and self._keys.get(key) in self._verbs

    def repeats(self, key: str) -> bool:
        """Whether the key goes on and on while it is held: where it moves, and where text is typed."""
        if not self.asking.asks:
            return moves(self._keys.get(key, ""))
        name = self.asking.name(key)
        return name != "enter" if self.takes_text else name in STEPS

    @property
    def takes_text(self) -> bool:
        """Whether typed and pasted text goes into a field."""
        return self.asking.field is not None

    def pressed(self, key: str, character: str | None = None) -> AbstractContextManager[bool]:
        """Around what a key does, by its name ("e", "enter", "ctrl+p") and the character that it types."""
        return self.doing(self._keys.get(key, ""), key, character is not None and character.isprintable())

    @contextmanager
    def doing(self, action: str, key: str = "", printable: bool = False) -> Iterator[bool]:
        """Around what an action does: False where it may do nothing. What is refused lets keys rest."""
        before = self.remarks.latest
        self.pane.selection.stay(self.clock.now())
        self.room.touch(self.clock.now())
        # The key that finds it locked was meant for what stood there before.
        goes = not self.idle.look()
        if goes:
            goes = self._goes(action, key or self.key_of(action), printable)
            before = self.remarks.latest  # that keys rest is no refusal
        yield goes
        if not moves(action):
            self.panes.outdated()
        self.idle.touch()
        remark = self.remarks.latest
        if remark is not None and remark is not before and remark[1] == "warn":
            self.restraint.begin(remark[2])
        self.panel.look()

    def _goes(self, action: str, key: str, printable: bool) -> bool:
        if self.settings.kiosk:
            self.kiosk.press(key)
            return action == "app.repaint"
        if self.asking.asks or action == "app.repaint":
            return True
        if not self.restraint.fits:
            return action == "app.quit"
        if not self.restraint.holds(key, action, printable, self.clock.now()):
            return True
        if action and self.restraint.tell():
            text, style = self.remarks.outcome
            self.remarks.say(f"{text} · {tr(RESTING)}", style)
        return False

    def regain(self) -> None:
        """The keyboard is ours again: whoever types on, typed for another window."""
        if not self.asking.asks:
            self.restraint.begin(self.clock.now())

    def paste(self, text: str) -> None:
        """Text from the clipboard: into the open field, nowhere else."""
        self.idle.look()
        if self.asking.field is not None:
            self.asking.type(text)
            self.idle.touch()
            return
        count = self.restraint.drop(len(text), self.clock.now())
        self.at.warn(trn("{n} key dropped: pasted?", "{n} keys dropped: pasted?", count))

    def run(self, action: str) -> None:
        """An action of the keymap, by its id, where the mode on the screen has it."""
        mode = self.mode
        if not self.restraint.fits and action != "app.repaint":
            if action == "app.quit":
                self.leaving.ask_to_quit()
        elif action == "nav.back" and mode == BOARD and self.outcomes.take_back():
            return
        elif action in ("app.quit", "nav.back"):
            self.leaving.step_back(action == "app.quit")
        elif mode == BOARD or action.startswith(ANYWHERE):
            if action in self._does:
                self._does[action]()
            else:
                self.acting.press(action)
        elif (mode, action) in self._does_there:
            self._does_there[mode, action]()
        elif mode == TRENDS:
            self.trends.act(action)
        elif action in SCROLLS:
            self.modes.move(moved(action, max(1, self.modes.page_lines - 1)))

    def _on_the_board(self) -> Mapping[str, Callable[[], None]]:
        panes, seeking = self.panes, self.seeking
        return {
            **{f"pane.{resource.value}": partial(self.go, resource) for resource in ALL},
            "pane.next": lambda: self.go(panes.next(), again=False),
            "nav.up": partial(panes.move, -1),
            "nav.down": partial(panes.move, 1),
            "nav.page_up": partial(self._page, False),
            "nav.page_down": partial(self._page, True),
            "nav.top": partial(panes.to_end, False),
            "nav.bottom": partial(panes.to_end, True),
            "nav.left": partial(self.ports.scroll_columns, -1),
            "nav.right": partial(self.ports.scroll_columns, 1),
            "nav.details": self._enter,
            "nav.explain": self.panel.explain,
            "view.filter": self.asking.begin_filter,
            "view.find": seeking.find,
            "view.sort": lambda: self.remarks.say(panes.sort()),
            "view.reverse": panes.reverse,
            "view.zoom": self._zoom,
            "view.freeze": panes.freeze,
            "view.follow": lambda: self.remarks.say(panes.follow(), "text"),
            "view.saved": self.views.ask,
            "alarm.go": seeking.to_alarm,
            "alarm.acknowledge": seeking.acknowledge,
            "alarm.acknowledge_all": seeking.acknowledge_all,
            "alarm.snooze": seeking.snooze,
            "alarm.mute": lambda: self.remarks.say(self.attention.mute(self.clock.now()), "text"),
            "alarm.bell": lambda: self.remarks.say(self.attention.test(), "text"),
            # In the details it is they that are read again; the board goes on by itself.
            "app.refresh": lambda: self.remarks.say(self.panel.readings.again() or self.ports.refresh(), "text"),
            "app.repaint": self.ports.redraw,
            "app.palette": self.commanding.open,
            "app.unlock": self.idle.ask,
            "app.help": partial(self.modes.toggle, HELP),
            **{f"mode.{mode}": partial(self.modes.toggle, mode) for mode in PAGES},
            "mode.unconfirmed": self._unconfirmed,
            "row.undo": self.undoing.begin,
            "lost.list": self.lost.open,
            "replay.back": self.replaying.back,
            "replay.on": self.replaying.on,
            "row.mark": self._mark,
            "copy": self.copying.row,
            "row.again": self.acting.again,
        }

    def _on_pages(self) -> Mapping[tuple[str, str], Callable[[], None]]:
        """What an action does in a mode, beside what it does in all of them."""
        seeking, asking = self.seeking, self.asking
        return {
            **{(mode, "view.filter"): partial(asking.begin_filter, found) for mode, found in self.modes.lists.items()},
            (LOG, "nav.details"): lambda: seeking.to_entry(self.log.painted),
            (LOG, "row.undo"): lambda: self.undoing.begin(self.log.cursor),
            (SOURCES, "nav.details"): lambda: seeking.to_list(self.modes.source.resource),
            (LOG, "copy"): lambda: self.copying.entry(self.log.painted),
            (ALARMS, "nav.details"): lambda: seeking.to_alarm(self.alarms.line),
            (TRENDS, "nav.details"): lambda: seeking.to_row(self.trends.queue),
        }

    def go(self, resource: Resource, again: bool = True) -> None:
        """To a pane, at its old cursor; its number again: to its worst row."""
        if self.mode == BOARD and self.active is resource and again:
            self.panes.to_worst()
        self.seeking.forget()
        self.panel.close_card()
        self.panes.enter(resource)
        self.room.opened(resource)
        self.modes.to(BOARD)

    def _page(self, down: bool) -> None:
        if not self.panel.page(down):
            self.panes.page(down)

    def _enter(self) -> None:
        selection = self.pane.selection
        if selection.cursor is ROSTER and self.panel.card_key is None:
            selection.fold(self.clock.now())
            self.room.unfolded(self.active)
        else:
            self.panel.toggle()
            if self.panel.known(self.panel.subject) is None:
                self.panel.details = False
                self.remarks.say(tr("nothing selected; move to a row first"))

    def _zoom(self) -> None:
        self.panes.zoomed = not self.panes.zoomed
        self.modes.demand()

    def _rewound(self, since: float) -> None:
        """The board is as it was then; what was told of the time after it will be told again."""
        self.alarms.heard()
        self.remarks.forget(since)

    def _mark(self) -> None:
        self.pane.selection.toggle_mark(self.clock.now())
        self.panes.move(1)

    def _unconfirmed(self) -> None:
        self.modes.to(LOG)
        self.log.open(tr(UNCONFIRMED))
