"""The log: a private rotating file, and never the terminal.

Every line is redacted and cleaned before it is kept anywhere, whoever wrote it.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import re
import stat
import sys
import threading
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType

from wallboard.domain import redaction
from wallboard.domain.redaction import HIDDEN
from wallboard.domain.text import Clean, clean

NAME = "wallboard.log"
FILE_BYTES = 1_000_000
FILES = 3
"""Older files kept beside the current one."""
LINE_LIMIT = 1000
"""Most graphemes of one line."""
TRACE_LINES = 60

_HEADERS = re.compile(
    r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|api-token|personal-access-token|x-(?:api-key|auth-token))"
    r"""(['"]?\s*[:=,]\s*['"]?)(?:(?:bearer|basic|digest)\s+)?[^'"\s,;)\]}]+"""
)
_WORDS = re.compile(
    r"(?i)\b((?:access_|refresh_|id_)?token|client_secret|secret|password|passwd|passphrase)"
    r"""(['"]?\s*[:=]\s*['"]?)[^'"\s,;&)\]}]+"""
)
_SCHEMES = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_USERINFO = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@]+@")
_QUERY = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s?'\"]+)\?[^\s'\"]+")


def redact(text: str) -> str:
    """`text` without known secrets, credentials in headers, query strings and user names in addresses."""
    text = redaction.redact(text)
    text = _HEADERS.sub(rf"\1\2{HIDDEN}", text)
    text = _WORDS.sub(rf"\1\2{HIDDEN}", text)
    text = _SCHEMES.sub(rf"\1 {HIDDEN}", text)
    text = _USERINFO.sub(rf"\1{HIDDEN}@", text)
    return _QUERY.sub(rf"\1?{HIDDEN}", text)


class LineFormatter(logging.Formatter):
    """UTC time, level, logger and message; a traceback follows in lines of its own. All redacted and cleaned."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(self.lines(record))

    def lines(self, record: logging.LogRecord) -> list[Clean]:
        """The record as cleaned lines, the first with its time."""
        try:
            message = record.getMessage()
        except Exception as error:  # a wrong format string or a value whose text fails: say so and go on
            message = f"{record.msg!r} could not be formatted: {type(error).__name__}"
        if record.exc_info and record.exc_info[1] is not None and not record.exc_text:
            record.exc_text = _trace(record.exc_info)
        head = f"{self.formatTime(record)} {record.levelname.lower()} {record.name}: {redact(message)}"
        lines = [clean(head, LINE_LIMIT)]
        if record.exc_text:
            trace = redact(record.exc_text).splitlines()
            if len(trace) > TRACE_LINES:
                trace = [*trace[: TRACE_LINES // 2], "...", *trace[-TRACE_LINES // 2 :]]
            lines += [Clean("    " + clean(line, LINE_LIMIT)) for line in trace if line.strip()]
        return lines

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # stdlib's name
        from time import gmtime, strftime

        return strftime("%Y-%m-%dT%H:%M:%S", gmtime(record.created)) + f".{int(record.msecs):03d}Z"


def _trace(info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]) -> str:
    import traceback

    try:
        # Never with local variables: they hold the secrets that everything else avoids.
        return "".join(traceback.format_exception(*info))
    except Exception as error:  # an exception whose own text fails
        return f"{info[0]} without a traceback: {type(error).__name__}"


class PrivateFile(logging.handlers.RotatingFileHandler):
    """A rotating file that only its owner can read; on a full or broken disk it falls silent instead of printing."""

    failed: str = ""
    """Why lines are missing from the file, "" while none are."""

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(self.baseFilename, flags, 0o600)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(f"{self.baseFilename} is not a regular file")
            os.fchmod(descriptor, 0o600)
            return os.fdopen(descriptor, "a", encoding="utf-8", errors="replace")
        except BaseException:
            os.close(descriptor)
            raise

    def close(self) -> None:
        try:
            super().close()
        except OSError as error:
            self.failed = error.strerror or type(error).__name__

    def handleError(self, record: logging.LogRecord) -> None:  # stdlib's name
        error = sys.exc_info()[1]
        self.failed = (error.strerror if isinstance(error, OSError) else "") or type(error).__name__


class Logs:
    """The handler in place."""

    def __init__(self, file: PrivateFile | None, problem: str) -> None:
        self.file = file
        self._problem = problem

    @property
    def problem(self) -> str:
        """Why there is no file, or why lines are missing from it; "" if all is well."""
        return self._problem or (self.file.failed if self.file is not None else "")

    def close(self) -> None:
        """Take the handler away again."""
        threading.excepthook, sys.unraisablehook = threading.__excepthook__, sys.__unraisablehook__
        if self.file is not None:
            logging.getLogger().removeHandler(self.file)
            self.file.close()
        logging.captureWarnings(False)


def setup(directory: Path) -> Logs:
    """Send every logger and every warning to `directory`/wallboard.log, and nothing to the terminal.

    Makes the directory, private, if it is missing. Never fails: without a usable file the lines are lost, and
    `Logs.problem` says why.
    """
    file, problem = None, ""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = PrivateFile(directory / NAME, maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8")
        file.setFormatter(LineFormatter())
    except OSError as error:
        problem = f"no log file: {error.strerror or error}"
    # Whoever put a handler on the terminal before, or would as the last resort, does not get to use it.
    root = logging.getLogger()
    _silence(root)
    for name in list(logging.root.manager.loggerDict):
        _silence(logging.getLogger(name))
    logging.lastResort = None
    logging.raiseExceptions = False
    logging.captureWarnings(True)
    # What ends in a thread, or where nobody can catch it, would be printed with its traceback.
    threading.excepthook = _thread_ended
    sys.unraisablehook = _unraisable
    root.setLevel(logging.INFO)
    if file is not None:
        root.addHandler(file)
    # Their normal talk names every request; what goes wrong is told by our own adapters in the operator's words.
    for name in ("httpx", "httpcore", "hpack", "asyncio", "anyio", "textual", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return Logs(file, problem)


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        logging.getLogger("wallboard").error("a thread ended unexpectedly", exc_info=ended.exc_value)


def _unraisable(lost: sys.UnraisableHookArgs) -> None:
    if lost.exc_value is not None:
        logging.getLogger("wallboard").error("an error that nobody could catch", exc_info=lost.exc_value)


def _silence(logger: logging.Logger) -> None:
    for handler in list(logger.handlers):
        prints = isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler)
        if prints and getattr(handler, "stream", None) in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
            logger.removeHandler(handler)
