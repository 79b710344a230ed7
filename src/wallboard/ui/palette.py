"""The command palette: what can be done with the row under the cursor, every other action of the board, the themes, and
what Textual's providers find beside them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from wallboard.domain.actions import Action
from wallboard.domain.keys import Resource
from wallboard.domain.language import english, mark, tr, trc
from wallboard.domain.models import Queue, Row
from wallboard.domain.records import dataclass
from wallboard.domain.verbs import VERB_KEYS, Verb, goal
from wallboard.ui.asking import Asking
from wallboard.ui.hints import Hints
from wallboard.ui.modes import ANYWHERE, BOARD, Modes
from wallboard.ui.panel import Panel
from wallboard.ui.settings import Station
from wallboard.ui.undoing import Undoing
from wallboard.ui.views import Views
from wallboard.view.chrome import KeyHint
from wallboard.view.context import Context
from wallboard.view.dialogs import Answer, Choice, Chooser, best
from wallboard.view.panes import PANES
from wallboard.view.target import label

UNLOCK = "app.unlock"
LATELY = 8
"""Commands that stand first because they were chosen last."""
_LOOKS = ("nav.details", "nav.explain")
_NAMES = {
    "app.quit": mark("quit, or one step back"),
    "staff.add": mark("add an agent to the queue"),
    "staff.remove": mark("remove an agent from the queue"),
}
_ANYWHERE = ("call.end", "notice.publish")
"""Verbs that are done to no row of the pane."""
_NOT_LISTED = frozenset({"app.palette"})
Found = Callable[[Sequence[Choice], float], None]
"""What was found, and when."""


@dataclass(slots=True)
class Palette(Chooser):
    """Our own commands are there at once, the `recent` ones first. `search` looks for more under a text, and gives it
    to the function it is handed when it has some."""

    search: Callable[[str, Found], None] = field(kw_only=True)
    recent: Sequence[object] = ()
    more: Sequence[Choice] = ()

    def __post_init__(self) -> None:
        Chooser.__post_init__(self)
        self.search("", self._found)

    def visible(self) -> list[Choice]:
        return [*best(self.choices, self.field_.text, self.recent), *self.more]

    def typed(self, now: float) -> None:
        Chooser.typed(self, now)
        self.more = ()
        self.search(self.field_.text, self._found)

    def _found(self, choices: Sequence[Choice], now: float) -> None:
        self.more = choices
        self.moved_at = now  # another command may be marked now than the one that was read


class Commanding:
    """Opens the palette, and does what is chosen in it. `run` does what an action says."""

    def __init__(
        self,
        at: Station,
        modes: Modes,
        panel: Panel,
        hints: Hints,
        asking: Asking,
        views: Views,
        undoing: Undoing,
        run: Callable[[str], None],
    ) -> None:
        self._at = at
        self._modes = modes
        self._panel = panel
        self._hints = hints
        self._asking = asking
        self._views = views
        self._undoing = undoing
        self._run = run
        self._recent: deque[str] = deque(maxlen=LATELY)
        """What was chosen, the latest first."""

    def open(self) -> None:
        at = self._at
        row, hints = (self._panel.row, self._hints.now()) if self._modes.now == BOARD else (None, None)
        choices = commands(at, row, hints)
        now, search, recent = at.clock.now() - 1, at.ports.search, tuple(self._recent)
        self._asking.ask(
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
        kind, _, name = action.partition(" ")
        if kind == "theme":
            self._at.ports.set_theme(name)
        elif kind == "view":
            self._views.take(name)
        elif action == "row.undo":
            # What it is done to is named in its question, whatever is in sight.
            self._undoing.begin()
        elif self._modes.now != BOARD and not action.startswith((*ANYWHERE, "nav.back")):
            # No row is in sight here, so nothing may be done to one.
            self._modes.to(BOARD)
            self._at.warn(tr("back on the board; press it there"))
        else:
            self._run(action)


def commands(at: Station, row: Row | None = None, hints: Mapping[str, KeyHint] | None = None) -> list[Choice]:
    """What can be done with `row` by its `hints` (None: no row is in sight), the other actions of the board, the panes,
    the views and themes, and last what cannot be done here."""
    settings, locked, context = at.settings, bool(at.dispatcher.locked), at.context()
    able: list[Choice] = []
    others: list[Choice] = []
    panes: list[Choice] = []
    unable: list[Choice] = []
    for action in settings.actions:
        if action.scope != "board" or action.id in _NOT_LISTED or (action.id == UNLOCK and not locked):
            continue
        if action.id.startswith("nav.") and action.id not in _LOOKS:
            continue
        keys = f"{action.id}  {' '.join(action.keys)}".rstrip()
        hint = hints.get(action.id) if hints is not None and action.id in VERB_KEYS else None
        if hints is not None and hint is None and action.id in VERB_KEYS and action.id not in _ANYWHERE:
            hint = KeyHint("", "", ok=False, reason=tr("nothing of this row"))
        # Found in either language.
        does = " ".join(dict.fromkeys((action.does, tr(action.does))))
        if hint is not None and not hint.ok:
            unable.append(Choice(action.id, plain(action), hint.reason, ok=False, search=f"{keys} {does}"))
        elif hint is not None:
            words = deed(action, hint, row, context)
            search = f"{does} {english(words)}"
            able.append(Choice(action.id, _capital(words), keys, search=search, acts=action.acts))
        else:
            place = panes if action.id.startswith("pane.") else others
            place.append(Choice(action.id, plain(action), keys, search=does, acts=action.acts))
    views = [_named("view", tr("view {name}", name=view.name), view.name, tr("what to see")) for view in settings.views]
    themes = [_named("theme", tr("theme {name}", name=name), name, tr("colours")) for name in settings.themes]
    return [*able, *others, *panes, *views, *themes, *unable]


def plain(action: Action) -> str:
    """What an action does, in a few words."""
    kind, _, name = action.id.partition(".")
    if kind == "pane" and name != "next":
        return tr("{name} pane", name=tr(PANES[Resource(name)].title))
    if action.id in _NAMES:
        return _capital(tr(_NAMES[action.id]))
    # What is said after the first of these signs, in whatever language, is for the list of keys.
    return _capital(tr(action.does).partition(";")[0].partition(":")[0])


def deed(action: Action, hint: KeyHint, row: Row | None, context: Context) -> str:
    """What a verb key does to the row under the cursor, as a person says it: `listen to Bo Quist`."""
    verbs = VERB_KEYS[action.id].verbs
    if row is None or Verb.PUBLISH in verbs:
        return plain(action)
    name, queue = label(row, context), isinstance(row, Queue)
    words = goal(verbs[0], row.key.kind) if len(verbs) == 1 else hint.text
    if action.id == "row.edit":
        words = trc("verb", VERB_KEYS[action.id].short)
    if Verb.STAFF in verbs:
        return tr("Add an agent to {queue}", queue=name) if queue else tr("Add {agent} to a queue", agent=name)
    if Verb.UNSTAFF in verbs:
        return (
            tr("Remove an agent from {queue}", queue=name) if queue else tr("Remove {agent} from a queue", agent=name)
        )
    return tr("{verb} {row}", verb=words, row=name)


def _named(kind: str, text: str, name: str, hint: str) -> Choice:
    """Found in either language."""
    return Choice(f"{kind} {name}", text, hint, search=f"{kind} {name}")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
