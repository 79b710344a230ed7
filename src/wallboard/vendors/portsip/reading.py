"""Reading PortSIP: one method a resource, whole lists over all their pages. All raise `ReadError`s only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from wallboard.domain.errors import BadAnswer
from wallboard.vendors.http import Answer, HttpSource, Route, route
from wallboard.vendors.kit.lists import CHANGED, lost, together
from wallboard.vendors.portsip.wire import (
    AgentWire,
    MembershipWire,
    QueueWire,
    SessionWire,
    StatusWire,
    TenantWire,
    UserStatusWire,
    UserWire,
    WaitingWire,
    Wire,
    listed,
    one,
    rows,
)

PAGE = 100
"""The largest page."""
PAGES = 60
"""Most pages of one list: 6,000 users."""

_Row = TypeVar("_Row", bound=Wire)


@dataclass(frozen=True, slots=True)
class Pages:
    """The items of all pages, each once, in the vendor's order. `started_at` of the first request; `changed`: the list
    moved while it was read; `took` seconds of the first answer."""

    items: tuple[object, ...]
    started_at: float
    took: float
    total: int | None
    changed: bool
    lost: str = ""
    """Which rows could not be used."""

    @property
    def approximate(self) -> str:
        return together(CHANGED if self.changed else "", self.lost)


class Reader:
    """The GET requests of one PBX. Rows without an id are dropped; which, the last of what each list gives says."""

    def __init__(self, http: HttpSource) -> None:
        self._http = http

    async def queues(self) -> tuple[list[QueueWire], Pages]:
        pages = await self.pages(route("/call_queues"))
        found = [wire for wire in rows(pages.items, QueueWire) if wire.id]
        return found, replace(pages, lost=lost(len(pages.items), len(found), "queues"))

    async def queue(self, queue_id: str) -> QueueWire:
        answer = await self._http.get(route("/call_queues/{id}", id=queue_id))
        return one(answer.data, QueueWire, "queue")

    async def queue_status(self, queue_id: str) -> str:
        answer = await self._http.get(route("/call_queues/{id}/status", id=queue_id))
        return one(answer.data, StatusWire, "status").status

    async def waiting(self, queue_id: str) -> tuple[list[WaitingWire], Answer, str]:
        """Who waits, the next one first."""
        answer = await self._http.get(route("/call_queues/{id}/waiting", id=queue_id))
        items = listed(answer.data)[0]
        found = [wire for wire in rows(items, WaitingWire) if wire.session_id]
        return found, answer, lost(len(items), len(found), "callers")

    async def agents(self, queue_id: str) -> tuple[list[AgentWire], Answer, str]:
        """The roster of a queue; it tells no status."""
        answer = await self._http.get(route("/call_queues/{id}/agents", id=queue_id))
        items = listed(answer.data)[0]
        found = [wire for wire in rows(items, AgentWire) if wire.extension_number]
        return found, answer, lost(len(items), len(found), "agents")

    async def agent(self, queue_id: str, extension: str) -> tuple[AgentWire, Answer]:
        where = route("/call_queues/{id}/agents/{agent_number}", id=queue_id, agent_number=extension)
        answer = await self._http.get(where)
        return one(answer.data, AgentWire, "agent"), answer

    async def sessions(self) -> tuple[list[SessionWire], Answer, str]:
        """The calls that are up. The document files the answer under 201; any 2xx is one."""
        answer = await self._http.get(route("/sessions"))
        items = listed(answer.data)[0]
        found = [wire for wire in rows(items, SessionWire) if wire.id]
        return found, answer, lost(len(items), len(found), "calls")

    async def session(self, session: str) -> tuple[SessionWire, Answer]:
        answer = await self._http.get(route("/sessions/{id}", id=session))
        return one(answer.data, SessionWire, "session"), answer

    async def users(self) -> tuple[list[UserWire], Pages]:
        """Everybody who has an extension."""
        pages = await self.pages(route("/users"))
        found = [wire for wire in rows(pages.items, UserWire) if wire.id]
        pages = replace(pages, lost=lost(len(pages.items), len(found), "users"))
        return [wire for wire in found if wire.extension_number], pages

    async def user_status(self, user_id: str) -> UserStatusWire:
        answer = await self._http.get(route("/users/{id}/status", id=user_id))
        return one(answer.data, UserStatusWire, "status")

    async def user_queues(self, user_id: str) -> list[MembershipWire]:
        answer = await self._http.get(route("/users/{id}/call_queues", id=user_id))
        return rows(listed(answer.data)[0], MembershipWire)

    async def tenant(self) -> TenantWire:
        answer = await self._http.get(route("/tenant"))
        return one(answer.data, TenantWire, "tenant")

    async def first(self, where: Route) -> tuple[int, float]:
        """How many items a list has and how long the answer took, by the smallest request there is."""
        answer = await self._http.get(where, params={"skip": 0, "top": 1})
        items, total = listed(answer.data)
        return (len(items) if total is None else total), answer.took

    async def pages(self, where: Route) -> Pages:
        """All pages of a list. An item that two pages show, because the list moved meanwhile, counts once."""
        items: list[object] = []
        seen: set[str] = set()
        totals: set[int] = set()
        started, took, total, skip, repeated = None, 0.0, None, 0, False
        for number in range(PAGES):
            answer = await self._http.get(where, params={"skip": skip, "top": PAGE})
            if started is None:
                started, took = answer.started_at, answer.took
            page, total = listed(answer.data)
            if total is not None:
                totals.add(total)
            fresh = _fresh(page, seen)
            repeated = repeated or len(fresh) < len(page)
            items.extend(fresh)
            skip += len(page)
            # A page that brings nothing new is the end, whatever the count says: some servers do not skip.
            if not page or (number and not fresh):
                break
            # A full page whose count is no more than itself may be counted by the page: the next one tells.
            counted = total is not None and not (len(page) >= PAGE and total <= len(page))
            if skip >= (total or 0) if counted else len(page) < PAGE:
                break
        else:
            raise BadAnswer(f"the list at {where.template} has no end")
        changed = repeated or len(totals) > 1 or (total is not None and len(items) < total)
        return Pages(tuple(items), started or 0.0, took, total, changed)


def _fresh(page: Sequence[object], seen: set[str]) -> list[object]:
    """The items whose ids were not seen yet; items without an id pass."""
    fresh: list[object] = []
    for item in page:
        identity = item.get("id") if isinstance(item, dict) else None
        if isinstance(identity, str | int) and not isinstance(identity, bool) and str(identity).strip():
            if str(identity) in seen:
                continue
            seen.add(str(identity))
        fresh.append(item)
    return fresh
