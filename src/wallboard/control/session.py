"""My own listen, whisper or barge: when it began, who hears me, and how it is known that it still runs.

A session begins with the vendor's answer and is proven by evidence. It ends only by evidence too: the vendor's word
that it stopped, or my leg (or the call) gone from a list that was read since. A restarted console finds it again by
my leg in the list of calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field, replace
from typing import Any

from wallboard.control.labels import label, parties, who_hears
from wallboard.control.outcome import Phase
from wallboard.control.ports import BoardPort, Changed
from wallboard.domain.clock import Clock
from wallboard.domain.command import Command, Verb
from wallboard.domain.keys import Key, Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Call, Member, Row
from wallboard.domain.notation import PAIR
from wallboard.domain.records import dataclass
from wallboard.domain.states import TRUSTED
from wallboard.domain.verbs import deed
from wallboard.vendors.base import rows_of

ENDED_SHOWN = 10.0
"""Seconds for which an ended session stays on the bar, with the reason."""

CAME_WITH = 3.0
"""Seconds by which the vendor's clock may put my leg before the answer that announced it."""
_STOPS = ("ChanSpyStop", "Hangup")

RINGING = mark("ringing my phone")
REDIALLING = mark("redialling")
ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Session:
    """What the call bar shows. `state` is `ringing my phone`, `redialling`, the mode's name, or `ended`.

    `target` is the call that it is on, `leg` my own leg if the vendor lists it, `ids` the vendor's names of both.
    Instants in steady UTC seconds.
    """

    id: str
    mode: Verb
    source: str
    parties: str
    phone: str
    started_at: float
    state: str
    proof: str
    hears: str
    target: Key | None = None
    leg: Key | None = None
    ids: tuple[str, ...] = ()
    ended_at: float | None = None
    why: str = ""
    moved_at: float = 0.0
    """When the vendor last answered to it: only later readings can end it."""
    find: Callable[[], Key | None] | None = field(default=None, compare=False)
    """Which leg of my phone is this session's, where the adapter can tell it from my other calls."""

    @property
    def live(self) -> bool:
        return self.state != ENDED


class Sessions:
    """All sessions of this console; at most one lives per source."""

    def __init__(self, board: BoardPort, clock: Clock) -> None:
        self._board = board
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self.close = board.subscribe(self._changed)
        self.look()

    @property
    def all(self) -> Sequence[Session]:
        """Live ones and those that ended just now."""
        now = self._clock.now()
        return tuple(
            session
            for session in self._sessions.values()
            if session.ended_at is None or now - session.ended_at < ENDED_SHOWN
        )

    @property
    def live(self) -> Sequence[Session]:
        return tuple(session for session in self._sessions.values() if session.live)

    def on(self, source: str) -> Session | None:
        """The live session of a source."""
        return next((session for session in self.live if session.source == source), None)

    # ---- what actions tell ----------------------------------------------------------------------------------------

    def answered(
        self,
        command: Command,
        row: Row | None,
        phone: str,
        ids: tuple[str, ...],
        find: Callable[[], Key | None] | None = None,
    ) -> None:
        """The vendor accepted a listen, whisper or barge: my phone rings, or the running session changes."""
        running = self.on(command.target.key.source)
        now = self._clock.now()
        if running is not None:
            together = tuple(dict.fromkeys((*running.ids, *ids)))
            proof = tr("accepted only")
            self._become(running, state=REDIALLING, proof=proof, ids=together, moved_at=now, find=find)
            return
        self._sessions[command.id] = Session(
            id=command.id,
            mode=command.verb,
            source=command.target.key.source,
            parties=command.target.label if row is None else label(row) if isinstance(row, Call) else _pair(row),
            phone=phone,
            started_at=now,
            state=RINGING,
            proof=tr("accepted only"),
            hears=who_hears(command.verb, row),
            target=command.target.key,
            ids=ids,
            moved_at=now,
            find=find,
        )
        self.look()

    def verdict(self, command: Command, row: Row | None, phase: Phase, evidence: str) -> None:
        """How a listen, whisper or barge (or its end) turned out."""
        session = self._sessions.get(command.id) or self.on(command.target.key.source)
        if session is None or not session.live:
            return
        if command.verb is Verb.END:
            if phase in (Phase.CONFIRMED, Phase.ACCEPTED):
                self._end(session, tr("by you") if phase is Phase.CONFIRMED else tr("by you, accepted only"))
            return
        match phase:
            case Phase.CONFIRMED | Phase.ACCEPTED:
                proof = (
                    tr("confirmed by {evidence}", evidence=evidence)
                    if phase is Phase.CONFIRMED
                    else tr("accepted only")
                )
                hears = who_hears(command.verb, row)
                if phase is Phase.ACCEPTED and session.id != command.id:
                    # A switch that nothing shows: whoever heard me before may hear me still.
                    hears = tr("{hears}, if it switched", hears=hears)
                self._become(session, mode=command.verb, state=command.verb.value, proof=proof, hears=hears)
            case Phase.NOT_CONFIRMED | Phase.UNKNOWN | Phase.FAILED if session.id == command.id:
                if session.leg is None:
                    self._end(session, tr("it never began") if phase is not Phase.UNKNOWN else tr("nothing shows it"))
            case Phase.NOT_CONFIRMED | Phase.UNKNOWN | Phase.FAILED:
                # A switch that did not show leaves the mode as it was, as far as anybody knows.
                self._become(
                    session,
                    state=session.mode.value,
                    proof=tr("switch to {mode} {phase}", mode=deed(command.verb), phase=tr(phase.value)),
                )

    # ---- what the board tells -------------------------------------------------------------------------------------

    def _changed(self, changes: Changed) -> None:
        if any(resource in (Resource.CALLS, Resource.MEMBERS) for _, resource in changes) or self._sessions:
            self.look()

    def look(self) -> None:
        """Compare with what the vendors show now: find my legs, and end what is over."""
        for row in rows_of(Call, self._board):
            if row.mine and (row.spying or self._begun_by(row)):
                self._found(row)
        for session in self.live:
            why = self._over(session)
            if why:
                self._end(session, why)
        self._sessions = {session.id: session for session in self.all}

    def _begun_by(self, leg: Call) -> bool:
        """Whether a leg of my phone is that of a session: not every vendor says what a leg listens to, so it is the
        one that the adapter finds, or where it cannot tell, the one that came with the session."""
        session = self.on(leg.key.source)
        if session is None or leg.key == session.target:
            return False
        if session.leg == leg.key:
            return True
        if session.find is not None:
            return session.find() == leg.key
        if leg.started_at is None:
            return False
        return leg.started_at >= max(session.started_at, session.moved_at) - CAME_WITH

    def _found(self, leg: Call) -> None:
        session = self.on(leg.key.source)
        if session is not None:
            if session.leg != leg.key:
                self._become(session, leg=leg.key, ids=tuple(dict.fromkeys((*session.ids, leg.key.id))))
            return
        if any(leg.key.id in old.ids for old in self._sessions.values()):
            # Ended a moment ago by the vendor's word; the list of calls is behind.
            return
        now = self._clock.now()
        identity = tr("found {key}", key=leg.key)
        self._sessions[identity] = Session(
            id=identity,
            mode=Verb.LISTEN,
            source=leg.key.source,
            parties=leg.spying,
            phone=leg.extension or leg.from_number,
            started_at=leg.started_at if leg.started_at is not None else now,
            state=Verb.LISTEN.value,
            proof=tr("found again by my leg"),
            hears=tr("who hears you is not shown"),
            target=self._spied(leg),
            leg=leg.key,
            ids=(leg.key.id,),
            moved_at=now,
        )

    def _spied(self, leg: Call) -> Key | None:
        """The call that my leg listens to, where its party's name points at exactly one."""
        found = [
            row.key
            for row in rows_of(Call, self._board, leg.key.source)
            if row.key != leg.key and not row.spying and leg.spying in (row.agent, *parties(row))
        ]
        return found[0] if len(found) == 1 else None

    def _over(self, session: Session) -> str:
        for proof in self._board.proofs(session.source):
            if proof.name in _STOPS and proof.at >= session.moved_at and set(proof.subject) & set(session.ids):
                return tr("{event} of my leg", event=proof.name)
        if session.leg is not None:
            if self._gone(session.leg, session.moved_at):
                if session.state == REDIALLING:
                    self._become(session, leg=None)
                    return ""
                return tr("my leg is gone")
            return ""
        if session.target is not None and self._gone(session.target, session.moved_at):
            return tr("the call is over")
        return ""

    def _gone(self, key: Key, since: float) -> bool:
        """Whether a list read after `since` no longer holds the row; an unread list proves nothing."""
        if self._board.row(key) is not None:
            return False
        resource = Resource.MEMBERS if key.kind.value == "member" else Resource.CALLS
        read = self._board.read_at(key.source, resource)
        view = self._board.resource_view(key.source, resource)
        trusted = view is not None and view.state in TRUSTED
        return trusted and read is not None and read > since

    def _end(self, session: Session, why: str) -> None:
        self._become(session, state=ENDED, ended_at=self._clock.now(), why=why)

    def _become(self, session: Session, **changes: Any) -> None:
        self._sessions[session.id] = replace(session, **changes)


def _pair(row: Row) -> str:
    if isinstance(row, Member) and row.serving:
        return f"{row.serving}{PAIR}{label(row)}"
    return label(row)
