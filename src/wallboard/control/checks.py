"""Is the row still the one that was painted? Asked of the board, and of the vendor where an id may be reused meanwhile
or the board is not fresh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wallboard.control.choose import aliases
from wallboard.control.guard import Guard
from wallboard.control.ports import BoardPort
from wallboard.domain.clock import Clock, within
from wallboard.domain.command import Command, Target, Verb, fingerprint
from wallboard.domain.errors import Missing, NotPermitted, ReadError
from wallboard.domain.keys import RESOURCE_OF, Key
from wallboard.domain.language import tr
from wallboard.domain.models import Agent, Call, Member, ParkedCall, Row
from wallboard.domain.states import TRUSTED, ResourceState
from wallboard.domain.text import clean

FRESH = 3.0
"""Seconds: older data is read again before it is acted on."""
REREAD = 2.0
"""Seconds that such a reading may take."""
REREAD_LASTING = 8.0
"""The same of what does not slip away meanwhile: a notice, a receptionist, a hotline, an agent."""


def changed(command: Command, row: Row | None) -> str:
    """ "" while the row is what was painted, else what happened to it, as a clause."""
    if row is None:
        return "" if command.verb.facts.outlives_row or command.verb.facts.rowless else tr("it has ended")
    if command.verb is Verb.NOTE:
        return ""
    return command.target.print.difference(fingerprint(row))


async def reread(
    command: Command,
    row: Row,
    board: BoardPort,
    adapter: Guard,
    clock: Clock,
    *,
    slow: tuple[float, Callable[[], None]] | None = None,
) -> str:
    """Why the action may not go on what the board knows, "" if it may. `slow` as in `within`.

    What moves, ends or enters a call is read again always, for its id may be that of another call by now. So is data
    older than `FRESH` seconds, or of a source that is late or stale; where that cannot be done only what is harmless
    goes, and nothing on stale data.
    """
    key = command.target.key
    view = board.resource_view(key.source, RESOURCE_OF[key.kind])
    state = board.row_state(key)
    age = None if view is None else view.age
    passing = isinstance(row, Call | Member | ParkedCall)
    fresh_enough = state is ResourceState.LIVE and age is not None and age <= FRESH
    facts = command.verb.facts
    if facts.outlives_row or (fresh_enough and not (passing and not facts.harmless)):
        return ""
    answer: list[Row | None] = []

    async def read() -> None:
        answer.append(await adapter.refresh(row))

    harmless = facts.harmless and state in TRUSTED
    seconds = REREAD if passing else REREAD_LASTING
    try:
        if not await within(clock, seconds, read, slow):
            return "" if harmless else tr("it could not be read again in {seconds:g} s", seconds=seconds)
    except Missing:
        return tr("it has ended")
    except NotPermitted:
        if state is ResourceState.LIVE or harmless:
            return ""
        return tr("its data is {state}, and this vendor cannot read one row again", state=tr(state.value))
    except ReadError as error:
        return "" if harmless else tr("it could not be read again: {error}", error=clean(str(error)))
    fresh = answer[0]
    if fresh is None:
        return tr("it has ended")
    if fresh.key != key:
        return tr("it is another call now") if passing else tr("it is another row now")
    return changed(command, relinked(fresh, row))


def relinked(fresh: Row, known: Row) -> Row:
    """`fresh` as the board would show it: an adapter reads one row without the lists that the board links it with.

    What the board added is kept where the vendor's own words that it was derived from are the same.
    """
    if isinstance(fresh, Member) and isinstance(known, Member) and fresh.number and fresh.number == known.number:
        # The name may be that of the caller's leg, or the site's own.
        fresh = replace(fresh, name=known.name)
    match fresh, known:
        case Member(name=""), Member() if known.name and fresh.number == known.number:
            return relinked(replace(fresh, name=known.name), known)
        case Member(), Member() if fresh.serving_ref == known.serving_ref:
            return replace(fresh, serving=known.serving, serving_key=known.serving_key, call_key=known.call_key)
        case Member(), Member() if not fresh.serving:
            return replace(fresh, serving=clean(fresh.serving_ref))
        case Call(), Call() if set(fresh.agent_refs) == set(known.agent_refs):
            return replace(fresh, agent=known.agent, agent_key=known.agent_key)
        case Agent(), Agent() if _words(fresh) == _words(known) and any(_words(fresh)):
            return replace(fresh, state=known.state, with_name=known.with_name, with_key=known.with_key)
        case Agent(), Agent():
            return replace(fresh, with_name=known.with_name, with_key=known.with_key)
        case ParkedCall(), ParkedCall():
            return replace(fresh, call_key=known.call_key)
    return fresh


def _words(agent: Agent) -> tuple[str, str]:
    return agent.raw_status, agent.raw_state


class Locks:
    """Rows whose vendor has not answered yet, by every key under which the same call is shown."""

    def __init__(self) -> None:
        self._locked: dict[Key, tuple[str, str]] = {}

    def holder(self, keys: frozenset[Key], besides: str = "") -> str:
        """What one of the rows waits for, or ""; `besides` is the command that asks."""
        for key in keys:
            owner, what = self._locked.get(key, ("", ""))
            if owner and owner != besides:
                return what
        return ""

    def take(self, keys: frozenset[Key], owner: str, what: str) -> None:
        self._locked.update(dict.fromkeys(keys, (owner, what)))

    def free(self, owner: str) -> None:
        self._locked = {key: lock for key, lock in self._locked.items() if lock[0] != owner}


def names(target: Target, row: Row | None, board: BoardPort) -> frozenset[Key]:
    """Every key that the target is known by."""
    return frozenset({target.key}) if row is None else aliases(row, board) | {target.key}
