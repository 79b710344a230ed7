"""`wallboard record FILE`: write down everything that the sources say, until it is interrupted.

The file is new, readable by its owner alone, and gzip: `wallboard replay FILE` shows it again, `zcat` reads it.
Numbers keep their last three digits only, unless the config's `[privacy] mask` leaves "record" out. Even if this is
killed, the file can be read up to the last second. Exit 1 where it cannot be written any more, 3 if no source was
reached at the start, 4 if all refused; once one was, it goes on whatever becomes of them.
"""

from __future__ import annotations

import argparse
import math
from functools import partial
from typing import TYPE_CHECKING, Any

from wallboard.cli.exits import Exit
from wallboard.cli.numbers import minutes
from wallboard.cli.snapshot import said, verdict
from wallboard.cli.talk import say
from wallboard.domain.errors import ConfigError
from wallboard.domain.language import tr, trn

if TYPE_CHECKING:
    from pathlib import Path

    from wallboard.config.settings import Config
    from wallboard.domain.clock import Clock
    from wallboard.recording.tape import Writer
    from wallboard.runtime.rooms import Headless

MASK = "record"
"""What `[privacy] mask` calls this."""
FLUSH = 0.5
"""Seconds after which what came is on its way to the disk."""


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("record", help=tr("write down everything that the sources say"), description=__doc__)
    parser.add_argument("file", metavar="FILE", help=tr("a file that is not there yet"))
    parser.add_argument(
        "--for", dest="minutes", metavar="MINUTES", type=minutes, help=tr("end after so many minutes by itself")
    )


def run(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    import anyio

    from wallboard.cli.opening import open_config
    from wallboard.cli.signals import until_signal
    from wallboard.domain.clock import SystemClock

    config, clock = open_config(arguments, shares=True), SystemClock()
    path = Path(arguments.file).expanduser()
    writer = _opened(path, config, clock)
    told = trn("recording {n} source into {path}", "recording {n} sources into {path}", len(config.sources), path=path)
    say(f"wallboard: {told}" + (f" ({tr('numbers are masked')})" if MASK in config.mask else ""))
    until = math.inf if arguments.minutes is None else clock.now() + 60.0 * arguments.minutes
    code = anyio.run(until_signal, partial(_record, config, clock, writer, until))
    told = trn("{n} word is in {path}", "{n} words are in {path}", writer.words, path=path)
    say(f"wallboard: {writer.problem or told}")
    return Exit.FAILED if writer.problem else said(code)


def _opened(path: Path, config: Config, clock: Clock) -> Writer:
    from wallboard.recording.tape import Writer

    try:
        return Writer(path, clock.now(), [source.name for source in config.sources], masked=MASK in config.mask)
    except FileExistsError:
        raise ConfigError(
            tr("there is a file already, and it stays as it is"), where=str(path), hint=tr("name a new one")
        ) from None
    except OSError as error:
        raise ConfigError(tr("it cannot be written: {why}", why=error.strerror), where=str(path)) from None


async def _record(config: Config, clock: Clock, writer: Writer, until: float) -> int:
    from wallboard.recording.recorder import Recorder
    from wallboard.recording.unnumbered import Unnumbered
    from wallboard.runtime.rooms import headless

    without = Unnumbered() if MASK in config.mask else None
    ear = partial(Recorder, writer=writer, now=clock.now, without=without)
    try:
        async with headless(config, read_only=True, keeps=False, clock=clock, heard=ear, shares=True) as head:
            return await _recorded(head, writer, until)
    finally:
        writer.close()


async def _recorded(head: Headless, writer: Writer, until: float) -> int:
    from anyio.to_thread import run_sync

    from wallboard.domain.keys import Resource
    from wallboard.view.snapshot import snapshot

    head.reader.demand(frozenset(Resource))
    head.tasks.start_soon(head.reader.run)
    reached = False
    while head.clock.now() < until and not writer.problem:
        await head.clock.sleep(min(FLUSH, until - head.clock.now()))
        await run_sync(writer.write, writer.cut())
        if not reached:
            code = verdict(snapshot(head.board, head.clock.now())["sources"])
            reached = code == Exit.OK
            if not reached and not any(view.connecting for view in head.board.source_views()):
                return code
    return Exit.OK
