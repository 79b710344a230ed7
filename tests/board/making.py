"""Rows and updates in few words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wallboard.board import Board, BoardSettings, Timing
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import KIND_OF, Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Hotline, Member, Membership, Phone, Queue, Row
from wallboard.domain.states import AgentState, CallState, Direction, HotlineState, MemberState, Wanted
from wallboard.domain.text import NOTHING, clean
from wallboard.domain.update import FeedStatus, Update, UpdateKind

SOURCE = "hq"
AT_ONCE = Timing(on_delay=0.0, off_delay=0.0, deadband=0.0)
"""Alarms that come and go with what they are about."""


def queue(id_: str = "601", name: str = "Sales", **more: Any) -> Queue:
    return Queue(Key(SOURCE, Kind.QUEUE, id_), clean(name), **more)


def member(id_: str, state: MemberState = MemberState.WAITING, queue_id: str = "601", **more: Any) -> Member:
    return Member(Key(SOURCE, Kind.MEMBER, id_), queue_id, clean("Sales"), clean(f"Caller {id_}"), state=state, **more)


def agent(
    id_: str,
    state: AgentState = AgentState.READY,
    queues: Iterable[str] = ("601",),
    refs: tuple[str, ...] | None = None,
    **more: Any,
) -> Agent:
    places = tuple(Membership(queue_id, clean(queue_id)) for queue_id in queues)
    return Agent(
        Key(SOURCE, Kind.AGENT, id_),
        clean(f"Agent {id_}"),
        state=state,
        memberships=places,
        refs=(id_,) if refs is None else refs,
        **more,
    )


def call(id_: str, state: CallState = CallState.TALKING, on: tuple[str, ...] = (), **more: Any) -> Call:
    more.setdefault("direction", Direction.IN)
    return Call(Key(SOURCE, Kind.CALL, id_), state=state, from_number=clean("+49301"), agent_refs=on, **more)


def phone(id_: str, registered: bool | None) -> Phone:
    return Phone(Key(SOURCE, Kind.PHONE, id_), clean(id_), registered=registered, refs=(id_,))


def hotline(
    id_: str = "7", state: HotlineState = HotlineState.OPEN, wanted: Wanted | None = Wanted.OPEN, **more: Any
) -> Hotline:
    return Hotline(Key(SOURCE, Kind.HOTLINE, id_), clean("Water rescue"), NOTHING, wanted, state, **more)


def key(resource: Resource, id_: str) -> Key:
    return Key(SOURCE, KIND_OF[resource], id_)


class Desk:
    """A board, its clock, and updates that number themselves."""

    def __init__(self, settings: BoardSettings | None = None) -> None:
        self.clock = ManualClock()
        self.board = Board(self.clock, settings or BoardSettings(timing=AT_ONCE))
        self.seq = 0

    @property
    def now(self) -> float:
        return self.clock.now()

    def snapshot(self, resource: Resource, *rows: Row, scope: str = "", seq: int | None = None, epoch: int = 1) -> None:
        self._apply(UpdateKind.SNAPSHOT, resource, rows, (), scope, seq, epoch)

    def delta(
        self,
        resource: Resource,
        *rows: Row,
        removed: Iterable[Key] = (),
        scope: str = "",
        seq: int | None = None,
        epoch: int = 1,
    ) -> None:
        self._apply(UpdateKind.DELTA, resource, rows, tuple(removed), scope, seq, epoch)

    def _apply(
        self,
        kind: UpdateKind,
        resource: Resource,
        rows: tuple[Row, ...],
        removed: tuple[Key, ...],
        scope: str,
        seq: int | None,
        epoch: int,
    ) -> None:
        if seq is None:
            self.seq += 1
            seq = self.seq
        self.board.apply(Update(SOURCE, resource, scope, kind, epoch, seq, self.now, rows, removed))

    def status(self, resource: Resource, scope: str = "", interval: float = 5.0, **more: Any) -> None:
        more.setdefault("timeout", 4.0)
        self.board.status(FeedStatus(SOURCE, resource, scope, interval, **more))

    def ids(self, resource: Resource) -> list[str]:
        return sorted(row.key.id for row in self.board.rows(resource))

    def pass_(self, seconds: float) -> None:
        """Let time pass, a tick a second."""
        for _ in range(int(seconds)):
            self.clock.advance(1.0)
            self.board.tick()

    def agent(self, id_: str) -> Agent:
        row = self.board.row(key(Resource.AGENTS, id_))
        assert isinstance(row, Agent)
        return row
