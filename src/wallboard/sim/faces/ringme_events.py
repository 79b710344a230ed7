"""Webhooks of the hosted PBX: what was subscribed to at its extensions, and what is sent to the addresses.

The operations and their fields are the document's (seed 003, "Extension event"); an event's fields, sent as a form in
the query (GET) or the body (POST), are those of the vendor's public pages. Where both are silent, this face does this.
- An event is sent once, whatever becomes of it. It names the leg of the extension that sends it.
- A phone sends dial-in and dial-out when a leg begins to ring or to dial, answer and hangup. A queue sends hangup when
  a caller leaves it; `Bridged` says whether somebody had taken the call.
- Subscriptions beyond the account's limit are refused with 403. Messages and voicemail are never announced.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import field
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import anyio
import anyio.to_thread
from pydantic import Field

from wallboard.domain.records import dataclass
from wallboard.sim.asgi import Body, Handler, HttpError, Request, Response, Row, json_response, there
from wallboard.sim.model import Extension, Leg, Member, tail
from wallboard.sim.pbx import Pbx

MOST = 500
"""Subscriptions of an account, unless it is told otherwise."""
PATIENCE = 5.0
TICK = 0.2
"""Seconds until an address that does not answer is given up, and between two looks at the world."""

_Type = Literal[
    "dial-in", "dial-out", "hangup", "answer", "message-in", "message-out", "message-out-status", "voicemail"
]
_Method = Literal["GET", "POST"]
_Url = Annotated[str, Field(pattern=r"^https?://[^\s]+$")]


class _New(Body):
    url: _Url
    event_type: _Type
    method: _Method


class _Changed(Body):
    url: _Url = ""
    event_type: _Type | Literal[""] = ""
    method: _Method | Literal[""] = ""


@dataclass(slots=True, eq=False)
class Hook:
    """One subscription."""

    id: int
    extension: Extension
    url: str
    event_type: str
    method: str

    def row(self) -> Row:
        return {"id": self.id, "url": self.url, "event_type": self.event_type, "method": self.method}


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way: the address with its query, and the form in the body of a POST."""

    method: str
    url: str
    body: bytes


Post = Callable[[Delivery], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class _Seen:
    """What was last known of the legs of a phone (and whether they were answered), or of the callers of a queue."""

    legs: dict[str, tuple[Leg, bool]] = field(default_factory=dict)
    members: dict[str, tuple[Member, str]] = field(default_factory=dict)


class EventOffice:
    """The subscriptions of one account. `deaf` extensions send nothing, as if their events were lost on the way."""

    def __init__(self, pbx: Pbx, most: int = MOST) -> None:
        self.pbx, self.engine, self.most = pbx, pbx.engine, most
        self.hooks: dict[int, Hook] = {}
        self.outbox: list[Delivery] = []
        self.sent = 0
        self.deaf: set[int] = set()
        self._seen: dict[int, _Seen] = {}
        self._last = 7000

    # ---- the operations ----------------------------------------------------------------------------------------

    def routes(self, extension: Callable[[Request], Extension]) -> dict[str, Handler]:
        where = "/extension/{extension}/event/"

        def hook(request: Request) -> Hook:
            found = self.hooks.get(int(request.at["hook"])) if request.at["hook"].isdecimal() else None
            return there(found if found is not None and found.extension is extension(request) else None)

        def add(request: Request) -> Response:
            owner, body = extension(request), request.read(_New)
            if len(self.hooks) >= self.most:
                raise HttpError(403, "The limit of events is reached")
            self._last += 1
            self.hooks[self._last] = Hook(self._last, owner, body.url, body.event_type, body.method)
            self._begin(owner)
            return json_response(201, self.hooks[self._last].row())

        def listed(request: Request) -> list[Row]:
            owner = extension(request)
            return [each.row() for each in self.hooks.values() if each.extension is owner]

        def drop_all(request: Request) -> Response:
            owner = extension(request)
            self.hooks = {key: each for key, each in self.hooks.items() if each.extension is not owner}
            return Response(204)

        def change(request: Request) -> Row:
            found, body = hook(request), request.read(_Changed)
            found.url, found.method = body.url or found.url, body.method or found.method
            found.event_type = body.event_type or found.event_type
            return found.row()

        def drop(request: Request) -> Response:
            del self.hooks[hook(request).id]
            return Response(204)

        return {
            f"POST {where}": add,
            f"GET {where}": listed,
            f"DELETE {where}": drop_all,
            f"GET {where}{{hook}}": lambda request: hook(request).row(),
            f"PUT {where}{{hook}}": change,
            f"DELETE {where}{{hook}}": drop,
        }

    # ---- what happens ------------------------------------------------------------------------------------------

    def _begin(self, owner: Extension) -> None:
        if not self._seen:
            self.engine.watchers.append(self._look)
        if owner.id not in self._seen:
            self._seen[owner.id] = self._now(owner)

    def _now(self, owner: Extension) -> _Seen:
        queue = self.pbx.queues.get(owner.id)
        members = queue.members.values() if queue is not None else ()
        legs = {leg.id: (leg, leg.answered is not None) for leg in owner.legs.values()}
        return _Seen(legs, {each.id: (each, each.state) for each in members if each.state != "Abandoned"})

    def _look(self) -> None:
        """After each thing that happened in the world."""
        for owner in {each.extension.id: each.extension for each in self.hooks.values()}.values():
            before, now = self._seen[owner.id], self._now(owner)
            self._seen[owner.id] = now
            for key, (leg, answered) in now.legs.items():
                if key not in before.legs:
                    self._tell(owner, "dial-out" if leg.flow == "out" else "dial-in", self._of_leg(leg, "CALLING"))
                if answered and not before.legs.get(key, (leg, False))[1]:
                    self._tell(owner, "answer", self._of_leg(leg, "ANSWER"))
            for key, (leg, answered) in before.legs.items():
                if key not in now.legs:
                    self._tell(owner, "hangup", self._over(leg, answered))
            for key, (member, state) in before.members.items():
                if key not in now.members:
                    self._tell(owner, "hangup", self._left(member, state == "Answered"))

    def _of_leg(self, leg: Leg, status: str) -> Row:
        assert leg.extension is not None
        caller = leg.extension if leg.flow == "out" else leg.caller_extension
        called = None if leg.flow == "out" else leg.extension
        return {
            "CallID": leg.call_id,
            "SubCallID": leg.hex[:8],
            "CallAPIID": leg.id,
            "CallFlow": leg.flow,
            "CallerIDNum": leg.caller_number,
            "CallerIDName": leg.caller_name,
            "CalledNumber": leg.called_number,
            "CalledDID": leg.did,
            "CallStatus": status,
            **_parties(caller, called),
        }

    def _over(self, leg: Leg, answered: bool) -> Row:
        length = int(self.engine.now - leg.answered) if leg.answered is not None else 0
        told = {"Duration": length, "Bridged": "yes" if answered else "no", "RecID": leg.recording}
        return self._of_leg(leg, "ANSWER" if answered else "CANCEL") | told

    def _left(self, member: Member, answered: bool) -> Row:
        caller = member.call.caller
        return {
            "CallID": member.call.id,
            "SubCallID": tail(member.id)[:8],
            "CallAPIID": member.id,
            "CallFlow": "in",
            "CallerIDNum": caller.number,
            "CallerIDName": caller.name,
            "CalledNumber": member.queue.extension.short_name,
            "CalledDID": member.call.did,
            "CallStatus": "ANSWER" if answered else "NOANSWER",
            "Duration": int(self.engine.now - member.joined),
            "Bridged": "yes" if answered else "no",
            **_parties(None, member.queue.extension),
        }

    def _tell(self, owner: Extension, kind: str, fields: Row) -> None:
        if owner.id in self.deaf:
            return
        moment = int(self.engine.utc(self.engine.now).timestamp() * 1_000_000)
        told = {"EventType": kind, "EventTime": moment, **fields}
        form = urlencode({name: value for name, value in told.items() if value is not None})
        for hook in self.hooks.values():
            if hook.extension is not owner or hook.event_type != kind:
                continue
            get = hook.method == "GET"
            url = f"{hook.url}{'&' if '?' in hook.url else '?'}{form}" if get else hook.url
            self.outbox.append(Delivery(hook.method, url, b"" if get else form.encode()))

    async def deliver(self, post: Post) -> None:
        """Send what is to be sent, all at once."""
        waiting, self.outbox = self.outbox, []
        async with anyio.create_task_group() as tasks:
            for each in waiting:
                self.sent += 1
                tasks.start_soon(post, each)


def _parties(caller: Extension | None, called: Extension | None) -> Row:
    told: Row = {}
    for side, extension in (("Caller", caller), ("Called", called)):
        if extension is not None:
            told |= {f"{side}Extension": extension.name, f"{side}ExtensionID": extension.id}
    return told


async def posted(delivery: Delivery) -> None:
    """Over the network. Who does not take it has missed it."""
    form = {"Content-Type": "application/x-www-form-urlencoded"} if delivery.method == "POST" else {}
    request = urllib.request.Request(
        delivery.url, delivery.body or None, {**form, "User-Agent": "hosted-pbx"}, method=delivery.method
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def send() -> None:
        with suppress(OSError), direct.open(request, timeout=PATIENCE):
            pass

    await anyio.to_thread.run_sync(send)
