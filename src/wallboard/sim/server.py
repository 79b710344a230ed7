"""All faces of a world on one ASGI application, mounted by path, with a request log and faults on demand.

| mount | what |
|---|---|
| `/ringme/<account>/api/ver1.0/…` | the hosted PBX of account `hq` or `branch` |
| `/oauth/token`, `/ringme/<account>/oauth/token` | its token endpoint |
| `/groupalarm/api/v1/first-responder/…` | the hotlines |
| `/sinch/RI/rci/…` | the contact centre without live counts, account `cc` |
| `/portsip/api/…`, `/portsip/wsi` (websocket) | the PBX with the receptionists, account `front` |

No background task: the world advances to the present before each request, so that the application works the same in
process (an ASGI transport of a client) and behind a server.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import anyio

from wallboard.sim import access
from wallboard.sim.access import BEARERS, CLIENTS, GROUPALARM_PERSONAL_TOKEN, GROUPALARM_TOKEN
from wallboard.sim.asgi import Receive, Request, Response, Scope, Send, json_response, read_body, send_response
from wallboard.sim.clock import WorldClock
from wallboard.sim.faces.groupalarm import GroupalarmFace
from wallboard.sim.faces.portsip import PortsipFace
from wallboard.sim.faces.portsip_push import PushOffice
from wallboard.sim.faces.portsip_tokens import SIGN_IN_PATHS, Person, SignIn
from wallboard.sim.faces.ringme import RingmeFace
from wallboard.sim.faces.sinch import SinchFace
from wallboard.sim.faces.tokens import TokenOffice
from wallboard.sim.faults import Fault, Faults
from wallboard.sim.world import World

_RINGME = re.compile(r"/ringme/(?P<account>[^/]+)(?P<rest>/api/ver1\.0/.*|/oauth/token)\Z")
_RINGME_BASE = "/api/ver1.0"
_GROUPALARM = "/groupalarm/api/v1/first-responder"
_SINCH = "/sinch/RI/rci"
_PORTSIP = "/portsip/api"
_PUSH = "/portsip/wsi"
_TOKEN_PATHS = ("/oauth/token", *SIGN_IN_PATHS)


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request as it came in: world second, account, path below its mount, query and JSON body (None: none).

    Bodies of token and sign-in requests are not kept. `status` 0: the answer never went out, or broke off.
    """

    time: float
    account: str
    method: str
    path: str
    query: dict[str, list[str]]
    body: object
    status: int


class SimServer:
    """An ASGI application over one world.

    Public: `world`, `clock`, `faults`, `requests`, `tokens` (ringme), `ringme`, `groupalarm`, `sinch`, `portsip`,
    `sign_in` (portsip), `push`.
    """

    def __init__(
        self,
        world: World,
        *,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        limits: dict[str, int] | None = None,
        keep: int = 20000,
    ) -> None:
        """`limits`: requests an hour per account; `keep`: how many requests the log holds."""
        self.world = world
        self.clock = WorldClock(world, speed, clock)
        self.faults = Faults()
        self.requests: list[LoggedRequest] = []
        self.keep = keep
        self.tokens = TokenOffice(CLIENTS, BEARERS, self.clock.elapsed)
        self.ringme = {
            name: RingmeFace(site, self.tokens, self.clock.elapsed, (limits or {}).get(name, 30000))
            for name, site in world.sites.items()
            if name != "front"
        }
        self.groupalarm = GroupalarmFace(world.hotlines, GROUPALARM_TOKEN, GROUPALARM_PERSONAL_TOKEN)
        self.sinch = SinchFace(
            world.center,
            username=access.SINCH_USERNAME,
            password=access.SINCH_PASSWORD,
            api_key=access.SINCH_API_KEY,
        )
        people = [
            Person(name, password, extension, role)
            for name, (password, extension, role) in access.PORTSIP_PEOPLE.items()
        ]
        self.sign_in = SignIn(
            {person.username: person for person in people},
            access.PORTSIP_DOMAIN,
            access.PORTSIP_BEARERS,
            self.clock.elapsed,
        )
        self.portsip = PortsipFace(world.front, world.reception, self.sign_in)
        self.push = PushOffice(world.front.pbx, world.reception, self.sign_in, self.clock.sync)

    def made(self, method: str | None = None, account: str | None = None) -> list[LoggedRequest]:
        """Logged requests of one method or account."""
        return [each for each in self.requests if method in (None, each.method) and account in (None, each.account)]

    def actions(self) -> list[LoggedRequest]:
        """Logged requests that ask for a change: everything but GET and token requests."""
        return [each for each in self.requests if each.method != "GET" and each.path not in _TOKEN_PATHS]

    def handle(self, request: Request) -> tuple[str, Request, Callable[[], Response]]:
        """Which account a request is for, the request as that account sees it, and what would answer it."""
        path = request.path
        if path == "/oauth/token":
            client = request.form().get("client_id", "")
            return CLIENTS.get(client, ("-", ""))[0], request, lambda: self.tokens.issue(request)
        match = _RINGME.match(path)
        if match is not None and match["account"] in self.ringme:
            account, inner = match["account"], request.moved(match["rest"].removeprefix(_RINGME_BASE))
            if inner.path == "/oauth/token" and not match["rest"].startswith(_RINGME_BASE):
                return account, inner, lambda: self.tokens.issue(inner)
            return account, inner, lambda: self.ringme[account].handle(inner)
        if path.startswith(_GROUPALARM + "/"):
            inner = request.moved(path.removeprefix(_GROUPALARM))
            return "groupalarm", inner, lambda: self.groupalarm.handle(inner)
        if path.startswith(_SINCH + "/"):
            inner = request.moved(path.removeprefix(_SINCH))
            return "cc", inner, lambda: self.sinch.handle(inner)
        if path.startswith(_PORTSIP + "/"):
            inner = request.moved(path.removeprefix(_PORTSIP))
            return "front", inner, lambda: self.portsip.handle(inner)
        return "-", request, lambda: json_response(404, {"message": "Not found"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] == "websocket" and scope["path"] == _PUSH:
            await self.push.serve(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            return
        request = _request(scope, await read_body(receive))
        account, inner, answer = self.handle(request)
        fault = self.faults.take(account, inner)
        status = 0
        try:
            if fault is not None and not fault.after:
                await self._wait(fault, receive)
                page = fault.page()
                if page is not None or fault.kind == "drop":
                    status = await self._send(send, page or json_response(200, {"message": ""}), fault)
                    return
            self.clock.sync()
            response = answer()
            # Settles what follows at once, such as an offer to an agent who has just been signed in.
            self.clock.sync()
            self.push.pulse()
            if fault is not None and fault.after:
                await self._wait(fault, receive)
                response = fault.page() or response
            status = await self._send(send, response, fault)
        finally:
            self._log(account, inner, status)

    async def _wait(self, fault: Fault, receive: Receive) -> None:
        """Let the fault take its time, but not beyond the client's patience."""
        async with anyio.create_task_group() as tasks:

            async def leave() -> None:
                await _disconnected(receive)
                tasks.cancel_scope.cancel()

            tasks.start_soon(leave)
            await self.faults.wait(fault)
            tasks.cancel_scope.cancel()

    async def _send(self, send: Send, response: Response, fault: Fault | None) -> int:
        if fault is not None and fault.kind == "drop":
            half = Response(response.status, response.body[: len(response.body) // 2], response.headers)
            await send_response(send, half, declared_length=len(response.body) + 64)
            return 0
        await send_response(send, response)
        return response.status

    def _log(self, account: str, request: Request, status: int) -> None:
        body = None if request.path in _TOKEN_PATHS else request.json()
        self.requests.append(
            LoggedRequest(self.world.now, account, request.method, request.path, request.query, body, status)
        )
        if len(self.requests) > self.keep:
            del self.requests[: self.keep // 10]


def make_app(
    world: World,
    *,
    speed: float = 1.0,
    clock: Callable[[], float] = time.monotonic,
    limits: dict[str, int] | None = None,
    keep: int = 20000,
) -> SimServer:
    """The application for a world; give it to an ASGI transport or to a server. See `SimServer`."""
    return SimServer(world, speed=speed, clock=clock, limits=limits, keep=keep)


def serve(app: SimServer, port: int = 8900) -> None:
    """Serve on the loopback interface until interrupted. Needs the `sim` extra (uvicorn)."""
    import uvicorn

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return


def _request(scope: Scope, body: bytes) -> Request:
    raw = scope.get("raw_path")
    # Unquoted later, segment by segment, so that an encoded slash stays inside its segment.
    path = raw.decode("latin-1").partition("?")[0] if isinstance(raw, bytes) else str(scope["path"])
    query = scope.get("query_string", b"")
    headers: dict[str, str] = {}
    pairs = scope.get("headers")
    if isinstance(pairs, list | tuple):
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}
    text = query.decode("latin-1") if isinstance(query, bytes) else ""
    return Request.of(str(scope["method"]), path, text, headers, body)
