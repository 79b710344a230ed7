"""A real browser without a window, driven over its DevTools protocol."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import anyio

from tests.terminal.stage import PATIENCE

PROGRAM = shutil.which("chromium")
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"),
)


class Page:
    """One tab. `requests` are the addresses that it has asked for, `errors` what its console complained of."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        self._socket = socket
        self._numbers = count(1)

    async def ask(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            told = await self._socket.receive_json(timeout=PATIENCE)
            if told.get("id") == number:
                assert "error" not in told, told
                return told["result"]
            self._heard(told)

    def _heard(self, told: dict[str, Any]) -> None:
        parameters = told.get("params", {})
        match told.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
            case "Network.webSocketCreated":
                self.requests.append(parameters["url"])
            case "Runtime.exceptionThrown":
                self.errors.append(str(parameters["exceptionDetails"]))
            case "Log.entryAdded" if parameters["entry"]["level"] == "error":
                self.errors.append(parameters["entry"]["text"])

    async def open(self, url: str, width: int, height: int) -> None:
        for domain in ("Page", "Network", "Runtime", "Log"):
            await self.ask(f"{domain}.enable")
        await self.resize(width, height)
        await self.ask("Page.navigate", url=url)

    async def resize(self, width: int, height: int) -> None:
        await self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    async def value(self, script: str) -> Any:
        found = await self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        return found["result"].get("value")

    async def wait(self, script: str) -> None:
        """Until it is true."""
        with anyio.fail_after(PATIENCE):
            while not await self.value(script):  # noqa: ASYNC110  # of what a page does nobody tells
                await anyio.sleep(0.05)

    async def type(self, *keys: str) -> None:
        """Each a character, or the name of a key with its code (`F2:113`)."""
        for each in keys:
            name, _, code = each.partition(":")
            more: dict[str, Any] = (
                {"key": name, "windowsVirtualKeyCode": int(code)} if code else {"text": each, "key": each}
            )
            for kind in ("keyDown", "keyUp"):
                await self.ask("Input.dispatchKeyEvent", type=kind, **(more if kind == "keyDown" else {"key": name}))

    async def picture(self) -> bytes:
        return base64.b64decode((await self.ask("Page.captureScreenshot", format="png"))["data"])


@asynccontextmanager
async def chromium(profile: Path) -> AsyncIterator[Page]:
    """A browser of its own with one empty tab."""
    assert PROGRAM is not None
    process = subprocess.Popen(  # noqa: ASYNC220  # it returns at once
        [PROGRAM, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    told = profile / "DevToolsActivePort"
    try:
        with anyio.fail_after(PATIENCE):
            while not (told.exists() and told.read_text().count("\n")):  # noqa: ASYNC110  # nobody tells of a file
                await anyio.sleep(0.05)
            port = told.read_text().splitlines()[0]
            async with aiohttp.ClientSession() as session:
                while True:
                    async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                        tabs = [tab for tab in await answer.json() if tab["type"] == "page"]
                    if tabs:
                        break
                    await anyio.sleep(0.05)
            address = tabs[0]["webSocketDebuggerUrl"]
        async with aiohttp.ClientSession() as session, session.ws_connect(address, max_msg_size=0) as socket:
            yield Page(socket)
    finally:
        process.terminate()
        process.wait(PATIENCE)
