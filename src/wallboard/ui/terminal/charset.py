"""Which characters a stream or a terminal takes, and text made to fit. Standard library only, as the first frame is."""

from __future__ import annotations

import codecs
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


def encoding(stream: TextIO) -> str:
    """What `stream` takes, by its codec's own name: "utf-8", "iso8859-1", "ascii".

    Python writes UTF-8 in the C locale too. That suits files and pipes; a terminal that is told to be plain is plain.
    """
    name = codecs.lookup(stream.encoding or "utf-8").name
    return "ascii" if name == "utf-8" and os.environ.get("LC_ALL") in ("C", "POSIX") and stream.isatty() else name


def unicode_terminal() -> bool:
    """Whether standard output takes the glyphs of the board."""
    return encoding(sys.stdout) == "utf-8"


def fitted(text: str, stream: TextIO) -> str:
    """`text` with stand-ins, as wide, for the characters that `stream` does not take."""
    name = encoding(stream)
    if _takes(name, text):
        return text
    from wallboard.view.glyphs import ascii_text

    return "".join(char if _takes(name, char) else ascii_text(char) for char in text)


def _takes(name: str, text: str) -> bool:
    try:
        text.encode(name)
    except UnicodeEncodeError:
        return False
    return True
