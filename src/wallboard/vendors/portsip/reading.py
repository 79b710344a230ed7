"""Reading PortSIP: one method a resource, whole lists over all their pages. All raise `ReadError`s only."""

from __future__ import annotations

from dataclasses import replace

from wallboard.domain.language import tr
from wallboard.vendors.http.client import Answer, HttpSource, Route, route
from wallboard.vendors.kit.lists import listed, rows, used
from wallboard.vendors.kit.paging import Page, Pages, pages
from wallboard.vendors.kit.wire import Row, one
from wallboard.vendors.portsip.ivr import TenantWire
from wallboard.vendors.portsip.wire import (
    AgentWire,
    MembershipWire,
    QueueWire,
    SessionWire,
    StatusWire,
    UserStatusWire,
    UserWire,
    WaitingWire,
)

PAGE = 100
"""The largest page."""
PAGES = 60
"""Most pages of one list: 6,000 users."""


class Reader:
    """The GET requests of one PBX. Rows without an id are dropped; which, the last of what each list gives says."""

    def __init__(self, http: HttpSource) -> None:
        self._http = http

    async def queues(self) -> tuple[list[QueueWire], Pages]:
        return await self._all(route("/call_queues"), QueueWire, tr("queues"))

    async def queue(self, queue_id: str) -> QueueWire:
        return (await self._one(route("/call_queues/{id}", id=queue_id), QueueWire, tr("queue")))[0]

    async def queue_status(self, queue_id: str) -> str:
        return (await self._one(route("/call_queues/{id}/status", id=queue_id), StatusWire, tr("status")))[0].status

    async def waiting(self, queue_id: str) -> tuple[list[WaitingWire], Answer, str]:
        """Who waits, the next one first."""
        return await self._list(route("/call_queues/{id}/waiting", id=queue_id), WaitingWire, tr("callers"))

    async def agents(self, queue_id: str) -> tuple[list[AgentWire], Answer, str]:
        """The roster of a queue; it tells no status."""
        return await self._list(route("/call_queues/{id}/agents", id=queue_id), AgentWire, tr("agents"))

    async def agent(self, queue_id: str, extension: str) -> tuple[AgentWire, Answer]:
        where = route("/call_queues/{id}/agents/{agent_number}", id=queue_id, agent_number=extension)
        return await self._one(where, AgentWire, tr("agent"))

    async def sessions(self) -> tuple[list[SessionWire], Answer, str]:
        """The calls that are up. The document files the answer under 201; any 2xx is one."""
        return await self._list(route("/sessions"), SessionWire, tr("calls"))

    async def session(self, session: str) -> tuple[SessionWire, Answer]:
        return await self._one(route("/sessions/{id}", id=session), SessionWire, tr("session"))

    async def users(self) -> tuple[list[UserWire], Pages]:
        """Everybody who has an extension."""
        found, read = await self._all(route("/users"), UserWire, tr("users"))
        return [wire for wire in found if wire.extension_number], read

    async def user_status(self, user_id: str) -> UserStatusWire:
        return (await self._one(route("/users/{id}/status", id=user_id), UserStatusWire, tr("status")))[0]

    async def user_queues(self, user_id: str) -> list[MembershipWire]:
        answer = await self._http.get(route("/users/{id}/call_queues", id=user_id))
        return rows(listed(answer.data, tr("queues"), "items")[0], MembershipWire)

    async def ivr_status(self, identity: str) -> str:
        return (await self._one(route("/ivrs/{id}/status", id=identity), StatusWire, tr("status")))[0].status

    async def tenant(self) -> TenantWire:
        return (await self._one(route("/tenant"), TenantWire, tr("tenant")))[0]

    async def first(self, where: Route) -> tuple[int, float]:
        """How many items a list has and how long the answer took, by the smallest request there is."""
        answer = await self._http.get(where, params={"skip": 0, "top": 1})
        items, total = listed(answer.data, tr("items"), "items")
        return (len(items) if total is None else total), answer.took

    async def pages(self, where: Route, what: str) -> Pages:

        async def ask(number: int, got: int) -> Page:
            answer = await self._http.get(where, params={"skip": got, "top": PAGE})
            items, total = listed(answer.data, what, "items")
            return answer, items, total

        return await pages(ask, what, full=(PAGE,), most=PAGES)

    async def _all(self, where: Route, model: type[Row], what: str) -> tuple[list[Row], Pages]:
        read = await self.pages(where, what)
        found, lost = used(read.items, model, what)
        return found, replace(read, lost=lost)

    async def _list(self, where: Route, model: type[Row], what: str) -> tuple[list[Row], Answer, str]:
        answer = await self._http.get(where)
        found, lost = used(listed(answer.data, what, "items")[0], model, what)
        return found, answer, lost

    async def _one(self, where: Route, model: type[Row], what: str) -> tuple[Row, Answer]:
        answer = await self._http.get(where)
        return one(answer.data, model, what), answer
