"""`wallboard do VERB TARGET [DEST] [--yes]`: one action from a script, with the console's own safety and journal.

TARGET is source/kind/id, as `snapshot --json` gives them: hq/call/c-17. DEST is where to send to (transfer, attended):
a number in any writing or the whole name of a favourite, agent, queue, receptionist or hotline, dialled as the picker
of the console would; the queue's id (staff, unstaff; signin, signout, pause and unpause where the vendor sets one queue
at a time), the text (note; an empty one takes it away), the slot (park), the reason (pause) or else the number itself
(call), without which what a caller shows as theirs is not dialled if it is a feature code, a short code or costs extra,
whatever --yes says.
Prints the ending (on standard error where standard output cannot be written). What a killed process has sent without
one is told first, as the console does.
Exit 0 when it is confirmed, or accepted by a vendor that cannot show it; 1 when it was refused, failed, is not
confirmed or unknown; 2 usage, or a question that nobody could answer; 3 unreachable; 4 refused credentials; 129, 130
and 143 when a signal ended it.
"""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from wallboard.cli.destination import GRACE, PATIENCE, Places, changed_until, found_out, plain_directory, refused
from wallboard.cli.exits import Exit
from wallboard.cli.opening import add_person
from wallboard.cli.signals import LAST_WORDS, end_within, until_signal
from wallboard.cli.talk import data, say
from wallboard.cli.usage import Raw
from wallboard.domain.language import tr
from wallboard.domain.verbs import SCRIPTED, Facts, Verb

if TYPE_CHECKING:
    from wallboard.board.board import Board
    from wallboard.cli.answers import Answers, Asking, Order
    from wallboard.config.settings import Config
    from wallboard.control.dispatcher import Dispatcher
    from wallboard.domain.command import Command
    from wallboard.domain.keys import Key, Resource
    from wallboard.domain.models import Row

OFFERED = 3.0
"""Seconds for which whoever acts for this console is waited for to say what can be done."""
PATIENCE_FOR_ENDING = 180.0
"""Seconds from the start of the action to its ending. All its steps are shorter together, unless the disk hangs."""


class Poller(Protocol):
    """The part of the scheduler that is needed here. It stays connected until the ending, to see the evidence."""

    async def run(self) -> None: ...

    def demand(self, wanted: frozenset[Resource], /) -> None: ...


def add(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser("do", help=tr("one action from a script"), description=__doc__)
    parser.formatter_class = Raw
    parser.add_argument("verb", metavar="VERB", choices=SCRIPTED, help=" ".join(SCRIPTED))
    parser.add_argument("target", metavar="TARGET", help="source/kind/id")
    parser.add_argument(
        "destination", metavar="DEST", nargs="?", default=None, help=tr("number or name, queue, text, slot or reason")
    )
    parser.add_argument("--yes", action="store_true", help=tr("do not ask"))
    add_person(parser)


LATELY = 60.0
"""Seconds of notes that another one may have to come after."""


def run(args: argparse.Namespace) -> int:
    import anyio

    from wallboard.cli.opening import open_config
    from wallboard.domain.decoding import heard

    args.target = heard(args.target)
    args.destination = None if args.destination is None else heard(args.destination)
    problem = usage(args.verb, args.target, args.destination)
    if problem:
        return _no(problem, Exit.USAGE)
    args.destination = args.destination or ""
    config = open_config(args)
    return anyio.run(until_signal, lambda: _act(config, args))


async def _act(config: Config, args: argparse.Namespace) -> int:
    from anyio import to_thread

    from wallboard.cli.answers import Order
    from wallboard.control.journaling import left_open
    from wallboard.control.outcome import Outcome, Phase
    from wallboard.history import past
    from wallboard.history.notes import Notes
    from wallboard.history.records import Record
    from wallboard.history.store import write_down
    from wallboard.runtime.rooms import HISTORY, directory, headless

    async with headless(config) as head:
        if head.forwarder is not None:
            head.forwarder.subscribe(lambda problem: say(f"wallboard do: {problem}"))
        for record in await head.dispatcher.take_over():
            say(f"wallboard do: {left_open(record)}")
        noted: list[Record] = []
        notes = Notes(noted.append, config.operator.name)
        if args.verb == Verb.NOTE and config.keep:
            # Of two notes on one row in one second, be they of two programs, the later counts.
            now = head.clock.now()
            notes.restore(await to_thread.run_sync(past.notes, head.state / HISTORY, now - LATELY, now))

        def hear(outcome: Outcome) -> None:
            if outcome.final and outcome.phase is Phase.CONFIRMED and outcome.command.verb is Verb.NOTE:
                notes.write(outcome.command, outcome.at)

        head.dispatcher.subscribe(hear)
        code = await act(
            head.dispatcher,
            head.board,
            head.reader,
            Order(Verb(args.verb), args.target, args.destination, args.yes),
            ask,
            places=lambda source: directory(head, config, source),
            offered=OFFERED if config.share is not None and config.share.remote else 0.0,
        )
        if noted and config.keep:
            problem = await to_thread.run_sync(write_down, head.state / HISTORY, config.keep, noted)
            if problem:
                say(tr("wallboard do: the note is in the journal, but not in the history: {why}", why=problem))
        return code


def usage(verb: str, target: str, destination: str | None) -> str:
    """What is wrong with the words of the command line, "" if nothing is. A DEST that is empty and no None was given:
    it takes a note away."""
    from wallboard.domain.keys import Key

    try:
        Key.parse(target)
    except ValueError as error:
        return str(error)
    facts = Verb(verb).facts
    if facts.dest and not destination and (destination is None or verb != Verb.NOTE):
        return tr("{verb} needs DEST: {what}", verb=verb, what=tr(facts.dest))
    if destination and not facts.dest and not facts.argument:
        return tr("{verb} takes no DEST", verb=verb)
    return ""


def ask(question: str, expected: str) -> bool | None:
    """Ask on standard error, read the answer from the terminal."""
    import sys

    from wallboard.cli.answers import YES, yes
    from wallboard.domain.decoding import heard
    from wallboard.view.glyphs import ascii_text

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    say(question)
    try:
        answer = heard(sys.stdin.readline()).strip()
    except UnicodeDecodeError:
        return False
    if expected == YES:
        return answer.casefold() in yes()
    # As it is spelled, or as it is shown where the terminal lacks its letters.
    return answer in (expected, ascii_text(expected))


async def act(
    dispatcher: Dispatcher,
    board: Board,
    scheduler: Poller,
    order: Order,
    confirm: Asking,
    *,
    places: Places | None = None,
    offered: float = 0.0,
) -> int:
    """Find the target, ask where policy says so, submit, wait for the ending and print it. The exit code.

    `places` gives the directory as the calls of a source see it; without it there are no favourites and routes.
    `offered`: seconds within which it may still be told what can be done, where others act.
    """
    import anyio

    from wallboard.cli.answers import Answers
    from wallboard.domain.keys import Key

    problem = usage(*order[:3])
    if problem:
        return _no(problem, Exit.USAGE)
    key = Key.parse(order.target)
    if key.source not in board.sources():
        listed = ", ".join(board.sources())
        why = tr("there is no source {source!r}; write one of {listed}", source=key.source, listed=listed)
        return _no(why, Exit.USAGE)
    answers = Answers(dispatcher, board, order, key, confirm, places or partial(plain_directory, board))
    async with anyio.create_task_group() as group:
        group.start_soon(scheduler.run)
        code = await _once_read(scheduler, answers, offered)
        group.cancel_scope.cancel()
    return code


def _no(why: str, code: int) -> int:
    say(f"wallboard do: {why}")
    return code


async def _once_read(scheduler: Poller, answers: Answers, offered: float) -> int:
    from dataclasses import replace

    import anyio

    from wallboard.cli.answers import Unanswered
    from wallboard.control.choose import settle_verb
    from wallboard.control.flow import Flows, Intent, Left
    from wallboard.control.questions import Question
    from wallboard.domain.command import Command

    dispatcher, board, key, order = answers.dispatcher, answers.board, answers.key, answers.order
    facts, destination = order.verb.facts, order.destination
    row = await _row(board, scheduler, key, facts)
    if row is None:
        return _absent(board, key)
    verb = settle_verb(order.verb, row)
    offer = dispatcher.offer(verb, key)
    with anyio.move_on_after(offered):
        while not offer.ok:
            await anyio.sleep(0.1)
            offer = dispatcher.offer(verb, key)
    if not offer.ok:
        return _no(f"{verb.value} {key}: {offer.reason}", Exit.FAILED)
    if destination and facts.argument == "queue" and not facts.dest and offer.needs != "queue":
        return _no(tr("{verb} takes no DEST here", verb=verb.value), Exit.USAGE)
    if objection := answers.number_objection(row):
        return _no(objection, Exit.USAGE)
    intents = [
        Intent(verb, each, None if each.key == key else row, dispatcher.offer(verb, each.key))
        for each in dispatcher.candidates(verb, key) or [row]
    ]
    name = "" if offer.needs else facts.argument
    args = ((name, destination),) if destination and name else ()
    flow = Flows(dispatcher, board, board.sources, answers, "do").act(intents, row, args=args)
    try:
        step = flow.go()
        while isinstance(step, Question):
            step = flow.go(await answers.to(step))
    except Left as left:
        return _no(str(left), Exit.FAILED)
    except Unanswered as end:
        flow.leave()
        return end.code
    if not isinstance(step, Command):
        return _no(tr("one row at a time"), Exit.USAGE)
    # What was asked first is as old as the answer.
    return await _submit(dispatcher, replace(step, asked_at=board.now()))


async def _submit(dispatcher: Dispatcher, command: Command) -> int:
    import anyio

    from wallboard.control.outcome import Outcome, Phase

    ended = anyio.Event()
    last: list[Outcome] = []

    def hear(outcome: Outcome) -> None:
        if outcome.command.id != command.id:
            return
        if outcome.phase is Phase.WAITING:
            say(f"wallboard do: {outcome.sentence}")
        if outcome.final:
            # Here, because a signal ends what waits for it before it ends the action.
            unsubscribe()
            last.append(outcome)
            ended.set()
            if not data(outcome.sentence):
                say(outcome.sentence)

    unsubscribe = dispatcher.subscribe(hear)
    dispatcher.submit(command)
    with anyio.move_on_after(PATIENCE_FOR_ENDING):
        await ended.wait()
    if not last:
        end_within(LAST_WORDS, Exit.FAILED)
        why = tr("no ending within {seconds:g} s; look at what became of it", seconds=PATIENCE_FOR_ENDING)
        return _no(why, Exit.FAILED)
    return Exit.OK if last[0].phase in (Phase.CONFIRMED, Phase.ACCEPTED) else Exit.FAILED


async def _row(board: Board, scheduler: Poller, key: Key, facts: Facts) -> Row | None:
    """The row once it and what it is joined with have been read (whose call it is, who waits, the directory).

    None when it has not appeared within `PATIENCE`, or a whole list lacks it.
    """
    import anyio

    from wallboard.domain.keys import RESOURCE_OF, Resource
    from wallboard.domain.states import ResourceState

    own = RESOURCE_OF[key.kind]
    # Beside its own list: whose call it is, and what evidence may come from.
    wanted = {own, Resource.CALLS, Resource.MEMBERS, Resource.AGENTS}
    if facts.directory or facts.needs == "queue":
        # Which queues there are is asked where one must be named.
        wanted |= {Resource.QUEUES, Resource.PHONES}
    joined = wanted - {Resource.PHONES}
    if facts.needs == "destination":
        wanted |= {Resource.HOTLINES, Resource.RECEPTIONISTS}
    scheduler.demand(frozenset(wanted))

    def settled(resource: Resource) -> bool:
        view = board.resource_view(key.source, resource)
        return view is None or view.state in (ResourceState.UNAVAILABLE, ResourceState.LIVE)

    def failed(resource: Resource) -> bool:
        view = board.resource_view(key.source, resource)
        return view is not None and view.failures > 0

    def done(scope: anyio.CancelScope) -> bool:
        known = board.row(key) is not None
        lacking = [resource for resource in joined if not settled(resource)]
        if known and not lacking and found_out(board, key.source):
            return True
        view = board.resource_view(key.source, own)
        if view is not None and view.state is ResourceState.LIVE and (not known or all(map(failed, lacking))):
            # What is merely slow is waited for: a call reads otherwise once it is known whose it is.
            scope.deadline = min(scope.deadline, anyio.current_time() + GRACE)
        return refused(board, key.source)

    await changed_until(board, PATIENCE, done)
    return board.row(key)


def _absent(board: Board, key: Key) -> int:
    from wallboard.domain.states import SourceState

    for view in board.source_views():
        if view.info.name == key.source and view.state is SourceState.REFUSED:
            return _no(tr("{source} refused the credentials: {why}", source=key.source, why=view.detail), Exit.REFUSED)
        if view.info.name == key.source and view.state is SourceState.DOWN:
            return _no(tr("{source} was not reached: {why}", source=key.source, why=view.detail), Exit.UNREACHABLE)
    return _no(tr("{key} is not there", key=key), Exit.FAILED)
