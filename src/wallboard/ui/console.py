"""The console without a terminal: its parts, what each key of the board does, and what stands before any of them acts.

Textual shows what this says and looks up what a key means. Nothing here waits for the network: verbs go to the
dispatcher as commands, and what becomes of them comes back as outcomes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from wallboard.board.board import Board
from wallboard.control.dispatcher import Dispatcher
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.clock import Clock
from wallboard.domain.command import FORMS, Verb
from wallboard.domain.keys import Key, Resource
from wallboard.domain.language import mark, tr, trc, trn
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
from wallboard.ui.palette import LATELY, Palette, commands
from wallboard.ui.pane import PaneState
from wallboard.ui.panel import Panel
from wallboard.ui.panes import Panes
from wallboard.ui.remarks import Remarks
from wallboard.ui.restraint import RESTING, Restraint
from wallboard.ui.room import Room
from wallboard.ui.seeking import Seeking
from wallboard.ui.settings import ConsoleSettings, Ports, Station
from wallboard.ui.trends import Trends
from wallboard.ui.undoing import Undoing
from wallboard.ui.visibility import Shown, Visibility
from wallboard.view.dialogs import Answer, Choice, Chooser, Confirm
from wallboard.view.eventlog import UNCONFIRMED
from wallboard.view.layout import ALL
from wallboard.view.selection import ROSTER

_GOES_ON = {
    Verb.LISTEN: mark("your listen goes on until you hang up"),
    Verb.WHISPER: mark("your whisper goes on until you hang up"),
    Verb.BARGE: mark("your barge goes on until you hang up"),
}


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
        self.remarks = Remarks(clock)
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
        self.keys = KeyList(self.panes, self.hints, self.modes, settings.actions)
        self.modes.lists |= {LOG: self.log, ALARMS: self.alarms, HELP: self.keys}
        self._news = News(at, self.alarms, self.attention)
        self._keys = {key: action.id for action in settings.actions if action.scope == "board" for key in action.keys}
        self._verbs = {action.id for action in settings.actions if action.acts}
        self._does = self._actions()
        self._taken_back: set[str] = set()
        """Commands that the user took back, which is no refusal, until that is told."""
        self._recent: deque[str] = deque(maxlen=LATELY)
        """What was chosen in the palette, the latest first."""
        dispatcher.subscribe(self.on_outcome)
        self.reload(frozenset(ALL))
        if settings.view:
            self.panes.show(next(view for view in settings.views if view.name == settings.view))
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
        self.panes.load(resources)
        self.room.loaded(self.clock.now(), self.asking.asks)
        self.asking.look()

    def tick(self) -> None:
        """Once a second: clocks, tombstones, alarms, notices of change."""
        self.board.tick()
        self.panes.outdated()
        self.idle.look()
        listening = any(session.live for session in self.dispatcher.sessions)
        context = self.panes.tick(self.panel.open or self.filtering or listening)
        self._news.tick(context, self.dialog is not None)
        self.asking.look()
        self.panel.look()
        self.room.look(context.now, self.asking.asks)
        if self.mode == TRENDS:
            self.trends.look()

    def on_outcome(self, outcome: Outcome) -> None:
        """What became of a command."""
        self.lost.heard(outcome)
        self.undoing.heard(outcome)
        if outcome.phase is Phase.REQUESTED:
            return
        if outcome.phase is Phase.WAITING:
            back = self.settings.key_of("nav.back")
            key = "Esc" if back == "escape" else back
            outcome = replace(outcome, ending=tr("{ending}, {key} cancels", ending=outcome.ending, key=key))
        if outcome.phase is Phase.REFUSED:
            if outcome.command.id not in self._taken_back:
                self.restraint.begin(self.clock.now())
            self._taken_back.discard(outcome.command.id)
        if outcome.final and outcome.phase is Phase.CONFIRMED and outcome.command.verb is Verb.NOTE:
            self.ports.notes.write(outcome.command, outcome.at)
        self.remarks.tell(outcome)
        self.panes.outdated()
        if outcome.final and outcome.command.verb in FORMS:
            # Open details must not go on showing the rule that was just replaced.
            self.panel.readings.outdated(outcome.command.target.key)

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

    @contextmanager
    def pressed(self, key: str, character: str | None = None) -> Iterator[bool]:
        """Around what a key does, by its name ("e", "enter", "ctrl+p") and the character that it types: False where it
        may do nothing. What is refused lets keys rest."""
        before = self.remarks.latest
        self.pane.selection.stay(self.clock.now())
        self.room.touch(self.clock.now())
        # The key that finds it locked was meant for what stood there before.
        goes = not self.idle.look()
        if goes:
            goes = self._goes(key, character)
            before = self.remarks.latest  # that keys rest is no refusal
        yield goes
        self.idle.touch()
        remark = self.remarks.latest
        if remark is not None and remark is not before and remark[1] == "warn":
            self.restraint.begin(remark[2])
        self.panel.look()

    def _goes(self, key: str, character: str | None) -> bool:
        action = self._keys.get(key, "")
        if self.settings.kiosk:
            self.kiosk.press(key)
            return action == "app.repaint"
        if self.asking.asks or action == "app.repaint":
            return True
        if not self.restraint.fits:
            return action == "app.quit"
        if not self.restraint.holds(key, action, character is not None and character.isprintable(), self.clock.now()):
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
        if not self.restraint.fits and action != "app.repaint":
            if action == "app.quit":
                self._ask_to_quit()
            return
        if action == "nav.back" and self.mode == BOARD and (command := self.dispatcher.take_back()):
            self._taken_back.add(command)
            return
        if action in ("app.quit", "nav.back"):
            self.step_back(action == "app.quit")
        elif self.mode == BOARD or action.startswith(ANYWHERE):
            if action in self._does:
                self._does[action]()
            else:
                self.acting.press(action)
        elif action == "row.undo" and self.mode == LOG:
            self.undoing.begin(self.log.cursor or self.undoing.last(self.remarks.entries))
        elif action == "copy" and self.mode == LOG and self.log.painted is not None:
            self.copying.text(self.log.painted.text)
        elif action == "view.filter" and self.mode in self.modes.lists:
            self.asking.begin_filter(self.modes.lists[self.mode])
        elif action == "nav.details" and self.mode == ALARMS:
            self.seeking.to_alarm(self.alarms.line)
        elif action == "nav.details" and self.mode == LOG:
            self.seeking.to_entry(self.log.painted)
        elif action == "nav.details" and self.mode == TRENDS:
            if self.trends.queue is not None:
                self.seeking.jump(self.trends.queue)
        elif self.mode == TRENDS:
            self.trends.act(action)
        elif action in SCROLLS:
            lines = moved(action, max(1, self.modes.page_lines - 1))
            found = self.modes.lists.get(self.mode)
            if found is not None:
                found.move(lines)
            else:
                self.modes.turn(lines)

    def click(self, press: str) -> None:
        """What a click on a cell does, see `Cell.press`. A question takes clicks on its own alone."""
        if self.asking.asks:
            if (name := self.asking.clicked(press)) is not None:
                self.asking.press(name)
            return
        with self.pressed(self.key_of(press)) as goes:
            if goes:
                self.run(press)

    def _actions(self) -> Mapping[str, Callable[[], None]]:
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
            "nav.explain": partial(self._open, self.panel.explain),
            "view.filter": self.asking.begin_filter,
            "view.find": seeking.find,
            "view.sort": lambda: self.remarks.say(panes.sort()),
            "view.reverse": panes.reverse,
            "view.zoom": self._zoom,
            "view.freeze": panes.freeze,
            "view.follow": lambda: self.remarks.say(panes.follow(), "text"),
            "view.saved": self._views,
            "alarm.go": seeking.to_alarm,
            "alarm.acknowledge": seeking.acknowledge,
            "alarm.acknowledge_all": seeking.acknowledge_all,
            "alarm.snooze": seeking.snooze,
            "alarm.mute": lambda: self.remarks.say(self.attention.mute(self.clock.now()), "text"),
            "alarm.bell": lambda: self.remarks.say(self.attention.test(), "text"),
            # In the details it is they that are read again; the board goes on by itself.
            "app.refresh": lambda: self.remarks.say(self.panel.readings.again() or self.ports.refresh(), "text"),
            "app.repaint": self.ports.redraw,
            "app.palette": self._palette,
            "app.unlock": self.idle.ask,
            "app.help": self._help,
            **{f"mode.{mode}": partial(self.modes.toggle, mode) for mode in PAGES},
            "mode.log": self._log,
            "mode.unconfirmed": self._unconfirmed,
            "mode.trends": self._trends,
            "row.undo": lambda: self.undoing.begin(self.undoing.last(self.remarks.entries)),
            "lost.list": self.lost.open,
            "row.mark": self._mark,
            "copy": self.copying.row,
            "row.again": self.acting.again,
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
            page = max(1, self.pane.lines - 1)
            self.panes.move(page if down else -page)

    def _open(self, panel: Callable[[], None]) -> None:
        if self.pane.selection.cursor is None:
            # Not entered yet, or what stood under it is gone.
            self.pane.selection.enter(self.clock.now())
        panel()

    def _enter(self) -> None:
        selection = self.pane.selection
        if selection.cursor is ROSTER and self.panel.card_key is None:
            selection.fold(self.clock.now())
            self.room.unfolded(self.active)
        else:
            self._open(self.panel.toggle)

    def _zoom(self) -> None:
        self.panes.zoomed = not self.panes.zoomed
        self.modes.demand()

    def _trends(self) -> None:
        self.modes.toggle(TRENDS)
        if self.mode == TRENDS:
            self.trends.open()

    def _mark(self) -> None:
        self.pane.selection.toggle_mark(self.clock.now())
        self.panes.move(1)

    def _help(self) -> None:
        self.modes.toggle(HELP)
        if self.mode == HELP:
            self.asking.begin_filter(self.keys)

    def _log(self) -> None:
        self.modes.toggle(LOG)
        self.log.open()

    def _unconfirmed(self) -> None:
        self.modes.to(LOG)
        self.log.open(tr(UNCONFIRMED))

    def step_back(self, quitting: bool) -> None:
        found = self.modes.lists.get(self.mode)
        if found is not None and found.filter and self.mode != HELP:
            found.set_filter("")
        elif self.mode != BOARD:
            if self.mode != SOURCES or not self.seeking.back():
                self.modes.to(BOARD)
        elif self.panel.close() or (not quitting and self.seeking.back()):
            return
        elif self.pane.selection.marks:
            self.acting.unmark(self.pane.selection.marks)
        elif self.panes.zoomed:
            self.panes.zoomed = False
        elif self.pane.selection.filter:
            self.pane.selection.set_filter("", self.clock.now())
        elif self.panes.unfollow():
            return
        elif quitting:
            self._ask_to_quit()

    def _ask_to_quit(self) -> None:
        sessions = [session for session in self.dispatcher.sessions if session.live]
        pending = self.board.unconfirmed
        running = [tr(_GOES_ON[session.mode]) for session in sessions]
        if pending:
            running.append(trn("{n} action not confirmed yet", "{n} actions not confirmed yet", pending))

        def done(answer: Answer) -> None:
            if answer.value:
                self.ports.quit()

        self.asking.ask(Confirm(tr("Quit?"), "; ".join(running), self.clock.now() - 1.0), done)

    def _views(self) -> None:
        """Ask which view to take."""
        if not self.settings.views:
            self.at.warn(tr('no view is saved: write [[view]] name = "…" into the config'))
            return
        current, taken = self.panes.view, trc("view", "taken")
        choices = [
            Choice(view.name, view.name, taken if view is current else " ".join((*view.queues, *view.sources)))
            for view in self.settings.views
        ]
        chooser = Chooser(tr("VIEW"), [*choices, Choice("", tr("everything"))], self.clock.now())
        self.asking.ask(chooser, lambda answer: self._view(answer.value) if isinstance(answer.value, str) else None)

    def _view(self, name: str) -> None:
        """Take the view of this name, "" for everything."""
        view = next((each for each in self.settings.views if each.name == name), None)
        wrong = self.panes.show(view)
        self.modes.to(BOARD)
        self.room.opened(self.active)
        shown = tr("view {name}", name=name) if view is not None else tr("everything")
        self.remarks.say(wrong or shown, "warn" if wrong else "text")

    def _palette(self) -> None:
        row, hints = (self.panel.row, self.hints.now()) if self.mode == BOARD else (None, None)
        choices = commands(self.settings, bool(self.idle.reason), row, hints)
        now, search, recent = self.clock.now() - 1, self.ports.search, tuple(self._recent)
        self.asking.ask(
            Palette(tr("COMMANDS"), choices, now, searching=True, search=search, recent=recent), self._chosen
        )

    def _chosen(self, answer: Answer) -> None:
        action = answer.value
        if callable(action):
            action()
        if not isinstance(action, str):
            return
        if action in self._recent:
            self._recent.remove(action)
        self._recent.appendleft(action)
        if action.startswith("theme "):
            self.ports.set_theme(action.removeprefix("theme "))
        elif action == "row.undo":
            # What it is done to is named in its question, whatever is in sight.
            self._does[action]()
        elif action.startswith("view "):
            self._view(action.removeprefix("view "))
        elif self.mode != BOARD and not action.startswith((*ANYWHERE, "nav.back")):
            # No row is in sight here, so nothing may be done to one.
            self.modes.to(BOARD)
            self.at.warn(tr("back on the board; press it there"))
        else:
            self.run(action)
