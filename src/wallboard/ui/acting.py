"""From a verb key to a command: which row, which goal, which question first.

What was painted is what is hit: the command carries the fingerprint of the row in the frame that was seen, a row that
a re-sort has just moved is refused, and whatever changes the target while a dialog is open disarms it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from wallboard.board.colleagues import Doing
from wallboard.control.filled import changes
from wallboard.control.flow import Flow, Flows, Intent, Left
from wallboard.control.questions import Choose, Confirm, Fill, Question, TypeOut, Way, Where, Write
from wallboard.domain.command import Command, fingerprint, new_id
from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import tr
from wallboard.domain.models import Row
from wallboard.domain.verbs import Verb
from wallboard.history.notes import LONGEST
from wallboard.ui.asking import Asking
from wallboard.ui.hints import Hints, deed
from wallboard.ui.panel import Panel
from wallboard.ui.panes import Panes
from wallboard.ui.settings import Station
from wallboard.ui.visibility import Visibility
from wallboard.ui.words import Words
from wallboard.view import dialogs
from wallboard.view.dialogs import Answer, Dialog, Prompt, TextField, TypeName
from wallboard.view.directory import Directory
from wallboard.view.form import Filled, FormDialog
from wallboard.view.intents import verbs
from wallboard.view.numbers import readable
from wallboard.view.picker import Picked, Picker
from wallboard.view.target import label
from wallboard.view.which import Which

STABLE_SECONDS = 0.3
"""A row that moved under the cursor so recently may not be the one that was meant."""
_ON_ENDED = frozenset({"row.note", "call.back"})
_FILLED = frozenset({"row.edit", "notice.publish"})
"""Actions that are asked for with a form."""


DRAFTS = 20
"""Forms of which what was typed is kept until it is sent."""


class Acting:
    def __init__(
        self, at: Station, panes: Panes, panel: Panel, hints: Hints, visibility: Visibility, asking: Asking
    ) -> None:
        self._at = at
        self._panes = panes
        self._panel = panel
        self._hints = hints
        self._visibility = visibility
        self._asking = asking
        self._last: tuple[str, str] = ("", "")
        self._drafts: dict[tuple[Key | None, Verb, str], dict[str, str]] = {}
        self._form = ""
        """The form that was opened last, and on a source which one: what `.` opens again."""
        self._about: Key | None = None
        """The row that the flow is about which asks something."""
        self._kept = False
        """A form was just left in which something had been typed."""
        self.flows = Flows(at.dispatcher, at.board, at.board.sources, Words(at))

    def press(self, action: str, filled: str = "") -> None:
        """Run a verb key on the row under the cursor, or say why not."""
        at = self._at
        now = at.clock.now()
        if action == "call.end":
            self._end()
            return
        if action == "notice.publish":
            self._last = (action, "")
            self._next(self.flows.publish(filled), before=f"{at.settings.key_of(action)} ")
            return
        if rows := self._hints.marked(action):
            self._last = (action, "")
            self._on_marked(action, rows)
            return
        selection = self._panes.pane.selection
        cursor = self._panel.subject
        if not isinstance(cursor, Key):
            came = not selection.entered and selection.enter(now)
            row = self._panel.known(self._panel.subject) if came else None
            said = (
                tr("none was selected, now it is {row}: press again", row=label(row, at.context()))
                if row is not None
                else ""
            )
            at.warn(said or tr("nothing selected; move to a row first"))
            return
        if not self._panel.live(cursor):
            if action not in _ON_ENDED:
                key = at.settings.key_of(action)
                at.remarks.say(tr("{key}: it ended; details, note and call-back still work", key=key), "warn")
                return
        elif self._panel.card_key is None and selection.stable_since(now) < STABLE_SECONDS:
            at.warn(tr("row moved, press again"))
            return
        row = self._panel.known(cursor)
        if self._panel.live(cursor):
            seen = self._visibility.of_row()
            if seen is None:
                at.warn(tr("the terminal has not shown this row yet, press again"))
                return
            row = seen.row or row
        if row is None:
            at.warn(tr("nothing selected; move to a row first"))
            return
        now_row = at.board.row(cursor)
        what = "" if now_row is None else fingerprint(row).difference(fingerprint(now_row))
        if what and action not in _ON_ENDED:
            # The verb may reach a call through this row, so the row must still be what was read on it.
            at.warn(tr("{row}: {what}, press again", row=label(row, at.context()), what=what))
            return
        self._last = (action, filled)
        if self._panel.live(cursor):
            found = self._hints.intents(action, row)
        else:
            verb = verbs(action, row)[0]
            found = [Intent(verb, row, None, at.dispatcher.offer(verb, cursor, row))]
        able = [intent for intent in found if intent.offer.ok]
        if not able:
            reason = found[0].offer.reason if found else self._hints.nothing(action, row)
            at.warn(f"{at.settings.key_of(action)} {deed(action, found)}: {reason}")
        else:
            self._about = None if able[0].verb is Verb.NOTE else able[0].row.key
            self._next(self.flows.act(able, row, filled))

    def _on_marked(self, action: str, rows: Sequence[Row]) -> None:
        """Run a verb key on every marked row: all of them are named in the question before it goes."""
        found = self._hints.on_marked(action, rows)
        able = [intent for intent in found if intent.offer.ok]
        if able:
            self._next(self.flows.on_marked(able, len(rows)))
        else:
            reason = found[0].offer.reason if found else tr("not for these rows")
            key = self._at.settings.key_of(action)
            self._at.warn(tr("{key} on the {n} marked: {why}", key=key, n=len(rows), why=reason))

    def call(self, row: Row) -> None:
        """Call the number of a row that is no more."""
        offer = self._at.dispatcher.offer(Verb.CALL, row.key, row)
        if offer.ok:
            self._about = row.key
            self._next(self.flows.act([Intent(Verb.CALL, row, None, offer)], row))
        else:
            self._at.warn(tr("call {row}: {why}", row=label(row, self._at.context()), why=offer.reason))

    def at_work(self) -> Mapping[Key, Doing]:
        """What others of the site should know of what is done here."""
        return self._at.dispatcher.at_work(self._about if self._asking.asks else None)

    def again(self) -> None:
        """Reopen the last action's dialog on this row, filled in."""
        action, filled = self._last
        if not action:
            self._at.warn(tr("no action to repeat yet"))
            return
        self.press(action, self._form if action in _FILLED else filled)

    def go(self, flow: Flow) -> None:
        """Drive a flow that begins elsewhere."""
        self._next(flow)

    def _next(self, flow: Flow, answer: object = None, before: str = "") -> None:
        """On to the next question, at once: the next key belongs to it already. `before`: said before why it ends."""
        at = self._at
        try:
            step = flow.go(answer)
        except Left as left:
            self._about = None
            said = f"{before}{left}"
            if self._kept:
                said = tr("{said}; {key} brings back what was typed", said=said, key=at.settings.key_of("row.again"))
            self._kept = False
            if str(left):
                at.remarks.say(said, left.style)
            return
        if not isinstance(step, Question):
            self._about = None
            commands = step if isinstance(step, tuple) else (step,)
            for command in commands:
                self._submit(command)
            self.unmark(command.target.key for command in commands if len(commands) > 1)
            return
        dialog, heard = self._shown(step)
        self._asking.ask(dialog, lambda answer: self._next(flow, heard(answer)), step.changed)

    def unmark(self, keys: Iterable[object]) -> None:
        selection = self._panes.pane.selection
        for key in keys:
            if key in selection.marks:
                selection.toggle_mark(self._at.clock.now(), key)

    def _submit(self, command: Command) -> None:
        at = self._at
        key, form = command.target.key, command.arg("form")
        self._drafts.pop((key, command.verb, form), None)
        # It is as old as the last answer, however long a question stood.
        at.dispatcher.submit(replace(command, asked_at=at.clock.now()))

    def _shown(self, question: Question) -> tuple[Dialog, Callable[[Answer], object]]:
        """The question as a dialog, and what an answer to the dialog is to the flow."""
        at = self._at
        now = at.clock.now()
        match question:
            case Confirm():
                source = "" if question.command is None else question.command.target.key.source
                effect = readable(question.effect, source, self._panes.context())
                return dialogs.Confirm(question.title, effect, now), _value
            case TypeOut():
                typing = TypeName(question.title, question.effect, question.word, now, question.number)
                return typing, lambda answer: typing.field_.text.strip() if answer.value else None
            case Choose():
                about, several, does = question.about, question.several, question.does
                shown = Which(question.title, question.options, self._panes.context, now, about, several, does)
                return shown, _value
            case Write():
                note = None if question.row is None else at.ports.notes.on(question.row)
                text = "" if note is None else note.text
                title = question.title if note is None else tr("{title}   empty takes it away", title=question.title)

                def written(answer: Answer) -> object:
                    # Nothing where nothing was is no note.
                    return answer.value if text or str(answer.value or "").strip() else None

                return Prompt(title, TextField(text), LONGEST), written
            case Where():
                return self._picker(question), self._way
            case Fill():
                return self._filling(question)
        raise TypeError(f"no dialog for {type(question).__name__}")

    def _picker(self, question: Where) -> Dialog:
        source = "" if question.row is None else question.row.key.source
        return Picker(
            question.title,
            self.directory(source),
            question.effect,
            self._at.clock.now(),
            attended_effect=question.attended_effect,
            attended=question.attended,
            may_attend=question.may_attend,
            field_=TextField(question.text),
        )

    def _way(self, answer: Answer) -> Way | None:
        picked = answer.value
        if not isinstance(picked, Picked):
            return None
        self._last = (self._last[0], picked.place.shown)
        return Way(picked.place.destination(), picked.attended, asked=True)

    def _filling(self, question: Fill) -> tuple[Dialog, Callable[[Answer], object]]:
        form, key = question.form, question.target
        if form is None or key is None:
            raise TypeError("a form without a form")
        at = (key, question.verb, form.id)
        self._form = form.id if key.kind is not Kind.SOURCE else f"{key.source}\n{form.id}"
        drafted = dict(self._drafts.get(at, {})) if question.again else {}
        dialog = FormDialog(question.title, form, drafted, directory=partial(self.directory, key.source))

        def heard(answer: Answer) -> object:
            # Kept until it is sent: a form that was left, or a question that was answered with no, comes back with the
            # key that repeats the last action.
            self._drafts.pop(at, None)
            self._drafts[at] = dict(dialog.values)
            while len(self._drafts) > DRAFTS:
                del self._drafts[next(iter(self._drafts))]
            if isinstance(answer.value, Filled):
                return answer.value.values
            self._kept = bool(changes(form, dialog.values))
            return None

        return dialog, heard

    def directory(self, source: str) -> Directory:
        at = self._at
        settings = at.settings
        return Directory(
            self._panes.context, source, settings.favourites, settings.routes, at.ports.can_dial, settings.regions
        )

    def _end(self) -> None:
        at = self._at
        target = at.dispatcher.session_target()
        if target is None:
            at.warn(tr("Q: you are not listening to anyone"))
            return
        at.dispatcher.submit(Command(new_id(), Verb.END, target, asked_at=at.clock.now()))


def _value(answer: Answer) -> object:
    return answer.value
