"""What PortSIP pushed, as updates for the board.

A queue tells everything about itself once, after the subscription, and then only what changes; each message is noted
in the scene, which polling reads and writes too, and goes out as rows that changed. While the vendor is heard, the
lists as they stand go out again and again: nothing having happened is news as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace

from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.language import tr, trc
from wallboard.domain.models import Member, Row
from wallboard.domain.records import dataclass
from wallboard.domain.states import MemberState
from wallboard.domain.text import clean
from wallboard.domain.update import Proof, Update, UpdateKind
from wallboard.vendors.kit.lists import said
from wallboard.vendors.kit.rows import snapshot
from wallboard.vendors.portsip import mapping
from wallboard.vendors.portsip.push_messages import (
    Agent,
    AgentsChanged,
    Caller,
    CallersChanged,
    Message,
    QueueStatus,
    SlaBreached,
)
from wallboard.vendors.portsip.scene import QueueKnown, Scene

FAR_OFF = 7 * 86_400.0
"""A moment further away than this is no moment of a wait."""
JOINED, LEFT = frozenset({"enqueue"}), frozenset({"agent_answered", "overflow", "hangup"})
CALLBACK = "callback"


@dataclass(slots=True)
class _Told:
    """A queue that has told all about itself: its callers by session, in the board's spelling."""

    callers: dict[str, Member] = field(default_factory=dict)
    callbacks: set[str] = field(default_factory=set)
    heard_at: float = 0.0
    agents: bool = False
    lost_callers: str = ""
    lost_agents: str = ""
    """Which entries of the lists could not be used."""


class Pushed:
    """The state of one connection; a new connection begins a new one."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._told: dict[str, _Told] = {}
        self._strange: set[str] = set()

    def tells(self, resource: Resource, queue_id: str) -> bool:
        """Whether the queue has told who waits (or who its agents are)."""
        told = self._told.get(queue_id)
        return told is not None and (resource is not Resource.AGENTS or told.agents)

    def doubtful(self) -> set[str]:
        """The queues that have to be asked to tell all again, each named once: a message spoke of what is not known,
        or polling has read something else since."""
        found, self._strange = self._strange, set()
        return found | {queue_id for queue_id, told in self._told.items() if self._differs(queue_id, told)}

    def forget(self) -> None:
        self._told = {queue_id: told for queue_id, told in self._told.items() if queue_id in self._scene.queues}

    def missed(self) -> None:
        """A message could not be read: it may have been about any queue."""
        self._strange |= self._told.keys()

    def _differs(self, queue_id: str, told: _Told) -> bool:
        known = self._scene.queues.get(queue_id)
        if known is None or known.waiting_at is None or known.waiting_at <= told.heard_at:
            return False
        return known.sessions - told.callbacks != told.callers.keys() - told.callbacks

    def take(self, message: Message, now: float) -> list[Update]:
        """What a message that came at `now` changes; [] for one that is about no queue of ours."""
        if not isinstance(message, QueueStatus | CallersChanged | AgentsChanged | SlaBreached):
            return []
        known = self._scene.queue(message.queue_id) or self._scene.by_number(message.number)
        if known is None:
            return []
        match message:
            case QueueStatus():
                return self._status(known, message, now)
            case CallersChanged():
                return self._callers(known, message, now)
            case AgentsChanged():
                return self._agents(known, message, now)
            case SlaBreached():
                details = (("caller", clean(message.caller)), ("seconds", str(message.seconds or "")))
                proof = Proof("queue_sla_breached", now, (known.id, known.number, message.caller), details)
                return [replace(self._update(Resource.QUEUES, "", UpdateKind.PROOF, now), proofs=(proof,))]

    def _status(self, known: QueueKnown, message: QueueStatus, now: float) -> list[Update]:
        told = self._told.setdefault(known.id, _Told())
        updates: list[Update] = []
        if message.waiting is not None:
            told.callers, told.callbacks = {}, set()
            told.lost_callers = said(message.lost_waiting)
            for position, caller in enumerate(message.waiting, start=1):
                self._hold(known, told, caller, now, position)
            updates += [self._snapshot_of_members(known, told, now), *self._counted(known, told, now)]
        if message.agents is not None:
            told.agents, told.lost_agents = True, said(message.lost_agents)
            present = {agent.extension for agent in message.agents}
            for agent in message.agents:
                self._put(known, agent, now)
            for extension in self._scene.agents_of(known.id):
                if extension not in present:
                    self._scene.leave(extension, known.id)
            updates.append(self._snapshot_of_agents(known, told, now))
        if message.waiting is None and message.agents is None:
            self._told.pop(known.id, None)
        return updates

    def _callers(self, known: QueueKnown, message: CallersChanged, now: float) -> list[Update]:
        told = self._told.get(known.id)
        if told is None:
            # It has not told all yet: who else waits is not known.
            self._strange.add(known.id)
            return []
        rows: list[Row] = []
        removed: list[Key] = []
        proofs = []
        if message.lost:
            # Somebody came or went, and who cannot be read.
            self._strange.add(known.id)
        for caller in message.callers:
            session = self._scene.session(caller.session)
            key = Key(self._scene.source, Kind.MEMBER, session)
            subject = (session, caller.session, known.id, caller.number)
            proofs.append(
                Proof("queue_caller_status", now, tuple(filter(None, subject)), (("reason", clean(caller.reason)),))
            )
            if caller.reason in LEFT:
                before = told.callers.pop(session, None)
                told.callbacks.discard(session)
                last = self._last(known, before, caller, now)
                if last is None:
                    removed.append(key)
                else:
                    rows.append(last)
            elif caller.reason in JOINED or caller.reason == CALLBACK:
                rows.append(self._hold(known, told, caller, now, None))
            else:
                self._strange.add(known.id)
        told.heard_at = now
        update = self._update(Resource.MEMBERS, known.id, UpdateKind.DELTA, now, rows)
        return [replace(update, removed=tuple(removed), proofs=tuple(proofs)), *self._counted(known, told, now)]

    def _hold(self, known: QueueKnown, told: _Told, caller: Caller, now: float, position: int | None) -> Member:
        """Note someone in the queue; who asked to be called back stays, but is not on the telephone."""
        session = self._scene.session(caller.session)
        before = told.callers.get(session)
        back = caller.callback or caller.reason == CALLBACK
        row = mapping.member(
            self._scene,
            known,
            caller.session,
            caller.number or (before.number if before else ""),
            caller.name or (before.name if before else ""),
            before.joined_at if before is not None else self._moment(caller.at, now),
            caller.position if caller.position is not None else position,
        )
        if back:
            asked = ((clean(trc("caller", "asked")), clean(tr("to be called back"))),)
            row = replace(row, state=MemberState.UNKNOWN, raw_state=clean(CALLBACK), details=asked)
        told.callers[session], told.heard_at = row, now
        told.callbacks = told.callbacks | {session} if back else told.callbacks - {session}
        return row

    def _last(self, known: QueueKnown, before: Member | None, caller: Caller, now: float) -> Member | None:
        """The last word on someone who left: answered or given up. It stands until the next list, which is without."""
        if before is None or caller.reason == "overflow":
            return None
        at, scene, session = self._moment(caller.at, now) or now, self._scene, caller.session
        number, name = caller.number or before.number, caller.name or before.name
        row = mapping.member(scene, known, session, number, name, before.joined_at)
        if caller.reason != "agent_answered":
            return replace(row, state=MemberState.ABANDONED, ended_at=at)
        calls = {each: scene.session(scene.places[each][known.id].session) for each in scene.agents_of(known.id)}
        agent = next((each for each, call in calls.items() if call == row.key.id), "")
        return mapping.served(scene, row, agent, at)

    def _agents(self, known: QueueKnown, message: AgentsChanged, now: float) -> list[Update]:
        rows: list[Row] = []
        removed = []
        proofs = []
        if message.lost:
            self._strange.add(known.id)
        for agent in message.updated:
            self._put(known, agent, now)
            row = mapping.agent(self._scene, agent.extension)
            if row is not None:
                rows.append(row)
            details = (("state", clean(agent.state)),)
            proofs.append(Proof("queue_agent_status", now, (agent.extension, known.id), details))
        for extension in message.removed:
            self._scene.leave(extension, known.id)
            removed.append(Key(self._scene.source, Kind.AGENT, extension))
        update = self._update(Resource.AGENTS, known.id, UpdateKind.DELTA, now, rows)
        return [replace(update, removed=tuple(removed), proofs=tuple(proofs))]

    def _put(self, known: QueueKnown, agent: Agent, now: float) -> None:
        number = clean(agent.caller_number)
        self._scene.put(
            agent.extension,
            known.id,
            at=now,
            status=agent.state,
            since=self._moment(agent.at, now),
            with_name=clean(agent.caller_name) or self._scene.names.get(agent.caller_number, number),
            session=agent.session,
        )

    def _moment(self, at: float | None, now: float) -> float | None:
        """A moment of the vendor's clock in ours; none if it lies in the future or too far back."""
        if at is None:
            return None
        ours = at - self._scene.ahead
        return min(ours, now) if now - FAR_OFF < ours < now + 60.0 else None

    def lists(self, as_of: float) -> list[Update]:
        """The lists as they stand, the vendor having been heard at `as_of`."""
        updates = []
        for queue_id, told in self._told.items():
            known = self._scene.queues.get(queue_id)
            if known is None:
                continue
            if not self._differs(queue_id, told):
                updates.append(self._snapshot_of_members(known, told, as_of))
                updates += self._counted(known, told, as_of)
            if told.agents:
                updates.append(self._snapshot_of_agents(known, told, as_of))
        return updates

    def _snapshot_of_members(self, known: QueueKnown, told: _Told, as_of: float) -> Update:
        rows, why = told.callers.values(), told.lost_callers
        return self._update(Resource.MEMBERS, known.id, UpdateKind.SNAPSHOT, as_of, rows, why)

    def _snapshot_of_agents(self, known: QueueKnown, told: _Told, as_of: float) -> Update:
        rows, why = mapping.agents(self._scene, known.id), told.lost_agents
        return self._update(Resource.AGENTS, known.id, UpdateKind.SNAPSHOT, as_of, rows, why)

    def _counted(self, known: QueueKnown, told: _Told, at: float) -> list[Update]:
        """The queue's own row, whose count and longest wait are those of its callers."""
        joined = {key: row.joined_at for key, row in told.callers.items() if key not in told.callbacks}
        told.heard_at = max(told.heard_at, at)
        if not self._scene.waits(known, joined, at):
            return []
        row = mapping.queue(self._scene, known, at)
        return [self._update(Resource.QUEUES, "", UpdateKind.DELTA, at, (row,))]

    def _update(
        self, resource: Resource, scope: str, kind: UpdateKind, as_of: float, rows: Iterable[Row] = (), why: str = ""
    ) -> Update:
        return snapshot(self._scene.source, resource, scope, self._scene.order.push(), as_of, rows, why, kind)
