"""The one way from a key to a vendor: check, write down, send exactly once, watch what comes of it.

Each command passes the same steps: journal `requested`; refuse what policy, a lock, a change, old data or its own age
forbids; journal `sent` durably; one request; journal the answer; then verification, with the row free again. Until the
request begins it can be taken back. Whatever fails after it may have left ends in evidence or in *unknown*, never in a
second request; and whatever fails anywhere, the command has one ending.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import anyio
from anyio.lowlevel import checkpoint_if_cancelled

from wallboard.board.alarm import Alarm
from wallboard.board.colleagues import Doing
from wallboard.control import choose, filled
from wallboard.control.checks import Locks, changed, names, reread
from wallboard.control.guard import FAILED, Guard, words
from wallboard.control.journal import Journal, JournalBusy, JournalError
from wallboard.control.journal_reader import Record
from wallboard.control.journaling import Journaling, Offload, in_thread
from wallboard.control.offers import FROM_CALLERS, Offers
from wallboard.control.outcome import Outcome, Phase
from wallboard.control.ports import BoardPort
from wallboard.control.verification import Verdict, verify
from wallboard.domain.clock import Clock, within
from wallboard.domain.command import Command
from wallboard.domain.errors import Ambiguous, BadAnswer, Ended, Expired, NotSent, ReadError, Rejected, TargetGone
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.language import tr
from wallboard.domain.models import Member, Row
from wallboard.domain.records import dataclass
from wallboard.domain.sending import EXPIRES, leaving, overdue
from wallboard.domain.states import MemberState
from wallboard.domain.verbs import FORMS, MONITORING, Verb, deed
from wallboard.vendors.base import Adapter, Receipt, Trial, Verification

ANSWER = 60.0
"""Seconds after which an answer is no longer awaited. Adapters have shorter deadlines of their own."""

NOTICED = 0.3
"""Seconds of waiting from which on it is told."""

SETTLED = 1.0
"""Seconds for which what was read again before the journal was written still counts."""

REMEMBERED = 256
"""Commands that are known not to be done a second time."""

log = logging.getLogger(__name__)

Slow = tuple[float, Callable[[], None]]
"""As of `within`."""


class _Refused(Exception):
    """Nothing was sent, and why."""


@dataclass(slots=True)
class _Run:
    """One command on its way. `scope` is what can still be taken back; `blocked_by` what else the row waits for."""

    command: Command
    blocked_by: str
    changes: str = ""
    scope: anyio.CancelScope | None = None
    open: bool = True
    """Whether it can still be taken back."""
    waits: bool = False
    """Whether it has been told that it waits."""
    left: bool = False
    """Whether it may have been sent."""
    verdict: Verdict | None = None
    """Its ending, once known, written or not."""
    ended: bool = False
    rehearsed: bool = False
    """Whether nothing is told of it, because nothing will be sent."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`refusal`: why it may not go, as a clause; "" if it may, on this row and known by that."""

    refusal: str
    row: Row | None = None
    verification: Verification | None = None


@dataclass(frozen=True, slots=True)
class _Ready:
    adapter: Guard
    row: Row | None
    verification: Verification


class Dispatcher(Offers):
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
        read_only: bool = False,
        may: Collection[Verb] | None = None,
        hurry: Callable[[str, Iterable[Resource]], None],
        start: Callable[[Callable[[], Coroutine[Any, Any, None]]], object],
        offload: Offload = in_thread,
        claim: Callable[[Command], Awaitable[None]] | None = None,
        sign: Callable[[Command], Command] = lambda command: command,
        locks: Locks | None = None,
    ) -> None:
        """`claim` is awaited right before a request leaves, and raises NotSent where it may not; `sign` says of a
        command whose it is, where another machine will carry it out."""
        super().__init__(board, adapters, clock, read_only=read_only, may=may, locks=locks)
        self._ledger = Journaling(journal, clock, offload)
        self._hurry = hurry
        self._start = start
        self._claim, self._sign = claim, sign
        self._listeners: list[Callable[[Outcome], None]] = []
        self._asked: dict[str, None] = {}
        self._runs: dict[str, _Run] = {}

    @property
    def journal_problem(self) -> str:
        """Why no action can go now (the journal cannot be written), or ""."""
        return self._ledger.problem

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

    async def rehearse(self, command: Command) -> Rehearsal:
        """All that comes before sending, without sending and without a trace: for who has it asked for elsewhere."""
        run = _Run(command, "", rehearsed=True)
        try:
            if barred := self.barred(command.verb):
                raise _Refused(barred)
            holder = self._locks.holder(names(command.target, self._row(command.target.key), self._board), command.id)
            if holder:
                raise _Refused(tr("the row waits for the answer to {action}", action=holder))
            adapter, row = await self._checked(run)
            return Rehearsal("", row, adapter.verification(command, row))
        except (_Refused, BadAnswer) as reason:
            return Rehearsal(str(reason))

    def submit(self, command: Command) -> None:
        """Have it done, once: a command that was submitted before is not done again. Never blocks, never raises."""
        if command.id in self._asked:
            return
        self._asked[command.id] = None
        if len(self._asked) > REMEMBERED:
            del self._asked[next(iter(self._asked))]
        row = self._row(command.target.key)
        command = self._sign(self._completed(command, row))
        keys = names(command.target, row, self._board)
        run = self._runs[command.id] = _Run(command, "" if command.verb is Verb.NOTE else self._locks.holder(keys))
        if not run.blocked_by and command.verb is not Verb.NOTE:
            # Taken here and not in the task, so that two keys in one turn of the loop cannot both pass.
            self._locks.take(keys, command.id, deed(command.verb, command.target.key.kind))
        if command.verb in FORMS:
            run.changes = self._changed_by(command)
        self._tell(run, Phase.REQUESTED, tr("requested"))
        self._start(partial(self._guarded, run))

    def close(self) -> None:
        """Hear no more of the board."""
        self._sessions.close()

    def remember_alarm(self, verb: str, alarm: Alarm) -> None:
        """Write down that a person acknowledged or snoozed an alarm. Never blocks, never raises."""
        self._start(partial(self._ledger.remember, verb, alarm))

    def at_work(self, asked: Key | None = None) -> Mapping[Key, Doing]:
        """What is listened to here, what a verb is on its way to, and what somebody is `asked` about: others are asked
        before they do something to it."""
        runs = [run.command for run in self._runs.values()]
        has = [command.target.key for command in runs if command.verb not in (Verb.NOTE, Verb.END)]
        listens = [each.target for each in self._sessions.live]
        found: dict[Key, Doing] = {} if asked is None else {asked: "asks"}
        found |= dict.fromkeys(has, "has")
        found |= dict.fromkeys([key for key in listens if key is not None], "listens")
        return {key: does for key, does in found.items() if key.kind in FROM_CALLERS}

    def take_back(self) -> str:
        """Cancel the newest command that is seen to wait and has not been sent; its id, "" if there is none."""
        for run in reversed(self._runs.values()):
            if run.open and run.waits:
                run.open = False
                if run.scope is not None:
                    run.scope.cancel()
                return run.command.id
        return ""

    def _row(self, key: Key) -> Row | None:
        return None if key.kind is Kind.SOURCE else self._board.row(key)

    def _changed_by(self, command: Command) -> str:
        """What the command's form changes, as a clause."""
        form = filled.form_of(self.forms(command.verb, command.target.key), command)
        if form is None:
            return ""
        return "; ".join(filled.changes(form, dict(command.args), all_of_it=not command.verb.facts.edits))

    def _completed(self, command: Command, row: Row | None) -> Command:
        """Add what follows from the row: the number that `call` dials, the session that a switch or `end` means."""
        if not command.asked_at:
            command = replace(command, asked_at=self._clock.now())
        if command.verb is Verb.CALL and command.destination is None and row is not None:
            command = replace(command, destination=self.number_to_call(row))
        session = self._sessions.on(command.target.key.source)
        if session is not None and command.verb in (*MONITORING, Verb.END) and not command.arg("session"):
            leg = session.leg.id if session.leg is not None else ""
            command = replace(command, args=(*command.args, ("session", leg or session.id)))
        return command

    # ---- the steps ------------------------------------------------------------------------------------------------

    async def _guarded(self, run: _Run) -> None:
        """The steps, and an ending whatever becomes of them."""
        try:
            await self._carry_out(run)
        except FAILED as error:
            await checkpoint_if_cancelled()
            log.exception("%s failed in a way that nobody foresaw", run.command.verb.value)
            why = tr("this console failed ({name})", name=type(error).__name__)
            await self._finish(
                run,
                Verdict(Phase.UNKNOWN, tr("unknown: {why}", why=why))
                if run.left
                else Verdict(Phase.REFUSED, tr("refused: {why}", why=why)),
            )
        finally:
            # Nobody cancels an action that was sent but the end of the console.
            self._abandon(run)
            self._locks.free(run.command.id)
            self._runs.pop(run.command.id, None)

    async def _carry_out(self, run: _Run) -> None:
        ready: _Ready | None = None
        refusal = ""
        unwritten = False
        try:
            with anyio.CancelScope() as run.scope:
                if run.open:
                    ready = await self._prepared(run)
        except _Refused as reason:
            refusal = str(reason)
        except JournalBusy as error:
            waited = self._clock.now() - run.command.asked_at
            refusal, unwritten = tr("{why} for {seconds:.0f} s; nothing was sent", why=str(error), seconds=waited), True
        except JournalError as error:
            refusal, unwritten = str(error), True
        taken_back = not run.open
        run.open = False
        if taken_back:
            await self._finish(run, Verdict(Phase.REFUSED, tr("cancelled, nothing was sent")))
        elif refusal:
            await self._finish(run, Verdict(Phase.REFUSED, tr("refused: {why}", why=refusal)), told=unwritten)
        elif ready is None:
            said = tr("noted") if run.command.arg("text").strip() else tr("the note is taken away")
            await self._finish(run, Verdict(Phase.CONFIRMED, said, tr("the journal")))
        else:
            await self._send(run, ready)

    async def _prepared(self, run: _Run) -> _Ready | None:
        """All that comes before the request; None: it was a note, and is done. Raises _Refused and JournalError."""
        command = run.command
        await self._write(run, "requested", durable=False)
        if run.blocked_by:
            raise _Refused(tr("the row waits for the answer to {action}", action=run.blocked_by))
        if barred := self.barred(command.verb):
            raise _Refused(barred)
        if command.verb is Verb.NOTE:
            await self._write(run, "note", durable=True)
            return None
        adapter, row = await self._checked(run)
        read_at = self._clock.now()
        try:
            verification = adapter.verification(command, row)
        except BadAnswer as error:
            raise _Refused(str(error)) from None
        await self._write(run, "sent", durable=True, request=verification.request)
        if self._clock.now() - read_at > SETTLED:
            adapter, row = await self._checked(run)
        reason = changed(command, self._row(command.target.key))
        if reason:
            raise _Refused(reason)
        self._in_time(command)
        return _Ready(adapter, row, verification)

    def _in_time(self, command: Command) -> None:
        late = overdue(command, self._clock.now())
        if late:
            raise _Refused(late)

    async def _write(self, run: _Run, phase: str, *, durable: bool, **more: Any) -> None:
        """Before sending: another console that holds the journal is waited for as long as the command lives."""
        try:
            await self._ledger.write(phase, run.command, durable=durable, **more)
        except JournalBusy:
            left = run.command.asked_at + EXPIRES - self._clock.now()
            again = partial(self._ledger.write_when_free, phase, run.command, durable=durable, **more)
            if not await within(self._clock, left, again, slow=self._waits(run, tr("the journal"))):
                raise

    def _waits(self, run: _Run, what: str) -> Slow | None:
        """After how long it is told that the command waits for something."""
        if run.rehearsed:
            return None

        def tell() -> None:
            run.waits = True
            self._board.pend(run.command.id, run.command.target.key)
            self._tell(run, Phase.WAITING, tr("waits for {what}", what=what))

        return NOTICED, tell

    async def _checked(self, run: _Run) -> tuple[Guard, Row | None]:
        """The adapter and the row to act on. Raises _Refused."""
        command = run.command
        source = command.target.key.source
        adapter = self._adapters.get(source)
        if self._only_reads(adapter):
            raise _Refused(tr("read-only"))
        if adapter is None:
            raise _Refused(tr("{source} is not connected", source=source))
        waits = self._waits(run, tr("a new reading"))
        await self._made_ready(command, adapter, waits)
        row = self._row(command.target.key)
        self._may(command, row, adapter)
        self._in_time(command)
        if row is not None:
            reason = await reread(command, row, self._board, adapter, self._clock, slow=waits)
            if reason:
                raise _Refused(reason)
            # While it was read, the board may have moved on.
            row = self._board.row(command.target.key)
            self._may(command, row, adapter)
            self._in_time(command)
        return adapter, row

    async def _made_ready(self, command: Command, adapter: Guard, slow: Slow | None) -> None:
        """Let the adapter have at hand what it acts with, for as long as the command lives."""
        left = max(0.0, command.asked_at + EXPIRES - self._clock.now())
        try:
            await within(self._clock, left, partial(adapter.prepare, command), slow)
        except ReadError as error:
            raise _Refused(words(error)) from None

    def _may(self, command: Command, row: Row | None, adapter: Guard) -> None:
        reason = changed(command, row) or self.objection(command, row, adapter)
        if reason:
            raise _Refused(reason)

    async def _send(self, run: _Run, ready: _Ready) -> None:
        command, row, verification = run.command, ready.row, ready.verification
        # The console may have ended while it was written down.
        await checkpoint_if_cancelled()
        source = command.target.key.source
        there = {row.key: row for resource in verification.watch for row in self._board.rows(resource, source)}
        sent_at = self._clock.now()
        self._board.pend(command.id, command.target.key)
        self._tell(run, Phase.SENT, tr("sent"))
        run.left = True
        ambiguous = ""
        try:
            receipt = await self._perform(command, ready)
        except Expired as error:
            await self._finish(run, Verdict(Phase.REFUSED, tr("refused: {why}", why=str(error))))
            return
        except Ended as error:
            await self._finish(run, Verdict(Phase(error.phase), error.ending, error.evidence))
            return
        except NotSent as error:
            await self._finish(run, Verdict(Phase.FAILED, tr("failed, nothing happened: {why}", why=words(error))))
            return
        except TargetGone as error:
            over = words(error.status) not in ("409", "412")
            why = tr("already over") if over else tr("changed meanwhile")
            if command.verb is Verb.END and over:
                self._sessions.verdict(command, row, Phase.CONFIRMED, "")
            await self._finish(run, Verdict(Phase.NOT_CONFIRMED, tr("not confirmed: {why}", why=why), words(error)))
            return
        except Rejected as error:
            verdict = Verdict(
                Phase.FAILED, tr("refused by {source}, nothing happened: {why}", source=source, why=words(error))
            )
            await self._finish(run, verdict, status=words(error.status))
            return
        except Ambiguous as error:
            ambiguous = words(error) or tr("no clear answer")
            receipt = Receipt(verification.request, words(error.status), sent_at, self._clock.now())
        self._locks.free(command.id)
        trial = Trial(command, receipt, row, self._board, there)
        await self._watch(run, trial, verification, ready.adapter.phone, ambiguous)

    async def _perform(self, command: Command, ready: _Ready) -> Receipt:
        receipts: list[Receipt] = []

        async def once() -> None:
            with leaving(command, self._clock):
                if self._claim is not None:
                    await self._claim(command)
                receipts.append(await ready.adapter.perform(command, ready.row, self._clock.now))

        if not await within(self._clock, ANSWER, once) and not receipts:
            raise Ambiguous(tr("no answer in {seconds:g} s", seconds=ANSWER))
        return receipts[0]

    async def _watch(self, run: _Run, trial: Trial, verification: Verification, phone: str, ambiguous: str) -> None:
        """From the vendor's answer to the ending. The row is free meanwhile."""
        command, receipt, row = trial.command, trial.receipt, trial.before
        latency = round(max(0.0, receipt.answered_at - receipt.sent_at), 3)
        text = ambiguous or tr("the vendor accepted it")
        if not ambiguous:
            self._pulled(command, row)
        if command.verb in MONITORING:
            find = None if verification.leg is None else partial(verification.leg, trial)
            self._sessions.answered(command, row, phone, receipt.ids, find)
        if not ambiguous:
            self._tell(run, Phase.ACCEPTED, tr("accepted"), receipt=receipt)
        self._hurry(command.target.key.source, verification.watch)
        answer = {"status": receipt.status, "request": receipt.request, "latency": latency, "ending": text}
        await self._ledger.try_write("answered", command, **answer)
        verdict = await verify(verification, trial, self._board, self._clock, ambiguous=ambiguous)
        if verdict.phase is Phase.CONFIRMED and ambiguous:
            self._pulled(command, row)
        if command.verb in MONITORING or command.verb is Verb.END:
            self._sessions.verdict(command, row, verdict.phase, verdict.evidence)
        await self._finish(run, verdict, status=receipt.status, latency=latency)

    def _pulled(self, command: Command, row: Row | None) -> None:
        """Whom we take out of a queue ourselves did not give up."""
        if not command.verb.facts.pulls or row is None:
            return
        for key in choose.aliases(row, self._board):
            member = self._board.row(key) if key.kind is Kind.MEMBER else None
            member = row if key == row.key else member
            if isinstance(member, Member) and member.state in (MemberState.WAITING, MemberState.RINGING):
                self._board.pulled(key)

    # ---- writing down and telling ---------------------------------------------------------------------------------

    async def _finish(self, run: _Run, verdict: Verdict, *, told: bool = False, **more: Any) -> None:
        """The one ending of a command: journalled, shown on the board, told. `told`: the verdict says itself that the
        journal could not be written. One that another process keeps from the journal is told before it is written."""
        if run.ended:
            return
        command, run.verdict = run.command, verdict
        self._locks.free(command.id)
        record = {"ending": verdict.ending, "evidence": verdict.evidence, **more}
        lost = await self._ledger.try_write(verdict.phase.value, command, **record)
        busy = isinstance(lost, JournalBusy)
        ending = verdict.ending
        if lost is not None and not told:
            ending = (
                tr("{ending} (not journalled yet: {why})", ending=ending, why=lost)
                if busy
                else tr("{ending} (not journalled: {why})", ending=ending, why=lost)
            )
        self._ended(run, replace(verdict, ending=ending))
        if busy:
            try:
                await self._ledger.write_when_free(verdict.phase.value, command, durable=True, **record)
            except anyio.get_cancelled_exc_class():
                self._ledger.write_now(verdict.phase.value, command, verdict.ending)
                raise
            except JournalError as error:
                log.error("%s of %s was not journalled: %s", verdict.phase.value, command.id, error)

    def _abandon(self, run: _Run) -> None:
        """The console ends before the action did, so nothing may be awaited."""
        if run.ended:
            return
        unknown = Verdict(Phase.UNKNOWN, tr("unknown: this console ended before the answer"))
        unsent = Verdict(Phase.REFUSED, tr("refused: this console ended, nothing was sent"))
        verdict = run.verdict or (unknown if run.left else unsent)
        self._ledger.write_now(verdict.phase.value, run.command, verdict.ending)
        self._ended(run, verdict)

    def _ended(self, run: _Run, verdict: Verdict) -> None:
        run.ended = True
        try:
            self._board.settle(run.command.id, verdict.phase.value)
        except FAILED:
            log.exception("an ending could not be shown on the board")
        self._tell(run, verdict.phase, verdict.ending, final=True, evidence=verdict.evidence)

    def _tell(
        self,
        run: _Run,
        phase: Phase,
        ending: str,
        *,
        final: bool = False,
        evidence: str = "",
        receipt: Receipt | None = None,
    ) -> None:
        outcome = Outcome(run.command, phase, ending, self._clock.now(), final, evidence, run.changes, receipt)
        for listener in tuple(self._listeners):
            try:
                listener(outcome)
            except Exception:
                # A screen that cannot show it must not keep an action from its ending.
                log.exception("an outcome could not be shown")
