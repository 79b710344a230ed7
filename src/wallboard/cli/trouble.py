"""The traceback of an error that nobody foresaw, for the log alone: a terminal shows a sentence instead."""

from __future__ import annotations

import os
import sys
import time
import traceback

from wallboard import __version__


def record(error: Exception) -> str:
    """Append the traceback (without local variables) to `wallboard.log`; its path, "" if it cannot be written."""
    from wallboard.config.paths import private, state_dir

    try:
        path = private(state_dir()) / "wallboard.log"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(path, flags, 0o600), "a", encoding="utf-8", errors="backslashreplace") as log:
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            log.write(f"{stamp} unexpected error, wallboard {__version__}, Python {sys.version.split()[0]}\n")
            log.writelines(traceback.format_exception(error))
    except OSError:
        return ""
    return str(path)
