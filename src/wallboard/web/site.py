"""The page, its files and the socket of each browser over HTTP. Everything comes from this machine; every request
passes the gate, and nothing that comes in is more than keys and a size."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from html import escape
from importlib.util import find_spec
from pathlib import Path
from socket import socket as Socket

import anyio
from aiohttp import WSCloseCode, WSMsgType, web

from wallboard.domain.language import tr
from wallboard.web.gate import Gate
from wallboard.web.projection import Projection, Screen

PAGES = ("board", "wall")
HEARTBEAT = 15.0
"""Seconds after which a browser that does not answer is gone."""
ALIVE = 5.0
"""Seconds between two words to the browser, which else cannot tell a quiet board from a dead line."""
LONGEST = 1 << 16
"""Bytes of what a browser may send at once."""
KEPT_DAYS = 30
"""Days for which a browser need not show the token again."""
_OWN = Path(__file__).parent / "page"
_TYPES = {"css": "text/css", "js": "text/javascript", "ttf": "font/ttf", "svg": "image/svg+xml"}
_HEADERS = {
    # xterm.js makes its styles as it goes.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Server": "wallboard",
}


def files() -> Mapping[str, Path]:
    """What the page loads, by its name: the terminal and its letters are textual-serve's, the rest is ours."""
    spec = find_spec("textual_serve")
    assert spec is not None
    theirs = Path(str(spec.submodule_search_locations[0] if spec.submodule_search_locations else "")) / "static"
    return {
        "terminal.js": theirs / "js" / "textual.js",
        "terminal.css": theirs / "css" / "xterm.css",
        "letters.ttf": theirs / "fonts" / "RobotoMono-VariableFont_wght.ttf",
        **{name: _OWN / name for name in ("page.js", "page.css", "sign.svg")},
    }


class Site:
    """`most`: how many may look at once; `title` names the place."""

    def __init__(self, projection: Projection, gate: Gate, most: int, title: str) -> None:
        self._projection = projection
        self._gate = gate
        self._most = most
        self._title = title
        self._page = (_OWN / "page.html").read_text(encoding="utf-8")
        self._files = files()
        self._sockets: set[web.WebSocketResponse] = set()

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._guarded], client_max_size=LONGEST)
        app.router.add_get("/", self._shown)
        app.router.add_get("/wall", self._shown)
        app.router.add_get("/alive", self._alive)
        app.router.add_get("/static/{name}", self._file)
        app.router.add_get("/ws/{page}", self._watched)
        app.on_response_prepare.append(_secured)
        app.on_shutdown.append(self._end)
        return app

    async def _end(self, _app: web.Application) -> None:
        for each in tuple(self._sockets):
            with anyio.move_on_after(0.2):
                await each.close(code=WSCloseCode.GOING_AWAY)

    @web.middleware
    async def _guarded(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        cookie, token = f"wallboard_{self._port(request)}", request.query.get("token", "")
        refused = self._gate.refusal(
            request.headers.get("Host", ""),
            request.headers.get("Origin"),
            token=token,
            kept=request.cookies.get(cookie, ""),
        )
        if refused:
            return _sentence(refused, 403)
        if not self._gate.shown(token) or request.path.startswith("/ws"):
            return await handler(request)
        # The token goes out of the address, where others could read it.
        rest = request.rel_url.without_query_params("token")
        response = web.Response(status=303, headers={"Location": f".{rest}"})
        response.set_cookie(
            cookie,
            self._gate.pass_,
            max_age=KEPT_DAYS * 86_400,
            httponly=True,
            samesite="Lax",
            secure="https" in (request.scheme, request.headers.get("X-Forwarded-Proto")),
        )
        return response

    @staticmethod
    def _port(request: web.Request) -> int:
        """Browsers keep cookies by host alone, and several boards may run on one."""
        address = request.transport.get_extra_info("sockname") if request.transport is not None else None
        return int(address[1]) if address else 0

    async def _shown(self, request: web.Request) -> web.Response:
        if self._projection.watched >= self._most:
            return _sentence(self._crowded, 503)
        texts = {
            "title": self._title,
            "page": "wall" if request.path == "/wall" else "board",
            "connecting": tr("connecting"),
            "lost": tr("no connection: what is shown has stopped. Trying again"),
            "script": tr("this page needs JavaScript"),
        }
        page = self._page
        for name, text in texts.items():
            page = page.replace(f"{{{name}}}", escape(text))
        return web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-store"})

    @property
    def _crowded(self) -> str:
        return tr("no room: {n} at once is the most ([web] viewers)", n=self._most)

    async def _alive(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok", headers={"Cache-Control": "no-store"})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in self._files:
            return _sentence(tr("there is no such file"), 404)
        kind = _TYPES[name.rpartition(".")[2]]
        return web.FileResponse(self._files[name], headers={"Content-Type": kind, "Cache-Control": "max-age=3600"})

    # ---- one browser -----------------------------------------------------------------------------------------

    async def _watched(self, request: web.Request) -> web.StreamResponse:
        page = request.match_info["page"]
        if page not in PAGES:
            return _sentence(tr("there is no such page"), 404)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LONGEST)
        await socket.prepare(request)
        if self._projection.watched >= self._most:
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=_reason(self._crowded))
            return socket
        wanted = {name: _number(request.query.get(name)) for name in ("width", "height")}
        screen = self._projection.open(page, wanted)
        self._sockets.add(socket)
        try:
            async with anyio.create_task_group() as tasks:

                async def part(work: Callable[[], Awaitable[None]]) -> None:
                    # Whichever of them ends, and a line that breaks ends each: it is over.
                    with suppress(ConnectionError):
                        await work()
                    tasks.cancel_scope.cancel()

                tasks.start_soon(part, screen.outbox.run)
                tasks.start_soon(part, partial(_drawn, screen, socket))
                tasks.start_soon(part, partial(_said, socket))
                await part(partial(_typed, screen, socket))
        finally:
            self._sockets.discard(socket)
            self._projection.close(screen)
        await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
        return socket


async def _typed(screen: Screen, socket: web.WebSocketResponse) -> None:
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            continue
        try:
            kind, what = json.loads(message.data)
        except (ValueError, TypeError, RecursionError):
            continue
        if kind == "stdin" and isinstance(what, str):
            screen.keys(what)
        elif kind == "resize" and isinstance(what, dict):
            screen.resize({name: what.get(name) for name in ("width", "height")})


async def _drawn(screen: Screen, socket: web.WebSocketResponse) -> None:
    """A browser that takes nothing holds this up, and with it the screen, which then draws nothing."""
    async for data in screen.drawn():
        await socket.send_bytes(data)


async def _said(socket: web.WebSocketResponse) -> None:
    while True:
        await socket.send_str('["alive"]')
        await anyio.sleep(ALIVE)


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 6 else 0


def _reason(text: str) -> bytes:
    """What a closing socket can carry."""
    return text.encode()[:120].decode("utf-8", "ignore").encode()


def _sentence(text: str, status: int) -> web.Response:
    return web.Response(text=f"{text}\n", status=status, headers={"Cache-Control": "no-store"})


async def _secured(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


@asynccontextmanager
async def served(site: Site, door: Socket) -> AsyncIterator[None]:
    """While it lasts, whoever comes to the door is served."""
    runner = web.AppRunner(site.app(), access_log=None, handle_signals=False, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.SockSite(runner, door).start()
        yield
    finally:
        with anyio.CancelScope(shield=True), anyio.move_on_after(1.0):
            await runner.cleanup()
