"""Standard output is data, standard error is talk; neither carries a control character that came from outside."""

from __future__ import annotations

import sys


def data(text: str) -> None:
    """Print to standard output. Raises BrokenPipeError when nobody reads it any more."""
    _on_the_normal_screen()
    print(_encodable(text, sys.stdout.encoding), flush=True)  # noqa: T201  # this is where printing happens


def say(text: str) -> None:
    """Print to standard error, line by line, what a person should read; nobody reading is no error."""
    _on_the_normal_screen()
    try:
        for line in text.splitlines() or [""]:
            print(_encodable(_printable(line), sys.stderr.encoding), file=sys.stderr)  # noqa: T201
    except (BrokenPipeError, ValueError):
        return


def _on_the_normal_screen() -> None:
    """Take the console's first frame away, if it is up: what is written on its screen is gone with it."""
    splash = sys.modules.get("wallboard.ui.splash")
    if splash is not None and splash.is_up():
        splash.leave()


def _printable(line: str) -> str:
    return "".join(char if char.isprintable() else "·" for char in line)


def _encodable(text: str, encoding: str | None) -> str:
    """`text` with what a narrow locale cannot write replaced, so that a C locale gets `?` and no traceback."""
    return text.encode(encoding or "utf-8", "replace").decode(encoding or "utf-8", "replace")
