"""Callers who gave up: the list of them, the return call, and what closes one."""

from __future__ import annotations

from wallboard.control.outcome import Outcome, Phase
from wallboard.domain.keys import Key
from wallboard.domain.language import tr
from wallboard.domain.verbs import Verb
from wallboard.history.call_backs import Lost
from wallboard.ui.acting import Acting
from wallboard.ui.asking import Asking
from wallboard.ui.panes import Panes
from wallboard.ui.settings import Station
from wallboard.view.dialogs import Answer, Prompt, TextField
from wallboard.view.lost_callers import REASONS, Step, in_order, lost_list, number, row, what_now


class LostCallers:
    def __init__(self, at: Station, panes: Panes, asking: Asking, acting: Acting) -> None:
        self._at = at
        self._panes = panes
        self._asking = asking
        self._acting = acting
        self._calling: dict[Key, Lost] = {}
        """Whom a return call was begun for, until it ended."""

    def open(self) -> None:
        at, context = self._at, self._panes.context()
        entries = in_order(at.ports.call_backs.open(), context, at.board.priority)
        if not entries:
            at.remarks.say(tr("nobody is waiting for a return call"), "text")
            return
        self._asking.ask(lost_list(entries, context, at.clock.now(), at.settings.key_of("call.back")), self._chosen)

    def _chosen(self, answer: Answer) -> None:
        match answer.value:
            case Lost() as lost:
                ask = what_now(lost, self._panes.context(), self._at.clock.now())
                self._asking.ask(ask, lambda what: self._do(lost, what.value))
            case (Lost() as lost, step):
                self._do(lost, step)

    def _do(self, lost: Lost, step: object) -> None:
        match step:
            case Step("call"):
                self._calling[row(lost).key] = lost
                self._acting.call(row(lost))
            case Step("close", ""):
                title = tr("CLOSE {number}: why?", number=number(lost, self._panes.context()))
                self._asking.ask(Prompt(title, TextField()), lambda answer: self._close(lost, str(answer.value or "")))
            case Step("close", reason):
                self._close(lost, reason)

    def _close(self, lost: Lost, reason: str) -> None:
        if not reason.strip():
            self._at.warn(
                tr("{number} stays open: it closes with a reason", number=number(lost, self._panes.context()))
            )
            return
        self._at.ports.call_backs.close(lost, self._at.settings.operator, reason.strip())
        why = tr(reason) if reason in REASONS else reason.strip()
        self._at.remarks.say(tr("{number} closed: {why}", number=number(lost, self._panes.context()), why=why), "text")

    def heard(self, outcome: Outcome) -> None:
        """What became of a command: a return call that is proven closes its entry."""
        lost = self._calling.get(outcome.command.target.key) if outcome.command.verb is Verb.CALL else None
        if lost is None:
            return
        backs, operator = self._at.ports.call_backs, self._at.settings.operator
        if outcome.phase is Phase.REQUESTED:
            backs.tried(lost, operator)
        elif outcome.phase is Phase.CONFIRMED:
            backs.done(lost, operator)
        if outcome.final:
            del self._calling[outcome.command.target.key]
