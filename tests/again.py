"""What failed in the last run, once more and alone: `make test` asks for it where a run failed.

Only tests that meet another program at that one's pace (a PBX, a terminal, a server, a browser) get it, and only where
few failed: there a machine that other things keep busy can be the cause, and what is wrong with the program is wrong
again. Exit status: pytest's, or 1 where nothing is run again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FEW = 12
ROOMS = ("lab", "serve", "share", "terminal", "web")


def main() -> int:
    told = Path(".pytest_cache/v/cache/lastfailed")
    failed: list[str] = sorted(json.loads(told.read_text())) if told.exists() else []
    if not 0 < len(failed) <= FEW or not all(
        name.startswith(tuple(f"tests/{room}/" for room in ROOMS)) for name in failed
    ):
        return 1
    print("FAILED BESIDE ALL OTHERS, now once more and alone:", *failed, sep="\n  ", flush=True)  # noqa: T201
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--numprocesses", "0", "--last-failed"], check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
