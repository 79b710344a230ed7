"""Which process wrote a record, and whether it still runs: numbers of processes are used again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def identity() -> dict[str, Any]:
    """This process for a record: `host`, `pid`, `boot` (which start of the machine) and `began` (when the process
    did, in ticks since then); the last two "" where the system does not tell."""
    pid = os.getpid()
    return {"host": os.uname().nodename, "pid": pid, "boot": _boot(), "began": _began(pid)}


def is_here(record: Mapping[str, Any]) -> bool:
    """Whether the record was written on this machine, whatever it was called then."""
    boot = _boot()
    return record.get("host") == os.uname().nodename or (boot != "" and record.get("boot") == boot)


def lives(record: Mapping[str, Any]) -> bool:
    """Whether the process of a record that was written on this machine, by another run than this, still runs."""
    pid = record.get("pid")
    if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0 or pid == os.getpid():
        # Our own number on another's record: the process that had it before us is gone.
        return False
    if record.get("boot") and record["boot"] != _boot():
        return False
    if record.get("began"):
        return bool(record["began"] == _began(pid))
    # A record from before the two were written, or a system without them.
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _began(pid: int) -> str:
    """ "" for a process that is gone, or has ended and only waits to be taken note of."""
    try:
        # The name of the program, which may hold anything, ends with the last parenthesis.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return "" if fields[0] in ("Z", "X") else fields[19]
    except (OSError, IndexError):
        return ""
