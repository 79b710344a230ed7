"""The traceback of an error that nobody foresaw, for the log alone: a terminal shows a sentence instead."""

from __future__ import annotations


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
