"""The console under a driver of Textual's own, as a server for browsers runs it: packets over pipes, no terminal."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

WAIT_SECONDS = 30.0
HEADER = b"__GANGLION__\n"


class Browser:
    """The other side of `textual.drivers.web_driver`: packets of a letter, a length and so many bytes."""

    def __init__(self, folder: Path) -> None:
        environ = os.environ | {"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver", "TEXTUAL_COLOR_SYSTEM": "256"}
        command = [sys.executable, "-m", "tests.ui.hosted_app", str(folder)]
        pipe = subprocess.PIPE
        self.program = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environ)
        self._raw = b""
        self.shown = b""
        """Everything that was sent to the terminal since the last look."""

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.program.kill()
        self.program.communicate()

    def send(self, kind: bytes, payload: bytes) -> None:
        assert self.program.stdin is not None
        self.program.stdin.write(kind + len(payload).to_bytes(4, "big") + payload)
        self.program.stdin.flush()

    def type(self, keys: str) -> None:
        self.shown = b""
        self.send(b"D", keys.encode())

    def tell(self, **meta: object) -> None:
        self.send(b"M", json.dumps(meta).encode())

    def see(self, words: str) -> None:
        """Read on until these words have come."""
        assert self.program.stdout is not None
        end = time.monotonic() + WAIT_SECONDS
        while words not in re.sub(r"\x1b\[[^@-~]*[@-~]", "", self.shown.decode(errors="replace")):
            ready, _, _ = select.select([self.program.stdout], [], [], max(0.0, end - time.monotonic()))
            data = os.read(self.program.stdout.fileno(), 65536) if ready else b""
            assert data, f"no {words!r} in {self.shown[-2000:]!r}"
            self._take((self._raw + data).removeprefix(HEADER))

    def _take(self, raw: bytes) -> None:
        """The whole packets of what has come; the rest waits."""
        while len(raw) >= 5 and len(raw) >= (end := 5 + int.from_bytes(raw[1:5], "big")):
            if raw[:1] == b"D":
                self.shown += raw[5:end]
            raw = raw[end:]
        self._raw = raw


def test_another_driver_can_host_the_console(tmp_path: Path) -> None:
    with Browser(tmp_path) as browser:
        browser.see("Eve Lund")
        browser.tell(type="resize", width=160, height=50)
        browser.see("Mountain")
        browser.type("4j")
        browser.see("hang up")
        assert len(browser.shown) < 4000, "only changed cells are sent there, too"
        browser.type("n")
        browser.see("Enter keep")
        browser.type("rings back\r")
        browser.see("hang up")
        browser.tell(type="quit")
        _, told = browser.program.communicate(timeout=WAIT_SECONDS)
        assert (browser.program.returncode, json.loads(told)) == (0, [["note", "c1"]])
