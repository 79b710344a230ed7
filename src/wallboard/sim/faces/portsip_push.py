"""The push interface of the PortSIP PBX (WSI, `queue_events`): one websocket, messages as the vendor's page has them.

Numbers and times are strings, ids bare decimals, states in words ("Ready", "Queue Call"; "Online" is signed out of the
queue). Where the page leaves it open, this face does the following.
- Answers to commands count up their `id`; a subscription is answered before its `queue_status` messages come.
- A caller who was taken away from the queue without being answered in it leaves with reason `overflow`.
- BREAK and LUNCH, which the page does not list, are the words "Break" and "Lunch".
- Topics other than `queue_events`, and `unsubscribe`, are refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import field

import anyio

from wallboard.domain.records import dataclass
from wallboard.sim.asgi import HttpError, Receive, Row, Send
from wallboard.sim.engine import Engine
from wallboard.sim.faces.portsip_rows import shown_number, waiting
from wallboard.sim.faces.tokens import Person, SignIn
from wallboard.sim.history import FLOWED, LOST
from wallboard.sim.model import Agent, Call, Member, Queue
from wallboard.sim.pbx import Pbx
from wallboard.sim.receptionists import Reception
from wallboard.sim.sessions import agent_state, session_id
from wallboard.sim.sites import resource_id

_WORDS = {"LOGGED_OUT": "Online"}
_REASONS = {LOST: "hangup", FLOWED: "overflow"}


class QueueWatch:
    """One subscriber's view of one queue: `status()` is all of it, `changes()` what is new since the last look."""

    def __init__(self, engine: Engine, tenant_id: int, queue: Queue) -> None:
        self.engine = engine
        self.queue = queue
        self._head: Row = {"tenant_id": str(tenant_id), "queue_id": str(resource_id(queue.id))}
        self._callers: dict[str, tuple[Row, Member]] = {}
        self._agents: dict[str, Row] = {}
        self._breached: set[str] = set()
        self._since: dict[str, tuple[str, float]] = {}

    def _event(self, kind: str, **fields: object) -> Row:
        return {"event_type": kind, **self._head, **fields}

    def _stamp(self, seconds: float) -> str:
        return str(int(self.engine.utc(seconds).timestamp()))

    def _party(self, call: Call) -> Row:
        number, name = shown_number(call.caller.number), call.caller.name
        return {"session_id": str(session_id(call)), "caller_number": number, "caller_name": name}

    def _read_callers(self) -> dict[str, tuple[Row, Member]]:
        found: dict[str, tuple[Row, Member]] = {}
        for position, member in enumerate(waiting(self.queue), start=1):
            row = self._party(member.call) | {"position": str(position), "type": "normal"}
            found[member.id] = (row | {"timestamp": self._stamp(member.joined)}, member)
        return found

    def _read_agents(self) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for tier in self.queue.tiers:
            assert tier.agent.extension is not None
            number, state = tier.agent.extension.number, agent_state(tier, self.engine.now)
            known = self._since.get(number)
            if known is None or known[0] != state:
                self._since[number] = (state, self.engine.now if known else self._began(tier.agent, state))
            calls = [leg.call for leg in tier.agent.extension.legs.values() if leg.call.agent is tier.agent]
            row = self._party(calls[0]) if state == "QUEUE_CALL" and calls else {}
            row |= {"state": _WORDS.get(state, state.replace("_", " ").title()), "agent_extension_number": number}
            found[number] = row | {"timestamp": self._stamp(self._since[number][1])}
        return found

    def _began(self, agent: Agent, state: str) -> float:
        """Since when an agent is in a state that was there before anybody looked; now, where nobody knows."""
        began = agent.call_started if state == "QUEUE_CALL" else agent.last_bridge_end
        return began if began is not None and began > float("-inf") else self.engine.now

    def status(self) -> Row:
        self._callers, self._agents = self._read_callers(), self._read_agents()
        callers, agents = [row for row, _ in self._callers.values()], list(self._agents.values())
        names = {"queue_number": self.queue.extension.number, "queue_name": self.queue.label}
        return self._event("queue_status", **names, waiting_list=callers, agents=agents)

    def changes(self) -> list[Row]:
        callers, agents = self._read_callers(), self._read_agents()
        updated = [row | {"reason": "enqueue"} for name, (row, _) in callers.items() if name not in self._callers]
        for name, (row, member) in self._callers.items():
            if name not in callers:
                reason = _REASONS.get(member.visit.outcome, "agent_answered")
                updated.append(row | {"reason": reason, "timestamp": self._stamp(self.engine.now)})
        changed = [row for name, row in agents.items() if self._agents.get(name) != row]
        removed = [{"agent_extension_number": name} for name in self._agents if name not in agents]
        self._callers, self._agents = callers, agents
        events = [self._event("queue_caller_status", updated_callers=updated)] if updated else []
        if changed or removed:
            events.append(self._event("queue_agent_status", updated_agents=changed, removed_agents=removed))
        return events + self._breaches()

    def _breaches(self) -> list[Row]:
        promise, present = self.queue.settings.get("sla_time"), waiting(self.queue)
        if not isinstance(promise, int):
            return []
        late = [member for member in present if self.engine.now - member.joined > promise]
        new = [member for member in late if member.id not in self._breached]
        self._breached.update(member.id for member in new)
        return [
            self._event(
                "queue_sla_breached",
                caller=shown_number(member.call.caller.number),
                total_callers_breached=len(late),
                sla_time_secs=promise,
                waiting_callers=len(present),
                timestamp=self._stamp(self.engine.now),
            )
            for member in new
        ]


class PushOffice:
    """All connections. `sync` brings the world to the present; every `tick` seconds it is looked at again."""

    def __init__(
        self, pbx: Pbx, reception: Reception, sign_in: SignIn, sync: Callable[[], None], tick: float = 0.25
    ) -> None:
        self.queues = {queue.extension.number: queue for queue in pbx.queues.values()}
        self.engine = pbx.engine
        self.tenant = reception.tenant.id
        self.sign_in = sign_in
        self.sync = sync
        self.tick = tick
        self._wake: anyio.Event | None = None

    def pulse(self) -> None:
        """Something may have changed: look now and do not wait for the next tick."""
        if self._wake is not None:
            self._wake.set()
            self._wake = None

    async def _changed(self) -> None:
        self._wake = self._wake or anyio.Event()
        with anyio.move_on_after(self.tick):
            await self._wake.wait()

    async def serve(self, receive: Receive, send: Send) -> None:
        """One connection, from its handshake to its end."""
        if (await receive())["type"] != "websocket.connect":
            return
        await send({"type": "websocket.accept"})
        line = _Line(self, send)
        async with anyio.create_task_group() as tasks:

            async def tell() -> None:
                while True:
                    self.sync()
                    for watch in list(line.watches.values()):
                        for event in watch.changes():
                            await line.say(event)
                    await self._changed()

            tasks.start_soon(tell)
            while (message := await receive())["type"] == "websocket.receive":
                await line.obey(message.get("text") or message.get("bytes"))
            tasks.cancel_scope.cancel()


@dataclass(slots=True, eq=False)
class _Line:
    """One connection: who it is, what it watches."""

    office: PushOffice
    send: Send
    person: Person | None = None
    answers: int = 0
    watches: dict[str, QueueWatch] = field(default_factory=dict)

    async def say(self, event: Row) -> None:
        await self.send({"type": "websocket.send", "text": json.dumps(event, ensure_ascii=False)})

    async def answer(self, command: str, error: str = "") -> None:
        self.answers += 1
        told: Row = {"error": error} if error else {}
        await self.say({"command": command, **told, "id": str(self.answers), "status": -1 if error else 0})

    async def obey(self, data: object) -> None:
        try:
            command = json.loads(data) if isinstance(data, str | bytes) else None
        except ValueError:
            command = None
        if not isinstance(command, dict):
            await self.answer("", "not a JSON object")
        elif command.get("command") == "auth":
            self.person = self._person(command)
            await self.answer("auth", "" if self.person else "access_token , username , domain or password error")
        elif command.get("command") == "subscribe":
            await self._subscribe(command)
        else:
            await self.answer(str(command.get("command")), "unknown command")

    def _person(self, command: dict[str, object]) -> Person | None:
        name, wanted = str(command.get("username", "")), command.get("extension_number")
        people = self.office.sign_in.people.values()
        name = name or next((each.username for each in people if each.extension == wanted), "")
        try:
            return self.office.sign_in.person(name, str(command.get("password", "")), str(command.get("domain", "")))
        except HttpError:
            return None

    async def _subscribe(self, command: dict[str, object]) -> None:
        office, wanted = self.office, command.get("queues")
        numbers = [each for each in wanted if each in office.queues] if isinstance(wanted, list) else []
        error = ""
        if self.person is None:
            error = "not authenticated"
        elif command.get("topics") != ["queue_events"]:
            error = "topic is not supported or not permitted"
        elif not numbers or numbers != wanted:
            error = "queues: no such queue"
        await self.answer("subscribe", error)
        if error:
            return
        office.sync()
        for number in numbers:
            watch = QueueWatch(office.engine, office.tenant, office.queues[number])
            await self.say(watch.status())
            # Only now, so that a change never comes before the status that it changes.
            self.watches[number] = watch
