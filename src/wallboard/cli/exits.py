"""Exit codes: part of the interface, the same for all commands."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    OK = 0
    FAILED = 1
    USAGE = 2
    """Wrong command line or config; standard error says `file:line`, what is wrong and what to write."""
    UNREACHABLE = 3
    REFUSED = 4
    """Credentials."""
    TERMINAL = 5
    """Not a terminal that the console can be shown on."""
    INTERRUPTED = 130
