"""From a verb key to a command: which row, which goal, which question first.

What was painted is what is hit: the command carries the fingerprint of the row in the frame that was seen, a row that
a re-sort has just moved is refused, and whatever changes the target while a dialog is open disarms it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wallboard.control.labels import number_of
from wallboard.control.policy import CONFERENCE, Offer
from wallboard.domain.command import TARGET_KINDS, Command, Destination, Verb, fingerprint, new_id
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Hotline, Member, Phone, Queue, Row
from wallboard.domain.text import clean
from wallboard.view import glyphs
from wallboard.view.chrome import KeyHint
from wallboard.view.dialogs import Answer, Choice, Chooser, Confirm, Prompt, TextField, TypeName
from wallboard.view.directory import Directory, name_of
from wallboard.view.format import age, span
from wallboard.view.intents import EDIT_WORDS, GOALS, ON_CARD, ON_PANE, ON_ROOM, SHORT, goal, verbs
from wallboard.view.picker import Picked, Picker

if TYPE_CHECKING:
    from wallboard.ui.console import Console

STABLE_SECONDS = 0.3
"""A row that moved under the cursor so recently may not be the one that was meant."""
_ON_ENDED = frozenset({"row.note", "call.back"})
_FILLED = frozenset({"row.edit", "notice.publish"})
"""Actions that are asked for with a form."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing that a key press may mean: a verb on a row, reached through the row under the cursor."""

    verb: Verb
    row: Row
    via: Row | None
    offer: Offer


class Acting:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: tuple[str, str] = ("", "")
        self._hints: tuple[object, list[KeyHint]] = (None, [])

    # ---- what can be done here --------------------------------------------------------------------------

    def intents(self, action: str, row: Row) -> list[Intent]:
        """Everything that `action` may mean on `row`, with what control says to each."""
        dispatcher = self._console.dispatcher
        out: list[Intent] = []
        for seen, via in self._seen_through(action, row):
            for verb in verbs(action, seen):
                for candidate in dispatcher.candidates(verb, seen.key) or ():
                    offer = dispatcher.offer(verb, candidate.key)
                    out.append(Intent(verb, candidate, via if candidate.key == seen.key else seen, offer))
                    if not offer.ok and isinstance(row, Queue):
                        break
        return out

    def _seen_through(self, action: str, row: Row) -> list[tuple[Row, Row | None]]:
        """The rows that the action is asked of: on a hotline, duty is a matter of its telephones."""
        if action == "agent.duty" and isinstance(row, Hotline):
            found: list[tuple[Row, Row | None]] = []
            for agent in row.agents:
                for phone in agent.phones or ():
                    known = self._console.board.row(Key(row.key.source, Kind.PHONE, phone.id))
                    if known is not None:
                        found.append((known, row))
            return found
        return [(row, None)]

    def hints(self) -> list[KeyHint]:
        """The verb keys of the row under the cursor, dim ones with their reason."""
        console = self._console
        row = console.cursor_row
        cursor = console.panel.subject
        # Once a second, and whenever another row or another state of it is under the cursor; a press asks anew anyway.
        sessions = tuple(session.state for session in console.dispatcher.sessions)
        stamp = (row, cursor, console.active, int(console.clock.now()), sessions)
        if self._hints[0] == stamp:
            return self._hints[1]
        out: list[KeyHint] = []
        ended = console.panel.known(cursor) if row is None else None
        if ended is not None:
            for action in ("call.back", "row.note"):
                offer = console.dispatcher.offer(verbs(action, ended)[0], ended.key, ended)
                out.append(KeyHint(console.key_of(action), SHORT[action], offer.ok, offer.reason))
        if row is not None:
            for action in self._actions(row):
                if action == "notice.publish":
                    continue
                key = console.key_of(action)
                found = self.intents(action, row)
                able = [intent for intent in found if intent.offer.ok]
                if able:
                    first = able[0]
                    toggle = action in ("agent.duty", "hotline.toggle")
                    text = goal(first.verb, first.row) if toggle else EDIT_WORDS.get(first.verb, SHORT[action])
                    note = " (loses place)" if action == "call.park" and "loses" in first.offer.consequence else ""
                    out.append(KeyHint(key, text + note))
                else:
                    reason = found[0].offer.reason if found else self.nothing(action, row)
                    out.append(KeyHint(key, SHORT[action], False, reason))
        if console.active is Resource.NOTICES and console.panel.card_key is None:
            # No row is needed for it, only a source.
            offers = [console.filling.offer(name) for name in console.board.sources()]
            reason = next((offer.reason for offer in offers if offer.reason), "")
            possible = any(offer.ok for offer in offers)
            key = console.key_of("notice.publish")
            out.append(KeyHint(key, SHORT["notice.publish"], possible, "" if possible else reason))
        self._hints = (stamp, out)
        return out

    def _actions(self, row: Row) -> tuple[str, ...]:
        if self._console.panel.card_key is None:
            return ON_PANE[self._console.active]
        return ON_ROOM if isinstance(row, Phone) and row.use == CONFERENCE else ON_CARD

    def nothing(self, action: str, row: Row) -> str:
        """Why an action has no target on this row."""
        if isinstance(row, Hotline) and action == "agent.duty":
            return "phones not read yet"
        if action == "row.edit" and not verbs(action, row):
            return "nothing to edit here"
        for verb in verbs(action, row):
            offer = self._console.dispatcher.offer(verb, row.key)
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
        console = self._console
        now = console.clock.now()
        if action == "call.end":
            self._end()
            return
        if action == "notice.publish":
            console.filling.publish(filled)
            self._last = (action, "")
            return
        selection = console.pane.selection
        cursor = console.panel.subject
        if not isinstance(cursor, Key):
            came = not selection.entered and selection.enter(now)
            row = console.panel.known(console.panel.subject) if came else None
            said = f"none was selected, now it is {self.label(row)}: press again" if row is not None else ""
            console.say(said or "nothing selected; move to a row first", "warn")
            return
        if not console.panel.live(cursor):
            if action not in _ON_ENDED:
                console.say(f"{console.key_of(action)}: it ended; details, note and call-back still work", "warn")
                return
        elif console.panel.card_key is None and selection.stable_since(now) < STABLE_SECONDS:
            console.say("row moved, press again", "warn")
            return
        row = console.panel.known(cursor)
        if console.panel.live(cursor):
            seen = console.glimpses.of_row()
            if seen is None:
                console.say("the terminal has not shown this row yet, press again", "warn")
                return
            row = seen.row or row
        if row is None:
            console.say("nothing selected; move to a row first", "warn")
            return
        now_row = console.board.row(cursor)
        what = "" if now_row is None else fingerprint(row).difference(fingerprint(now_row))
        if what and action not in _ON_ENDED:
            # The verb may reach a call through this row, so the row must still be what was read on it.
            console.say(f"{self.label(row)}: {what}, press again", "warn")
            return
        self._last = (action, filled)
        if console.panel.live(cursor):
            found = self.intents(action, row)
        else:
            verb = verbs(action, row)[0]
            found = [Intent(verb, row, None, console.dispatcher.offer(verb, cursor, row))]
        able = [intent for intent in found if intent.offer.ok]
        if not able:
            reason = found[0].offer.reason if found else self.nothing(action, row)
            console.say(f"{console.key_of(action)} {SHORT.get(action, action)}: {reason}", "warn")
        elif len(able) == 1:
            self._proceed(able[0], row, filled)
        else:
            choices = [Choice(i, f"{goal(i.verb, i.row)} {self.label(i.row)}", i.offer.consequence) for i in able]
            title = f"{self.label(row)}: which?"
            console.open(Chooser(title, choices, now), lambda answer: self._which(answer, row, filled))

    def _which(self, answer: Answer, row: Row, filled: str) -> None:
        if isinstance(answer.value, Intent):
            self._proceed(answer.value, row, filled, chosen=True)

    def again(self) -> None:
        """Reopen the last action's dialog on this row, filled in."""
        action, filled = self._last
        if not action:
            self._console.say("no action to repeat yet", "warn")
            return
        self.press(action, self._console.filling.last if action in _FILLED else filled)

    def _proceed(self, intent: Intent, painted: Row, filled: str, chosen: bool = False) -> None:
        """`painted`: the row under the cursor as it was drawn; its fingerprint goes with the command if it is hit.
        `chosen`: the row was named in a list and taken from it."""
        console = self._console
        row = painted if intent.row.key == painted.key else intent.row
        match intent.offer.needs:
            case "destination":
                self._pick(intent, row, filled)
            case "queue" if not isinstance(intent.via, Queue):
                self._choose_queue(intent, row)
            case "text":
                self._write(intent, row)
            case "form":
                through = None if intent.via is None else intent.via.key
                target = console.dispatcher.target(row, console.clock.now(), through)
                console.filling.edit(intent.verb, row, target, intent.offer, self.label(row), filled)
            case _:
                via = intent.via
                args: tuple[tuple[str, str], ...] = ()
                if intent.verb in (Verb.STAFF, Verb.UNSTAFF) and isinstance(via, Queue):
                    args = (("queue", via.key.id), ("queue_name", via.name))
                self._ask(intent, row, None, args, named=isinstance(via, Queue) and not chosen)

    def _ask(
        self,
        intent: Intent,
        row: Row,
        destination: Destination | None,
        args: tuple[tuple[str, str], ...],
        named: bool = False,
    ) -> None:
        """Confirm as the offer demands, then submit. `named`: the row is not the one under the cursor, so ask."""
        console = self._console
        now = console.clock.now()
        whose = self._whose(row) if intent.verb is Verb.CALL else ""
        title = f"{goal(intent.verb, row).upper()} {self.label(row)}{whose}?"
        if intent.verb is Verb.CALL and destination is None:
            # A row that has vanished is known only here.
            destination = console.dispatcher.number_to_call(row)
        go = self._command(intent, row, destination, args)

        def done(answer: Answer, typed: tuple[tuple[str, str], ...] = ()) -> None:
            if answer.value:
                # It is as old as the answer, however long the question stood.
                console.dispatcher.submit(replace(go, args=(*go.args, *typed), asked_at=console.clock.now()))
            else:
                console.say(f"left as it is: {self.label(row)}", "muted")

        if intent.offer.level == "number" and destination is not None:
            number = destination.number
            asked = TypeName(title, f"{number} {intent.offer.consequence}", number, now)
            console.open(asked, lambda answer: done(answer, (("typed", asked.field_.text.strip()),)), self._watch(row))
        elif intent.offer.level == "name":
            name = str(getattr(row, "name", "") or self.label(row))
            console.open(TypeName(title, intent.offer.consequence, name, now), done, self._watch(row))
        elif intent.offer.level == "confirm" or named:
            console.open(Confirm(title, intent.offer.consequence, now), done, self._watch(row))
        else:
            console.dispatcher.submit(go)

    def _command(
        self, intent: Intent, row: Row, destination: Destination | None, args: tuple[tuple[str, str], ...]
    ) -> Command:
        console = self._console
        now = console.clock.now()
        via = intent.via.key if intent.via is not None else None
        target = console.dispatcher.target(row, now, via)
        return Command(new_id(), intent.verb, target, destination, args, now)

    def _watch(self, row: Row) -> Callable[[], str]:
        """Says what changed about `row` since it was painted, "" while it is the same."""
        before = fingerprint(row)
        board = self._console.board

        def changed() -> str:
            now = board.row(row.key)
            return "it ended" if now is None else before.difference(fingerprint(now))

        return changed

    # ---- questions --------------------------------------------------------------------------------------

    def directory(self, source: str) -> Directory:
        console = self._console
        settings = console.settings
        return Directory(
            console.context, source, settings.favourites, settings.routes, console.ports.can_dial, settings.regions
        )

    def _whose(self, row: Row) -> str:
        """What the directory says of the number on the row, if the row itself does not say it."""
        console = self._console
        number = number_of(row)
        if not number:
            return ""
        settings = console.settings
        name = name_of(number, row.key.source, console.board, settings.favourites, settings.regions)
        return f" · {name}" if name and name.casefold() not in self.label(row).casefold() else ""

    def _pick(self, intent: Intent, row: Row, filled: str) -> None:
        console = self._console
        now = console.clock.now()
        attended = intent.verb is Verb.ATTENDED
        may_attend = console.dispatcher.offer(Verb.ATTENDED, row.key).ok
        picker = Picker(
            f"TRANSFER of {self.label(row)} · {row.key.source}",
            self.directory(row.key.source),
            intent.offer.consequence or "the call leaves where it is",
            now,
            attended=attended,
            may_attend=may_attend or attended,
            field_=TextField(filled),
        )

        def done(answer: Answer) -> None:
            if not isinstance(answer.value, Picked):
                console.say(f"not sent: {self.label(row)}", "muted")
                return
            picked = answer.value
            self._last = (self._last[0], picked.place.shown)
            verb = Verb.ATTENDED if picked.attended else Verb.TRANSFER
            hit = row
            if row.key.kind not in TARGET_KINDS[verb]:
                # A caller in a queue is passed on attended through their call.
                found = console.dispatcher.candidates(verb, row.key)
                hit = found[0] if len(found) == 1 else row
            chosen = Intent(verb, hit, intent.via if hit is row else row, intent.offer)
            self._ask(chosen, hit, picked.place.destination(), ())

        console.open(picker, done, self._watch(row))

    def _choose_queue(self, intent: Intent, row: Row) -> None:
        console = self._console
        now = console.clock.now()
        mine = {place.queue_id for place in row.memberships} if isinstance(row, Agent) else set()
        wanted = intent.verb is not Verb.STAFF
        queues = [
            queue
            for queue in console.board.rows(Resource.QUEUES, row.key.source)
            if isinstance(queue, Queue) and (queue.key.id in mine) is wanted
        ]
        if not queues:
            console.say(f"{self.label(row)} is in {'no queue' if wanted else 'every queue'}", "warn")
            return
        choices = [Choice(queue, queue.name, queue.number) for queue in queues]

        def done(answer: Answer) -> None:
            queue = answer.value
            if isinstance(queue, Queue):
                offer = console.dispatcher.offer(intent.verb, row.key)
                again = Intent(intent.verb, row, queue, offer)
                self._ask(again, row, None, (("queue", queue.key.id), ("queue_name", queue.name)))

        console.open(
            Chooser(f"{GOALS[intent.verb].upper()} {self.label(row)}: queue?", choices, now), done, self._watch(row)
        )

    def _write(self, intent: Intent, row: Row) -> None:
        console = self._console
        text = console.notes.get(row.key, "")

        def noted(answer: Answer) -> None:
            if isinstance(answer.value, str):
                console.note(row.key, answer.value)
                console.dispatcher.submit(self._command(intent, row, None, (("text", answer.value),)))

        console.open(Prompt(f"NOTE on {self.label(row)}{self._whose(row)}", TextField(text)), noted)

    def _end(self) -> None:
        console = self._console
        target = console.dispatcher.session_target()
        if target is None:
            console.say("Q: you are not listening to anyone", "warn")
            return
        console.dispatcher.submit(Command(new_id(), Verb.END, target, asked_at=console.clock.now()))

    # ---- words ------------------------------------------------------------------------------------------

    def label(self, row: Row) -> str:
        """The row's name in a sentence, as its pane says it."""
        match row:
            case Phone():
                return f"{row.name} {row.extension}".strip()
            case _:
                for pane in self._console.panes.values():
                    if pane.resource.value.startswith(row.key.kind.value) or pane.resource.value == row.key.kind.value:
                        return pane.pane.label(row)
        return clean(row.key.id)

    def target_text(self) -> tuple[str, str]:
        """The target line: what a verb would hit, and how fresh that is."""
        console = self._console
        selection = console.pane.selection
        cursor = console.panel.subject
        row = console.panel.known(cursor)
        if row is None or not isinstance(cursor, Key):
            return "", ""
        if not console.panel.live(cursor):
            seconds = selection.ended_for(console.clock.now())
            ago = "" if seconds is None else f" {age(max(1.0, seconds))} ago"
            works = "" if console.outcome[0] else "details, note and call-back still work"
            return f"{self.label(row)} · ended{ago}", works
        context = console.context()
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
        state = console.board.row_state(row.key)
        return " · ".join(part for part in parts if part), f"{row.key.source} {state.value}"
