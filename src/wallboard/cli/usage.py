"""How what `--help` says is laid out."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from functools import cache
from typing import Any


class Help(argparse.HelpFormatter):
    """As wide as the terminal. argparse makes one for each argument that it is told of, and asks that anew by way of
    archives that nobody opens here (`shutil`): a tenth of what `--help` takes."""

    def __init__(self, prog: str, **more: Any) -> None:
        super().__init__(prog, width=_columns() - 2, **more)


class Raw(Help, argparse.RawDescriptionHelpFormatter):
    """The same, with lines as they are written."""


@cache
def _columns() -> int:
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    with suppress(OSError, ValueError, AttributeError):
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]  # None: caught
    return 80
