"""The console, and on request what it means to show: on SIGRTMIN+3 it writes the cells of its glass to the file named
by SHOWN and a mark into its own output, where all that was drawn for them ends."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from textual.app import App

from wallboard.cli.start import entry
from wallboard.ui.terminal import diff

REQUEST = signal.SIGRTMIN + 3
MARK = b"\x1b]7777;%d\x1b\\"
"""An operating system command that no terminal knows, with the number of the request."""


class _Watched(diff.DiffDisplay):
    """The layer under the screens, which can be asked."""

    def __init__(self, app: App[Any]) -> None:
        super().__init__(app)
        self._number = 0
        signal.signal(REQUEST, lambda *_: app._driver and app._driver._loop.call_soon_threadsafe(self._tell))

    def _tell(self) -> None:
        """Between two turns of the loop, so that what the glass holds has been handed to the terminal."""
        self._number += 1
        path = Path(os.environ["SHOWN"])
        path.with_suffix(".new").write_text(json.dumps(self.glass.lines))
        path.with_suffix(".new").rename(path)
        driver = self.app._driver
        assert driver is not None
        driver.write((MARK % self._number).decode())
        driver.flush()


if __name__ == "__main__":
    diff.DiffDisplay = _Watched  # type: ignore[misc]  # the same, watched
    sys.exit(entry())
