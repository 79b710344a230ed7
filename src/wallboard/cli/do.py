"""`wallboard do VERB TARGET [DEST] [--yes]`: one action from a script, with the console's own safety and journal.

TARGET is source/kind/id, as `snapshot --json` gives them: hq/call/c-17. DEST is where to send to (transfer, attended):
a number in any writing or the whole name of a favourite, agent, queue, receptionist or hotline, dialled as the picker
of the console would; the queue's id (staff, unstaff; signin, signout, pause and unpause where the vendor sets one queue
at a time), the text (note), the slot (park), the reason (pause) or else the number itself (call), without which what a
caller shows as theirs is not dialled if it is a feature code, a short code or costs extra, whatever --yes says.
Prints the ending (on standard error where standard output cannot be written). What a killed process has sent without
one is told first, as the console does.
Exit 0 when it is confirmed, or accepted by a vendor that cannot show it; 1 when it was refused, failed, is not
confirmed or unknown; 2 usage, or a question that nobody could answer; 3 unreachable; 4 refused credentials; 129, 130
and 143 when a signal ended it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from wallboard.cli.destination import Places, found_out, plain_directory, refused, where_to
from wallboard.cli.exits import Exit
from wallboard.cli.signals import LAST_WORDS, end_within, until_signal
from wallboard.cli.talk import data, say

if TYPE_CHECKING:
    from wallboard.board.board import Board
    from wallboard.config.settings import Config
    from wallboard.control.dispatcher import Dispatcher
    from wallboard.control.policy import Offer
    from wallboard.domain.command import Command, Verb
    from wallboard.domain.keys import Key, Resource
    from wallboard.domain.models import Row

VERBS = (
    *("listen", "whisper", "barge", "transfer", "attended", "hold", "resume", "park", "pickup", "fetch", "hangup"),
    *("call", "signin", "signout", "pause", "unpause", "open", "close", "staff", "unstaff", "note"),
)
PATIENCE = 10.0
"""Seconds within which the target must appear."""
PATIENCE_FOR_ENDING = 180.0
"""Seconds from the start of the action to its ending. All its steps are shorter together, unless the disk hangs."""
GRACE = 1.0
"""Seconds more once its list was read without it (another part of it may come), or with it but without the others."""

_DESTINED = {
    "transfer": "the number or name to send to",
    "attended": "the number or name to send to",
    "staff": "the queue's id",
    "unstaff": "the queue's id",
    "note": "the text",
}
_LOOKS_UP = ("transfer", "attended", "listen", "whisper", "barge", "pickup", "fetch", "call", "signin", "signout")
"""Verbs that need the directory: whose number it is, and which telephone is mine or the agent's."""
_SENDS = ("transfer", "attended")
"""Verbs whose DEST stands in the directory of all sources."""
_ATTENDANCE = ("signin", "signout", "unpause")
"""Verbs that take the queue's id where the vendor sets one queue at a time, and nothing elsewhere."""
_ARGUMENT = {
    **{"staff": "queue", "unstaff": "queue", "note": "text", "park": "slot", "pause": "reason", "call": "typed"},
    **dict.fromkeys(_ATTENDANCE, "queue"),
}

Confirm = Callable[[str, str], "bool | None"]
"""Asks a question whose answer is the second argument; None: nobody can be asked."""


class Poller(Protocol):
    """The part of the scheduler that is needed here. It stays connected until the ending, to see the evidence."""

    async def run(self) -> None: ...

    def demand(self, wanted: frozenset[Resource], /) -> None: ...


def add(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser("do", help="one action from a script", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("verb", metavar="VERB", choices=VERBS, help=" ".join(VERBS))
    parser.add_argument("target", metavar="TARGET", help="source/kind/id")
    parser.add_argument(
        "destination", metavar="DEST", nargs="?", default="", help="number or name, queue, text, slot or reason"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(args: argparse.Namespace) -> int:
    import anyio

    from wallboard.cli.opening import open_config
    from wallboard.domain.decoding import heard

    args.target, args.destination = heard(args.target), heard(args.destination)
    problem = usage(args.verb, args.target, args.destination)
    if problem:
        say(f"wallboard do: {problem}")
        return Exit.USAGE
    config = open_config(args)
    return anyio.run(until_signal, lambda: _act(config, args))


async def _act(config: Config, args: argparse.Namespace) -> int:
    from wallboard.control.ledger import left_open
    from wallboard.domain.command import Verb
    from wallboard.runtime import directory, headless

    async with headless(config) as head:
        for record in await head.dispatcher.take_over():
            say(f"wallboard do: {left_open(record)}")
        return await act(
            head.dispatcher,
            head.board,
            head.scheduler,
            Verb(args.verb),
            args.target,
            args.destination,
            args.yes,
            ask,
            places=lambda source: directory(head, config, source),
        )


def usage(verb: str, target: str, destination: str) -> str:
    """What is wrong with the words of the command line, "" if nothing is."""
    from wallboard.domain.keys import Key

    try:
        Key.parse(target)
    except ValueError as error:
        return str(error)
    if verb in _DESTINED and not destination:
        return f"{verb} needs DEST: {_DESTINED[verb]}"
    if destination and verb not in _DESTINED and verb not in _ARGUMENT:
        return f"{verb} takes no DEST"
    return ""


def ask(question: str, expected: str) -> bool | None:
    """Ask on standard error, read the answer from the terminal."""
    import sys

    from wallboard.domain.decoding import heard
    from wallboard.view.glyphs import ascii_text

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    say(question)
    try:
        answer = heard(sys.stdin.readline()).strip()
    except UnicodeDecodeError:
        return False
    # As it is spelled, or as it is shown where the terminal lacks its letters.
    return answer in (expected, ascii_text(expected))


async def act(
    dispatcher: Dispatcher,
    board: Board,
    scheduler: Poller,
    verb: Verb,
    target_text: str,
    destination: str,
    yes: bool,
    confirm: Confirm,
    *,
    places: Places | None = None,
) -> int:
    """Find the target, ask where policy says so, submit, wait for the ending and print it. The exit code.

    `places` gives the directory as the calls of a source see it; without it there are no favourites and routes.
    """
    import anyio

    from wallboard.domain.keys import Key

    problem = usage(verb.value, target_text, destination)
    if problem:
        say(f"wallboard do: {problem}")
        return Exit.USAGE
    key = Key.parse(target_text)
    if key.source not in board.sources():
        say(f"wallboard do: there is no source {key.source!r}; write one of {', '.join(board.sources())}")
        return Exit.USAGE
    async with anyio.create_task_group() as group:
        group.start_soon(scheduler.run)
        books = places or (lambda source: plain_directory(board, source))
        code = await _once_read(dispatcher, board, scheduler, verb, key, destination, yes, confirm, books)
        group.cancel_scope.cancel()
    return code


async def _once_read(
    dispatcher: Dispatcher,
    board: Board,
    scheduler: Poller,
    verb: Verb,
    key: Key,
    destination: str,
    yes: bool,
    confirm: Confirm,
    places: Places,
) -> int:
    from dataclasses import replace

    from wallboard.control.choose import settle_verb
    from wallboard.domain.command import Command, Destination, Verb, new_id

    row = await _row(board, scheduler, key, directory=verb.value in _LOOKS_UP, places=verb.value in _SENDS)
    if row is None:
        return _absent(board, key)
    verb = settle_verb(verb, row)
    rows = dispatcher.candidates(verb, key)
    offer = dispatcher.offer(verb, key)
    if not offer.ok:
        say(f"wallboard do: {verb.value} {key}: {offer.reason}")
        return Exit.FAILED
    if len(rows) != 1 and offer.needs not in ("agent", "text"):
        say(f"wallboard do: {verb.value} has several targets there; write one of:")
        for candidate in rows:
            say(f"  {candidate.key}")
        return Exit.USAGE
    acted_on = rows[0] if rows else row
    painted = dispatcher.target(acted_on, board.now(), None if acted_on.key == key else key)
    where = None
    if offer.needs == "destination":
        found = await where_to(board, places, key.source, destination, PATIENCE, GRACE)
        if not isinstance(found, Destination):
            return found
        where = found
    if offer.needs == "queue" and not destination:
        say(f"wallboard do: {verb.value} needs DEST: the id of one of the agent's queues; write one of:")
        for place in getattr(row, "memberships", ()):
            say(f"  {place.queue_id} ({place.queue})")
        return Exit.USAGE
    if destination and verb.value in _ATTENDANCE and offer.needs != "queue":
        say(f"wallboard do: {verb.value} takes no DEST here")
        return Exit.USAGE
    name = "queue" if offer.needs == "queue" else _ARGUMENT.get(verb.value, "")
    args = ((name, destination),) if destination and name else ()
    called = [place.queue for place in getattr(row, "memberships", ()) if place.queue_id == destination]
    if name == "queue" and called:
        args = (*args, ("queue_name", called[0]))
    command = Command(new_id(), verb, painted, where, args, board.now(), "do")
    number = dispatcher.number_to_call(acted_on) if verb is Verb.CALL else None
    if number is not None:
        doubtful = offer.level == "number"
        if destination and not dispatcher.same(key.source, destination, number.number):
            say(f"wallboard do: {key} has the number {number.number}, and no other is called from it")
            return Exit.USAGE
        if doubtful and yes and not destination:
            say(f"wallboard do: {number.number} {offer.consequence}: write it as DEST")
            return Exit.USAGE
        if doubtful and not destination:
            command = replace(command, args=(("typed", number.number),))
        elif doubtful:
            offer = replace(offer, level="confirm")
    answer = None if yes else await _asked(command, offer, confirm)
    if answer is not None:
        return answer
    # What was asked first is as old as the answer.
    return await _submit(dispatcher, replace(command, asked_at=board.now()))


async def _asked(command: Command, offer: Offer, confirm: Confirm) -> int | None:
    """None: go. Else the exit code: nobody to ask, or the answer was no."""
    import anyio.to_thread

    from wallboard.control.outcome import describe
    from wallboard.control.policy import level_for_destination

    level = offer.level if command.destination is None else level_for_destination(command.destination, offer.level)
    if level == "go":
        return None
    expected = "y" if level == "confirm" else command.arg("typed") if level == "number" else command.target.label
    effect = f" ({offer.consequence})" if offer.consequence else ""
    question = f"{describe(command)}{effect}? Type {expected!r} and Enter to go on"
    # In a thread: while somebody thinks, the board must go on hearing what becomes of the target.
    answer = await anyio.to_thread.run_sync(confirm, question, expected, abandon_on_cancel=True)
    if answer is None:
        say(f"wallboard do: {command.verb.value} asks first, and there is no terminal to ask on: add --yes")
        return Exit.USAGE
    if not answer:
        say("wallboard do: nothing was done")
        return Exit.FAILED
    return None


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
        say(f"wallboard do: no ending within {PATIENCE_FOR_ENDING:g} s; look at what became of it")
        end_within(LAST_WORDS, Exit.FAILED)
        return Exit.FAILED
    return Exit.OK if last[0].phase in (Phase.CONFIRMED, Phase.ACCEPTED) else Exit.FAILED


async def _row(board: Board, scheduler: Poller, key: Key, *, directory: bool, places: bool) -> Row | None:
    """The row once it and what it is joined with have been read (whose call it is, who waits, the directory).

    None when it has not appeared within `PATIENCE`, or a whole list lacks it.
    """
    import anyio

    from wallboard.domain.keys import RESOURCE_OF, Resource
    from wallboard.domain.states import ResourceState

    own = RESOURCE_OF[key.kind]
    # Beside its own list: whose call it is, and what evidence may come from.
    wanted = {own, Resource.CALLS, Resource.MEMBERS, Resource.AGENTS}
    if directory:
        wanted |= {Resource.QUEUES, Resource.PHONES}
    joined = wanted - {Resource.PHONES}
    if places:
        wanted |= {Resource.HOTLINES, Resource.RECEPTIONISTS}
    scheduler.demand(frozenset(wanted))
    changed = anyio.Event()

    def note(_: object) -> None:
        changed.set()

    def read(resource: Resource) -> bool:
        view = board.resource_view(key.source, resource)
        return view is not None and view.state is ResourceState.LIVE

    def settled(resource: Resource) -> bool:
        view = board.resource_view(key.source, resource)
        return view is None or view.state in (ResourceState.UNAVAILABLE, ResourceState.LIVE)

    unsubscribe = board.subscribe(note)
    try:
        with anyio.move_on_after(PATIENCE) as scope:
            while board.row(key) is None or not (found_out(board, key.source) and all(map(settled, joined))):
                if refused(board, key.source):
                    break
                if read(own):
                    scope.deadline = min(scope.deadline, anyio.current_time() + GRACE)
                await changed.wait()
                changed = anyio.Event()
    finally:
        unsubscribe()
    return board.row(key)


def _absent(board: Board, key: Key) -> int:
    from wallboard.domain.states import SourceState

    for view in board.source_views():
        if view.info.name == key.source and view.state is SourceState.REFUSED:
            say(f"wallboard do: {key.source} refused the credentials: {view.detail}")
            return Exit.REFUSED
        if view.info.name == key.source and view.state is SourceState.DOWN:
            say(f"wallboard do: {key.source} was not reached: {view.detail}")
            return Exit.UNREACHABLE
    say(f"wallboard do: {key} is not there")
    return Exit.FAILED
