"""Stands for vendors that speak HTTP: the vendor's scripted server, with faults put before it and its lists filled."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping, MutableMapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, ClassVar, Protocol

import anyio
import httpx

from tests.support.facts import Seen
from tests.vendors.server import Item, Wrap, answer
from tests.vendors.suite.stand import AGAIN, SOURCE, Fault, Listed, Nowhere, Session, Stand, settle
from wallboard.domain.keys import Resource
from wallboard.domain.models import Row
from wallboard.vendors import registry
from wallboard.vendors.base import Adapter, Feed, Lendable, Services, SourceSettings, Ticket
from wallboard.vendors.http.limits import LIVE_LIMIT

_STATUS = {
    Fault.REFUSED: 401,
    Fault.FORBIDDEN: 403,
    Fault.MISSING: 404,
    Fault.CONFLICT: 409,
    Fault.THROTTLED: 429,
    Fault.BROKEN: 500,
    Fault.BUSY: 503,
    Fault.PAUSED: 503,
}
_BODIES = {
    Fault.NOT_JSON: b"ok",
    Fault.HTML: b"<!doctype html><title>Sign in</title>",
    Fault.TRUNCATED: b'[{"id": 1, "name": "Sal',
    Fault.EMPTY: b"",
    Fault.NOT_A_NUMBER: b'[{"id": NaN}]',
}


@cache
def _huge() -> bytes:
    return b"[" + b" " * LIVE_LIMIT + b"]"


class WebSession(Session):
    """Fetches as the scheduler does, discoveries first."""

    stand: WebStand

    def __init__(self, stand: WebStand, adapter: Adapter) -> None:
        super().__init__(stand, adapter)
        self._asked = 0
        self._discovered: set[Resource] = set()

    async def fetch(self, feed: Feed) -> tuple[Row, ...]:
        """The rows that the feed's own resource is left with."""
        self._asked += 1
        self.stand.clock.advance(1.0)
        updates = await feed.fetch(Ticket(1, self._asked, self.stand.clock.now()))
        rows: list[Row] = []
        for update in updates:
            assert update.source == SOURCE
            if (update.resource, update.scope) == (feed.resource, feed.scope):
                rows += update.rows
        return tuple(rows)

    async def discover(self, *resources: Resource) -> None:
        for resource in resources:
            if resource not in self._discovered:
                self._discovered.add(resource)
                for feed in self.feeds(resource, "discovery"):
                    await self.fetch(feed)

    def feeds(self, resource: Resource, scope: str) -> list[Feed]:
        return [feed for feed in self.adapter.feeds() if (feed.resource, feed.scope) == (resource, scope)]

    async def read(self, listed: Listed) -> tuple[Row, ...]:
        await self.discover(*listed.after)
        (feed,) = self.feeds(listed.resource, listed.scope) or (None,)
        return () if feed is None else await self.fetch(feed)

    async def read_slowly(self, listed: Listed) -> tuple[Row, ...]:
        return await self.outlast(lambda: self.read(listed))

    async def refuse(self, fault: Fault | None) -> None:
        self.stand.refusal = fault

    async def everything(self) -> list[Row]:
        await self.stand.prepare(self)
        return await self.all_rows()

    async def all_rows(self) -> list[Row]:
        found: dict[object, Row] = {}
        await self.discover(*(feed.resource for feed in self.adapter.feeds() if feed.scope == "discovery"))
        for feed in self.adapter.feeds():
            if feed.scope != "discovery":
                found |= {row.key: row for row in await self.fetch(feed)}
        return list(found.values())


class Server(Protocol):
    """A scripted vendor; see `tests.vendors.server.Lists`."""

    wraps: dict[str, Wrap]
    instead: dict[str, object]
    hidden: set[int]
    litter: bool

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Its answer; an AssertionError where its document has no such request."""


class Rows(MutableMapping[str, list[Item]]):
    """The rows of a server by the name of their list, wherever it keeps them."""

    def __init__(self, places: Mapping[str, tuple[MutableMapping[str, Any], str]]) -> None:
        self._places = places

    def __getitem__(self, name: str) -> list[Item]:
        holder, key = self._places[name]
        found: list[Item] = holder[key]
        return found

    def __setitem__(self, name: str, rows: list[Item]) -> None:
        holder, key = self._places[name]
        holder[key] = rows

    def __delitem__(self, name: str) -> None:
        self[name] = []

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class WebStand(Stand):
    """`url` is the base, `paths` the address of each list below it, `sign_in` that of signing in."""

    url: ClassVar[str]
    paths: ClassVar[Mapping[str, str]]
    sign_in: ClassVar[str] = ""
    settings: ClassVar[Mapping[str, Any]]

    def __init__(self) -> None:
        super().__init__()
        self.server, places = self.vendor()
        self.rows = Rows(places)
        self.signed_in = 0
        self.nonsense: object = None
        self.everything_nonsense = False

    @abstractmethod
    def vendor(self) -> tuple[Server, Mapping[str, tuple[MutableMapping[str, Any], str]]]:
        """The scripted server on an ordinary day, and where it keeps the rows of each list."""

    def listed(self, path: str, query: Mapping[str, str]) -> Listed | None:
        return next((each for each in self.lists if re.fullmatch(self.paths[each.name], path)), None)

    async def prepare(self, session: WebSession) -> None:
        """What a person does before everything can be seen (park somebody)."""

    @asynccontextmanager
    async def open(self, told: Sequence[Row] | None = None, **changes: Any) -> AsyncIterator[WebSession]:
        values: dict[str, Any] = {"name": SOURCE, "vendor": self.name, "url": self.url, **self.settings, **changes}
        facts = None if told is None else Seen(self.clock.now(), told)
        services = Services(self.clock, httpx.MockTransport(self._handle), facts)
        adapter = registry.load(self.name).build(SourceSettings(**values), services)
        try:
            async with anyio.create_task_group() as tasks:
                if told is not None:
                    assert isinstance(adapter, Lendable)
                    tasks.start_soon(adapter.stand_by, Nowhere())
                    await settle()
                yield WebSession(self, adapter)
                tasks.cancel_scope.cancel()
        finally:
            await adapter.aclose()

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        whole = request.url.raw_path.decode("ascii").partition("?")[0]
        path = whole.removeprefix(httpx.URL(self.url).raw_path.decode("ascii"))
        if self.sign_in and (re.fullmatch(self.sign_in, path) or re.fullmatch(self.sign_in, whole)):
            self.signed_in += 1
            return self._served(request, path)
        return await (self._read(request, path) if request.method == "GET" else self._act(request, path))

    async def _read(self, request: httpx.Request, path: str) -> httpx.Response:
        listed = self.listed(path, dict(request.url.params))
        fault = self.everywhere or (self.faults.get(listed.name) if listed is not None else None)
        if fault is not None:
            return await self._faulty(fault, request)
        return answer(self.nonsense) if self.everything_nonsense else self._served(request, path)

    def _served(self, request: httpx.Request, path: str) -> httpx.Response:
        server = self.server
        server.instead, server.hidden, server.litter = self.instead, self.hidden, self.litter
        server.wraps = {name: self.of(name).ways[way] for name, way in self.ways.items()}
        try:
            return server(request)
        except AssertionError as refused:
            self.undocumented.append(f"{request.method} {path}: {refused}")
            return answer({"message": str(refused)}, 400)

    async def _act(self, request: httpx.Request, path: str) -> httpx.Response:
        self.acted.append(f"{request.method} {path} {request.content.decode()}")
        if self.refusal is not None and self.refusals > 0:
            self.refusals -= 1
            return await self._faulty(self.refusal, request)
        return self._served(request, path)

    async def _faulty(self, fault: Fault, request: httpx.Request) -> httpx.Response:
        if fault is Fault.SLOW:
            self.hanging.set()
            await anyio.sleep_forever()
        if fault is Fault.DROPPED:
            raise httpx.RemoteProtocolError("gone", request=request)
        if fault is Fault.CLOSED:
            raise httpx.ConnectError("refused", request=request)
        if fault in _STATUS:
            again = {"Retry-After": f"{AGAIN:.0f}"} if fault in (Fault.THROTTLED, Fault.PAUSED) else {}
            return httpx.Response(_STATUS[fault], headers=again, json={"message": "not now"})
        kind = "text/html" if fault is Fault.HTML else "application/json"
        body = _huge() if fault is Fault.TOO_LARGE else _BODIES[fault]
        return httpx.Response(200, headers={"Content-Type": kind}, content=body)
