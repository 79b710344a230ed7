"""The console without a terminal: which pane, which row, which dialog; keys in, lines out.

Textual shows what this says and hands it keys. Nothing here waits for the network: verbs go to the dispatcher as
commands, and what becomes of them comes back as outcomes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wallboard.board.board import Board
from wallboard.control.dispatcher import Dispatcher
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.clock import Clock
from wallboard.domain.command import FORMS
from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Row
from wallboard.domain.states import SourceState
from wallboard.ui.acting import Acting
from wallboard.ui.alarms import AlarmPointer
from wallboard.ui.asking import PASTE, OpenDialog, paste_limit, takes_text
from wallboard.ui.drawn import Drawn
from wallboard.ui.idle import IdleLock
from wallboard.ui.modes import (
    ANYWHERE,
    BOARD,
    HELP,
    LOG,
    SCROLLS,
    SOURCES,
    STEPS,
    WALL,
    moves,
    scrolled,
    stays_here,
    typed,
)
from wallboard.ui.notices import NoticeWatch
from wallboard.ui.pane import PaneState
from wallboard.ui.panel import Panel
from wallboard.ui.remarks import Remarks
from wallboard.ui.restraint import RESTING, Restraint
from wallboard.ui.seeking import Seeking
from wallboard.ui.settings import ConsoleSettings, Ports
from wallboard.ui.visibility import Visibility
from wallboard.view.context import Context, severities
from wallboard.view.dialogs import Answer, Confirm, Dialog, TextField
from wallboard.view.eventlog import Entry
from wallboard.view.format import plural
from wallboard.view.layout import ALL, NUMBER
from wallboard.view.panes import PANES

__all__ = ["BOARD", "HELP", "LOG", "SOURCES", "WALL", "Console", "ConsoleSettings", "Ports"]

FRAME_SECONDS = 0.05
_PANE_ACTIONS = {f"pane.{resource.value}": resource for resource in ALL}


class Console:
    def __init__(
        self, board: Board, dispatcher: Dispatcher, clock: Clock, settings: ConsoleSettings, ports: Ports
    ) -> None:
        self.board = board
        self.dispatcher = dispatcher
        self.clock = clock
        self.settings = settings
        self.ports = ports
        self.panes: dict[Resource, PaneState] = {resource: PaneState(pane) for resource, pane in PANES.items()}
        self.active = Resource.QUEUES
        self.mode = WALL if settings.wall else BOARD
        self.zoomed = False
        self.filtering = False
        self.dialog: OpenDialog | None = None
        self.remarks = Remarks(clock)
        self.scroll: dict[str, int] = {}
        self.alarms = AlarmPointer(board)
        self.restraint = Restraint()
        self.idle = IdleLock(self, settings.idle_lock)
        self.visibility = Visibility(self)
        self.acting = Acting(self)
        self.panel = Panel(self)
        self._notices = NoticeWatch()
        self.seeking = Seeking(self)
        self.source_mark: tuple[str, Resource | None] = ("", None)
        """The source (and its resource) that the sources mode was opened on."""
        self.page_lines = 20
        """Lines of a page of the mode that is on the screen, as last drawn."""
        self._source_states: dict[str, str] = {}
        self._keys = {key: action.id for action in settings.actions if action.scope == "board" for key in action.keys}
        self._verbs = {action.id for action in settings.actions if action.acts}
        self.filter_field = TextField()
        self._context: tuple[int, Context] | None = None
        dispatcher.subscribe(self.on_outcome)
        self.reload(frozenset(ALL))
        self.demand()

    # ---- what the board shows -----------------------------------------------------------------------------

    def context(self) -> Context:
        """The board at this instant; one context serves all that is asked within a frame."""
        now = self.clock.now()
        made = self._context
        if made is not None and made[0] == self.board.version and 0 <= now - made[1].now < FRAME_SECONDS:
            return made[1]
        context = self._fresh_context(now)
        self._context = (self.board.version, context)
        return context

    def _fresh_context(self, now: float) -> Context:
        return Context(
            self.board,
            now,
            self.settings.zone,
            self.remarks.said(now),
            severities(self.board, now),
            self.remarks.notes,
        )

    @property
    def pane(self) -> PaneState:
        return self.panes[self.active]

    @property
    def cursor_row(self) -> Row | None:
        """The row that a key would act on, if it lives: that of the card, else the one under the cursor."""
        key = self.panel.subject
        return self.panel.known(key) if self.panel.live(key) else None

    @property
    def card_key(self) -> Key | None:
        """The row whose card is open."""
        return self.panel.card_key

    def card(self, key: Key) -> None:
        """Show a row that stands in no pane (a telephone, a conference room) in the details panel; its keys act on it.
        A row of a pane is gone to instead, with its details."""
        self.panel.card(key)

    def drew(self, drawn: Drawn) -> None:
        """A frame was drawn: what keys go on from."""
        if drawn.page is not None:
            self.page_lines = drawn.page
        if drawn.scroll is not None:
            self.scroll[self.mode] = drawn.scroll
        if drawn.panel is not None:
            self.panel.turned = drawn.panel
        if drawn.card is not None:
            self.panel.card_painted = drawn.card

    def reload(self, resources: frozenset[Resource]) -> None:
        """Take new rows from the board into the panes that show them."""
        context = self.context()
        wanted = set(resources)
        if Resource.MEMBERS in wanted or Resource.AGENTS in wanted:
            wanted.add(Resource.QUEUES)
        for resource, pane in self.panes.items():
            if resource in wanted:
                pane.load(context)
            else:
                pane.context = context
        self._watch_dialog()

    def _watch_dialog(self) -> None:
        if self.dialog is not None and self.dialog.watch is not None:
            what = self.dialog.watch()
            if what:
                self.dialog.dialog.changed(what, self.clock.now())

    def tick(self) -> None:
        """Once a second: clocks, tombstones, alarms, notices of change."""
        self.board.tick()
        self._context = None
        self.idle.look()
        now = self.clock.now()
        context = self.context()
        if self.busy:
            self.pane.selection.stay(now)
        for pane in self.panes.values():
            pane.context = context
            pane.selection.expire(now)
        for entry in self.alarms.tick(now, dialog_open=self.dialog is not None):
            self.remarks.entries.append(entry)
            if entry.style == "alarm" and self.settings.bell and not self._quiet():
                self.ports.bell()
        for view in context.views():
            before = self._source_states.get(view.info.name)
            if before != view.word:
                self._source_states[view.info.name] = view.word
                if before is not None:
                    style = "ok" if view.state is SourceState.LIVE else "stale"
                    text = f"{view.info.name} is {view.word}" + (f": {view.detail}" if view.detail else "")
                    self.remarks.entries.append(Entry(now, "state", text, style))
        self.remarks.entries.extend(self._notices.tick(context))
        self._watch_dialog()
        self.panel.look()

    @property
    def busy(self) -> bool:
        """Whether the user is at the active pane without a key: he reads details, types a filter, is on a call."""
        return self.panel.open or self.filtering or any(session.live for session in self.dispatcher.sessions)

    def _quiet(self) -> bool:
        """Whether the bell is to be silent at this time of day."""
        wall = self.clock.wall().astimezone(self.settings.zone)
        minute = wall.hour * 60 + wall.minute
        return any(
            start <= minute < end if start <= end else minute >= start or minute < end
            for start, end in self.settings.quiet
        )

    def on_outcome(self, outcome: Outcome) -> None:
        """What became of a command."""
        if outcome.phase is Phase.REQUESTED:
            return
        if outcome.phase is Phase.WAITING:
            back = self.key_of("nav.back")
            outcome = replace(outcome, ending=f"{outcome.ending}, {'Esc' if back == 'escape' else back} cancels")
        if outcome.phase is Phase.REFUSED and outcome.ending.startswith("refused"):
            # What the user took back is no refusal.
            self.restraint.begin(self.clock.now())
        self.remarks.tell(outcome)
        self._context = None
        if outcome.final and outcome.command.verb in FORMS:
            # Open details must not go on showing the rule that was just replaced.
            self.panel.readings.outdated(outcome.command.target.key)

    # ---- keys ---------------------------------------------------------------------------------------------

    def believed(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """The characters that do nothing but move on the board, those that do nothing beyond this screen, and those
        that open a field in place."""
        here = typed(self._keys, stays_here) | {"\r", "\t"}
        return typed(self._keys, moves), here, typed(self._keys, "view.filter".__eq__)

    def is_verb(self, key: str) -> bool:
        """Whether the key would run a verb now: the gate lets such a key act once, however long it is held."""
        if self.dialog is not None:
            # A held verb key must not answer the question that it has just opened.
            return not (self.takes_text or self.repeats(key))
        return not self.filtering and self._keys.get(key) in self._verbs

    def repeats(self, key: str) -> bool:
        """Whether the key goes on and on while it is held: where it moves, and where text is typed."""
        return key != "enter" if self.takes_text else key in STEPS or moves(self._keys.get(key, ""))

    @property
    def takes_text(self) -> bool:
        """Whether typed and pasted text goes into a field."""
        if self.dialog is None:
            return self.filtering
        return takes_text(self.dialog.dialog)

    def paste(self, text: str) -> None:
        """Text from the clipboard: into the open field, nowhere else. Line ends become blanks."""
        self.idle.look()
        if self.takes_text:
            limit = PASTE if self.dialog is None else paste_limit(self.dialog.dialog)
            for character in " ".join(text[:limit].splitlines()).replace("\t", " "):
                if character.isprintable():
                    self.key("space" if character == " " else character, character)
            return
        count = self.restraint.drop(len(text), self.clock.now())
        self.remarks.say(f"{plural(count, 'key')} dropped: pasted?", "warn")

    def key(self, key: str, character: str | None = None) -> None:
        """One key press. `key` is the canonical name ("e", "enter", "ctrl+p"), `character` what it types."""
        before = self.remarks.latest
        self.pane.selection.stay(self.clock.now())
        if not self.idle.look():
            # The key that finds it locked was meant for what stood there before.
            self._key(key, character)
        self.idle.touch()
        remark = self.remarks.latest
        if remark is not None and remark is not before and remark[1] == "warn" and RESTING not in remark[0]:
            self.restraint.begin(remark[2])
        self.panel.look()

    def _key(self, key: str, character: str | None) -> None:
        now = self.clock.now()
        if self._keys.get(key) == "app.repaint" and (character is None or (self.dialog is None and not self.filtering)):
            # Also where something is asked: it must be seen whole to be answered.
            self.ports.redraw()
            return
        if self.dialog is not None:
            self._dialog_key(key, character, now)
            return
        if self.filtering:
            self._filter_key(key, character, now)
            return
        action = self._keys.get(key, "")
        if not self.restraint.fits:
            if action == "app.quit":
                self._ask_to_quit()
            return
        if self.restraint.holds(key, action, character is not None and character.isprintable(), now):
            if action and self.restraint.tell():
                text, style = self.remarks.outcome
                self.remarks.say(f"{text} · {RESTING}", style)
            return
        if not action:
            return
        if action == "nav.back" and self.mode == BOARD and self.dispatcher.take_back():
            return
        if action in ("app.quit", "nav.back"):
            self.step_back(action == "app.quit")
        elif self.mode == BOARD or action.startswith(ANYWHERE):
            self.run(action)
        elif action in SCROLLS:
            self._scroll_mode(action)

    def _dialog_key(self, key: str, character: str | None, now: float) -> None:
        opened = self.dialog
        if opened is None:
            return
        if key == "ctrl+c":
            key = "escape"
        if key != "escape" and (key == "enter" or not self.takes_text) and not self.visibility.of_dialog(opened):
            return  # nobody can have read what it answers
        answer = opened.dialog.key(key, character, now)
        if answer is not None:
            self.close_dialog()
            opened.done(answer)

    def open(self, dialog: Dialog, done: Callable[[Answer], None], watch: Callable[[], str] | None = None) -> None:
        """Show a dialog. While it is open the order is held in every pane; the wall has no line for it."""
        if self.mode == WALL:
            self.mode = BOARD
            self.demand()
        self.dialog = OpenDialog(dialog, done, watch)
        for pane in self.panes.values():
            pane.selection.hold("dialog")

    def close_dialog(self) -> None:
        self.dialog = None
        for pane in self.panes.values():
            pane.selection.release("dialog")

    def _filter_key(self, key: str, character: str | None, now: float) -> None:
        selection = self.pane.selection
        if key in ("escape", "ctrl+c"):
            self.filter_field.text = ""
            self.filtering = False
        elif key == "enter":
            self.filtering = False
            return
        elif key in ("up", "down"):
            self.move(1 if key == "down" else -1)
            return
        elif not self.filter_field.key(key, character):
            return
        selection.set_filter(self.filter_field.text, now)

    def step_back(self, quitting: bool) -> None:
        now = self.clock.now()
        if self.mode != BOARD:
            if self.mode != SOURCES or not self.seeking.back():
                self.mode = BOARD
                self.demand()
        elif self.panel.close() or (not quitting and self.seeking.back()):
            return
        elif self.zoomed:
            self.zoomed = False
        elif self.pane.selection.filter:
            self.filter_field.text = ""
            self.pane.selection.set_filter("", now)
        elif quitting:
            self._ask_to_quit()

    def _ask_to_quit(self) -> None:
        sessions = [session for session in self.dispatcher.sessions if session.live]
        pending = self.board.unconfirmed
        running = [f"your {session.mode} goes on until you hang up" for session in sessions]
        if pending:
            running.append(f"{plural(pending, 'action')} not confirmed yet")
        self.open(Confirm("Quit?", "; ".join(running), self.clock.now() - 1.0, self.keys_of("dialog.yes")), self._quit)

    def see(self, fits: bool) -> None:
        """Whether the window has room for rows and questions. What was asked in one that had, nobody can read now."""
        if self.restraint.fits and not fits:
            self.filtering = False
            if self.dialog is not None:
                self.close_dialog()
                self.restraint.begin(self.clock.now())
                self.remarks.say("the window became too small: the question is void", "warn")
        self.restraint.fits = fits

    def _quit(self, answer: Answer) -> None:
        if answer.value:
            self.ports.quit()

    def run(self, action: str) -> None:
        """Run an action of the keymap by its id."""
        now = self.clock.now()
        selection = self.pane.selection
        if action in _PANE_ACTIONS:
            self.go(_PANE_ACTIONS[action])
            return
        match action:
            case "nav.up" | "nav.down":
                self.move(1 if action == "nav.down" else -1)
            case "nav.page_up" | "nav.page_down":
                down = action == "nav.page_down"
                if self.panel.page(down):
                    return
                page = max(1, self.pane.lines - 1)
                self.move(page if down else -page)
            case "nav.top" | "nav.bottom":
                self._hold_everywhere()
                (selection.home if action == "nav.top" else selection.end)(now)
            case "nav.left" | "nav.right":
                self.ports.scroll_columns(1 if action == "nav.right" else -1)
            case "pane.next":
                shown = [resource for resource in ALL if NUMBER[resource] <= 5 or self.pane_has_rows(resource)]
                place = shown.index(self.active) if self.active in shown else -1
                self.go(shown[(place + 1) % len(shown)], again=False)
            case "nav.details" | "nav.explain":
                if selection.cursor is None:
                    # Not entered yet, or what stood under it is gone.
                    selection.enter(now)
                (self.panel.toggle if action == "nav.details" else self.panel.explain)()
            case "view.filter":
                self.filtering = True
                self.filter_field = TextField(selection.filter)
            case "view.find":
                self.seeking.find()
            case "view.sort":
                self._sort()
            case "view.reverse":
                self.pane.reverse = not self.pane.reverse
                selection.set_reverse(self.pane.reverse, now)
            case "view.zoom":
                self.zoomed = not self.zoomed
                self.demand()
            case "view.freeze":
                if any(pane.selection.frozen for pane in self.panes.values()):
                    for pane in self.panes.values():
                        pane.selection.unfreeze(now)
                else:
                    for pane in self.panes.values():
                        pane.selection.freeze(now)
            case "alarm.go":
                self.seeking.to_alarm()
            case "alarm.acknowledge" | "alarm.acknowledge_all" if self.idle.reason:
                self.remarks.say(self.idle.reason, "warn")
            case "alarm.acknowledge":
                if not self.visibility.of_alarm(self.alarms.shown):
                    self.remarks.say("another alarm is in the line, press again", "warn")
                    return
                done = self.alarms.acknowledge(self.settings.operator or "me", now)
                self.remarks.say(done or "no alarm to acknowledge", "text" if done else "warn")
            case "alarm.acknowledge_all":
                self.seeking.acknowledge_all()
            case "app.refresh":
                # In the details it is they that are read again; the board goes on by itself.
                self.remarks.say(self.panel.readings.again() or self.ports.refresh(), "text")
            case "app.palette":
                self.seeking.palette()
            case "app.unlock":
                self.idle.ask()
            case "app.help":
                self.mode = BOARD if self.mode == HELP else HELP
                self.scroll[HELP] = 0
            case "mode.wall" | "mode.log" | "mode.sources":
                wanted = action.removeprefix("mode.")
                self.mode = BOARD if self.mode == wanted else wanted
                self.scroll[wanted] = 0
                self.source_mark = ("", None)
                self.demand()
            case "row.mark":
                selection.toggle_mark(now)
                self.move(1)
            case "row.again":
                self.acting.again()
            case _:
                self.acting.press(action)

    def move(self, lines: int, resource: Resource | None = None) -> None:
        """Move the cursor of a pane, by default the active one, by so many lines."""
        self._hold_everywhere()
        self.panes[resource or self.active].selection.move(lines, self.clock.now())

    def _hold_everywhere(self) -> None:
        """While the user moves, the order stands still in every pane: the eye is on all of them."""
        now = self.clock.now()
        for pane in self.panes.values():
            pane.selection.touch(now)

    def pane_has_rows(self, resource: Resource) -> bool:
        return bool(self.panes[resource].selection.counts[1])

    def go(self, resource: Resource, again: bool = True) -> None:
        """To a pane, at its old cursor; its number again: to its worst row."""
        if self.mode != BOARD:
            self.mode = BOARD
        elif self.active is resource and again:
            self._to_worst(self.panes[resource])
        self.seeking.forget()
        self.panel.close_card()
        if self.active is not resource:
            self.active = resource
            self.filter_field = TextField(self.panes[resource].selection.filter)
        self._hold_everywhere()
        self.pane.selection.enter(self.clock.now())
        self.demand()

    def _to_worst(self, pane: PaneState) -> None:
        """The most urgent row in sight, whatever the pane is sorted by."""
        context = self.context()
        rows = [row for key in pane.order() if pane.live(key) and (row := pane.row(key)) is not None]
        if rows:
            worst = min(rows, key=lambda row: pane.pane.urgency(row, context))
            pane.selection.to(worst.key, self.clock.now())

    def demand(self) -> None:
        shown = set(ALL[:5]) | {self.active} if self.mode in (BOARD, HELP) else set()
        if self.mode == WALL:
            shown = {Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS, Resource.HOTLINES}
        self.ports.demand(frozenset(shown), self.active)

    def _sort(self) -> None:
        names = self.pane.pane.sortable()
        self.pane.sort = names[(names.index(self.pane.sort) + 1) % len(names)] if self.pane.sort in names else ""
        self.pane.load(self.context(), resort=True)
        self.remarks.say(f"{self.pane.pane.title} by {self.pane.sort or 'urgency'}", "muted")

    def _scroll_mode(self, action: str) -> None:
        self.scroll[self.mode] = scrolled(
            self.mode, action, self.scroll.get(self.mode, 0), max(1, self.page_lines - 1), len(self.remarks.entries)
        )

    def keys_of(self, action: str) -> tuple[str, ...]:
        """All keys of an action, as they are pressed."""
        return next((tuple(info.keys) for info in self.settings.actions if info.id == action), ())

    def key_of(self, action: str) -> str:
        """The first key of an action, for the lines that name keys."""
        for info in self.settings.actions:
            if info.id == action:
                return info.keys[0] if info.keys else "–"
        return "–"
