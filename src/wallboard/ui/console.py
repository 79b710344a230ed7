"""The console without a terminal: which pane, which row, which dialog; keys in, lines out.

Textual shows what this says and hands it keys. Nothing here waits for the network: verbs go to the dispatcher as
commands, and what becomes of them comes back as outcomes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from wallboard.board.board import Board
from wallboard.control.dispatcher import Dispatcher
from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.clock import Clock
from wallboard.domain.command import Destination
from wallboard.domain.keys import RESOURCE_OF, Key, Resource
from wallboard.domain.models import Row
from wallboard.domain.states import SourceState
from wallboard.ui.acting import Acting
from wallboard.ui.alarms import AlarmPointer
from wallboard.ui.pane import PaneState
from wallboard.view.context import Context, severities
from wallboard.view.dialogs import (
    Answer,
    Choice,
    Chooser,
    Confirm,
    Dialog,
    Picker,
    Prompt,
    TextField,
    TypeName,
)
from wallboard.view.directory import Favourite, Route
from wallboard.view.eventlog import Entry
from wallboard.view.format import plural
from wallboard.view.layout import ALL, NUMBER
from wallboard.view.panes import PANES

BOARD, WALL, LOG, SOURCES, HELP = "board", "wall", "log", "sources", "help"
SAID_SECONDS = 12.0
"""How long a row carries the sentence about what was done to it."""
_ANYWHERE = ("mode.", "pane.", "app.", "alarm.", "theme ")
"""What works in every mode: none of it touches a row."""
FRAME_SECONDS = 0.05
_PANE_ACTIONS = {f"pane.{resource.value}": resource for resource in ALL}


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """One action of the keymap: its keys and what it does; `acts` marks a verb."""

    id: str
    keys: tuple[str, ...]
    does: str
    scope: str = "board"
    acts: bool = False


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """What the config says of the console itself. `themes` are the names that the palette offers."""

    site: str
    operator: str
    actions: Sequence[ActionInfo]
    favourites: Sequence[Favourite] = ()
    routes: Sequence[Route] = ()
    themes: Sequence[str] = ()
    zone: tzinfo | None = None
    read_only: bool = False
    wall: bool = False
    banner: str = ""
    bell: bool = False
    quiet: Sequence[tuple[int, int]] = ()
    """Spans of local time without a bell, in minutes of the day (from, to); `to` may be the smaller."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What the console asks of the runtime: refresh now (returns a sentence), what is on screen, another theme,
    whether a source can dial a destination (and why not), and what each source can and cannot do."""

    refresh: Callable[[], str]
    demand: Callable[[frozenset[Resource]], None]
    set_theme: Callable[[str], None]
    quit: Callable[[], None]
    bell: Callable[[], None]
    can_dial: Callable[[str, Destination], tuple[bool, str]]
    rights: Callable[[], Mapping[str, Sequence[str]]]


@dataclass(slots=True)
class OpenDialog:
    """A dialog and what becomes of its answer. `watch`: the row it speaks of."""

    dialog: Dialog
    done: Callable[[Answer], None]
    watch: Callable[[], str] | None = None


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
        self.details = False
        self.filtering = False
        self.dialog: OpenDialog | None = None
        self.outcome: tuple[str, str] = ("", "muted")
        self.said: dict[Key, tuple[str, float]] = {}
        self.notes: dict[Key, str] = {}
        self.seen: dict[Key, list[str]] = {}
        self.entries: deque[Entry] = deque(maxlen=2000)
        self.scroll: dict[str, int] = {}
        self.alarms = AlarmPointer(board)
        self.columns_step = 0
        self.acting = Acting(self)
        self._back: tuple[Resource, object] | None = None
        self._source_states: dict[str, SourceState] = {}
        self._keys = {key: action.id for action in settings.actions if action.scope == "board" for key in action.keys}
        self._verbs = {action.id for action in settings.actions if action.acts}
        self._announced: set[Resource] = set()
        self.filter_field = TextField()
        self._context: tuple[int, Context] | None = None
        dispatcher.subscribe(self.on_outcome)
        self.reload(frozenset(ALL))
        self._demand()

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
        said = {key: text for key, (text, at) in self.said.items() if now - at < SAID_SECONDS}
        return Context(
            self.board,
            now,
            self.settings.zone,
            said,
            severities(self.board, now),
            self.notes,
        )

    @property
    def pane(self) -> PaneState:
        return self.panes[self.active]

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor, if it lives."""
        key = self.pane.selection.cursor
        return self.pane.row(key) if self.pane.live(key) else None

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
        now = self.clock.now()
        context = self.context()
        for pane in self.panes.values():
            pane.context = context
            pane.selection.expire(now)
        for entry in self.alarms.tick(now, dialog_open=self.dialog is not None):
            self.entries.append(entry)
            if entry.style == "alarm" and self.settings.bell and not self._quiet():
                self.ports.bell()
        for view in context.views():
            before = self._source_states.get(view.info.name)
            if before is not view.state:
                self._source_states[view.info.name] = view.state
                if before is not None:
                    style = "ok" if view.state is SourceState.LIVE else "stale"
                    text = f"{view.info.name} is {view.state.value}" + (f": {view.detail}" if view.detail else "")
                    self.entries.append(Entry(now, "state", text, style))
        self._watch_dialog()

    def _quiet(self) -> bool:
        """Whether the bell is to be silent at this time of day."""
        wall = self.clock.wall().astimezone(self.settings.zone)
        minute = wall.hour * 60 + wall.minute
        return any(
            start <= minute < end if start <= end else minute >= start or minute < end
            for start, end in self.settings.quiet
        )

    def on_outcome(self, outcome: Outcome) -> None:
        """What became of a command: the outcome line, the row and the log say it in the same words."""
        style = {
            Phase.CONFIRMED: "ok",
            Phase.ACCEPTED: "info",
            Phase.SENT: "muted",
            Phase.REQUESTED: "muted",
        }.get(outcome.phase, "warn")
        if outcome.phase is Phase.REQUESTED:
            return
        self.outcome = (outcome.sentence, style)
        key = outcome.command.target.key
        self._context = None
        self.said[key] = (outcome.ending, outcome.at)
        self.seen.setdefault(key, []).append(outcome.sentence)
        self.entries.append(Entry(outcome.at, "action", outcome.sentence, style))

    def say(self, text: str, style: str = "muted") -> None:
        """A sentence in the outcome line."""
        self.outcome = (text, style)

    def log(self, what: str, text: str, style: str = "text") -> None:
        self.entries.append(Entry(self.clock.now(), what, text, style))

    # ---- keys ---------------------------------------------------------------------------------------------

    def is_verb(self, key: str) -> bool:
        """Whether the key would run a verb now: the gate lets such a key act once, however long it is held."""
        if self.dialog is not None:
            # A held verb key must not answer the question that it has just opened.
            return not self.takes_text
        return not self.filtering and self._keys.get(key) in self._verbs

    @property
    def takes_text(self) -> bool:
        """Whether typed and pasted text goes into a field."""
        if self.dialog is None:
            return self.filtering
        match self.dialog.dialog:
            case TypeName() | Prompt():
                return True
            case Picker() as picker:
                return picker.asking is None
            case Chooser() as chooser:
                return chooser.searching
        return False

    def paste(self, text: str) -> None:
        """Text from the clipboard: into the open field, nowhere else."""
        if self.takes_text:
            for character in text[:300]:
                if character.isprintable():
                    self.key("space" if character == " " else character, character)

    def key(self, key: str, character: str | None = None) -> None:
        """One key press. `key` is the canonical name ("e", "enter", "ctrl+p"), `character` what it types."""
        now = self.clock.now()
        if self.dialog is not None:
            self._dialog_key(key, character, now)
            return
        if self.filtering:
            self._filter_key(key, character, now)
            return
        action = self._keys.get(key)
        if action is None:
            return
        if action in ("app.quit", "nav.back"):
            self._back_one(action == "app.quit")
        elif self.mode == BOARD or action.startswith(_ANYWHERE):
            self.run(action)
        elif action in ("nav.up", "nav.down", "nav.page_up", "nav.page_down", "nav.top", "nav.bottom"):
            self._scroll_mode(action)

    def _dialog_key(self, key: str, character: str | None, now: float) -> None:
        opened = self.dialog
        if opened is None:
            return
        if key == "ctrl+c":
            key = "escape"
        answer = opened.dialog.key(key, character, now)
        if answer is not None:
            self.close_dialog()
            opened.done(answer)

    def open(self, dialog: Dialog, done: Callable[[Answer], None], watch: Callable[[], str] | None = None) -> None:
        """Show a dialog. While it is open the order is held in every pane; the wall has no line for it."""
        if self.mode == WALL:
            self.mode = BOARD
            self._demand()
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
            selection.move(1 if key == "down" else -1, now)
            return
        elif not self.filter_field.key(key, character):
            return
        selection.set_filter(self.filter_field.text, now)

    def _back_one(self, quitting: bool) -> None:
        now = self.clock.now()
        if self.mode != BOARD:
            self.mode = BOARD
            self._demand()
        elif self.details:
            self.details = False
        elif self._back is not None and not quitting:
            resource, cursor = self._back
            self._back = None
            self.active = resource
            if cursor is not None:
                self.panes[resource].selection.to(cursor, now)
        elif self.zoomed:
            self.zoomed = False
        elif self.pane.selection.filter:
            self.filter_field.text = ""
            self.pane.selection.set_filter("", now)
        elif quitting:
            sessions = [session for session in self.dispatcher.sessions if session.live]
            pending = self.board.unconfirmed
            running = [f"your {session.mode} goes on until you hang up" for session in sessions]
            if pending:
                running.append(f"{plural(pending, 'action')} not confirmed yet")
            self.open(Confirm("Quit?", "; ".join(running), now - 1.0), self._quit)

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
                selection.move(1 if action == "nav.down" else -1, now)
            case "nav.page_up" | "nav.page_down":
                selection.page(10 if action == "nav.page_down" else -10, now)
            case "nav.top":
                selection.home(now)
            case "nav.bottom":
                selection.end(now)
            case "nav.left" | "nav.right":
                self.columns_step = 1 if action == "nav.right" else -1
            case "pane.next":
                shown = [resource for resource in ALL if NUMBER[resource] <= 5 or self.pane_has_rows(resource)]
                place = shown.index(self.active) if self.active in shown else -1
                self.go(shown[(place + 1) % len(shown)], again=False)
            case "nav.details":
                self.details = not self.details and selection.cursor is not None
            case "view.filter":
                self.filtering = True
                self.filter_field = TextField(selection.filter)
            case "view.find":
                self._find()
            case "view.sort":
                self._sort()
            case "view.reverse":
                self.pane.reverse = not self.pane.reverse
                selection.set_reverse(self.pane.reverse, now)
            case "view.zoom":
                self.zoomed = not self.zoomed
            case "view.freeze":
                if any(pane.selection.frozen for pane in self.panes.values()):
                    for pane in self.panes.values():
                        pane.selection.unfreeze(now)
                else:
                    for pane in self.panes.values():
                        pane.selection.freeze(now)
            case "alarm.go":
                self._to_alarm()
            case "alarm.acknowledge":
                self.say(self.alarms.acknowledge(self.settings.operator or "me"), "text")
            case "alarm.acknowledge_all":
                self._acknowledge_all()
            case "app.refresh":
                self.say(self.ports.refresh(), "text")
            case "app.palette":
                self._palette()
            case "app.help":
                self.mode = BOARD if self.mode == HELP else HELP
                self.scroll[HELP] = 0
            case "mode.wall" | "mode.log" | "mode.sources":
                wanted = action.removeprefix("mode.")
                self.mode = BOARD if self.mode == wanted else wanted
                self.scroll[wanted] = 0
                self._demand()
            case "row.mark":
                selection.toggle_mark(now)
                selection.move(1, now)
            case "row.again":
                self.acting.again()
            case _:
                self.acting.press(action)

    def _acknowledge_all(self) -> None:
        """Asks first. What comes up while the question stands is not answered with it."""
        asked_at = self.clock.now()
        count = len([alarm for alarm in self.board.alarms.active(asked_at) if not alarm.acked_by])
        if not count:
            self.say("no alarm to acknowledge")
            return

        def done(answer: Answer) -> None:
            if answer.value:
                self.say(self.alarms.acknowledge_all(self.settings.operator or "me", asked_at), "text")

        title = f"ACKNOWLEDGE {plural(count, 'alarm')}?"
        self.open(Confirm(title, "all that were in sight for a second", asked_at), done)

    def pane_has_rows(self, resource: Resource) -> bool:
        return bool(self.panes[resource].selection.counts[1])

    def go(self, resource: Resource, again: bool = True) -> None:
        """To a pane, at its old cursor; its number again: to its worst row."""
        if self.mode != BOARD:
            self.mode = BOARD
        elif self.active is resource and again:
            self._to_worst(self.panes[resource])
        self._back = None
        if self.active is not resource:
            self.active = resource
            self.filter_field = TextField(self.panes[resource].selection.filter)
        self._demand()

    def _to_worst(self, pane: PaneState) -> None:
        """The most urgent row in sight, whatever the pane is sorted by."""
        context = self.context()
        rows = [row for key in pane.order() if pane.live(key) and (row := pane.row(key)) is not None]
        if rows:
            worst = min(rows, key=lambda row: pane.pane.urgency(row, context))
            pane.selection.to(worst.key, self.clock.now())

    def jump(self, key: Key) -> None:
        """To a row wherever it is; a filter that hides it is cleared."""
        now = self.clock.now()
        resource = RESOURCE_OF[key.kind]
        if resource not in self.panes:
            return
        if self._back is None:
            self._back = (self.active, self.pane.selection.cursor)
        self.mode = BOARD
        self.active = resource
        selection = self.pane.selection
        if key in selection.hidden_keys:
            selection.set_filter("", now)
        selection.to(key, now)
        self._demand()

    def _to_alarm(self) -> None:
        key = self.alarms.next(self.clock.now())
        if key is None:
            self.say("no alarm", "muted")
        else:
            self.jump(key)

    def _demand(self) -> None:
        shown = set(ALL[:5]) | {self.active} if self.mode in (BOARD, HELP) else set()
        if self.mode == WALL:
            shown = {Resource.QUEUES, Resource.MEMBERS, Resource.AGENTS, Resource.HOTLINES}
        self.ports.demand(frozenset(shown))

    def _sort(self) -> None:
        names = self.pane.pane.sortable()
        self.pane.sort = names[(names.index(self.pane.sort) + 1) % len(names)] if self.pane.sort in names else ""
        self.pane.load(self.context())
        self.say(f"{self.pane.pane.title} by {self.pane.sort or 'urgency'}", "muted")

    def _find(self) -> None:
        choices = []
        context = self.context()
        for resource, pane in self.panes.items():
            for row in pane.pane.rows(context):
                choices.append(
                    Choice(
                        row.key,
                        pane.pane.label(row),
                        f"{resource.value} {row.key.source}",
                        search=pane.pane.search(row),
                    )
                )
        self.open(
            Chooser("FIND across all panes; nothing is hidden", choices, self.clock.now() - 1, searching=True),
            self._found,
        )

    def _found(self, answer: Answer) -> None:
        if isinstance(answer.value, Key):
            self.jump(answer.value)

    def _palette(self) -> None:
        choices = [
            Choice(action.id, action.does, f"{action.id}  {' '.join(action.keys)}")
            for action in self.settings.actions
            if action.scope == "board" and not action.id.startswith("nav.")
        ]
        choices += [Choice(f"theme {name}", f"theme {name}", "colours") for name in self.settings.themes]
        self.open(Chooser("COMMANDS", choices, self.clock.now() - 1, searching=True), self._chosen)

    def _chosen(self, answer: Answer) -> None:
        if not isinstance(answer.value, str):
            return
        if answer.value.startswith("theme "):
            self.ports.set_theme(answer.value.removeprefix("theme "))
        elif answer.value in ("app.quit", "nav.back"):
            self._back_one(answer.value == "app.quit")
        elif self.mode != BOARD and not answer.value.startswith(_ANYWHERE):
            # No row is in sight here, so nothing may be done to one.
            self.mode = BOARD
            self._demand()
            self.say("back on the board; press it there", "warn")
        else:
            self.run(answer.value)

    def _scroll_mode(self, action: str) -> None:
        step = {"nav.up": 1, "nav.down": -1, "nav.page_up": 10, "nav.page_down": -10}.get(action)
        if self.mode == LOG:
            back = self.scroll.get(LOG, 0) + (step or 0)
            back = len(self.entries) if action == "nav.top" else 0 if action == "nav.bottom" else back
            self.scroll[LOG] = max(0, min(len(self.entries), back))
        else:
            top = self.scroll.get(self.mode, 0) - (step or 0)
            top = 0 if action == "nav.top" else 10_000 if action == "nav.bottom" else top
            self.scroll[self.mode] = max(0, top)

    def key_of(self, action: str) -> str:
        """The first key of an action, for the lines that name keys."""
        for info in self.settings.actions:
            if info.id == action:
                return info.keys[0] if info.keys else "–"
        return "–"
