"""From a verb on a row to a command: which target, where to, what to write, and the question before it goes.

A flow is one coroutine that is read from top to bottom. Where a person must be asked it awaits a `Question`; whoever
drives it (`Flow.go`) gets each question at once, without a turn of the event loop, so that the next key belongs to it
already. The console shows questions as lines, `do` answers them from its arguments and the terminal. Nothing is sent
here: a flow ends with a command, or with `Left`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from wallboard.control.filled import NOTHING_CHANGED, changes
from wallboard.control.offers import Offers
from wallboard.control.outcome import describe, in_queue
from wallboard.control.policy import Offer, confirmation
from wallboard.control.questions import Changed, Choose, Confirm, Fill, Option, Question, TypeOut, Way, Where, Write
from wallboard.domain.command import Command, Destination, Target, fingerprint, new_id
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import tr
from wallboard.domain.models import Agent, Call, Member, ParkedCall, Queue, Row
from wallboard.domain.parties import number_of
from wallboard.domain.records import dataclass
from wallboard.domain.verbs import Level, Verb, goal, phrase
from wallboard.vendors.base import Facts, rows_of

Commands = tuple[Command, ...]
"""One request for each of several rows."""
TOLD = 240
"""Characters that a question spends on saying what changes."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Awaited inside a flow: hands the question to whoever drives it, and is the answer."""

    question: Question

    def __await__(self) -> Generator[Question, Any, Any]:
        return (yield self.question)


class Left(Exception):  # an ending, not a fault
    """The flow ends without a command; `str()` says why."""

    def __init__(self, words: str, style: str = "muted") -> None:
        super().__init__(words)
        self.style = style


class Flow:
    """A running flow."""

    def __init__(self, steps: Coroutine[Question, Any, Command | Commands]) -> None:
        self._steps = steps

    def go(self, answer: Any = None) -> Question | Command | Commands:
        """To the next question, or the end. Raises Left."""
        try:
            return self._steps.send(answer)
        except StopIteration as done:
            end: Command | Commands = done.value
            return end

    def leave(self) -> None:
        self._steps.close()


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing that a key press may mean: a verb on a row, reached through the row under the cursor."""

    verb: Verb
    row: Row
    via: Row | None
    offer: Offer


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a form is about. The name of `row` is typed where that is asked for, without one that of the source."""

    verb: Verb
    target: Target
    label: str
    row: Row | None
    offer: Offer
    same: Changed


class Words(Protocol):
    """How rows are called where the questions are asked."""

    def label(self, row: Row) -> str: ...

    def whose(self, row: Row) -> str:
        """What the directory says of the number on the row, as ` · name`; "" where the row itself says it."""


@dataclass(frozen=True, slots=True)
class Flows:
    """Makes flows."""

    offers: Offers
    facts: Facts
    sources: Callable[[], Sequence[str]]
    words: Words
    origin: str = "console"

    def act(
        self, intents: Sequence[Intent], painted: Row, again: str = "", args: tuple[tuple[str, str], ...] = ()
    ) -> Flow:
        """Do what one of `intents` says, pressed on the row as `painted`: its fingerprint goes with the command if it
        is hit. `again`: what was chosen or filled in the last time; `args`: what was given with the verb."""
        return Flow(self._act(intents, painted, again, args))

    def undo(self, intent: Intent, row: Row, args: tuple[tuple[str, str], ...]) -> Flow:
        """Do `intent` to the row as it is now; it was not under the cursor, so it is asked about whatever it is."""
        return Flow(self._confirmed(intent, row, None, args, elsewhere=True, undo=True))

    def on_marked(self, intents: Sequence[Intent], count: int) -> Flow:
        """Do one of the verbs of `intents` to each of the `count` marked rows that it is offered on: one question for
        all, one command each."""
        return Flow(self._on_marked(intents, count))

    def publish(self, again: str = "") -> Flow:
        """Put something up on a source that can."""
        return Flow(self._publish(again))

    async def _act(
        self, intents: Sequence[Intent], painted: Row, again: str, given: tuple[tuple[str, str], ...]
    ) -> Command | Commands:
        intent, chosen = intents[0], False
        if len(intents) > 1:
            taken = await self._which(intents, painted)
            if len(taken) > 1:
                return await self._together(taken, _in(painted) if isinstance(painted, Queue) else ())
            intent, chosen = taken[0], True
        row = painted if intent.row.key == painted.key else intent.row
        match intent.offer.needs:
            case "destination":
                return await self._where(intent, row, again)
            case "text":
                text = await Ask(
                    Write(tr("NOTE on {row}", row=f"{self.words.label(row)}{self.words.whose(row)}"), row=row)
                )
                return self._command(intent, row, None, _noted(row, _taken(text)))
            case "form":
                return await self._form(intent, row, again)
            case "queue" if not isinstance(intent.via, Queue):
                queue = await self._queue(intent.verb, [row], self.words.label(row))
                again_offered = self.offers.offer(intent.verb, row.key)
                return await self._confirmed(Intent(intent.verb, row, queue, again_offered), row, None, _in(queue))
        via = intent.via
        args = _in(via) if isinstance(via, Queue) and intent.verb in (Verb.STAFF, Verb.UNSTAFF) else given
        # Reached through its queue, the row was not under the cursor: who it is must be read, unless it was chosen.
        return await self._confirmed(intent, row, None, args, isinstance(via, Queue) and not chosen)

    async def _on_marked(self, intents: Sequence[Intent], count: int) -> Commands:
        verbs = [*dict.fromkeys(each.verb for each in intents)]
        verb = verbs[0]
        if len(verbs) > 1:
            options = []
            for each in verbs:
                names = [self.words.label(intent.row) for intent in intents if intent.verb is each]
                options.append(
                    Option(
                        each,
                        tr("{verb} {n} of {all}", verb=goal(each), n=len(names), all=count),
                        ", ".join(names),
                    )
                )
            verb = _taken(await Ask(Choose(tr("THE {n} MARKED: which?", n=count), options=tuple(options))))
        chosen = [each for each in intents if each.verb is verb]
        if verb is Verb.NOTE:
            text = _taken(await Ask(Write(tr("NOTE on the {n} marked", n=count))))
            return tuple(self._command(each, each.row, None, _noted(each.row, text)) for each in chosen)
        args: tuple[tuple[str, str], ...] = ()
        if any(each.offer.needs == "queue" for each in chosen):
            queue = await self._queue(verb, [each.row for each in chosen], tr("the {n} marked", n=count))
            chosen = [replace(each, via=queue) for each in chosen if _fits(verb, each.row, queue)]
            args = _in(queue)
        return await self._together(chosen, args, count)

    async def _which(self, intents: Sequence[Intent], painted: Row) -> Sequence[Intent]:
        """Which of them; several only of those whom a queue is staffed with."""
        verb, label = intents[0].verb, self.words.label(painted)
        one = all(each.verb is verb for each in intents)
        staffs = one and isinstance(painted, Queue)
        title = tr("{row}: which?", row=label)
        if staffs:
            title = (
                tr("ADD AN AGENT TO {queue}", queue=label)
                if verb is Verb.STAFF
                else tr("REMOVE AN AGENT FROM {queue}", queue=label)
            )
        elif one:
            title = tr("{verb} · {row}: which?", verb=goal(verb, painted.key.kind).upper(), row=label)
        options = []
        for each in intents:
            label = self.words.label(each.row)
            text = label if one else f"{goal(each.verb, each.row.key.kind)} {label}"
            row = None if each.row.key == painted.key else each.row
            options.append(Option(each, text, each.offer.consequence, row))
        does = goal(verb) if staffs else tr("take")
        found = _taken(await Ask(Choose(title, None, tuple(options), painted, staffs, does)))
        return [self._as_it_is(each) for each in found] if staffs else (found,)

    def _as_it_is(self, intent: Intent) -> Intent:
        """The same on the agent as the list showed them last, which moves on while somebody reads it."""
        row, now = intent.row, self.facts.row(intent.row.key)
        if now is None or self.words.label(now) != self.words.label(row):
            raise Left(tr("{row} is not listed any more", row=self.words.label(row)), "warn")
        offer = self.offers.offer(intent.verb, now.key)
        if not offer.ok:
            raise Left(f"{self.words.label(row)}: {offer.reason}", "warn")
        return replace(intent, row=now, offer=offer)

    async def _together(
        self, intents: Sequence[Intent], args: tuple[tuple[str, str], ...], marked: int = 0
    ) -> Commands:
        """A command for each row, all of them after one question where they were marked or one of them asks."""
        if marked or any(each.offer.level != "go" for each in intents):
            verb, kind, told = intents[0].verb, intents[0].row.key.kind, []
            for each in intents:
                effect = f" ({each.offer.consequence})" if each.offer.consequence else ""
                told.append(f"{self.words.label(each.row)}{effect}")
            whom = (
                tr("the {n} marked", n=marked)
                if marked == len(intents)
                else tr("{n} of the {all} marked", n=len(intents), all=marked)
            )
            title = tr("{verb} {row}", verb=goal(verb, kind), row=whom if marked else len(intents)).upper()
            where = f"{dict(args)['queue_name']}: " if args else ""
            ask = Confirm(f"{title}?", self._all_same([each.row for each in intents]), where + _cut(told))
            self._yes(await Ask(ask), _cut(told))
        return tuple(self._command(each, each.row, None, args) for each in intents)

    async def _where(self, intent: Intent, row: Row, again: str) -> Command:
        attended = intent.verb is Verb.ATTENDED
        blind, spoken = (self.offers.offer(verb, row.key) for verb in (Verb.TRANSFER, Verb.ATTENDED))
        title = tr("TRANSFER of {row} · {source}", row=self.words.label(row), source=row.key.source)
        effects = blind.consequence, spoken.consequence if spoken.ok else spoken.reason
        way = await Ask(Where(title, self._same(row), row, *effects, attended, attended or spoken.ok, again))
        if not isinstance(way, Way):
            raise Left(tr("not sent: {row}", row=self.words.label(row)))
        verb = Verb.ATTENDED if way.attended else Verb.TRANSFER
        hit = row
        if row.key.kind not in verb.facts.kinds:
            # A caller in a queue is passed on attended through their call.
            found = self.offers.candidates(verb, row.key)
            hit = found[0] if len(found) == 1 else row
        chosen = Intent(verb, hit, intent.via if hit is row else row, intent.offer)
        return await self._confirmed(chosen, hit, way.destination, (), asked=way.asked)

    async def _queue(self, verb: Verb, rows: Sequence[Row], label: str) -> Queue:
        """Which queue it is about, of those that it could be for one of the rows."""
        sources = dict.fromkeys(row.key.source for row in rows)
        queues = [queue for source in sources for queue in rows_of(Queue, self.facts, source)]
        fitting = [queue for queue in queues if any(_fits(verb, row, queue) for row in rows)]
        if not fitting:
            said = tr("{agent} is in every queue", agent=label)
            raise Left(said if verb is Verb.STAFF else tr("{agent} is in no queue", agent=label), "warn")
        options = tuple(Option(queue, queue.name, queue.number, queue) for queue in fitting)
        title = tr("{action}: which queue?", action=tr("{verb} {row}", verb=goal(verb).upper(), row=label))
        changed = self._same(rows[0]) if len(rows) == 1 else None
        about = rows[0] if len(rows) == 1 else None
        queue: Queue = _taken(await Ask(Choose(title, changed, options, about, does=goal(verb))))
        return queue

    async def _confirmed(
        self,
        intent: Intent,
        row: Row,
        destination: Destination | None,
        args: tuple[tuple[str, str], ...],
        elsewhere: bool = False,
        asked: bool = False,
        undo: bool = False,
    ) -> Command:
        """The command, once it is confirmed as the offer demands."""
        verb = intent.verb
        label = self.words.label(row)
        whose = self.words.whose(row) if verb is Verb.CALL else ""
        if verb is Verb.CALL and destination is None:
            # A row that has vanished is known only here.
            destination = self.offers.number_to_call(row)
        command = self._command(intent, row, destination, args)
        queue = dict(args).get("queue_name", "")
        asked_of = tr("{verb} {row}", verb=goal(verb, row.key.kind).upper(), row=f"{label}{whose}")
        asked_of += in_queue(verb, queue)
        title = f"{asked_of}?"
        if undo:
            title = tr(
                "UNDO: {action}?", action=describe(replace(command, target=replace(command.target, label=label)))
            )
        level = confirmation(intent.offer, destination=None if asked else destination, elsewhere=elsewhere)
        effect, same = intent.offer.consequence, self._same(row, verb.facts.outlives_row)
        if level == "number" and destination is not None:
            number = destination.number
            typed = await Ask(TypeOut(title, same, f"{number} {effect}", number, command))
            self._yes(typed, label)
            return replace(command, args=(*command.args, ("typed", str(typed).strip())))
        await self._agreed(level, title, same, effect, command, label, row)
        return command

    async def _agreed(
        self, level: Level, title: str, same: Changed, effect: str, command: Command, label: str, row: Row | None
    ) -> None:
        """Raises Left unless it is agreed to, the name (or number) of `row` typed where the level asks for that."""
        if level == "name":
            name, number = str(getattr(row, "name", "") or label), str(getattr(row, "number", ""))
            self._yes(await Ask(TypeOut(title, same, effect, name, command, number)), label)
        elif level != "go":
            self._yes(await Ask(Confirm(title, same, effect, command)), label)

    # ---- forms ------------------------------------------------------------------------------------------------

    async def _form(self, intent: Intent, row: Row, again: str) -> Command:
        verb, label, same = intent.verb, self.words.label(row), self._same(row)
        target = self.offers.target(row, None if intent.via is None else intent.via.key)
        subject = _Subject(verb, target, label, row, intent.offer, same)
        forms = self.offers.forms(verb, row.key)
        if not forms and verb.facts.bare:
            return await self._filled(subject, None, {})
        form = await self._which_form(subject, forms, again)
        return await self._fill(replace(subject, same=self._same_form(verb, row, form)), form, bool(again))

    async def _publish(self, again: str) -> Command:
        """On the source that can; where several can, which one."""
        offers = {name: self.on_source(name) for name in self.sources()}
        able = [name for name, offer in offers.items() if offer.ok]
        if not able:
            # Of all that cannot, those say most that know what a notice is.
            reasons = list(dict.fromkeys(offer.reason for offer in offers.values() if offer.reason))
            same = reasons[0] if len(reasons) == 1 else tr("no source can publish one")
            raise Left(tr("new notice: {why}", why=same), "warn")
        source, _, form_id = again.partition("\n")
        if source not in able:
            source, form_id = able[0], form_id if len(able) == 1 else ""
            if len(able) > 1:
                options = tuple(Option(name, name, offers[name].consequence) for name in able)
                source = _taken(await Ask(Choose(tr("NEW NOTICE: on which source?"), options=options)))
        target = self.offers.source_target(source)

        def still() -> str:
            offer = self.on_source(source)
            return "" if offer.ok else offer.reason

        subject = _Subject(Verb.PUBLISH, target, source, None, offers[source], still)
        form = await self._which_form(subject, self.offers.forms(Verb.PUBLISH, target.key), form_id)
        return await self._fill(subject, form, bool(again and form_id == form.id))

    def on_source(self, source: str) -> Offer:
        return self.offers.offer(Verb.PUBLISH, Key(source, Kind.SOURCE, source))

    async def _which_form(self, subject: _Subject, forms: Sequence[Form], again: str) -> Form:
        if not forms:
            raise Left(tr("{row}: nothing can be filled in now", row=subject.label), "warn")
        named = [form for form in forms if form.id == again]
        if named or len(forms) == 1:
            return (named or list(forms))[0]
        options = tuple(Option(form, form.title, form.hint) for form in forms)
        title = tr("{action}: what?", action=tr("{verb} {row}", verb=phrase(subject.verb).upper(), row=subject.label))
        form: Form = _taken(await Ask(Choose(title, subject.same, options)))
        return form

    async def _fill(self, subject: _Subject, form: Form, again: bool) -> Command:
        label = subject.label
        title = form.title if label.casefold() in form.title.casefold() else f"{form.title} · {label}"
        values = await Ask(Fill(title, subject.same, subject.target.key, subject.verb, form, again))
        if values is None:
            raise Left(tr("left as it is: {row}", row=label))
        if subject.verb.facts.edits and not changes(form, values):
            raise Left(f"{tr(NOTHING_CHANGED)}: {label}")
        return await self._filled(subject, form, values)

    async def _filled(self, subject: _Subject, form: Form | None, values: Mapping[str, str]) -> Command:
        """Confirmed as the offer and the form demand, with what it changes in words."""
        verb, target, label = subject.verb, subject.target, subject.label
        args: tuple[tuple[str, str], ...] = ()
        told = warning = ""
        private: tuple[str, ...] = ()
        if form is not None:
            args = (("form", form.id), *values.items())
            told = _cut(changes(form, values, all_of_it=not verb.facts.edits), "; ")
            warning, private = form.warning, form.private
        command = Command(new_id(), verb, target, None, args, self.facts.now(), self.origin, private=private)
        effect = " · ".join(dict.fromkeys(part for part in (told, subject.offer.consequence, warning) if part))
        title = f"{tr('{verb} {row}', verb=phrase(verb, target.key.kind).upper(), row=label)}?"
        level = confirmation(subject.offer, warning=warning)
        await self._agreed(level, title, subject.same, effect, command, label, subject.row)
        return command

    # ---- inside -----------------------------------------------------------------------------------------------

    def _command(
        self, intent: Intent, row: Row, destination: Destination | None, args: tuple[tuple[str, str], ...]
    ) -> Command:
        target = self.offers.target(row, intent.via.key if intent.via is not None else None)
        return Command(new_id(), intent.verb, target, destination, args, self.facts.now(), self.origin)

    def _yes(self, answer: object, label: str) -> None:
        if not answer:
            raise Left(tr("left as it is: {row}", row=label))

    def _same(self, row: Row, outlived: bool = False) -> Changed:
        """Whether `row` still is what was painted. `outlived`: that it ended makes no difference."""
        before, facts, offers = fingerprint(row), self.facts, self.offers
        known = offers.others(row)

        def changed() -> str:
            now = facts.row(row.key)
            for other in offers.others(row):
                # Who is only being asked has done nothing yet; or two would keep each other from it.
                if other not in known and other.does != "asks":
                    return other.sentence
            if now is None:
                return "" if outlived else tr("it ended")
            return before.difference(fingerprint(now))

        return changed

    def _all_same(self, rows: Sequence[Row]) -> Changed:
        watched = [(self.words.label(row), self._same(row)) for row in rows]
        return lambda: next((f"{label}: {what}" for label, look in watched if (what := look())), "")

    def _same_form(self, verb: Verb, row: Row, form: Form) -> Changed:
        """Also what the form was filled with: somebody else may have changed it meanwhile."""
        same_row, offers = self._same(row), self.offers
        first = {each.name: each.value for each in form.fields}

        def changed() -> str:
            what = same_row()
            if what or not verb.facts.edits:
                return what
            now = next((one for one in offers.forms(verb, row.key) if one.id == form.id), None)
            if now is None:
                return tr("it was changed meanwhile")
            other = [each.label for each in now.fields if each.value != first.get(each.name, each.value)]
            return tr("{fields} changed meanwhile", fields=", ".join(other)) if other else ""

        return changed


def _noted(row: Row, text: str) -> tuple[tuple[str, str], ...]:
    """A note's arguments: whose number it is about outlives the row."""
    whose = (("number", number_of(row)),) if isinstance(row, Call | Member | ParkedCall) else ()
    return (("text", text), *whose)


def _in(queue: Queue) -> tuple[tuple[str, str], ...]:
    return (("queue", queue.key.id), ("queue_name", queue.name))


def _fits(verb: Verb, row: Row, queue: Queue) -> bool:
    """Whether it can be done to the agent in this queue: added where they are not, all else where they are."""
    if not isinstance(row, Agent) or row.key.source != queue.key.source:
        return False
    return any(place.queue_id == queue.key.id for place in row.memberships) is not (verb is Verb.STAFF)


def _cut(parts: Sequence[str], gap: str = ", ") -> str:
    """As many of the parts as can be read at once, and how many more there are."""
    told = ""
    for place, part in enumerate(parts):
        longer = f"{told}{gap}{part}" if told else part
        if len(longer) > TOLD:
            more = f"{told}{gap}{tr('and {n} more', n=len(parts) - place)}"
            return more if told else f"{part[: TOLD - 1].rstrip()}…"
        told = longer
    return told


def _taken(answer: Any) -> Any:
    if answer is None:
        raise Left("")
    return answer
