"""From a verb on a row to a command: which target, where to, what to write, and the question before it goes.

A flow is one coroutine that is read from top to bottom. Where a person must be asked it awaits a `Question`; whoever
drives it (`Flow.go`) gets each question at once, without a turn of the event loop, so that the next key belongs to it
already. The console shows questions as lines, `do` answers them from its arguments and the terminal. Nothing is sent
here: a flow ends with a command, or with `Left`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from wallboard.control.filled import NOTHING_CHANGED, changes
from wallboard.control.offers import Offers
from wallboard.control.outcome import describe
from wallboard.control.policy import Offer, confirmation
from wallboard.domain.command import Command, Destination, Target, fingerprint, new_id
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Agent, Call, Member, ParkedCall, Queue, Row
from wallboard.domain.parties import number_of
from wallboard.domain.verbs import Level, Verb, goal, phrase
from wallboard.vendors.base import Facts, rows_of

Changed = Callable[[], str]
"""Says what has changed since a question was asked about what it speaks of; "" while it is the same."""
TOLD = 240
"""Characters that a question spends on saying what changes."""


# ---- questions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """`title` for its first line. None as an answer means that it was left."""

    title: str
    changed: Changed | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Confirm(Question):
    """Yes or no to `command`. `effect`: who notices what. The answer is a bool."""

    effect: str = ""
    command: Command | None = None


@dataclass(frozen=True, slots=True)
class TypeOut(Question):
    """`word` must be typed before `command` goes: the answer is what was."""

    effect: str = ""
    word: str = ""
    command: Command | None = None


@dataclass(frozen=True, slots=True)
class Option:
    value: Any
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Choose(Question):
    """One of `options`; the answer is its value."""

    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Write(Question):
    """Free text, beginning with what is there; the answer is a str."""

    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Where(Question):
    """A destination for the call `row`; the answer is a `Way`."""

    row: Row | None = None
    effect: str = ""
    attended: bool = False
    may_attend: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a call is to go, and how. `asked`: that no directory knows the number has been asked about."""

    destination: Destination
    attended: bool
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Fill(Question):
    """One of the adapter's forms, of `verb` on `target`; the answer maps its fields' names to values."""

    target: Key | None = None
    verb: Verb = Verb.CHANGE
    form: Form | None = None
    again: bool = False
    """Begin with what was typed the last time."""


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

    def __init__(self, steps: Coroutine[Question, Any, Command]) -> None:
        self._steps = steps

    def go(self, answer: Any = None) -> Question | Command:
        """To the next question, or the end. Raises Left."""
        try:
            return self._steps.send(answer)
        except StopIteration as done:
            command: Command = done.value
            return command

    def leave(self) -> None:
        self._steps.close()


# ---- what a verb needs ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing that a key press may mean: a verb on a row, reached through the row under the cursor."""

    verb: Verb
    row: Row
    via: Row | None
    offer: Offer


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a form is about. `name` is typed where that is asked for."""

    verb: Verb
    target: Target
    label: str
    name: str
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

    def publish(self, again: str = "") -> Flow:
        """Put something up on a source that can."""
        return Flow(self._publish(again))

    async def _act(
        self, intents: Sequence[Intent], painted: Row, again: str, given: tuple[tuple[str, str], ...]
    ) -> Command:
        intent, chosen = intents[0], False
        if len(intents) > 1:
            options = tuple(
                Option(
                    each, f"{goal(each.verb, each.row.key.kind)} {self.words.label(each.row)}", each.offer.consequence
                )
                for each in intents
            )
            found = await Ask(Choose(f"{self.words.label(painted)}: which?", options=options))
            intent, chosen = _taken(found), True
        row = painted if intent.row.key == painted.key else intent.row
        match intent.offer.needs:
            case "destination":
                return await self._where(intent, row, again)
            case "text":
                text = await Ask(Write(f"NOTE on {self.words.label(row)}{self.words.whose(row)}", row=row))
                # Whose number it is about outlives the row.
                whose = (("number", number_of(row)),) if isinstance(row, Call | Member | ParkedCall) else ()
                return self._command(intent, row, None, (("text", _taken(text)), *whose))
            case "form":
                return await self._form(intent, row, again)
            case "queue" if not isinstance(intent.via, Queue):
                queue = await self._queue(intent, row)
                again_offered = self.offers.offer(intent.verb, row.key)
                return await self._confirmed(Intent(intent.verb, row, queue, again_offered), row, None, _in(queue))
        via = intent.via
        args = _in(via) if isinstance(via, Queue) and intent.verb in (Verb.STAFF, Verb.UNSTAFF) else given
        # Reached through its queue, the row was not under the cursor: who it is must be read, unless it was chosen.
        return await self._confirmed(intent, row, None, args, isinstance(via, Queue) and not chosen)

    async def _where(self, intent: Intent, row: Row, again: str) -> Command:
        attended = intent.verb is Verb.ATTENDED
        may_attend = attended or self.offers.offer(Verb.ATTENDED, row.key).ok
        title = f"TRANSFER of {self.words.label(row)} · {row.key.source}"
        effect = intent.offer.consequence or "the call leaves where it is"
        way = await Ask(Where(title, self._same(row), row, effect, attended, may_attend, again))
        if not isinstance(way, Way):
            raise Left(f"not sent: {self.words.label(row)}")
        verb = Verb.ATTENDED if way.attended else Verb.TRANSFER
        hit = row
        if row.key.kind not in verb.facts.kinds:
            # A caller in a queue is passed on attended through their call.
            found = self.offers.candidates(verb, row.key)
            hit = found[0] if len(found) == 1 else row
        chosen = Intent(verb, hit, intent.via if hit is row else row, intent.offer)
        return await self._confirmed(chosen, hit, way.destination, (), asked=way.asked)

    async def _queue(self, intent: Intent, row: Row) -> Queue:
        """Which queue it is about."""
        mine = {place.queue_id for place in row.memberships} if isinstance(row, Agent) else set()
        inside = intent.verb is not Verb.STAFF
        queues = [queue for queue in rows_of(Queue, self.facts, row.key.source) if (queue.key.id in mine) is inside]
        label = self.words.label(row)
        if not queues:
            raise Left(f"{label} is in {'no queue' if inside else 'every queue'}", "warn")
        options = tuple(Option(queue, queue.name, queue.number) for queue in queues)
        queue: Queue = _taken(
            await Ask(Choose(f"{goal(intent.verb).upper()} {label}: queue?", self._same(row), options))
        )
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
        title = f"UNDO: {describe(command)}?" if undo else f"{goal(verb, row.key.kind).upper()} {label}{whose}?"
        level = confirmation(intent.offer, destination=None if asked else destination, elsewhere=elsewhere)
        effect, same = intent.offer.consequence, self._same(row)
        if level == "number" and destination is not None:
            number = destination.number
            typed = await Ask(TypeOut(title, same, f"{number} {effect}", number, command))
            self._yes(typed, label)
            return replace(command, args=(*command.args, ("typed", str(typed).strip())))
        await self._agreed(level, title, same, effect, command, label, str(getattr(row, "name", "") or label))
        return command

    async def _agreed(
        self, level: Level, title: str, same: Changed, effect: str, command: Command, label: str, name: str
    ) -> None:
        """Raises Left unless it is agreed to, `name` typed where the level asks for that."""
        if level == "name":
            self._yes(await Ask(TypeOut(title, same, effect, name, command)), label)
        elif level != "go":
            self._yes(await Ask(Confirm(title, same, effect, command)), label)

    # ---- forms ------------------------------------------------------------------------------------------------

    async def _form(self, intent: Intent, row: Row, again: str) -> Command:
        verb, label, same = intent.verb, self.words.label(row), self._same(row)
        target = self.offers.target(row, None if intent.via is None else intent.via.key)
        subject = _Subject(verb, target, label, str(getattr(row, "name", "")) or label, intent.offer, same)
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
            same = reasons[0] if len(reasons) == 1 else "no source can publish one"
            raise Left(f"new notice: {same}", "warn")
        source, _, form_id = again.partition("\n")
        if source not in able:
            source, form_id = able[0], form_id if len(able) == 1 else ""
            if len(able) > 1:
                options = tuple(Option(name, name, offers[name].consequence) for name in able)
                source = _taken(await Ask(Choose("NEW NOTICE: on which source?", options=options)))
        target = self.offers.source_target(source)

        def still() -> str:
            offer = self.on_source(source)
            return "" if offer.ok else offer.reason

        subject = _Subject(Verb.PUBLISH, target, source, source, offers[source], still)
        form = await self._which_form(subject, self.offers.forms(Verb.PUBLISH, target.key), form_id)
        return await self._fill(subject, form, bool(again and form_id == form.id))

    def on_source(self, source: str) -> Offer:
        return self.offers.offer(Verb.PUBLISH, Key(source, Kind.SOURCE, source))

    async def _which_form(self, subject: _Subject, forms: Sequence[Form], again: str) -> Form:
        if not forms:
            raise Left(f"{subject.label}: nothing can be filled in now", "warn")
        named = [form for form in forms if form.id == again]
        if named or len(forms) == 1:
            return (named or list(forms))[0]
        options = tuple(Option(form, form.title, form.hint) for form in forms)
        title = f"{phrase(subject.verb).upper()} {subject.label}: what?"
        form: Form = _taken(await Ask(Choose(title, subject.same, options)))
        return form

    async def _fill(self, subject: _Subject, form: Form, again: bool) -> Command:
        label = subject.label
        title = form.title if label.casefold() in form.title.casefold() else f"{form.title} · {label}"
        values = await Ask(Fill(title, subject.same, subject.target.key, subject.verb, form, again))
        if values is None:
            raise Left(f"left as it is: {label}")
        if subject.verb.facts.edits and not changes(form, values):
            raise Left(f"{NOTHING_CHANGED}: {label}")
        return await self._filled(subject, form, values)

    async def _filled(self, subject: _Subject, form: Form | None, values: Mapping[str, str]) -> Command:
        """Confirmed as the offer and the form demand, with what it changes in words."""
        verb, target, label = subject.verb, subject.target, subject.label
        args: tuple[tuple[str, str], ...] = ()
        told = warning = ""
        private: tuple[str, ...] = ()
        if form is not None:
            args = (("form", form.id), *values.items())
            told = "; ".join(changes(form, values, all_of_it=not verb.facts.edits))
            warning, private = form.warning, form.private
        command = Command(new_id(), verb, target, None, args, self.facts.now(), self.origin, private=private)
        told = told if len(told) <= TOLD else f"{told[: TOLD - 1].rstrip()}…"
        effect = " · ".join(dict.fromkeys(part for part in (told, subject.offer.consequence, warning) if part))
        title = f"{phrase(verb, target.key.kind).upper()} {label}?"
        level = confirmation(subject.offer, warning=warning)
        await self._agreed(level, title, subject.same, effect, command, label, subject.name)
        return command

    # ---- inside -----------------------------------------------------------------------------------------------

    def _command(
        self, intent: Intent, row: Row, destination: Destination | None, args: tuple[tuple[str, str], ...]
    ) -> Command:
        target = self.offers.target(row, intent.via.key if intent.via is not None else None)
        return Command(new_id(), intent.verb, target, destination, args, self.facts.now(), self.origin)

    def _yes(self, answer: object, label: str) -> None:
        if not answer:
            raise Left(f"left as it is: {label}")

    def _same(self, row: Row) -> Changed:
        """Whether `row` still is what was painted."""
        before, facts = fingerprint(row), self.facts

        def changed() -> str:
            now = facts.row(row.key)
            return "it ended" if now is None else before.difference(fingerprint(now))

        return changed

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
                return "it was changed meanwhile"
            other = [each.label for each in now.fields if each.value != first.get(each.name, each.value)]
            return f"{', '.join(other)} changed meanwhile" if other else ""

        return changed


def _in(queue: Queue) -> tuple[tuple[str, str], ...]:
    return (("queue", queue.key.id), ("queue_name", queue.name))


def _taken(answer: Any) -> Any:
    if answer is None:
        raise Left("")
    return answer
