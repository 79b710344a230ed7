"""Standard output is data, standard error is talk; neither carries a control character or a secret, wherever it came
from, and neither fails on a character that its encoding does not have. The one gate for all commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wallboard.cli.streams import silence
from wallboard.domain.decoding import heard
from wallboard.domain.language import tr
from wallboard.domain.redaction import redact_all, redact_long
from wallboard.ui.terminal.charset import encoding, fitted

if TYPE_CHECKING:
    from pathlib import Path


class _Output:
    ended = False
    lost = False


def lost() -> bool:
    """Whether something that was to be printed on standard output could not be, which was told then. A reader who has
    enough and goes away is no fault."""
    return _Output.lost


def data(text: str) -> bool:
    """Print lines to standard output. False: nobody got them."""
    return _print(redact_long(heard(text)))


def json_data(value: Any, indent: int | None = 2) -> bool:
    """Print `value` to standard output as JSON, without an `indent` in one line. False as `data`.

    What a terminal could take for a command is written as `\\uXXXX` (ids are the vendor's own, never cleaned), and so
    is all that is not ASCII where the output is not UTF-8: names stay readable where they can be, and whoever reads
    the JSON gets the same object.
    """
    import json

    text = heard(json.dumps(redact_all(value), indent=indent, ensure_ascii=False))
    unicode = encoding(sys.stdout) == "utf-8"

    def kept(char: str) -> bool:
        return char == "\n" or (char.isprintable() and (unicode or char.isascii()))

    return _print("".join(char if kept(char) else _escape(char) for char in text))


def reader_gone() -> bool:
    """Whether nobody reads standard output any more: a pipe tells that without being written to."""
    import select

    if _Output.ended:
        return True
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        return any(event & (select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0))
    except (OSError, ValueError, AttributeError):
        return False


def path_data(path: Path) -> bool:
    """Print a path to standard output: for whoever reads a pipe byte for byte, whatever the locale makes of it. False
    as `data`."""
    if sys.stdout.isatty():
        return data(str(path))
    return _written(lambda: sys.stdout.buffer.write(os.fsencode(path) + b"\n"))


def say(text: str) -> None:
    """Print to standard error, line by line, what a person should read; nobody reading is no error."""
    _on_the_normal_screen()
    try:
        for line in text.splitlines() or [""]:
            print(fitted(_printable(redact_long(heard(line))), sys.stderr), file=sys.stderr)  # noqa: T201  # and this
        sys.stderr.flush()
    except OSError:
        silence(2)
    except ValueError:
        return


def _print(text: str) -> bool:
    _on_the_normal_screen()
    lines = "\n".join(_printable(line) for line in text.split("\n"))
    return _written(lambda: print(fitted(lines, sys.stdout)))  # noqa: T201  # this is where printing happens


def _written(write: Callable[[], Any]) -> bool:
    if _Output.ended:
        return False
    try:
        write()
        sys.stdout.flush()
    except OSError as error:
        import errno

        _Output.ended = True
        _Output.lost = not isinstance(error, BrokenPipeError)
        silence(1)
        if _Output.lost:
            why = tr("it is closed") if error.errno == errno.EBADF else error.strerror or type(error).__name__
            say(tr("wallboard: standard output cannot be written: {why}", why=why))
        return False
    return True


def _on_the_normal_screen() -> None:
    """Take the console's first frame away, if it is up: what is written on its screen is gone with it."""
    splash = sys.modules.get("wallboard.ui.terminal.splash")
    if splash is not None and splash.is_up():
        splash.leave()


def _printable(line: str) -> str:
    return "".join(char if char.isprintable() else "·" for char in line)


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i] << 8 | units[i + 1]:04x}" for i in range(0, len(units), 2))
