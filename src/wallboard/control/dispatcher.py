"""The one way from a key to a vendor: check, write down, send exactly once, watch what comes of it.

Each command passes the same steps: journal `requested`; refuse what policy, a lock, a change or old data forbids;
journal `sent` durably; one request; journal the answer; then verification, with the row free again. Whatever fails
after the request may have left ends in evidence or in *unknown*, never in a second request.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import anyio

from wallboard.board.pending import Pending
from wallboard.control import choose, filled, policy
from wallboard.control.chain import Record
from wallboard.control.checks import Locks, changed, names, reread
from wallboard.control.journal import Journal, JournalError
from wallboard.control.labels import label, number_of
from wallboard.control.ledger import Ledger, Offload, in_thread
from wallboard.control.notes import Notes
from wallboard.control.outcome import Outcome, Phase, deed
from wallboard.control.outcome import describe as told
from wallboard.control.policy import Offer, Situation
from wallboard.control.ports import BoardPort
from wallboard.control.session import Session, Sessions
from wallboard.control.verification import Verdict, verify, within
from wallboard.domain.clock import Clock
from wallboard.domain.command import FORMS, MONITORING, Command, Destination, Fingerprint, Target, Verb, fingerprint
from wallboard.domain.errors import Ambiguous, NotSent, Rejected, TargetGone
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Member, Row
from wallboard.domain.numbers import dialable
from wallboard.domain.states import MemberState
from wallboard.domain.text import clean
from wallboard.vendors.base import Adapter, Can, Receipt, Trial, Verification

ANSWER = 60.0
"""Seconds after which an answer is no longer awaited. Adapters have shorter deadlines of their own."""

REMEMBERED = 4096
"""Commands that are known not to be done a second time."""

log = logging.getLogger(__name__)


class _Refused(Exception):
    """Nothing was sent, and why."""


class Dispatcher:
    """Owns the actions of this console from the key to their endings.

    `start` runs a coroutine in the runtime's task group, `hurry(source, resources)` asks for early readings. Listeners
    are called on the event loop, for each step of each action.
    """

    def __init__(
        self,
        board: BoardPort,
        adapters: Mapping[str, Adapter],
        journal: Journal,
        clock: Clock,
        *,
        operator: str = "",
        read_only: bool = False,
        hurry: Callable[[str, Iterable[Resource]], None],
        start: Callable[[Callable[[], Coroutine[Any, Any, None]]], object],
        offload: Offload = in_thread,
    ) -> None:
        self.operator = operator
        self.read_only = read_only
        self.notes = Notes()
        self._board = board
        self._adapters = adapters
        self._ledger = Ledger(journal, offload)
        self._clock = clock
        self._hurry = hurry
        self._start = start
        self._sessions = Sessions(board, clock)
        self._locks = Locks()
        self._listeners: list[Callable[[Outcome], None]] = []
        self._asked: dict[str, None] = {}
        self._changes: dict[str, str] = {}

    # ---- what may be done -----------------------------------------------------------------------------------------

    @property
    def sessions(self) -> Sequence[Session]:
        """My listen, whisper or barge, and one that ended just now."""
        return self._sessions.all

    @property
    def journal_problem(self) -> str:
        """Why no action can go now (the journal cannot be written), or ""."""
        return self._ledger.problem

    def offer(self, verb: Verb, key: Key | None, last: Row | None = None) -> Offer:
        """What `verb` would do on the row `key`. `last` is a vanished row as last painted: some verbs outlive it."""
        if key is not None and key.kind is Kind.SOURCE:
            return self._of_source(verb, key)
        row = None if key is None else self._board.row(key)
        if verb is Verb.END:
            target = self.session_target()
            row = row if target is None else self._board.row(target.key)
        if row is None and last is not None and verb in policy.OUTLIVES_ROW:
            return self._decide(verb, last, ended=True)
        verb = choose.settle_verb(verb, row)
        if row is None:
            return self._decide(verb, None)
        found = self.candidates(verb, row.key)
        if not found or (row.key.kind is Kind.QUEUE and verb is not Verb.PICKUP):
            return self._decide(verb, row)
        offers = [self._decide(verb, candidate) for candidate in found]
        best = next((offer for offer in offers if offer.ok), offers[0])
        if row.key.kind is Kind.QUEUE and best.ok:
            # The caller was not under the cursor, so who it is must be read before it happens.
            return replace(best, level="confirm", consequence=f"takes {label(found[0])}: {best.consequence}")
        return best

    def _of_source(self, verb: Verb, key: Key, asking: str = "") -> Offer:
        """What `verb` would do to a source itself."""
        adapter = self._adapters.get(key.source)
        if verb not in policy.ROWLESS:
            return Offer(False, "not for a source")
        situation = Situation(
            can=Can(False, f"{key.source} is not connected") if adapter is None else adapter.can(verb, None),
            read_only=self.read_only or (adapter is not None and adapter.settings.read_only),
            in_flight=self._locks.holder(frozenset({key}), asking),
        )
        return policy.decide(verb, None, situation)

    def forms(self, verb: Verb, key: Key) -> Sequence[Form]:
        """What must be filled in before `verb` can be sent to the row (or source) `key`; () where nothing is."""
        adapter = self._adapters.get(key.source)
        if adapter is None or verb not in FORMS:
            return ()
        if key.kind is Kind.SOURCE:
            return tuple(adapter.forms(verb, None))
        row = self._board.row(key)
        return () if row is None else tuple(adapter.forms(verb, row))

    def source_target(self, source: str) -> Target:
        """A source itself as a target: what is published on it has no row yet."""
        return Target(Key(source, Kind.SOURCE, source), source, Fingerprint((source,), None, ""), (), self._clock.now())

    def candidates(self, verb: Verb, key: Key) -> Sequence[Row]:
        """The rows that `verb` pressed on `key` would act on: none, the one, or several to choose from."""
        row = self._board.row(key)
        if row is None:
            return ()
        session = self._sessions.on(key.source)
        if session is not None and session.leg == key and verb in MONITORING and session.target is not None:
            target = self._board.row(session.target)
            return () if target is None else (target,)
        return choose.candidates(choose.settle_verb(verb, row), row, self._board)

    def goals(self, toggle: choose.Toggle, key: Key | None) -> Sequence[Verb]:
        """What a toggle key means on the row: the goals that can be offered, or the first one with its reason."""
        row = None if key is None else self._board.row(key)
        meant = choose.goals(toggle, row)
        return tuple(verb for verb in meant if self.offer(verb, key).ok) or meant[:1]

    def target(self, row: Row, painted_at: float, via: Key | None = None) -> Target:
        """The row as painted, for a Command."""
        return Target(row.key, label(row), fingerprint(row), row.address, painted_at, via)

    def session_target(self) -> Target | None:
        """What `end` acts on: my own leg where the vendor lists it, else the call that I am on."""
        for session in self._sessions.live:
            for key in (session.leg, session.target):
                row = None if key is None else self._board.row(key)
                if row is not None:
                    return self.target(row, self._clock.now())
        return None

    def _decide(self, verb: Verb, row: Row | None, queue_id: str = "", asking: str = "", ended: bool = False) -> Offer:
        if row is None:
            return policy.decide(verb, None, Situation(Can(True), read_only=self.read_only))
        source = row.key.source
        adapter = self._adapters.get(source)
        session = next(iter(self._sessions.live), None)
        here = choose.aliases(row, self._board)
        situation = Situation(
            can=Can(False, f"{source} is not connected") if adapter is None else adapter.can(verb, row),
            state=self._board.row_state(row.key),
            phone="" if adapter is None else adapter.info().phone,
            read_only=self.read_only or (adapter is not None and adapter.settings.read_only),
            in_flight=self._locks.holder(here, asking),
            session_mode=None if session is None else session.mode,
            session_here=session is not None and bool(here & {session.target, session.leg}),
            last_ready_in=choose.last_ready_in(row, self._board, queue_id) if isinstance(row, Agent) else (),
            ended=ended,
            now=self._clock.now(),
        )
        return policy.decide(verb, row, situation)

    # ---- asking ---------------------------------------------------------------------------------------------------

    def subscribe(self, listener: Callable[[Outcome], None]) -> Callable[[], None]:
        """`listener` hears every step of every action; the answer unsubscribes it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    async def take_over(self) -> Sequence[Record]:
        """At start: the actions that a killed console sent without an ending, to be looked at by a person."""
        return await self._ledger.take_over()

    def submit(self, command: Command) -> None:
        """Have it done, once: a command that was submitted before is not done again. Never blocks, never raises."""
        if command.id in self._asked:
            return
        self._asked[command.id] = None
        if len(self._asked) > REMEMBERED:
            del self._asked[next(iter(self._asked))]
        row = self._row(command.target.key)
        command = self._completed(command, row)
        keys = names(command.target, row, self._board)
        held = "" if command.verb is Verb.NOTE else self._locks.holder(keys)
        if not held and command.verb is not Verb.NOTE:
            # Taken here and not in the task, so that two keys in one turn of the loop cannot both pass.
            self._locks.take(keys, command.id, deed(command.verb, command.target.key.kind))
        if command.verb in FORMS:
            self._changes[command.id] = self._changed_by(command)
        self._tell(Outcome(command, Phase.REQUESTED, "requested", self._clock.now()))

        async def work() -> None:
            try:
                await self._carry_out(command, held)
            finally:
                self._locks.free(command.id)
                self._changes.pop(command.id, None)

        self._start(work)

    def _row(self, key: Key) -> Row | None:
        return None if key.kind is Kind.SOURCE else self._board.row(key)

    def _changed_by(self, command: Command) -> str:
        """What the command's form changes, as a clause."""
        form = filled.form_of(self.forms(command.verb, command.target.key), command)
        if form is None:
            return ""
        return "; ".join(filled.changes(form, dict(command.args), all_of_it=command.verb not in filled.EDITS))

    def _completed(self, command: Command, row: Row | None) -> Command:
        """Add what follows from the row: the number that `call` dials, the session that a switch or `end` means."""
        if command.verb is Verb.CALL and command.destination is None and row is not None and number_of(row):
            number = self._dialled(number_of(row), row)
            command = replace(command, destination=Destination(number, label(row), row.key, row.key.source))
        session = self._sessions.on(command.target.key.source)
        if session is not None and command.verb in (*MONITORING, Verb.END) and not command.arg("session"):
            leg = session.leg.id if session.leg is not None else ""
            command = replace(command, args=(*command.args, ("session", leg or session.id)))
        return command

    def _dialled(self, number: str, row: Row) -> str:
        """A row's number as its source dials it; what no writing of it can be is left to the source to refuse."""
        adapter = self._adapters.get(row.key.source)
        if adapter is None:
            return number

        def accepts(form: str) -> bool:
            return adapter.can_dial(Destination(form, label(row), row.key, row.key.source)).ok

        return dialable(number, adapter.settings.region, accepts)

    # ---- the steps ------------------------------------------------------------------------------------------------

    async def _carry_out(self, command: Command, held: str) -> None:
        try:
            await self._ledger.write("requested", command, durable=False)
            if held:
                raise _Refused(f"the row waits for the answer to {held}")
            if command.verb is Verb.NOTE:
                await self._note(command)
                return
            adapter, row = await self._checked(command)
        except _Refused as refusal:
            await self._finish(command, Verdict(Phase.REFUSED, f"refused: {refusal}"))
            return
        except JournalError as error:
            await self._finish(command, Verdict(Phase.REFUSED, f"refused: {error}"), record=False)
            return
        await self._send(command, adapter, row)

    async def _note(self, command: Command) -> None:
        text = command.arg("text")
        if not text.strip():
            raise _Refused("the note is empty")
        await self._ledger.write("note", command, durable=True)
        self.notes.add(command.target.key, text, self.operator, self._clock.now())
        await self._finish(command, Verdict(Phase.CONFIRMED, "noted", "the journal"))

    async def _checked(self, command: Command) -> tuple[Adapter, Row | None]:
        """The adapter and the row to act on. Raises _Refused."""
        source = command.target.key.source
        adapter = self._adapters.get(source)
        if self.read_only or (adapter is not None and adapter.settings.read_only):
            raise _Refused("read-only")
        if adapter is None:
            raise _Refused(f"{source} is not connected")
        row = self._row(command.target.key)
        self._still(command, row)
        self._allowed(command, row, adapter)
        if row is not None:
            reason = await reread(command, row, self._board, adapter, self._clock)
            if reason:
                raise _Refused(reason)
            # While it was read, the board may have moved on.
            row = self._board.row(command.target.key)
            self._still(command, row)
            self._allowed(command, row, adapter)
        return adapter, row

    def _still(self, command: Command, row: Row | None) -> None:
        reason = changed(command, row)
        if reason:
            raise _Refused(reason)

    def _allowed(self, command: Command, row: Row | None, adapter: Adapter) -> None:
        verb, destination = command.verb, command.destination
        needs = ""
        if row is not None:
            offer = self._decide(verb, row, command.arg("queue"), command.id)
            if not offer.ok:
                raise _Refused(offer.reason)
            needs = offer.needs
        elif verb in policy.ROWLESS:
            offer = self._of_source(verb, command.target.key, command.id)
            if not offer.ok:
                raise _Refused(offer.reason)
        elif not adapter.info().phone:
            raise _Refused("no phone set")
        if verb in (Verb.TRANSFER, Verb.ATTENDED, Verb.CALL):
            if destination is None or not destination.number:
                raise _Refused("has no number" if verb is Verb.CALL else "no destination")
            dial = adapter.can_dial(destination)
            if not dial:
                raise _Refused(f"{command.target.key.source} cannot dial {destination.number}: {dial.reason}")
        if needs in ("queue", "agent") and not command.arg("queue"):
            raise _Refused("no queue chosen")
        if verb in FORMS:
            wrong = filled.objection(adapter.forms(verb, row), command)
            if wrong:
                raise _Refused(wrong)

    async def _send(self, command: Command, adapter: Adapter, row: Row | None) -> None:
        verification = adapter.verification(command, row)
        try:
            await self._ledger.write("sent", command, durable=True, request=str(clean(verification.request)))
        except JournalError as error:
            await self._finish(command, Verdict(Phase.REFUSED, f"refused: {error}"), record=False)
            return
        reason = changed(command, self._row(command.target.key))
        if reason:
            await self._finish(command, Verdict(Phase.REFUSED, f"refused: {reason}"))
            return
        source = command.target.key.source
        there = {row.key: row for resource in verification.watch for row in self._board.rows(resource, source)}
        sent_at = self._clock.now()
        self._pend(command, "sent", sent_at)
        self._tell(Outcome(command, Phase.SENT, "sent", sent_at))
        ambiguous = ""
        try:
            receipt = await self._perform(command, adapter, row)
        except anyio.get_cancelled_exc_class():
            self._abandoned(command, "this console ended before the answer")
            raise
        except NotSent as error:
            await self._finish(command, Verdict(Phase.FAILED, f"failed, nothing happened: {clean(str(error))}"))
            return
        except TargetGone as error:
            why = "changed meanwhile" if error.status in ("409", "412") else "already over"
            if command.verb is Verb.END and why == "already over":
                self._sessions.verdict(command, row, Phase.CONFIRMED, "")
            verdict = Verdict(Phase.NOT_CONFIRMED, f"not confirmed: {why}", str(clean(str(error))))
            await self._finish(command, verdict)
            return
        except Rejected as error:
            verdict = Verdict(Phase.FAILED, f"refused by {source}, nothing happened: {clean(str(error))}")
            await self._finish(command, verdict, status=str(clean(error.status)))
            return
        except Ambiguous as error:
            ambiguous = str(clean(str(error))) or "no clear answer"
            receipt = Receipt(str(clean(verification.request)), str(clean(error.status)), sent_at, self._clock.now())
        except Exception as error:
            # Adapters raise only ActionErrors. Anything else may have struck after the request left: not clear.
            log.exception("%s: the adapter failed", command.verb.value)
            ambiguous = f"the adapter failed ({type(error).__name__})"
            receipt = Receipt(str(clean(verification.request)), "", sent_at, self._clock.now())
        self._locks.free(command.id)
        trial = Trial(command, receipt, row, self._board, there)
        await self._watch(trial, verification, adapter.info().phone, ambiguous)

    async def _perform(self, command: Command, adapter: Adapter, row: Row | None) -> Receipt:
        receipts: list[Receipt] = []

        async def once() -> None:
            receipts.append(await adapter.perform(command, row))

        if not await within(self._clock, ANSWER, once) and not receipts:
            raise Ambiguous(f"no answer in {ANSWER:g} s")
        return receipts[0]

    async def _watch(self, trial: Trial, verification: Verification, phone: str, ambiguous: str) -> None:
        """From the vendor's answer to the ending. The row is free meanwhile."""
        command, receipt, row = trial.command, trial.receipt, trial.before
        latency = round(max(0.0, receipt.answered_at - receipt.sent_at), 3)
        text = ambiguous or "the vendor accepted it"
        try:
            if not ambiguous:
                self._pulled(command, row)
            if command.verb in MONITORING:
                find = None if verification.leg is None else partial(verification.leg, trial)
                self._sessions.answered(command, row, phone, receipt.ids, find)
            self._pend(command, "accepted", receipt.sent_at)
            if not ambiguous:
                self._tell(Outcome(command, Phase.ACCEPTED, "accepted", self._clock.now()))
            self._hurry(command.target.key.source, verification.watch)
            await self._ledger.try_write(
                "answered",
                command,
                status=str(clean(receipt.status)),
                request=str(clean(receipt.request)),
                latency=latency,
                ending=text,
            )
            verdict = await verify(verification, trial, self._board, self._clock, ambiguous=ambiguous)
        except anyio.get_cancelled_exc_class():
            self._abandoned(command, "this console ended before anything showed it")
            raise
        if verdict.phase is Phase.CONFIRMED and ambiguous:
            self._pulled(command, row)
        if command.verb in MONITORING or command.verb is Verb.END:
            self._sessions.verdict(command, row, verdict.phase, verdict.evidence)
        await self._finish(command, verdict, status=str(clean(receipt.status)), latency=latency)

    def _pulled(self, command: Command, row: Row | None) -> None:
        """Whom we take out of a queue ourselves did not give up."""
        if command.verb not in policy.TAKES_FROM_QUEUE or row is None:
            return
        for key in choose.aliases(row, self._board):
            member = self._board.row(key) if key.kind is Kind.MEMBER else None
            member = row if key == row.key else member
            if isinstance(member, Member) and member.state in (MemberState.WAITING, MemberState.RINGING):
                self._board.pulled(key)

    # ---- writing down and telling ---------------------------------------------------------------------------------

    async def _finish(self, command: Command, verdict: Verdict, *, record: bool = True, **more: Any) -> None:
        """The one ending of a command: journalled, shown on the board, told."""
        lost = ""
        if record:
            lost = await self._ledger.try_write(
                verdict.phase.value, command, ending=verdict.ending, evidence=verdict.evidence, **more
            )
        elif verdict.phase is Phase.REFUSED:
            # The disk may have room for this one although it had none for the other: worth a try, not a condition.
            await self._ledger.try_write(verdict.phase.value, command, ending=verdict.ending)
        ending = f"{verdict.ending} (not journalled: {lost})" if lost else verdict.ending
        self._board.settle(command.id, verdict.phase.value)
        self._tell(Outcome(command, verdict.phase, ending, self._clock.now(), True, verdict.evidence))

    def _abandoned(self, command: Command, why: str) -> None:
        self._board.settle(command.id, Phase.UNKNOWN.value)
        self._ledger.write_now("unknown", command, f"unknown: {why}")

    def _pend(self, command: Command, phase: str, since: float) -> None:
        what = told(command, self._changes.get(command.id, ""))
        self._board.pend(Pending(command.id, command.target.key, command.verb, what, since, phase))

    def _tell(self, outcome: Outcome) -> None:
        outcome = replace(outcome, changes=self._changes.get(outcome.command.id, ""))
        for listener in tuple(self._listeners):
            listener(outcome)
