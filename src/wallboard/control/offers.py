"""What may be done now, to which rows, and what must be said or chosen first. Nothing here sends anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from wallboard.board.colleagues import Presence
from wallboard.control import choose, filled, policy
from wallboard.control.checks import Locks
from wallboard.control.guard import Guard
from wallboard.control.labels import label, number_of
from wallboard.control.policy import Offer, Situation
from wallboard.control.ports import BoardPort
from wallboard.control.session import Session, Sessions
from wallboard.domain.clock import Clock
from wallboard.domain.command import FORMS, MONITORING, Command, Destination, Fingerprint, Target, Verb, fingerprint
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Call, Queue, Row
from wallboard.domain.notation import shown
from wallboard.domain.numbers import dialable, doubtful, same_as, same_number
from wallboard.domain.states import CallState
from wallboard.vendors.base import Adapter, Can

NOT_ALLOWED = mark("not in [operator] may")
FROM_CALLERS = frozenset({Kind.CALL, Kind.MEMBER, Kind.PARKED})
"""Rows whose number came from outside."""
_TALKS = frozenset({CallState.TALKING, CallState.HELD})
_DIRECTORY = (Resource.AGENTS, Resource.PHONES, Resource.QUEUES, Resource.HOTLINES, Resource.RECEPTIONISTS)


def _on_my_phone(rows: Sequence[Row]) -> bool:
    return any(isinstance(row, Call) and row.mine and row.state in _TALKS for row in rows)


class Offers:
    """The part of the dispatcher that a screen asks, at every frame if it likes."""

    def __init__(
        self,
        board: BoardPort,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        *,
        read_only: bool = False,
        may: Collection[Verb] | None = None,
        locks: Locks | None = None,
    ) -> None:
        """`may`: the verbs that the operator uses, None for all. My own listening can always be ended. `locks`: those
        of all who act in this process, where they are several."""
        self.read_only = read_only
        self.allowed = None if may is None else frozenset({*may, Verb.END})
        """The verbs that the operator uses, None for all."""
        self.locked = ""
        """Why nobody uses any verb but that now, "" while they may."""
        self._board = board
        self._adapters = {name: Guard(adapter) for name, adapter in adapters.items()}
        self._clock = clock
        self._sessions = Sessions(board, clock)
        self._locks = locks or Locks()
        self._ready = choose.ReadyAgents(board)
        self._same = choose.SameCalls(board)
        self._mine = choose.ByReading(board, Resource.CALLS, _on_my_phone)
        self._numbers = [
            choose.ByReading(board, resource, lambda rows: {self._dialled(row) for row in rows})
            for resource in _DIRECTORY
        ]

    def barred(self, verb: Verb) -> str:
        """Why the operator does not use `verb`, whatever the row; "" if they do."""
        if self.allowed is not None and verb not in self.allowed:
            return NOT_ALLOWED
        return "" if verb is Verb.END else self.locked

    def _only_reads(self, adapter: Guard | None) -> bool:
        return self.read_only or (adapter is not None and adapter.settings.read_only)

    @property
    def sessions(self) -> Sequence[Session]:
        """My listen, whisper or barge, and one that ended just now."""
        return self._sessions.all

    def offer(self, verb: Verb, key: Key | None, last: Row | None = None) -> Offer:
        """What `verb` would do on the row `key`. `last` is a vanished row as last painted: some verbs outlive it."""
        if key is not None and key.kind is Kind.SOURCE:
            return self._of_source(verb, key)
        row = None if key is None else self._board.row(key)
        if verb is Verb.END:
            target = self.session_target()
            row = row if target is None else self._board.row(target.key)
        if row is None and last is not None and verb.facts.outlives_row:
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
            taken = label(shown(found[0], self._region(row.key.source)))
            return replace(
                best,
                level="confirm",
                consequence=tr("takes {row}: {consequence}", row=taken, consequence=best.consequence),
            )
        return best

    def _of_source(self, verb: Verb, key: Key, asking: str = "") -> Offer:
        """What `verb` would do to a source itself."""
        adapter = self._adapters.get(key.source)
        if not verb.facts.rowless:
            return Offer(False, tr("not for a source"))
        situation = Situation(
            can=Can(False, tr("{source} is not connected", source=key.source))
            if adapter is None
            else adapter.can(verb, None),
            read_only=self._only_reads(adapter),
            barred=self.barred(verb),
            in_flight=self._locks.holder(frozenset({key}), asking),
        )
        return policy.decide(verb, None, situation)

    def forms(self, verb: Verb, key: Key) -> Sequence[Form]:
        """What must be filled in before `verb` can be sent to the row (or source) `key`; () where nothing is."""
        adapter = self._adapters.get(key.source)
        if adapter is None or verb not in FORMS:
            return ()
        if key.kind is Kind.SOURCE:
            return adapter.forms(verb, None)
        row = self._board.row(key)
        return () if row is None else adapter.forms(verb, row)

    def source_target(self, source: str) -> Target:
        """A source itself as a target: what is published on it has no row yet."""
        return Target(Key(source, Kind.SOURCE, source), source, Fingerprint((source,), None, ""))

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

    def target(self, row: Row, via: Key | None = None) -> Target:
        """The row as painted, for a Command."""
        return Target(row.key, label(row), fingerprint(row), row.address, via)

    def number_to_call(self, row: Row) -> Destination | None:
        """What `call` dials for the row, also for one that has vanished: its number in a writing that its source takes.
        What no writing of it can be is left to the source to refuse. None: it has no number."""
        number = number_of(row)
        adapter = self._adapters.get(row.key.source)
        if not number:
            return None
        if adapter is not None:

            def accepts(form: str) -> bool:
                return adapter.can_dial(Destination(form, label(row), row.key, row.key.source)).ok

            number = dialable(number, adapter.settings.region, accepts)
        return Destination(number, label(row), row.key, row.key.source)

    def doubt(self, key: Key, number: str) -> str:
        """Why the number may be dialled only by who has typed it, as a clause; "" where one key may. Callers choose
        what they show as theirs; the numbers of agents, queues and hotlines are the vendor's own."""
        if key.kind not in FROM_CALLERS or not number:
            return ""
        region = self._region(key.source)
        meant = same_as(number, region)
        if meant and any(meant in numbers.of(key.source) for numbers in self._numbers):
            return ""
        return doubtful(number, region)

    def _dialled(self, row: Row) -> str:
        return same_as(number_of(row), self._region(row.key.source))

    def same(self, source: str, one: str, other: str) -> bool:
        """Whether both mean the same number to a telephone of the source."""
        region = self._region(source)
        return same_number(one, other, region, region)

    def _region(self, source: str) -> str:
        adapter = self._adapters.get(source)
        return "" if adapter is None else adapter.settings.region

    def session_target(self) -> Target | None:
        """What `end` acts on: my own leg where the vendor lists it, else the call that I am on."""
        for session in self._sessions.live:
            for key in (session.leg, session.target):
                row = None if key is None else self._board.row(key)
                if row is not None:
                    return replace(self.target(row), label=session.parties)
        return None

    def _decide(self, verb: Verb, row: Row | None, queue_id: str = "", asking: str = "", ended: bool = False) -> Offer:
        if row is None:
            return policy.decide(verb, None, Situation(Can(True), read_only=self.read_only, barred=self.barred(verb)))
        source = row.key.source
        adapter = self._adapters.get(source)
        # Who is put into a queue is chosen later, and asked about then.
        asked = None if isinstance(row, Queue) and verb in (Verb.STAFF, Verb.UNSTAFF) else row
        session = next(iter(self._sessions.live), None)
        here = self._same.aliases(row)
        situation = Situation(
            can=Can(False, tr("{source} is not connected", source=source))
            if adapter is None
            else adapter.can(verb, asked),
            region=self._region(source),
            doubt=self.doubt(row.key, number_of(row)) if verb is Verb.CALL else "",
            state=self._board.row_state(row.key),
            phone="" if adapter is None else adapter.phone,
            phone_busy=verb.facts.rings_me and any(map(self._mine.of, self._adapters)),
            read_only=self._only_reads(adapter),
            barred=self.barred(verb),
            in_flight=self._locks.holder(here, asking),
            session_mode=None if session is None else session.mode,
            session_here=session is not None and bool(here & {session.target, session.leg}),
            last_ready_in=self._ready.last_in(row, queue_id) if isinstance(row, Agent) else (),
            ended=ended,
            others=self._board.colleagues(here),
            now=self._clock.now(),
        )
        return policy.decide(verb, row, situation)

    def others(self, row: Row) -> Sequence[Presence]:
        """What people at other consoles do with the call of the row."""
        return self._board.colleagues(choose.aliases(row, self._board))

    def objection(self, command: Command, row: Row | None, adapter: Guard) -> str:
        """Why exactly this command may not go now, "" if it may: as offered, and with all that it needs."""
        verb, destination, key = command.verb, command.destination, command.target.key
        needs = ""
        if row is not None or verb.facts.rowless:
            offer = (
                self._of_source(verb, key, command.id)
                if row is None
                else self._decide(verb, row, command.arg("queue"), command.id)
            )
            if not offer.ok:
                return offer.reason
            needs = "" if row is None else offer.needs
        elif not adapter.phone:
            return tr("no phone set")
        if verb in (Verb.TRANSFER, Verb.ATTENDED, Verb.CALL):
            if destination is None or not destination.number:
                return tr("has no number") if verb is Verb.CALL else tr("no destination")
            dial = adapter.can_dial(destination)
            if not dial:
                return tr(
                    "{source} cannot dial {number}: {why}",
                    source=key.source,
                    number=destination.number,
                    why=dial.reason,
                )
            doubt = self.doubt(key, destination.number) if verb is Verb.CALL else ""
            if doubt and not self.same(key.source, command.arg("typed"), destination.number):
                return tr("{number} {doubt}, and was not typed", number=destination.number, doubt=doubt)
        if needs == "agent":
            return tr("no agent chosen")
        if needs == "queue" and not command.arg("queue"):
            return tr("no queue chosen")
        return filled.objection(adapter.forms(verb, row), command) if verb in FORMS else ""
