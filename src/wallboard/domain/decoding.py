"""Bytes of people as text: UTF-8 in every locale."""

from __future__ import annotations

import re

from wallboard.domain.language import tr

_UNDECODED = re.compile("[\udc80-\udcff]+")
"""What Python puts for bytes of the system that the locale's encoding does not have."""


class NotUtf8Error(ValueError):
    """`line`: where the first byte stands that is not UTF-8."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


def text_of(raw: bytes) -> str:
    """The content of a file as text, without the mark that some editors put first. Raises NotUtf8Error."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotUtf8Error(1, tr("it is UTF-16, not UTF-8"))
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise NotUtf8Error(line, tr("byte {byte} is not UTF-8", byte=f"0x{raw[error.start]:02x}")) from None


def heard(word: str) -> str:
    """A word of the environment, the command line or the keyboard; what the locale did not decode is read as UTF-8."""
    return _UNDECODED.sub(lambda run: run[0].encode("ascii", "surrogateescape").decode("utf-8", "replace"), word)
