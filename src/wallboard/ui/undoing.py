"""What undoes a confirmed action: an action of its own, made from its object as it is now, and always asked about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from wallboard.control.flow import Flow, Flows, Intent
from wallboard.control.outcome import Outcome, Phase, describe
from wallboard.domain.keys import Kind
from wallboard.domain.language import tr
from wallboard.domain.models import Agent, Row
from wallboard.domain.verbs import UNDO, Verb
from wallboard.ui.settings import Station
from wallboard.view.eventlog import Entry
from wallboard.view.numbers import in_words

UNDOES = "undoes"
"""The argument that names the command which is undone, for the journal."""
REMEMBERED = 200
_NOTHING_DONE = frozenset({Phase.REFUSED, Phase.FAILED, Phase.NOT_CONFIRMED})
Args = tuple[tuple[str, str], ...]
T = TypeVar("T")


class Undoing:
    """Hears every outcome. `go` drives a flow to its command."""

    def __init__(self, at: Station, flows: Flows, go: Callable[[Flow], None]) -> None:
        self._at = at
        self._flows = flows
        self._go = go
        self._undone: dict[str, str] = {}
        """By the command that undoes it: what is undone, or being undone."""
        self._places: dict[str, Args] = {}
        """Where in the queue an agent stood who is taken out of it, by the command."""

    def heard(self, outcome: Outcome) -> None:
        command = outcome.command
        if outcome.phase is Phase.REQUESTED:
            if undoes := command.arg(UNDOES):
                _remember(self._undone, command.id, undoes)
            if command.verb is Verb.UNSTAFF:
                _remember(
                    self._places, command.id, _place(self._at.board.row(command.target.key), command.arg("queue"))
                )
        elif outcome.final and outcome.phase in _NOTHING_DONE:
            self._undone.pop(command.id, None)

    def offered(self, entry: Entry | None) -> str:
        """What undoes the action of this line, as `undo: add Dana to Sales callback`; "" where nothing does."""
        outcome = None if entry is None else entry.outcome
        if outcome is None or outcome.phase is not Phase.CONFIRMED or not outcome.final:
            return ""
        command = outcome.command
        verb = UNDO.get(command.verb)
        if verb is None or command.target.key.kind is Kind.NOTICE or command.id in self._undone.values():
            return ""
        if self._at.board.row(command.target.key) is None:
            return ""
        return tr("undo: {action}", action=describe(in_words(replace(command, verb=verb), self._at.context())))

    def _last(self, entries: Sequence[Entry]) -> Entry | None:
        """The last action that can be undone. What undid one is not undone in turn: it has a line of its own."""
        return next(
            (
                entry
                for entry in reversed(entries)
                if self.offered(entry) and entry.outcome is not None and not entry.outcome.command.arg(UNDOES)
            ),
            None,
        )

    def begin(self, entry: Entry | None = None) -> None:
        """Ask whether to undo the action of this line, by default the last that can be, or say why that cannot be."""
        at = self._at
        entry = entry or self._last(at.remarks.entries)
        offered = self.offered(entry)
        if not offered or entry is None or entry.outcome is None:
            at.warn(tr("nothing here can be undone") if entry is not None else tr("nothing can be undone yet"))
            return
        command = entry.outcome.command
        verb, key = UNDO[command.verb], command.target.key
        row = at.board.row(key)
        offer = at.dispatcher.offer(verb, key)
        queue = command.arg("queue")
        why = offer.reason if not offer.ok else _placed(row, verb, queue)
        if row is None or why:
            gone = tr("it is gone")
            at.warn(f"{offered}: {why or gone}")
            return
        kept = tuple((name, value) for name, value in command.args if name in ("queue", "queue_name"))
        args = (*kept, *(self._places.get(command.id, ()) if verb is Verb.STAFF else ()), (UNDOES, command.id))
        self._go(self._flows.undo(Intent(verb, row, None, offer), row, args))


def _place(row: Row | None, queue: str) -> Args:
    found = [each for each in row.memberships if each.queue_id == queue] if isinstance(row, Agent) else []
    told = [(name, getattr(each, name)) for each in found for name in ("level", "position")]
    return tuple((name, str(value)) for name, value in told if value is not None)


def _placed(row: Row | None, verb: Verb, queue: str) -> str:
    """Why an agent cannot be put into a queue, or taken out of it, once more."""
    if not isinstance(row, Agent) or verb not in (Verb.STAFF, Verb.UNSTAFF):
        return ""
    inside = any(each.queue_id == queue for each in row.memberships)
    if inside is (verb is Verb.STAFF):
        return tr("is in it already") if inside else tr("is not in it any more")
    return ""


def _remember(kept: dict[str, T], name: str, what: T) -> None:
    kept[name] = what
    while len(kept) > REMEMBERED:
        del kept[next(iter(kept))]
