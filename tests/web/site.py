"""`wallboard web` as a program of its own on a simulated contact centre, and a browser that is no more than its
socket."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType

import aiohttp
import anyio
import pyte

from tests.terminal.stage import PATIENCE, Site, wallboard
from wallboard.sim import demo_environment

_PRIVATE = re.compile(rb"\x1b\[[<=>?][^@-~]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()].|\x1b F|\x1b[>\\]|\x0f")
"""What the console says to a terminal beyond text, colours and places."""


class Web:
    """The program on `site`; `url` is the address that it printed, `state` where its log lies."""

    def __init__(self, site: Site, *, more: str = "") -> None:
        config = site.folder / "web.toml"
        config.write_text(site.config.read_text() + more)
        self.state = Path(tempfile.mkdtemp(dir=site.folder))
        self.process = subprocess.Popen(
            wallboard("--config", str(config), "web", "--port", "0"),
            env={**os.environ, **demo_environment(), "HOME": str(site.folder), "XDG_STATE_HOME": str(self.state)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            raise AssertionError("no address was printed")
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://"), self.process.communicate(timeout=PATIENCE)

    def __enter__(self) -> Web:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.said()

    def said(self) -> str:
        """What it said to a person, once it has ended."""
        return self.process.communicate(timeout=PATIENCE)[1]

    def family(self) -> list[int]:
        """The projector and the screens that are there now."""
        (projector,) = _children(self.process.pid)
        return [projector, *_children(projector)]


def _children(process: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def alive(process: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Browser:
    """What a browser's terminal would show."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, columns: int, lines: int) -> None:
        self.socket = socket
        self.raw = b""
        self.closed = ""
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._held = b""

    @property
    def screen(self) -> list[str]:
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.screen)

    async def wait(self, seen: Callable[[list[str]], object]) -> list[str]:
        """Read until `seen` holds for the screen; AssertionError with the screen if it never does."""
        end = time.monotonic() + PATIENCE
        while not seen(self.screen):
            left = end - time.monotonic()
            if self.closed or left <= 0:
                raise AssertionError(f"never seen, {self.closed or 'still open'}:\n{self.text}")
            await self.read(left)
        return self.screen

    async def wait_for(self, text: str) -> list[str]:
        return await self.wait(lambda screen: any(text in line for line in screen))

    async def wait_closed(self) -> str:
        """Why the server closed it."""
        while not self.closed:
            await self.read(PATIENCE)
        return self.closed

    async def read(self, seconds: float) -> None:
        try:
            message = await self.socket.receive(timeout=seconds)
        except TimeoutError:
            return
        if message.type is aiohttp.WSMsgType.BINARY:
            self.raw += message.data
            # A sequence that is cut in the middle waits for its end.
            data, self._held = self._held + message.data, b""
            cut = data.rfind(b"\x1b", -32)
            if cut >= 0 and not _PRIVATE.match(data, cut) and not re.match(rb"\x1b\[[0-9;]*[@-~]", data[cut:]):
                data, self._held = data[:cut], data[cut:]
            self._stream.feed(_PRIVATE.sub(b"", data))
        elif message.type is not aiohttp.WSMsgType.TEXT:
            self.closed = f"closed {self.socket.close_code} {message.extra or ''}".strip()

    async def type(self, *keys: str) -> None:
        for each in keys:
            await self.socket.send_json(["stdin", each])

    async def resize(self, columns: int, lines: int) -> None:
        self._screen.resize(lines, columns)
        await self.socket.send_json(["resize", {"width": columns, "height": lines}])


@asynccontextmanager
async def browser(
    web: Web, page: str = "board", *, columns: int = 160, lines: int = 50, session: aiohttp.ClientSession | None = None
) -> AsyncIterator[Browser]:
    """A browser on that page, until it closes its tab."""
    async with aiohttp.ClientSession() as own:
        address = f"{web.url.partition('?')[0]}ws/{page}?width={columns}&height={lines}"
        async with (session or own).ws_connect(address) as socket:
            yield Browser(socket, columns, lines)


async def until(condition: Callable[[], object]) -> None:
    """Wait for it; AssertionError if it never comes about."""
    with anyio.fail_after(PATIENCE):
        while not condition():  # noqa: ASYNC110  # of other processes nobody tells
            await anyio.sleep(0.02)


def has(screen: Sequence[str], text: str) -> bool:
    return any(text in line for line in screen)
