"""How `wallboard do` answers what a flow asks: from its arguments, else from the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from wallboard.cli.destination import GRACE, PATIENCE, Places, where_to
from wallboard.cli.exits import Exit
from wallboard.cli.talk import say
from wallboard.control.flow import Intent
from wallboard.control.labels import label
from wallboard.control.outcome import describe
from wallboard.control.questions import Choose, Confirm, Question, TypeOut, Way, Where, Write
from wallboard.domain.command import Command, Destination
from wallboard.domain.keys import Key
from wallboard.domain.language import tr, trc
from wallboard.domain.models import Queue, Row
from wallboard.domain.records import dataclass
from wallboard.domain.verbs import Verb

if TYPE_CHECKING:
    from wallboard.board.board import Board
    from wallboard.control.dispatcher import Dispatcher


Asking = Callable[[str, str], "bool | None"]
"""Asks a question whose answer is the second argument; None: nobody can be asked."""
YES = "y"
"""The answer that stands for all that mean yes."""


def yes() -> tuple[str, ...]:
    """What means yes, the one to name first."""
    return (*trc("answers", "y yes").split(), YES, "yes")


class Order(NamedTuple):
    """What the command line asks for: TARGET and DEST as they were written, `yes`: without a question."""

    verb: Verb
    target: str
    destination: str = ""
    yes: bool = False


class Unanswered(Exception):  # an ending, not a fault
    """A question has no answer; why was said."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


@dataclass(frozen=True, slots=True)
class Answers:
    """See the module. Also the words that the flow calls rows by."""

    dispatcher: Dispatcher
    board: Board
    order: Order
    key: Key
    asking: Asking
    places: Places

    def label(self, row: Row) -> str:
        return label(row)

    def whose(self, row: Row) -> str:
        return ""

    def number_objection(self, row: Row) -> str:
        """Why DEST cannot be the number that is called, "" where it is."""
        number = self.dispatcher.number_to_call(row) if self.order.verb is Verb.CALL else None
        if number is None or not self.order.destination:
            return ""
        if self.dispatcher.same(self.key.source, self.order.destination, number.number):
            return ""
        return tr("{row} has the number {number}, and no other is called from it", row=self.key, number=number.number)

    async def to(self, question: Question) -> object:
        """The answer. Raises Unanswered."""
        match question:
            case Choose():
                return self._chosen(question)
            case Where():
                found = await where_to(
                    self.board, self.places, self.key.source, self.order.destination, PATIENCE, GRACE
                )
                if not isinstance(found, Destination):
                    raise Unanswered(found)
                return Way(found, self.order.verb is Verb.ATTENDED)
            case Write():
                return self.order.destination
            case TypeOut(effect=effect, word=word, command=Command() as command):
                if command.verb is not Verb.CALL:
                    # The sentence names the row as the journal does.
                    await self._agreed(command, effect, command.target.label)
                elif self.order.destination:
                    # It was typed already, as DEST.
                    await self._agreed(command, effect, YES)
                elif self.order.yes:
                    self._fail(tr("{effect}: write it as DEST", effect=effect))
                else:
                    await self._agreed(command, effect, word)
                return word
            case Confirm(effect=effect, command=Command() as command):
                await self._agreed(command, effect, YES)
                return True
        raise TypeError(f"nothing answers {type(question).__name__}")

    def _chosen(self, question: Choose) -> object:
        verb = self.order.verb.value
        values: Mapping[str, object] = {
            (option.value.key.id if isinstance(option.value, Queue) else option.text): option.value
            for option in question.options
        }
        if all(isinstance(value, Queue) for value in values.values()):
            if self.order.destination in values:
                return values[self.order.destination]
            say(
                tr("wallboard do: {verb} no queue {wanted!r} for it; write one of:", verb=verb, wanted=wanted)
                if (wanted := self.order.destination)
                else tr("wallboard do: {verb} needs DEST: a queue's id; write one of:", verb=verb)
            )
            for option in question.options:
                say(f"  {option.value.key.id} ({option.text})")
        else:
            say(tr("wallboard do: {verb} has several targets there; write one of:", verb=verb))
            for option in question.options:
                if isinstance(option.value, Intent):
                    say(f"  {option.value.row.key}")
        raise Unanswered(Exit.USAGE)

    async def _agreed(self, command: Command, effect: str, expected: str) -> None:
        """Raises Unanswered unless `expected` is typed."""
        import anyio.to_thread

        if self.order.yes:
            return
        consequence = f" ({effect})" if effect else ""
        question = tr(
            "{action}{consequence}? Type {expected!r} and Enter to go on",
            action=describe(command),
            consequence=consequence,
            expected=yes()[0] if expected == YES else expected,
        )
        # In a thread: while somebody thinks, the board must go on hearing what becomes of the target.
        answer = await anyio.to_thread.run_sync(self.asking, question, expected, abandon_on_cancel=True)
        if answer is None:
            self._fail(tr("{verb} asks first, and there is no terminal to ask on: add --yes", verb=command.verb.value))
        if not answer:
            say(tr("wallboard do: nothing was done"))
            raise Unanswered(Exit.FAILED)

    def _fail(self, why: str) -> None:
        say(f"wallboard do: {why}")
        raise Unanswered(Exit.USAGE)
