"""What a command costs before there is anything to do, beside an interpreter that does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time

FORBIDDEN = ("textual", "httpx", "pydantic", "rich")
NOTHING = [sys.executable, "-c", "pass"]
_LOADED = """
import sys
sys.argv = ["wallboard", {flag!r}]
from wallboard.cli.start import entry
try:
    entry()
except SystemExit:
    pass
print(sorted({{name.partition(".")[0] for name in sys.modules}} & {forbidden!r}), file=sys.stderr)
"""


def took(argv: list[str]) -> float:
    """ms until it has ended, nobody looking."""
    began = time.perf_counter()
    subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return 1e3 * (time.perf_counter() - began)


def spent(argv: list[str]) -> float:
    """ms of the processor."""
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return 1e3 * (used.ru_utime + used.ru_stime)


def over(flag: str, measure: object = took) -> float:
    """ms over the interpreter, of one pair."""
    assert callable(measure)
    return float(measure([sys.executable, "-m", "wallboard", flag]) - measure(NOTHING))


def loaded(flag: str) -> str:
    """Those of `FORBIDDEN` that the command has loaded, as a list."""
    code = _LOADED.format(flag=flag, forbidden=set(FORBIDDEN))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stderr.strip().splitlines()[-1]
