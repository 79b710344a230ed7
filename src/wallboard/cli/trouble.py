"""The traceback of an error that nobody foresaw, for the log alone: a terminal shows a sentence instead."""

from __future__ import annotations


def tell(error: Exception) -> int:
    """One sentence on the terminal, the traceback in the log; the exit code."""
    from wallboard.cli.exits import Exit
    from wallboard.cli.talk import say
    from wallboard.domain.language import tr

    where = record(error)
    say(tr("wallboard: this should not have happened: {kind}", kind=type(error).__name__))
    say(tr("the details are in {where}", where=where) if where else tr("the details could not be written to the log"))
    return Exit.FAILED


def record(error: Exception) -> str:
    """Write the traceback to `wallboard.log`, redacted and without local variables; its path, "" if that failed."""
    import logging
    import sys

    from wallboard import __version__, logs
    from wallboard.config.paths import state_dir

    log = logs.setup(state_dir())
    try:
        python = sys.version.split()[0]
        logging.getLogger("wallboard").error(
            "unexpected error, wallboard %s, Python %s", __version__, python, exc_info=error
        )
        return "" if log.problem else str(state_dir() / logs.NAME)
    finally:
        log.close()
