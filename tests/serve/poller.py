"""`wallboard serve` as a program of its own, and what it says to a person, to systemd and to whoever looks."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from tests.terminal.stage import PATIENCE, wallboard
from wallboard.sim import demo_environment


class Poller:
    """The program on the configuration `text`, with a home and a state of its own below `folder`."""

    def __init__(self, folder: Path, text: str, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=folder))
        config = self.folder / "serve.toml"
        config.write_text(text)
        self.state = self.folder / "wallboard"
        self._said = b""
        self.process = subprocess.Popen(
            wallboard("--config", str(config), "serve", *arguments),
            env={
                **os.environ,
                **demo_environment(),
                "HOME": str(folder),
                "XDG_STATE_HOME": str(self.folder),
                **(env or {}),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def __enter__(self) -> Poller:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=PATIENCE)

    @property
    def lines(self) -> list[str]:
        """What it has said up to now, as far as that was waited for."""
        return self._said.decode().splitlines()

    def hear(self, there: Callable[[list[str]], object]) -> list[str]:
        """The lines that it has said, once they are so."""
        assert self.process.stderr is not None
        until = time.monotonic() + PATIENCE
        while not there(self.lines):
            left = until - time.monotonic()
            more = b""
            if left > 0 and select.select([self.process.stderr], [], [], left)[0]:
                more = os.read(self.process.stderr.fileno(), 65_536)
            assert more, self.lines
            self._said += more
        return self.lines

    @property
    def address(self) -> str:
        """Where it said that its pages are."""
        said = "\n".join(self.hear(lambda lines: "/metrics" in "".join(lines)))
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found is not None, said
        return found[0]

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.address + path, timeout=PATIENCE)

    def until_page(self, path: str, holds: str) -> None:
        """Look there until it holds this."""
        until = time.monotonic() + 2 * PATIENCE
        while holds not in (page := self.get(path).text):
            assert time.monotonic() < until, page
            time.sleep(0.2)

    def health(self) -> Any:
        return json.loads(self.get("/healthz").content)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


class Manager:
    """The socket of a service manager, and what it is told."""

    def __init__(self, name: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        self._socket.settimeout(PATIENCE)
        self.told: list[str] = []

    def __enter__(self) -> Manager:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._socket.close()

    def hear(self, word: str) -> str:
        """The next one that begins so."""
        while True:
            self.told.append(self._socket.recv(4096).decode())
            if self.told[-1].startswith(word):
                return self.told[-1]

    def waiting(self) -> list[str]:
        """All that has been told and not been heard yet."""
        self._socket.setblocking(False)
        told = []
        try:
            while True:
                told.append(self._socket.recv(4096).decode())
        except BlockingIOError:
            self._socket.settimeout(PATIENCE)
            return told
