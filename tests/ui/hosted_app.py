"""The sample evening under whatever driver the environment names; at the end, on standard error, what was sent."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.support.console import desk
from wallboard import theming
from wallboard.ui.app import ConsoleApp

if __name__ == "__main__":
    here = desk(Path(sys.argv[1]))
    ConsoleApp(lambda _app: here.console, theming.load("control-room"), theming.load).run()
    sys.stderr.write(json.dumps(here.sent))
