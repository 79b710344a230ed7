"""`wallboard replay [FILE]`: the console on what `wallboard record` wrote, or without FILE on the history.

Rows, ages, waits, figures and alarms are what they were, by the config's own `[[queue]]`; `[` goes a minute back and
`]` a minute on. No source is asked, no secret is read, nothing can be done, and nothing is written but the log. A file
that was cut off or damaged is played as far as it can be read. Of a recording that alone is shown: the history is not
asked for what came before it. The history shows the queues, a row a minute; where nothing was recorded there is a gap.
"""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any

from wallboard.cli.display import add_display, console_options, first_frame
from wallboard.cli.exits import Exit
from wallboard.cli.numbers import speed
from wallboard.cli.start import site
from wallboard.cli.talk import say
from wallboard.cli.terminal import unusable
from wallboard.domain.errors import ConfigError
from wallboard.domain.language import mark, tr

if TYPE_CHECKING:
    from datetime import datetime

    from wallboard.config.settings import Config
    from wallboard.recording.player import Played

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("replay", help=tr("the console on a recording"), description=__doc__)
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help=tr("what `wallboard record` wrote; left out: the history's minutes")
    )
    parser.add_argument("--at", metavar="T", default="", help=tr("begin at 14:05, or +12m after its beginning"))
    parser.add_argument(
        "--speed", type=speed, default=1.0, metavar="X", help=tr("recorded seconds a second (default 1)")
    )
    add_display(parser)


def run(arguments: argparse.Namespace) -> int:
    from wallboard.cli.opening import open_checked

    options = console_options(arguments)
    config = open_checked(arguments).unsigned()
    tape = _found(arguments.file, config)
    at = begin(arguments.at, tape)
    if why := unusable():
        # What is wrong with the file is worth telling even where no console could be shown.
        say(f"wallboard: {why}")
        return Exit.TERMINAL
    with first_frame(arguments, site()):
        from wallboard.runtime.console import run_replay

        return run_replay(config, options, site(), tape, speed=arguments.speed, at=at)


def _found(file: str | None, config: Config) -> Played:
    """What is to be played. ConfigError, Unreadable."""
    from pathlib import Path

    from wallboard.config.paths import state_dir
    from wallboard.recording.minutes import Minutes
    from wallboard.recording.tape import Tape
    from wallboard.runtime.rooms import HISTORY

    if file is not None:
        return Tape(Path(file).expanduser())
    if not config.keep:
        raise ConfigError(
            tr("there is no history ([history] keep = 0)"), hint=tr("name a file that `wallboard record` wrote")
        )
    return Minutes(state_dir() / HISTORY, {source.name: source.vendor for source in config.sources})


def begin(text: str, tape: Played) -> float | None:
    """The instant that `--at` means in this recording, None where nothing is given. ConfigError."""
    if not text:
        return None
    if after := re.fullmatch(r"\+(\d{1,7})([smh])", text):
        at = tape.start + int(after[1]) * _SECONDS[after[2]]
    else:
        from wallboard.cli.report import instant

        at = instant(text, _local(tape.end)).timestamp()
    # Who writes a minute means the one in which it begins, too.
    if not tape.start - 60 < at <= tape.end:
        start, end = (f"{_local(each):%Y-%m-%d %H:%M:%S}" for each in (tape.start, tape.end))
        what = mark("--at {text}: the recording goes from {start} to {end}")
        hint = tr("write 14:05, or +12m after its beginning; without FILE the history is shown")
        if tape.step:
            what = mark("--at {text}: the history goes from {start} to {end}")
            hint = tr("write 14:05, 2026-11-28T03:00, or +12m after its beginning")
        raise ConfigError(tr(what, text=text, start=start, end=end), hint=hint)
    return max(at, tape.start)


def _local(instant: float) -> datetime:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(instant, UTC).astimezone()
