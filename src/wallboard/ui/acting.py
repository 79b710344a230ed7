"""From a verb key to a command: which row, which goal, which question first.

What was painted is what is hit: the command carries the fingerprint of the row in the frame that was seen, a row that
a re-sort has just moved is refused, and whatever changes the target while a dialog is open disarms it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wallboard.control.filled import changes
from wallboard.control.flow import (
    Choose,
    Confirm,
    Fill,
    Flow,
    Flows,
    Intent,
    Left,
    Question,
    TypeOut,
    Way,
    Where,
    Write,
)
from wallboard.control.labels import number_of
from wallboard.control.policy import CONFERENCE
from wallboard.domain.command import Command, fingerprint, new_id
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Hotline, Member, Phone, Queue, Row
from wallboard.domain.text import clean
from wallboard.domain.verbs import EDIT_SHORT, VERB_KEYS, Verb, goal
from wallboard.ui.asking import Asking
from wallboard.ui.panel import Panel
from wallboard.ui.panes import Panes
from wallboard.ui.settings import Station
from wallboard.ui.visibility import Visibility
from wallboard.view import dialogs, glyphs
from wallboard.view.chrome import KeyHint
from wallboard.view.dialogs import Answer, Choice, Chooser, Dialog, Prompt, TextField, TypeName
from wallboard.view.directory import Directory, name_of
from wallboard.view.form import Filled, FormDialog
from wallboard.view.format import age, span
from wallboard.view.intents import ON_CARD, ON_PANE, ON_ROOM, verbs
from wallboard.view.picker import Picked, Picker

STABLE_SECONDS = 0.3
"""A row that moved under the cursor so recently may not be the one that was meant."""
_ON_ENDED = frozenset({"row.note", "call.back"})
_FILLED = frozenset({"row.edit", "notice.publish"})
"""Actions that are asked for with a form."""


DRAFTS = 20
"""Forms of which what was typed is kept until it is sent."""


class Acting:
    def __init__(self, at: Station, panes: Panes, panel: Panel, visibility: Visibility, asking: Asking) -> None:
        self._at = at
        self._panes = panes
        self._panel = panel
        self._visibility = visibility
        self._asking = asking
        self._last: tuple[str, str] = ("", "")
        self._hints: tuple[object, dict[str, KeyHint]] = (None, {})
        self._drafts: dict[tuple[Key | None, Verb, str], dict[str, str]] = {}
        self._form = ""
        """The form that was opened last, and on a source which one: what `.` opens again."""
        self._kept = False
        """A form was just left in which something had been typed."""
        self._flows = Flows(at.dispatcher, at.board, at.board.sources, self)

    # ---- what can be done here --------------------------------------------------------------------------

    def intents(self, action: str, row: Row, *, first: bool = False) -> list[Intent]:
        """Everything that `action` may mean on `row`, with what control says to each; with `first` no more than
        the first target of each verb: a queue may have two thousand agents."""
        dispatcher = self._at.dispatcher
        out: list[Intent] = []
        for seen, via in self._seen_through(action, row):
            for verb in verbs(action, seen):
                for candidate in dispatcher.candidates(verb, seen.key) or ():
                    offer = dispatcher.offer(verb, candidate.key)
                    out.append(Intent(verb, candidate, via if candidate.key == seen.key else seen, offer))
                    if isinstance(row, Queue) and (first or not offer.ok):
                        break
        return out

    def _seen_through(self, action: str, row: Row) -> list[tuple[Row, Row | None]]:
        """The rows that the action is asked of: on a hotline, duty is a matter of its telephones."""
        if action == "agent.duty" and isinstance(row, Hotline):
            found: list[tuple[Row, Row | None]] = []
            for agent in row.agents:
                for phone in agent.phones or ():
                    known = self._at.board.row(Key(row.key.source, Kind.PHONE, phone.id))
                    if known is not None:
                        found.append((known, row))
            return found
        return [(row, None)]

    def hints(self) -> dict[str, KeyHint]:
        """The verb keys of the row under the cursor by their actions, dim ones with their reason."""
        at = self._at
        row = self._panel.row
        cursor = self._panel.subject
        # Once a second, and whenever another row or another state of it is under the cursor; a press asks anew anyway.
        sessions = tuple(session.state for session in at.dispatcher.sessions)
        locked = at.dispatcher.locked
        stamp = (row, cursor, self._panes.active, int(at.clock.now()), sessions, locked)
        if self._hints[0] == stamp:
            return self._hints[1]
        out: dict[str, KeyHint] = {}
        ended = self._panel.known(cursor) if row is None else None
        if ended is not None:
            for action in ("call.back", "row.note"):
                offer = at.dispatcher.offer(verbs(action, ended)[0], ended.key, ended)
                key = at.settings.key_of(action)
                out[action] = KeyHint(key, VERB_KEYS[action].short, offer.ok, offer.reason)
        if row is not None:
            for action in self._actions(row):
                if action == "notice.publish":
                    continue
                key = at.settings.key_of(action)
                found = self.intents(action, row, first=True)
                able = [intent for intent in found if intent.offer.ok]
                if able:
                    first = able[0]
                    toggle = action in ("agent.duty", "hotline.toggle")
                    short = EDIT_SHORT.get(first.verb, VERB_KEYS[action].short)
                    text = goal(first.verb, first.row.key.kind) if toggle else short
                    note = " (loses place)" if action == "call.park" and "loses" in first.offer.consequence else ""
                    out[action] = KeyHint(key, text + note)
                else:
                    reason = found[0].offer.reason if found else self.nothing(action, row)
                    out[action] = KeyHint(key, VERB_KEYS[action].short, False, reason)
        if self._panes.active is Resource.NOTICES and self._panel.card_key is None:
            # No row is needed for it, only a source.
            offers = [self._flows.on_source(name) for name in at.board.sources()]
            reason = next((offer.reason for offer in offers if offer.reason), "")
            possible = any(offer.ok for offer in offers)
            key = at.settings.key_of("notice.publish")
            short = VERB_KEYS["notice.publish"].short
            out["notice.publish"] = KeyHint(key, short, possible, "" if possible else reason)
        self._hints = (stamp, out)
        return out

    def dim(self, action: str) -> bool:
        """Whether a verb key that is named on the screen can do nothing on the row under the cursor."""
        hint = self.hints().get(action)
        return hint is not None and not hint.ok

    def _actions(self, row: Row) -> tuple[str, ...]:
        if self._panel.card_key is None:
            return ON_PANE[self._panes.active]
        return ON_ROOM if isinstance(row, Phone) and row.use == CONFERENCE else ON_CARD

    def nothing(self, action: str, row: Row) -> str:
        """Why an action has no target on this row."""
        if isinstance(row, Hotline) and action == "agent.duty":
            return "phones not read yet"
        if action == "row.edit" and not verbs(action, row):
            return "nothing to edit here"
        for verb in verbs(action, row):
            offer = self._at.dispatcher.offer(verb, row.key)
            if offer.reason:
                return offer.reason
        if isinstance(row, Agent):
            return "not on a call"
        if isinstance(row, Member):
            return (
                "not answered yet" if action in ("call.listen", "call.whisper", "call.barge") else "no call of its own"
            )
        if isinstance(row, Queue):
            return "nobody waits" if action == "call.pickup" else "no agent for it"
        return "nothing to act on"

    # ---- a key press ------------------------------------------------------------------------------------

    def press(self, action: str, filled: str = "") -> None:
        """Run a verb key on the row under the cursor, or say why not."""
        at = self._at
        now = at.clock.now()
        if action == "call.end":
            self._end()
            return
        if action == "notice.publish":
            self._last = (action, "")
            self._next(self._flows.publish(filled), before=f"{at.settings.key_of(action)} ")
            return
        selection = self._panes.pane.selection
        cursor = self._panel.subject
        if not isinstance(cursor, Key):
            came = not selection.entered and selection.enter(now)
            row = self._panel.known(self._panel.subject) if came else None
            said = f"none was selected, now it is {self.label(row)}: press again" if row is not None else ""
            at.warn(said or "nothing selected; move to a row first")
            return
        if not self._panel.live(cursor):
            if action not in _ON_ENDED:
                at.remarks.say(
                    f"{at.settings.key_of(action)}: it ended; details, note and call-back still work", "warn"
                )
                return
        elif self._panel.card_key is None and selection.stable_since(now) < STABLE_SECONDS:
            at.warn("row moved, press again")
            return
        row = self._panel.known(cursor)
        if self._panel.live(cursor):
            seen = self._visibility.of_row()
            if seen is None:
                at.warn("the terminal has not shown this row yet, press again")
                return
            row = seen.row or row
        if row is None:
            at.warn("nothing selected; move to a row first")
            return
        now_row = at.board.row(cursor)
        what = "" if now_row is None else fingerprint(row).difference(fingerprint(now_row))
        if what and action not in _ON_ENDED:
            # The verb may reach a call through this row, so the row must still be what was read on it.
            at.warn(f"{self.label(row)}: {what}, press again")
            return
        self._last = (action, filled)
        if self._panel.live(cursor):
            found = self.intents(action, row)
        else:
            verb = verbs(action, row)[0]
            found = [Intent(verb, row, None, at.dispatcher.offer(verb, cursor, row))]
        able = [intent for intent in found if intent.offer.ok]
        if not able:
            reason = found[0].offer.reason if found else self.nothing(action, row)
            at.warn(f"{at.settings.key_of(action)} {VERB_KEYS[action].short}: {reason}")
        else:
            self._next(self._flows.act(able, row, filled))

    def again(self) -> None:
        """Reopen the last action's dialog on this row, filled in."""
        action, filled = self._last
        if not action:
            self._at.warn("no action to repeat yet")
            return
        self.press(action, self._form if action in _FILLED else filled)

    # ---- questions --------------------------------------------------------------------------------------

    def _next(self, flow: Flow, answer: object = None, before: str = "") -> None:
        """On to the next question, at once: the next key belongs to it already. `before`: said before why it ends."""
        at = self._at
        try:
            step = flow.go(answer)
        except Left as left:
            back = f"; {at.settings.key_of('row.again')} brings back what was typed" if self._kept else ""
            self._kept = False
            if str(left):
                at.remarks.say(f"{before}{left}{back}", left.style)
            return
        if isinstance(step, Command):
            self._submit(step)
            return
        dialog, heard = self._shown(step)
        self._asking.ask(dialog, lambda answer: self._next(flow, heard(answer)), step.changed)

    def _submit(self, command: Command) -> None:
        at = self._at
        key, form = command.target.key, command.arg("form")
        self._drafts.pop((key, command.verb, form), None)
        if command.verb is Verb.NOTE:
            at.remarks.note(key, command.arg("text"))
        # It is as old as the last answer, however long a question stood.
        at.dispatcher.submit(replace(command, asked_at=at.clock.now()))

    def _shown(self, question: Question) -> tuple[Dialog, Callable[[Answer], object]]:
        """The question as a dialog, and what an answer to the dialog is to the flow."""
        at = self._at
        now = at.clock.now()
        match question:
            case Confirm():
                return dialogs.Confirm(question.title, question.effect, now, at.settings.keys_of("dialog.yes")), _value
            case TypeOut():
                typing = TypeName(question.title, question.effect, question.word, now)
                return typing, lambda answer: typing.field_.text.strip() if answer.value else None
            case Choose():
                choices = [Choice(option.value, option.text, option.hint) for option in question.options]
                return Chooser(question.title, choices, now), _value
            case Write():
                text = "" if question.row is None else at.remarks.notes.get(question.row.key, "")
                return Prompt(question.title, TextField(text)), _value
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
            attended=question.attended,
            may_attend=question.may_attend,
            field_=TextField(question.text),
            yes=self._at.settings.keys_of("dialog.yes"),
            switch=self._at.settings.keys_of("picker.attended"),
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
        dialog = FormDialog(question.title, form, dict(self._drafts.get(at, {})) if question.again else {})

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

    def whose(self, row: Row) -> str:
        """What the directory says of the number on the row, if the row itself does not say it."""
        at = self._at
        number = number_of(row)
        if not number:
            return ""
        settings = at.settings
        name = name_of(number, row.key.source, at.board, settings.favourites, settings.regions)
        return f" · {name}" if name and name.casefold() not in self.label(row).casefold() else ""

    def _end(self) -> None:
        at = self._at
        target = at.dispatcher.session_target()
        if target is None:
            at.warn("Q: you are not listening to anyone")
            return
        at.dispatcher.submit(Command(new_id(), Verb.END, target, asked_at=at.clock.now()))

    # ---- words ------------------------------------------------------------------------------------------

    def label(self, row: Row) -> str:
        """The row's name in a sentence, as its pane says it."""
        match row:
            case Phone():
                return f"{row.name} {row.extension}".strip()
            case _:
                for pane in self._panes.values():
                    if pane.resource.value.startswith(row.key.kind.value) or pane.resource.value == row.key.kind.value:
                        return pane.pane.label(row)
        return clean(row.key.id)

    def target_text(self) -> tuple[str, str]:
        """The target line: what a verb would hit, and how fresh that is."""
        at = self._at
        selection = self._panes.pane.selection
        cursor = self._panel.subject
        row = self._panel.known(cursor)
        if row is None or not isinstance(cursor, Key):
            return "", ""
        if not self._panel.live(cursor):
            seconds = selection.ended_for(at.clock.now())
            ago = "" if seconds is None else f" {age(max(1.0, seconds))} ago"
            works = "" if at.remarks.outcome[0] else "details, note and call-back still work"
            return f"{self.label(row)} · ended{ago}", works
        context = self._panes.context()
        parts = [self.label(row)]
        match row:
            case Member():
                clock = context.elapsed(row.key, row.joined_at)
                parts += [row.queue, f"waits {span(clock)}" if not row.serving else f"with {row.serving}"]
            case Agent():
                parts[0] = f"{row.name} {row.extension}".strip() or parts[0]
                clock = context.elapsed(row.key, row.since)
                word = "roster" if row.no_state else glyphs.AGENT[row.state][1]
                parts.append(f"{word} {span(clock)}" if clock is not None else word)
                parts += [f"with {row.with_name}"] if row.with_name else []
            case Call():
                parts.append(span(context.elapsed(row.key, row.answered_at or row.started_at)))
            case _:
                pass
        state = at.board.row_state(row.key)
        return " · ".join(part for part in parts if part), f"{row.key.source} {state.value}"


def _value(answer: Answer) -> object:
    return answer.value
