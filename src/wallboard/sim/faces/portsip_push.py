"""The push interface of the PortSIP PBX (WSI, `queue_events`): one websocket, messages as the vendor's page has them.

Numbers and times are strings, ids bare decimals, states in words ("Ready", "Queue Call"; "Online" is signed out of the
queue). Where the page leaves it open, this face does the following.
- Answers to commands count up their `id`; a subscription is answered before its `queue_status` messages come.
- A caller who was taken away from the queue without being answered in it leaves with reason `overflow`.
- BREAK and LUNCH, which the page does not list, are the words "Break" and "Lunch".
- Topics other than `queue_events` are refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import anyio

from wallboard.sim.asgi import Receive, Scope, Send
from wallboard.sim.engine import Engine
from wallboard.sim.faces.portsip_rows import shown_number, waiting
from wallboard.sim.faces.portsip_tokens import Person, SignIn
from wallboard.sim.faces.portsip_wire import FaceError
from wallboard.sim.front import resource_id
from wallboard.sim.model import Agent, Call, Queue
from wallboard.sim.pbx import Pbx
from wallboard.sim.receptionists import Reception
from wallboard.sim.sessions import agent_state, session_id

_WORDS = {
    "READY": "Ready",
    "QUEUE_CALL": "Queue Call",
    "WRAP_UP": "Wrap Up",
    "OTHER_CALL": "Other Call",
    "NOT_READY": "Not Ready",
    "BREAK": "Break",
    "LUNCH": "Lunch",
    "LOGGED_OUT": "Online",
    "OFFLINE": "Offline",
}
Event = dict[str, object]


class QueueWatch:
    """One subscriber's view of one queue: `status()` is all of it, `changes()` what is new since the last look."""

    def __init__(self, engine: Engine, tenant_id: int, queue: Queue) -> None:
        self.engine = engine
        self.queue = queue
        self._head = {"tenant_id": str(tenant_id), "queue_id": str(resource_id(queue.id))}
        self._callers: dict[str, tuple[Event, Call]] = {}
        self._agents: dict[str, Event] = {}
        self._breached: set[str] = set()
        self._since: dict[str, tuple[str, float]] = {}

    def _stamp(self, seconds: float) -> str:
        return str(int(self.engine.utc(seconds).timestamp()))

    def _read_callers(self) -> dict[str, tuple[Event, Call]]:
        found: dict[str, tuple[Event, Call]] = {}
        for position, member in enumerate(waiting(self.queue), start=1):
            identity = str(session_id(member.call))
            event: Event = {
                "position": str(position),
                "session_id": identity,
                "caller_number": shown_number(member.call.caller.number),
                "caller_name": member.call.caller.name,
                "timestamp": self._stamp(member.joined),
                "type": "normal",
            }
            found[identity] = (event, member.call)
        return found

    def _read_agents(self) -> dict[str, Event]:
        found: dict[str, Event] = {}
        served = {call.agent: call for call in self._calls() if call.agent is not None}
        for tier in self.queue.tiers:
            assert tier.agent.extension is not None
            number = tier.agent.extension.number
            state = agent_state(tier, self.engine.now)
            known = self._since.get(number)
            if known is None or known[0] != state:
                self._since[number] = (state, self.engine.now if known else self._began(tier.agent, state))
            event: Event = {"state": _WORDS[state], "agent_extension_number": number}
            call = served.get(tier.agent)
            if state == "QUEUE_CALL" and call is not None:
                event["session_id"] = str(session_id(call))
                event["caller_number"] = shown_number(call.caller.number)
                event["caller_name"] = call.caller.name
            found[number] = event | {"timestamp": self._stamp(self._since[number][1])}
        return found

    def _began(self, agent: Agent, state: str) -> float:
        """Since when an agent is in a state that was there before anybody looked; now, where nobody knows."""
        began = agent.call_started if state == "QUEUE_CALL" else agent.last_bridge_end
        return began if began is not None and began > float("-inf") else self.engine.now

    def _calls(self) -> list[Call]:
        phones = [tier.agent.extension for tier in self.queue.tiers if tier.agent.extension is not None]
        return [leg.call for phone in phones for leg in phone.legs.values()]

    def status(self) -> Event:
        self._callers, self._agents = self._read_callers(), self._read_agents()
        return {
            "event_type": "queue_status",
            **self._head,
            "queue_number": self.queue.extension.number,
            "queue_name": self.queue.label,
            "waiting_list": [event for event, _ in self._callers.values()],
            "agents": list(self._agents.values()),
        }

    def changes(self) -> list[Event]:
        callers, agents = self._read_callers(), self._read_agents()
        updated = [event | {"reason": "enqueue"} for name, (event, _) in callers.items() if name not in self._callers]
        for name, (event, call) in self._callers.items():
            if name not in callers:
                left = {"reason": _reason(call, self.queue), "timestamp": self._stamp(self.engine.now)}
                updated.append(event | left)
        changed = [event for name, event in agents.items() if self._agents.get(name) != event]
        removed: list[Event] = [{"agent_extension_number": name} for name in self._agents if name not in agents]
        self._callers, self._agents = callers, agents
        events: list[Event] = []
        if updated:
            events.append({"event_type": "queue_caller_status", **self._head, "updated_callers": updated})
        if changed or removed:
            events.append(
                {
                    "event_type": "queue_agent_status",
                    **self._head,
                    "updated_agents": changed,
                    "removed_agents": removed,
                }
            )
        return events + self._breaches()

    def _breaches(self) -> list[Event]:
        promise = self.queue.settings.get("sla_time")
        if not isinstance(promise, int) or not promise:
            return []
        present = waiting(self.queue)
        late = [member for member in present if self.engine.now - member.joined > promise]
        new = [member for member in late if member.id not in self._breached]
        self._breached.update(member.id for member in new)
        return [
            {
                "event_type": "queue_sla_breached",
                **self._head,
                "caller": shown_number(member.call.caller.number),
                "total_callers_breached": len(late),
                "sla_time_secs": promise,
                "waiting_callers": len(present),
                "timestamp": self._stamp(self.engine.now),
            }
            for member in new
        ]


def _reason(call: Call, queue: Queue) -> str:
    if call.ended is not None:
        return "agent_answered" if call.ended == "completed" else "hangup"
    return "agent_answered" if call.callee is not None else "overflow"


@dataclass(slots=True, eq=False)
class _Line:
    """One connection: who it is, what it watches."""

    send: Send
    person: Person | None = None
    answers: int = 0
    watches: dict[str, QueueWatch] = field(default_factory=dict)

    async def say(self, event: Event) -> None:
        await self.send({"type": "websocket.send", "text": json.dumps(event, ensure_ascii=False)})

    async def answer(self, command: str, error: str = "") -> None:
        self.answers += 1
        told: Event = {"error": error} if error else {}
        await self.say({"command": command, **told, "id": str(self.answers), "status": -1 if error else 0})


class PushOffice:
    """All connections. `sync` brings the world to the present; every `tick` seconds it is looked at again.

    `shut()` breaks every connection off and refuses new ones until `reopen()`. `lines` is how many there are.
    """

    def __init__(
        self, pbx: Pbx, reception: Reception, sign_in: SignIn, sync: Callable[[], None], tick: float = 0.25
    ) -> None:
        self.pbx = pbx
        self.engine = pbx.engine
        self.reception = reception
        self.sign_in = sign_in
        self.sync = sync
        self.tick = tick
        self.lines = 0
        self.closed = False
        self._wake: anyio.Event | None = None

    def pulse(self) -> None:
        """Something may have changed: look now and do not wait for the next tick."""
        if self._wake is not None:
            self._wake.set()
            self._wake = None

    def shut(self) -> None:
        self.closed = True
        self.pulse()

    def reopen(self) -> None:
        self.closed = False

    async def _changed(self) -> None:
        if self._wake is None:
            self._wake = anyio.Event()
        with anyio.move_on_after(self.tick):
            await self._wake.wait()

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, from its handshake to its end."""
        if (await receive())["type"] != "websocket.connect":
            return
        if self.closed:
            await send({"type": "websocket.close", "code": 1013})
            return
        await send({"type": "websocket.accept"})
        line = _Line(send)
        self.lines += 1
        try:
            async with anyio.create_task_group() as tasks:

                async def listen() -> None:
                    while (message := await receive())["type"] == "websocket.receive":
                        await self._obey(line, message.get("text") or message.get("bytes"))
                    tasks.cancel_scope.cancel()

                async def tell() -> None:
                    while not self.closed:
                        self.sync()
                        for watch in list(line.watches.values()):
                            for event in watch.changes():
                                await line.say(event)
                        await self._changed()
                    await send({"type": "websocket.close", "code": 1001})
                    tasks.cancel_scope.cancel()

                tasks.start_soon(listen)
                tasks.start_soon(tell)
        finally:
            self.lines -= 1

    async def _obey(self, line: _Line, data: object) -> None:
        try:
            command = json.loads(data) if isinstance(data, str | bytes) else None
        except ValueError:
            command = None
        if not isinstance(command, dict):
            await line.answer("", "not a JSON object")
            return
        match command.get("command"):
            case "auth":
                line.person = self._person(command)
                await line.answer("auth", "" if line.person else "access_token , username , domain or password error")
            case "subscribe" | "unsubscribe" as verb:
                await self._subscribe(line, verb, command)
            case other:
                await line.answer(str(other), "unknown command")

    def _person(self, command: dict[str, object]) -> Person | None:
        name = str(command.get("username", ""))
        if not name:
            wanted = command.get("extension_number")
            name = next((each.username for each in self.sign_in.people.values() if each.extension == wanted), "")
        try:
            return self.sign_in.person(name, str(command.get("password", "")), str(command.get("domain", "")))
        except FaceError:
            return None

    async def _subscribe(self, line: _Line, verb: str, command: dict[str, object]) -> None:
        queues = {queue.extension.number: queue for queue in self.pbx.queues.values()}
        topics, wanted = command.get("topics"), command.get("queues")
        error = ""
        if line.person is None:
            error = "not authenticated"
        elif topics != ["queue_events"]:
            error = "topic is not supported or not permitted"
        elif not isinstance(wanted, list) or not wanted or not all(each in queues for each in wanted):
            error = "queues: no such queue"
        await line.answer(verb, error)
        if error or not isinstance(wanted, list):
            return
        self.sync()
        for number in wanted:
            if verb == "unsubscribe":
                line.watches.pop(number, None)
                continue
            watch = QueueWatch(self.engine, self.reception.tenant.id, queues[number])
            await line.say(watch.status())
            # Only now, so that a change never comes before the status that it changes.
            line.watches[number] = watch
