"""The three standard streams, whatever this program was started with.

Where one is closed, the next file, journal or socket that is opened would get its number, and what is said to a person
would go into that. So each number is taken before anything else is opened, by something that holds nothing: input is at
its end, output refuses what is written (as a full disk does, and is told as that), talk goes nowhere.
"""

from __future__ import annotations

import os
import sys


def guard() -> None:
    """Take the numbers 0 to 2 where they are free, and put streams where the interpreter found none."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            # Open for reading alone, so that writing to it fails.
            empty = os.open(os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY)
            if empty != number:
                os.dup2(empty, number)
                os.close(empty)
            os.set_inheritable(number, True)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # as long as the process
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # and this
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False, errors="backslashreplace")  # noqa: SIM115  # and this


def silence(number: int) -> None:
    """What else is written to this stream, also by the interpreter when it ends, goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
