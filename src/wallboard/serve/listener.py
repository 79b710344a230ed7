"""A small HTTP/1.1 server for programs: a scraper, a probe, a vendor that calls back. One request a connection.

Whatever is sent to it, it answers with a status or closes; nothing in it grows and nothing ends the process.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import field

import anyio
import h11
from anyio.abc import SocketAttribute, SocketListener, SocketStream

from wallboard.domain.records import dataclass

log = logging.getLogger(__name__)

HEAD = 16 << 10
BODY = 256 << 10
"""Bytes of a request's head and body, at most."""
AT_ONCE = 32
"""Connections; who comes beyond them is sent away."""
PATIENCE = 10.0
"""Seconds for a request to arrive, again for its answer to be made, and again for it to be taken."""
LINGER = 1.0
"""Seconds in which what somebody still sends is thrown away, so that they read why it was refused."""
AGAIN = 1.0
"""Seconds until the next try where no connection could be accepted (the process is out of descriptors)."""
PLAIN = "text/plain; charset=utf-8"
_GONE = (OSError, anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream)


@dataclass(frozen=True, slots=True)
class Request:
    """`path` and `query` as they were sent, nothing decoded; names of `headers` in small letters."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    status: int = 200
    content_type: str = PLAIN
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[Request], Awaitable[Response]]


class _Refused(Exception):
    """A request is not taken: status, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


def read_only(handler: Handler) -> Handler:
    """`handler` for GET and HEAD alone."""

    async def answer(request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return Response(405, body=b"only GET\n", headers=(("Allow", "GET, HEAD"),))
        return await handler(request)

    return answer


@asynccontextmanager
async def listening(
    host: str,
    port: int,
    handlers: Mapping[str, Handler],
    *,
    most: int = BODY,
    at_once: int = AT_ONCE,
    patience: float = PATIENCE,
) -> AsyncIterator[int]:
    """Answer there while it lasts; gives the port (of 0: the one it got). A key of `handlers` is a path, or with a `/`
    at its end all below it, the longest first. OSError where the address cannot be had."""
    doors = await anyio.create_tcp_listener(local_host=host, local_port=port)
    async with doors, anyio.create_task_group() as tasks:
        desk = _Desk(handlers, most, at_once, patience)
        for door in doors.listeners:
            assert isinstance(door, SocketListener)
            tasks.start_soon(desk.receive, door)
        yield int(doors.extra(SocketAttribute.local_port))
        tasks.cancel_scope.cancel()


class _Desk:
    def __init__(self, handlers: Mapping[str, Handler], most: int, at_once: int, patience: float) -> None:
        self._handlers = dict(sorted(handlers.items(), key=lambda item: -len(item[0])))
        self._most, self._at_once, self._patience = most, at_once, patience
        self._here = 0

    async def receive(self, door: SocketListener) -> None:
        """Take whoever comes, for ever."""
        async with anyio.create_task_group() as tasks:
            while True:
                try:
                    stream = await door.accept()
                except OSError as error:
                    log.warning("no connection could be accepted: %s", error)
                    await anyio.sleep(AGAIN)
                    continue
                if self._here >= self._at_once:
                    await stream.aclose()
                    continue
                self._here += 1
                tasks.start_soon(self._talk, stream)

    async def _talk(self, stream: SocketStream) -> None:
        line = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD)
        try:
            async with stream:
                answer, whole = await self._answer(line, stream)
                with anyio.move_on_after(self._patience):
                    await _send(line, stream, answer)
                if not whole:
                    with anyio.move_on_after(LINGER):
                        await _drain(stream)
        except _GONE:
            log.debug("who asked has gone")
        except Exception:  # the boundary of one connection: nobody else's ends with it
            log.exception("a connection could not be served")
        finally:
            self._here -= 1

    async def _answer(self, line: h11.Connection, stream: SocketStream) -> tuple[Response, bool]:
        """What to say, and whether all of the request was read."""
        try:
            with anyio.fail_after(self._patience):
                request = await _heard(line, stream, self._most)
        except _Refused as refused:
            return Response(refused.status, body=f"{refused.why}\n".encode()), False
        except h11.RemoteProtocolError as error:
            return Response(error.error_status_hint or 400, body=b"not a proper HTTP request\n"), False
        except TimeoutError:
            return Response(408, body=b"the request did not arrive in time\n"), False
        handler = self._of(request.path)
        if handler is None:
            return Response(404, body=b"there is nothing here\n"), True
        try:
            with anyio.fail_after(self._patience):
                return await handler(request), True
        except TimeoutError:
            log.warning("%s took too long", request.path)
            return Response(503, body=b"no answer in time\n"), True
        except Exception:  # ours, not theirs: the next one is served all the same
            log.exception("%s could not be answered", request.path)
            return Response(500, body=b"this broke: see the log\n"), True

    def _of(self, path: str) -> Handler | None:
        for known, handler in self._handlers.items():
            if path == known or (known.endswith("/") and path.startswith(known)):
                return handler
        return None


async def _heard(line: h11.Connection, stream: SocketStream, most: int) -> Request:
    """One whole request. _Refused, h11.RemoteProtocolError."""
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = line.next_event()
        if event is h11.NEED_DATA:
            if line.they_are_waiting_for_100_continue:
                await stream.send(_written(line, h11.InformationalResponse(status_code=100, headers=[])))
            line.receive_data(await _more(stream))
        elif isinstance(event, h11.Request):
            head = event
            if not head.target.startswith(b"/"):
                raise _Refused(400, "a path begins with /")
            if any(name == b"content-length" and int(value) > most for name, value in head.headers):
                raise _Refused(413, f"more than {most} bytes")
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > most:
                raise _Refused(413, f"more than {most} bytes")
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return _request(head, bytes(body))
        else:
            raise anyio.EndOfStream


async def _more(stream: SocketStream) -> bytes:
    try:
        return await stream.receive(HEAD)
    except anyio.EndOfStream:
        return b""


def _request(head: h11.Request, body: bytes) -> Request:
    path, _, query = head.target.decode("ascii").partition("?")
    headers: dict[str, str] = {}
    for name, value in head.headers:
        known, said = name.decode("ascii"), value.decode("latin-1")
        headers[known] = f"{headers[known]}, {said}" if known in headers else said
    return Request(head.method.decode("ascii"), path, query, headers, body)


async def _send(line: h11.Connection, stream: SocketStream, answer: Response) -> None:
    headers = [
        ("Content-Type", answer.content_type),
        ("Content-Length", str(len(answer.body))),
        ("Connection", "close"),
        *answer.headers,
    ]
    said = _written(line, h11.Response(status_code=answer.status, headers=headers))
    # To HEAD goes the head alone, which h11 knows.
    with suppress(h11.LocalProtocolError):
        said += _written(line, h11.Data(data=answer.body)) + _written(line, h11.EndOfMessage())
    await stream.send(said)
    await stream.send_eof()


def _written(line: h11.Connection, event: h11.Event) -> bytes:
    return line.send(event) or b""


async def _drain(stream: SocketStream) -> None:
    with suppress(*_GONE):
        while await stream.receive(HEAD):
            pass
