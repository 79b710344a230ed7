"""A very small web layer: request, response, and what every vendor's face is made of.

A handler is a plain function from a request to an answer: a `Response`, or anything else, which goes out as JSON with
200. A trailing slash is part of a path, as with the vendors: `/x/` and `/x` are two resources.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import field, replace
from typing import TypeVar
from urllib.parse import parse_qs, unquote

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from wallboard.domain.records import dataclass

Scope = MutableMapping[str, object]
Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Row = dict[str, object]
_JSON = (("content-type", "application/json"),)


class HttpError(Exception):
    """Ends a request with this status, message and perhaps a vendor's code; the face decides on the form."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


Thing = TypeVar("Thing")


def there(thing: Thing | None) -> Thing:
    """What was looked for, or a 404."""
    if thing is None:
        raise HttpError(404, "Not found")
    return thing


def unset(names: str) -> Row:
    """Properties that were never set, as null."""
    return dict.fromkeys(names.split())


class Body(BaseModel):
    """A body that is taken as documented or not at all: no unknown field, no other type, no null."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _no_null(cls, value: object) -> object:
        if isinstance(value, dict) and None in value.values():
            raise ValueError("null is for answers only")
        return value


class OpenBody(Body):
    """A body whose unknown fields are taken along, in `model_extra`."""

    model_config = ConfigDict(extra="allow")


Model = TypeVar("Model", bound=Body)


@dataclass(frozen=True, slots=True)
class Request:
    """A request below its mount point: `path` starts with a slash, `query` keeps repeated values, `at` holds what
    stood in the places of the path's pattern."""

    method: str
    path: str
    query: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    at: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Request:
        return cls(method, path, parse_qs(query, keep_blank_values=True), headers, body)

    def moved(self, path: str) -> Request:
        return replace(self, path=path)

    def parameter(self, name: str, default: str = "") -> str:
        return self.query[name][0] if self.query.get(name) else default

    def number(self, name: str, default: int, low: int, high: int = 2**31 - 1) -> int:
        """A count in the query."""
        text = self.parameter(name, str(default))
        if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
            raise HttpError(400, f"{name}: an integer from {low} to {high} is expected", "VALIDATE_FAILED")
        return int(text)

    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode("utf-8", "replace")).items()}

    def json(self) -> object:
        """The decoded body, or None when there is none or it is no JSON."""
        try:
            return json.loads(self.body) if self.body else None
        except ValueError:
            return None

    def read(self, model: type[Model], context: object = None) -> Model:
        """The body as its document has it. Refused with the first thing that is wrong, by place."""
        try:
            return model.model_validate_json(self.body, context=context)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"] if not str(part).startswith("function"))
            raise HttpError(400, f"{where or 'body'}: {first['msg']}", "VALIDATE_FAILED") from None

    def bearer(self) -> str:
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token if kind.lower() == "bearer" else ""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    def plus(self, headers: Iterable[tuple[str, str]]) -> Response:
        return Response(self.status, self.body, (*self.headers, *headers))


def json_response(status: int, value: object) -> Response:
    return Response(status, json.dumps(value, ensure_ascii=False).encode(), _JSON)


Handler = Callable[[Request], object]


class Face(ABC):
    """One vendor's API below its mount: routes such as `GET /extension/{id}/queue/`; a name matches one segment."""

    def __init__(self, routes: dict[str, Handler]) -> None:
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []
        for route, handler in routes.items():
            method, _, pattern = route.partition(" ")
            expression = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(pattern))
            self._routes.append((method, re.compile(expression + r"\Z"), handler))

    @abstractmethod
    def admit(self, request: Request) -> None:
        """Raise the `HttpError` of the vendor for who may not come in."""

    @abstractmethod
    def refusal(self, error: HttpError) -> Response:
        """An error in the vendor's form."""

    def handle(self, request: Request) -> Response:
        try:
            self.admit(request)
            answer = self._dispatch(request)
        except HttpError as error:
            return self.refusal(error)
        return answer if isinstance(answer, Response) else json_response(200, answer)

    def _dispatch(self, request: Request) -> object:
        known = False
        for method, pattern, handler in self._routes:
            match = pattern.match(request.path)
            if match is not None and method == request.method:
                at = {name: unquote(text) for name, text in match.groupdict().items()}
                return handler(replace(request, at=at))
            known = known or match is not None
        raise HttpError(405 if known else 404, "Method not allowed" if known else "Not found")


async def read_request(scope: Scope, receive: Receive) -> Request:
    """The whole request of a connection."""
    parts: list[bytes] = []
    while (message := await receive())["type"] == "http.request":
        part = message.get("body", b"")
        parts.append(part if isinstance(part, bytes) else b"")
        if not message.get("more_body"):
            break
    raw, query, pairs = scope.get("raw_path"), scope.get("query_string", b""), scope.get("headers")
    # Unquoted later, segment by segment, so that an encoded slash stays inside its segment.
    path = raw.decode("latin-1").partition("?")[0] if isinstance(raw, bytes) else str(scope["path"])
    headers: dict[str, str] = {}
    if isinstance(pairs, list | tuple):
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}
    text = query.decode("latin-1") if isinstance(query, bytes) else ""
    return Request.of(str(scope["method"]), path, text, headers, b"".join(parts))


async def send_response(send: Send, response: Response, declared_length: int | None = None) -> None:
    """Send it; a `declared_length` beyond the body makes the server break the connection off."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    if response.status != 204:
        length = len(response.body) if declared_length is None else declared_length
        headers.append((b"content-length", str(length).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
