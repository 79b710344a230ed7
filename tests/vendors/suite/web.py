"""Stands for vendors that speak HTTP: one handler that knows lists, pages, wrappings, faults and documented actions."""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, ClassVar

import anyio
import httpx

from tests.support.coverage import document
from tests.vendors.suite.stand import AGAIN, NOW, SOURCE, Fault, Item, Listed, Session, Stand
from wallboard.domain.errors import ReadError
from wallboard.domain.keys import Resource
from wallboard.domain.models import Row
from wallboard.vendors import registry
from wallboard.vendors.base import Adapter, Feed, Services, SourceSettings, Ticket
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

RUBBISH: Any = (None, 7, "text", [], {}, [None])


@cache
def _huge() -> bytes:
    return b"[" + b" " * LIVE_LIMIT + b"]"


def operations(name: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The operations of a vendor document, as method and pattern of the path."""
    return tuple((each.method, pattern(each.path)) for each in document(name).operations)


def pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path))


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


class WebStand(Stand):
    """`url` is the base, `paths` the address of each list below it, `documents` every operation there is."""

    url: ClassVar[str]
    paths: ClassVar[Mapping[str, str]]
    documents: ClassVar[tuple[tuple[str, re.Pattern[str]], ...]]
    settings: ClassVar[Mapping[str, Any]]

    def __init__(self) -> None:
        super().__init__()
        self.rows = {listed.name: self.scene(listed.name) for listed in self.lists}
        self.signed_in = 0
        self.answered: dict[str, object] = {}
        """What a path is answered with instead of what it would be."""
        self.nonsense: object = None
        self.everything_nonsense = False

    # ---- to be said by each vendor ---------------------------------------------------------------------------

    @abstractmethod
    def scene(self, name: str) -> list[Item]:
        """The rows of a list on an ordinary day."""

    @abstractmethod
    def thing(self, path: str, query: Mapping[str, str]) -> object:
        """Any other reading; `...` for an address that there is not."""

    @abstractmethod
    def unfit(self, method: str, path: str, body: Any) -> str:
        """What is wrong with an acting request, by the document; "" nothing."""

    def page(self, listed: Listed, query: Mapping[str, str]) -> tuple[int, int]:
        """Where the page begins that is asked for, and its length."""
        return 0, 1 << 30

    def listed(self, path: str, query: Mapping[str, str]) -> Listed | None:
        return next((each for each in self.lists if re.fullmatch(self.paths[each.name], path)), None)

    def shown(self, listed: Listed, item: Item, query: Mapping[str, str]) -> Item | None:
        """The row as this list shows it; None: it does not."""
        return item

    def sign_in(self, path: str) -> object:
        """The answer to a sign-in; `...` where `path` is none."""
        return ...

    def done(self, method: str, path: str, body: Any) -> httpx.Response:
        return httpx.Response(204)

    def is_reading(self, request: httpx.Request) -> bool:
        return request.method == "GET"

    async def prepare(self, session: WebSession) -> None:
        """What a person does before everything can be seen (park somebody)."""

    # ---- answering -------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def open(self, **changes: Any) -> AsyncIterator[WebSession]:
        values: dict[str, Any] = {"name": SOURCE, "vendor": self.name, "url": self.url, **self.settings, **changes}
        services = Services(self.clock, httpx.MockTransport(self._handle))
        adapter = registry.load(self.name).build(SourceSettings(**values), services)
        try:
            yield WebSession(self, adapter)
        finally:
            await adapter.aclose()

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        whole = request.url.raw_path.decode("ascii").partition("?")[0]
        base = httpx.URL(self.url).raw_path.decode("ascii")
        path = whole.removeprefix(base)
        token = self.sign_in(whole if whole == path else path) if request.method == "POST" else ...
        if token is not ...:
            self.signed_in += 1
            return httpx.Response(200, json=token)
        if not any(method == request.method and form.fullmatch(path) for method, form in self.documents):
            self.undocumented.append(f"{request.method} {path}")
            return httpx.Response(404, json={"message": "no such address"})
        return await (self._read(request, path) if self.is_reading(request) else self._act(request, path))

    async def _read(self, request: httpx.Request, path: str) -> httpx.Response:
        query = dict(request.url.params)
        listed = self.listed(path, query)
        fault = self.everywhere or (self.faults.get(listed.name) if listed is not None else None)
        if fault is not None:
            return await self._faulty(fault, request)
        if self.everything_nonsense:
            return answer(self.nonsense)
        if listed is None:
            found = self.thing(path, query)
            if isinstance(found, httpx.Response):
                return found
            return self._missing() if found is ... else answer(found)
        if listed.name in self.instead:
            return answer(self.instead[listed.name])
        return answer(self._listing(listed, query))

    def _listing(self, listed: Listed, query: Mapping[str, str]) -> object:
        rows = self.rows[listed.name]
        start, size = self.page(listed, query)
        cut = [row for place, row in enumerate(rows) if start <= place < start + size and place not in self.hidden]
        page = [seen for row in cut if (seen := self.shown(listed, row, query)) is not None]
        if self.litter and page:
            page = [*page, page[0], *RUBBISH]
        way = self.ways.get(listed.name) or next(iter(listed.ways))
        return listed.ways[way](page, len(rows) - len(self.hidden))

    async def _act(self, request: httpx.Request, path: str) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        self.acted.append(f"{request.method} {path} {json.dumps(body, sort_keys=True)}")
        problem = self.unfit(request.method, path, body)
        if problem:
            self.undocumented.append(f"{self.acted[-1]}: {problem}")
            return httpx.Response(400, json={"message": problem})
        if self.refusal is not None and self.refusals > 0:
            self.refusals -= 1
            return await self._faulty(self.refusal, request)
        return self.done(request.method, path, body)

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

    def _missing(self) -> httpx.Response:
        return httpx.Response(404, json={"message": "Not found"})


def answer(data: object) -> httpx.Response:
    """JSON, also where it is `null`."""
    return httpx.Response(200, headers={"Content-Type": "application/json"}, content=json.dumps(data))


def stamp(ago: float, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """A moment before `NOW` as UTC text."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(NOW - ago, UTC).strftime(form)


def lacks(body: Any, **shapes: type | tuple[str, ...]) -> str:
    """What `body` lacks or has too much of: `name=str` for a kind, `name=("a", "b")` for words; names ending in `_`
    may be left out."""
    if not isinstance(body, dict):
        return "no object"
    for name, shape in shapes.items():
        field, optional = name.rstrip("_"), name.endswith("_")
        if field not in body:
            if not optional:
                return f"{field} is missing"
            continue
        value = body[field]
        if isinstance(shape, tuple):
            if value not in shape:
                return f"{field} is {value!r}"
        elif not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
            return f"{field} is {value!r}"
    known = {name.rstrip("_") for name in shapes}
    return next((f"{name} is unknown" for name in body if name not in known), "")


__all__ = ["ReadError", "WebSession", "WebStand", "lacks", "operations", "pattern", "stamp"]
