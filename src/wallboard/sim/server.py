"""All faces of a world on one ASGI application, mounted by path, with a request log and faults on demand.

| mount | what |
|---|---|
| `/ringme/<account>/api/ver1.0/…` | the hosted PBX of account `hq` or `branch` |
| `/oauth/token` | its token endpoint |
| `/groupalarm/api/v1/first-responder/…` | the hotlines |
| `/sinch/RI/rci/…` | the contact centre without live counts, account `cc` |
| `/portsip/api/…`, `/portsip/wsi` (websocket) | the PBX with the receptionists, account `front` |

The world advances to the present before each request, so that the application works the same in process (an ASGI
transport of a client) and behind a server. Only webhooks need somebody to look without being asked: a server does
(`lifespan`), and in process whoever has use for them (`tell`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import anyio

from wallboard.domain.records import dataclass
from wallboard.sim import access
from wallboard.sim.asgi import Receive, Request, Response, Scope, Send, json_response, read_request, send_response
from wallboard.sim.faces.groupalarm import GroupalarmFace
from wallboard.sim.faces.portsip import PortsipFace
from wallboard.sim.faces.portsip_push import PushOffice
from wallboard.sim.faces.ringme import RingmeFace
from wallboard.sim.faces.ringme_events import TICK, Post, posted
from wallboard.sim.faces.sinch import SinchFace
from wallboard.sim.faces.tokens import SIGN_IN_PATHS, Person, SignIn, TokenOffice, Tokens
from wallboard.sim.faults import Fault, Faults
from wallboard.sim.world import World

_PUSH = "/portsip/wsi"
_TOKEN_PATHS = ("/oauth/token", *SIGN_IN_PATHS)


class WorldClock:
    """World second = (clock() - when it began) × speed. `clock` gives seconds and never goes back.

    The world advances when somebody looks (`sync`), not by itself: with a clock held by hand hours pass at once.
    """

    def __init__(self, world: World, speed: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        if speed <= 0:
            raise ValueError("speed must be above zero")
        self.world = world
        self.speed = speed
        self._clock = clock
        self._began = clock()

    def elapsed(self) -> float:
        """Seconds of the wall clock since it began: what quotas and tokens go by."""
        return self._clock() - self._began

    def sync(self) -> None:
        """Bring the world to the present."""
        self.world.advance(self.elapsed() * self.speed)


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
        limits: Mapping[str, int] | None = None,
        keep: int = 20000,
    ) -> None:
        """`limits`: requests an hour per account; `keep`: how many requests the log holds."""
        self.world = world
        self.clock = WorldClock(world, speed, clock)
        self.faults = Faults()
        self.requests: list[LoggedRequest] = []
        self.keep = keep
        elapsed, usual = self.clock.elapsed, world.engine.scale.requests
        self.tokens = TokenOffice(elapsed, 3600, access.BEARERS, clients=access.CLIENTS)
        self.ringme = {
            name: RingmeFace(world.sites[name], self.tokens, elapsed, (limits or {}).get(name, usual))
            for name in ("hq", "branch")
        }
        self.groupalarm = GroupalarmFace(world.hotlines, access.GROUPALARM_TOKEN, access.GROUPALARM_PERSONAL_TOKEN)
        self.sinch = SinchFace(world.center, access.SINCH_USERNAME, access.SINCH_PASSWORD, access.SINCH_API_KEY)
        people = {name: Person(name, *told) for name, told in access.PORTSIP_PEOPLE.items()}
        tokens = Tokens(elapsed, 1800, access.PORTSIP_BEARERS)
        self.sign_in = SignIn(people, access.PORTSIP_DOMAIN, tokens, Tokens(elapsed, 86400))
        self.portsip = PortsipFace(world.front, world.reception, self.sign_in)
        self.push = PushOffice(world.front.pbx, world.reception, self.sign_in, self.clock.sync)
        self._mounts = {
            "/ringme/hq/api/ver1.0": ("hq", self.ringme["hq"].handle),
            "/ringme/branch/api/ver1.0": ("branch", self.ringme["branch"].handle),
            "/groupalarm/api/v1/first-responder": ("groupalarm", self.groupalarm.handle),
            "/sinch/RI/rci": ("cc", self.sinch.handle),
            "/portsip/api": ("front", self.portsip.handle),
        }

    def made(self, method: str | None = None, account: str | None = None) -> list[LoggedRequest]:
        """Logged requests of one method or account."""
        return [each for each in self.requests if method in (None, each.method) and account in (None, each.account)]

    def actions(self) -> list[LoggedRequest]:
        """Logged requests that ask for a change: everything but GET and token requests."""
        return [each for each in self.requests if each.method != "GET" and each.path not in _TOKEN_PATHS]

    def _mounted(self, request: Request) -> tuple[str, Request, Callable[[Request], Response]]:
        """Which account a request is for, the request as that account sees it, and who answers it."""
        if request.path == "/oauth/token":
            account, _ = access.CLIENTS.get(request.form().get("client_id", ""), ("-", ""))
            return account, request, self.tokens.grant
        for mount, (account, answer) in self._mounts.items():
            if request.path.startswith(mount + "/"):
                return account, request.moved(request.path.removeprefix(mount)), answer
        return "-", request, lambda _: json_response(404, {"message": "Not found"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and scope["path"] == _PUSH:
            await self.push.serve(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(await read_request(scope, receive), receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.tell)
            await receive()
            tasks.cancel_scope.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def tell(self, post: Post = posted, tick: float = TICK) -> None:
        """Send the events of webhooks as they happen, for ever."""
        offices = [face.events for face in self.ringme.values()]
        async with anyio.create_task_group() as tasks:
            while True:
                if any(office.hooks for office in offices):
                    self.clock.sync()
                for office in offices:
                    if office.outbox:
                        tasks.start_soon(office.deliver, post)
                await anyio.sleep(tick)

    async def _serve(self, whole: Request, receive: Receive, send: Send) -> None:
        account, request, answer = self._mounted(whole)
        fault = self.faults.take(account, request)
        status = 0
        try:
            if fault is not None and not fault.after:
                await self._wait(fault, receive)
                page = fault.page()
                if page is not None or fault.kind == "drop":
                    status = await self._send(send, page or json_response(200, {"message": ""}), fault)
                    return
            self.clock.sync()
            response = answer(request)
            # Settles what follows at once, such as an offer to an agent who has just been signed in.
            self.clock.sync()
            self.push.pulse()
            if fault is not None and fault.after:
                await self._wait(fault, receive)
                response = fault.page() or response
            status = await self._send(send, response, fault)
        finally:
            self._log(account, request, status)

    async def _wait(self, fault: Fault, receive: Receive) -> None:
        """Let the fault take its time, but not beyond the client's patience."""
        async with anyio.create_task_group() as tasks:

            async def leave() -> None:
                while (await receive())["type"] != "http.disconnect":
                    pass
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
        told = LoggedRequest(self.world.now, account, request.method, request.path, request.query, body, status)
        self.requests.append(told)
        if len(self.requests) > self.keep:
            del self.requests[: self.keep // 10]


make_app = SimServer
"""The application for a world; give it to an ASGI transport or to a server."""


def serve(app: SimServer, port: int = 8900) -> None:
    """Serve on the loopback interface until interrupted. Needs the `sim` extra (uvicorn)."""
    import uvicorn

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
