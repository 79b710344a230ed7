"""Whether the console can be shown here, and what `wallboard check` says of the terminal."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple

from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr
from wallboard.ui.terminal.charset import encoding

SMALLEST = (40, 10)
WIDTH_TEST = "│0123456789│\n│Łó ●◐◆‖○▲■│\n│漢字かな  │"
"""Lines of twelve columns: where the terminal and this program agree on widths, their right borders stand one above
the other."""


class Fact(NamedTuple):
    """`ok` None: worth knowing, no fault. `right`: a False is what this account may not do, which is none either."""

    name: str
    ok: bool | None
    text: str
    right: bool = False


_WORDS = (
    *(mark("terminal"), mark("size"), mark("colour"), mark("screen"), mark("characters"), mark("config"), mark("bus")),
    *(mark("reach"), mark("sign-in"), mark("session"), mark("clock"), mark("budget"), mark("events")),
    *(mark("role"), mark("my phone"), mark("adapter"), mark("not here"), *Resource),
)
"""Names of facts and of what `check` tried. All others are ids, such as those that `wallboard do` takes."""


def word(name: str) -> str:
    """The name of a line, or several with commas, as a person reads it."""
    return ", ".join(tr(part) if part in _WORDS else part for part in name.split(", "))


def unusable() -> str:
    """Why no console can be shown here, as a sentence; "" if it can."""
    if not sys.stdin.isatty():
        return tr("standard input is not a terminal: run wallboard in one, or use `wallboard snapshot` in a pipe")
    if not sys.stdout.isatty():
        return tr("standard output is not a terminal: run wallboard in one, or use `wallboard snapshot` in a pipe")
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        shown = os.environ.get("TERM") or tr("not set")
        return tr(
            "TERM is {shown}, so nothing is known of this terminal: set it, such as TERM=xterm-256color", shown=shown
        )
    return ""


def facts() -> list[Fact]:
    """The terminal as the console would find it."""
    return [_kind(), _size(), _colour(), _locale()]


def _kind() -> Fact:
    why = unusable()
    term = os.environ.get("TERM", "")
    return Fact("terminal", None if why else True, why or f"TERM={term}")


def _size() -> Fact:
    try:
        size = os.get_terminal_size(sys.stdout.fileno() if sys.stdout.isatty() else 2)
    except (OSError, ValueError):
        return Fact("size", None, tr("not known: not a terminal"))
    fits = size.columns >= SMALLEST[0] and size.lines >= SMALLEST[1]
    text = f"{size.columns}x{size.lines}"
    small = tr("{size}, smaller than {columns}x{lines}", size=text, columns=SMALLEST[0], lines=SMALLEST[1])
    return Fact("size", fits, text if fits else small)


def _colour() -> Fact:
    if os.environ.get("NO_COLOR"):
        return Fact("colour", True, tr("none, by NO_COLOR: theme mono"))
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return Fact("colour", True, tr("16 million"))
    if "256" in os.environ.get("TERM", ""):
        return Fact("colour", True, "256")
    return Fact("colour", True, "16")


def screen() -> Fact:
    """Whether the parts of Textual that are not public are as the console knows them. Loads Textual."""
    from importlib.metadata import version

    from wallboard.ui.terminal.private import QuietApp, display_faults, driver_faults

    name = f"Textual {version('textual')}"
    if fault := driver_faults():
        told = tr("{name} is not as known here ({fault}): its own keyboard and output are used", name=name, fault=fault)
        return Fact("screen", None, told)
    if fault := display_faults(QuietApp()):
        told = tr(
            "{name} is not as known here ({fault}): its own output is used, at more bytes", name=name, fault=fault
        )
        return Fact("screen", None, told)
    return Fact("screen", True, tr("{name}: only changed cells are sent, keys are guarded", name=name))


def _locale() -> Fact:
    name = encoding(sys.stdout)
    if name == "utf-8":
        return Fact("characters", True, "UTF-8")
    told = tr("{name}, not UTF-8: the console uses ASCII signs; LC_ALL=C.UTF-8 gives it all", name=name)
    return Fact("characters", None, told)
