"""One Acme source: its queues and calls, and hanging up.

GET    /queues        {"queues": [{"id": 7, "name": "Sales", "waiting": 2}]}
GET    /calls         {"calls": [{"id": "c1", "caller": "+49…", "state": "talking", "since": "2026-03-02T08Z", …}]}
GET    /calls/{id}    one of them; 404: it is over
DELETE /calls/{id}    202: it will end
"""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.domain.command import Command
from wallboard.domain.errors import Missing, NotSent
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Call, Queue, Row
from wallboard.domain.states import CallState, Direction
from wallboard.domain.text import clean
from wallboard.domain.update import Update
from wallboard.domain.verbs import Verb
from wallboard.vendors.base import YES, Can, CheckLine, Evidence, Feed, Receipt, Secret, Ticket, Verification
from wallboard.vendors.http.client import Answer, route
from wallboard.vendors.kit.acts import Request, act, receipt
from wallboard.vendors.kit.adapter import WebAdapter
from wallboard.vendors.kit.checks import Check
from wallboard.vendors.kit.evidence import TwiceRunning, documented, late, over, read_at
from wallboard.vendors.kit.lists import listed, used
from wallboard.vendors.kit.rows import snapshot
from wallboard.vendors.kit.wire import instant, one
from wallboard_acme.wire import CallWire, QueueWire

STATES = {"ringing": CallState.RINGING, "talking": CallState.TALKING, "held": CallState.HELD}
"""Acme's words, whole. Any other is shown as Acme wrote it, and means nothing."""


class AcmeAdapter(WebAdapter):
    vendor = "acme"
    verbs = frozenset({Verb.HANGUP})
    lacking = "Acme has no request for it"

    def feeds(self) -> Sequence[Feed]:
        return (
            self.feed(Resource.QUEUES, self._read_queues, 10.0),
            self.feed(Resource.CALLS, self._read_calls, 5.0),
        )

    # ---- reading

    async def _read_queues(self, ticket: Ticket) -> Sequence[Update]:
        team = str(self.settings.options.get("team", ""))
        answer = await self._http.get("/queues", params={"team": team} if team else None)
        items, _ = listed(answer.data, "queues", "queues", model=QueueWire)
        wires, lost = used(items, QueueWire, "queues")
        return [self._update(ticket, Resource.QUEUES, answer, [self._queue(wire) for wire in wires], lost)]

    async def _read_calls(self, ticket: Ticket) -> Sequence[Update]:
        answer = await self._http.get("/calls")
        items, _ = listed(answer.data, "calls", "calls", model=CallWire)
        wires, lost = used(items, CallWire, "calls")
        return [self._update(ticket, Resource.CALLS, answer, [self._call(wire) for wire in wires], lost)]

    def _update(self, ticket: Ticket, resource: Resource, answer: Answer, rows: Sequence[Row], lost: str) -> Update:
        # As of the start of the request: what happened while it was under way may be missing.
        return snapshot(self.settings.name, resource, "", ticket, answer.started_at, rows, lost)

    def _queue(self, wire: QueueWire) -> Queue:
        return Queue(Key(self.settings.name, Kind.QUEUE, wire.id), clean(wire.name or wire.id), waiting=wire.waiting)

    def _call(self, wire: CallWire) -> Call:
        return Call(
            Key(self.settings.name, Kind.CALL, wire.id),
            direction=Direction.IN,
            from_number=clean(wire.caller),
            from_name=clean(wire.caller_name),
            to=clean(wire.queue),
            agent=clean(wire.agent),
            state=STATES.get(wire.state.strip().lower(), CallState.UNKNOWN),
            started_at=instant(wire.since, ahead=self._http.clock_offset or 0.0),
        )

    async def refresh(self, row: Row) -> Row | None:
        if not isinstance(row, Call):
            return await super().refresh(row)
        try:
            answer = await self._http.get(route("/calls/{id}", id=row.key.id))
        except Missing:
            return None
        return self._call(one(answer.data, CallWire, "call"))

    # ---- acting

    def _can(self, verb: Verb, row: Row | None) -> Can:
        return YES if row is None or isinstance(row, Call) else Can(False, "only calls can be hung up")

    def verification(self, command: Command, row: Row | None) -> Verification:
        if command.verb not in self.verbs:
            raise NotSent(self.lacking)
        calls = read_at(Resource.CALLS)
        return Verification(
            command.verb,
            "DELETE /calls/{id}",
            confirms=(
                Evidence(
                    "the call is gone",
                    TwiceRunning(over, calls),
                    impostor="a list that lacked it once: two readings in a row must say so",
                ),
            ),
            denies=(Evidence("the call is still there", lambda trial: late(trial, calls(trial)) and not over(trial)),),
            watch=(Resource.CALLS,),
        )

    def table(self) -> Sequence[Verification]:
        return [self.verification(documented(verb), None) for verb in Verb if verb in self.verbs]

    async def _perform(self, command: Command, row: Row | None) -> Receipt:
        where = route("/calls/{id}", id=command.target.key.id)
        signature = self.settings.options.get("signature")
        body = {"signature": signature.reveal()} if isinstance(signature, Secret) else None
        request = Request("DELETE", where, body, f"DELETE …/calls/{command.target.key.id}")
        return receipt(request, await act(self._http, request), command.target.key.id)

    # ---- check

    async def check(self) -> Sequence[CheckLine]:
        check = Check()

        async def queues() -> tuple[str, float]:
            return "", (await self._http.get("/queues")).took

        if await check.reach(queues):
            check.lines += [await self._tried(feed) for feed in self.feeds()]
        return check.lines
