"""A very small web layer: request, response, router. Handlers are plain functions; only the edges are async.

A trailing slash is part of a path, as with the vendors: `/x/` and `/x` are two resources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote

Scope = MutableMapping[str, object]
Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class HttpError(Exception):
    """Ends a request with this status and message; the face decides on the form of the body."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Request:
    """A request below its mount point: `path` starts with a slash, `query` keeps repeated values."""

    method: str
    path: str
    query: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def of(cls, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Request:
        return cls(method, path, parse_qs(query, keep_blank_values=True), headers, body)

    def moved(self, path: str) -> Request:
        return Request(self.method, path, self.query, self.headers, self.body)

    def parameter(self, name: str, default: str | None = None) -> str | None:
        return self.query[name][0] if self.query.get(name) else default

    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode("utf-8", "replace")).items()}

    def json(self) -> object:
        """The decoded body, or None when there is none or it is no JSON."""
        try:
            return json.loads(self.body) if self.body else None
        except ValueError:
            return None

    def json_object(self) -> dict[str, object]:
        value = self.json()
        if not isinstance(value, dict):
            raise HttpError(400, "JSON object expected")
        return value


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    def plus(self, headers: Iterable[tuple[str, str]]) -> Response:
        return Response(self.status, self.body, (*self.headers, *headers))


def json_response(status: int, value: object) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(status, body, (("content-type", "application/json"),))


Handler = Callable[[Request, dict[str, str]], Response]


class Router:
    """Patterns such as `/extension/{id}/queue/`; a name matches one segment."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        expression = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(pattern))
        self._routes.append((method, re.compile(expression + r"\Z"), handler))

    def dispatch(self, request: Request) -> Response:
        known = False
        for method, pattern, handler in self._routes:
            match = pattern.match(request.path)
            if match is None:
                continue
            known = True
            if method == request.method:
                return handler(request, {name: unquote(text) for name, text in match.groupdict().items()})
        raise HttpError(405 if known else 404, "Method not allowed" if known else "Not found")


async def read_body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        part = message.get("body", b"")
        parts.append(part if isinstance(part, bytes) else b"")
        if not message.get("more_body"):
            return b"".join(parts)


async def send_response(send: Send, response: Response, declared_length: int | None = None) -> None:
    """Send it; a `declared_length` beyond the body makes the server break the connection off."""
    names = {name for name, _ in response.headers}
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    if "content-length" not in names and response.status != 204:
        length = len(response.body) if declared_length is None else declared_length
        headers.append((b"content-length", str(length).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
