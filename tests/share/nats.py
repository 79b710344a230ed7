"""A real NATS server on a free port of this machine, with a store of its own."""

from __future__ import annotations

import contextlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import APIError

BINARY = shutil.which("nats-server", path=str(Path(sys.executable).parent)) or shutil.which("nats-server")
PATIENCE = 30.0
PAGE = Path(__file__).parents[2] / "docs" / "sharing.md"


def documented() -> str:
    """The rights of docs/sharing.md to the letter; each user's password is its name."""
    (found,) = re.findall(r"^authorization \{.*?^\}$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    return re.sub(r'user: (\w+), password: "[^"]+"', r"user: \1, password: \1", found)


RIGHTS = documented()


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


class Server:
    def __init__(self, folder: Path, *more: str) -> None:
        self.folder = folder
        self.port = free_port()
        self._config = folder / "nats.conf"
        self._more = more
        self.room = 0
        """Bytes that the store takes; 0 for what it takes by itself."""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def _write(self) -> None:
        limits = f"max_file_store: {self.room}, max_memory_store: {self.room}" if self.room else ""
        lines = [
            f'listen: "127.0.0.1:{self.port}"',
            "max_pending: 4MB",
            'write_deadline: "2s"',
            f'jetstream {{ store_dir: "{self.folder / "store"}", {limits} }}',
            *self._more,
        ]
        self._config.write_text("\n".join(lines) + "\n")

    def reload(self, *more: str) -> None:
        """Have it take other lines while it runs."""
        self._more = more
        self._write()
        self._signal(signal.SIGHUP)

    @property
    def log(self) -> str:
        """What it has said."""
        return (self.folder / "nats.log").read_text()

    def start(self) -> Server:
        self._write()
        assert BINARY is not None, "nats-server is in the test requirements"
        with (self.folder / "nats.log").open("ab") as log:
            self._process = subprocess.Popen([BINARY, "-c", str(self._config)], stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as made:
                made.recv(64)
                return self
            time.sleep(0.02)
        raise AssertionError(self.log)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def fill(self) -> None:
        """Leave no room in its store (`max_file_store` says how much there is)."""
        async with self.stream() as stream:
            await stream.add_stream(name="FILL", subjects=["fill"])
            for size in (4000, 100, 0):
                with contextlib.suppress(APIError):
                    while True:
                        await stream.publish("fill", b"x" * size)

    async def clear(self) -> None:
        """Make room again."""
        async with self.stream() as stream:
            await stream.delete_stream("FILL")

    @contextlib.asynccontextmanager
    async def stream(self) -> AsyncIterator[JetStreamContext]:
        client = Client()
        await client.connect(self.url)
        try:
            yield client.jetstream()
        finally:
            await client.close()

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """As a machine that loses its power."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def wipe(self) -> None:
        self.kill()
        shutil.rmtree(self.folder / "store")
