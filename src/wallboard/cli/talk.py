"""Standard output is data, standard error is talk; neither carries a control character or a secret, wherever it came
from, and neither fails on a character that its encoding does not have. The one gate for all commands."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from wallboard.domain.decoding import heard
from wallboard.domain.redaction import redact_all, redact_long
from wallboard.ui.charset import encoding, fitted

if TYPE_CHECKING:
    from pathlib import Path


def data(text: str) -> None:
    """Print lines to standard output. Raises BrokenPipeError when nobody reads it any more."""
    _print(redact_long(heard(text)))


def json_data(value: Any) -> None:
    """Print `value` to standard output as JSON.

    What a terminal could take for a command is written as `\\uXXXX` (ids are the vendor's own, never cleaned), and so
    is all that is not ASCII where the output is not UTF-8: names stay readable where they can be, and whoever reads
    the JSON gets the same object.
    """
    import json

    text = heard(json.dumps(redact_all(value), indent=2, ensure_ascii=False))
    unicode = encoding(sys.stdout) == "utf-8"

    def kept(char: str) -> bool:
        return char == "\n" or (char.isprintable() and (unicode or char.isascii()))

    _print("".join(char if kept(char) else _escape(char) for char in text))


def path_data(path: Path) -> None:
    """Print a path to standard output: for whoever reads a pipe byte for byte, whatever the locale makes of it."""
    if sys.stdout.isatty():
        data(str(path))
    else:
        sys.stdout.buffer.write(os.fsencode(path) + b"\n")
        sys.stdout.flush()


def say(text: str) -> None:
    """Print to standard error, line by line, what a person should read; nobody reading is no error."""
    _on_the_normal_screen()
    try:
        for line in text.splitlines() or [""]:
            print(fitted(_printable(redact_long(heard(line))), sys.stderr), file=sys.stderr)  # noqa: T201  # and this
    except (BrokenPipeError, ValueError):
        return


def _print(text: str) -> None:
    _on_the_normal_screen()
    lines = "\n".join(_printable(line) for line in text.split("\n"))
    print(fitted(lines, sys.stdout), flush=True)  # noqa: T201  # this is where printing happens


def _on_the_normal_screen() -> None:
    """Take the console's first frame away, if it is up: what is written on its screen is gone with it."""
    splash = sys.modules.get("wallboard.ui.splash")
    if splash is not None and splash.is_up():
        splash.leave()


def _printable(line: str) -> str:
    return "".join(char if char.isprintable() else "·" for char in line)


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i] << 8 | units[i + 1]:04x}" for i in range(0, len(units), 2))
