"""What sources tell, for boards beyond this process: an ear in front of a board, and a follower at the other end."""

from __future__ import annotations

import logging
from collections.abc import Callable

from wallboard.domain.codec import Unreadable, dumped, loaded
from wallboard.domain.update import FeedStatus, SourceInfo, Update
from wallboard.vendors.base import Sink

log = logging.getLogger("wallboard.polling")


class Ear:
    """Hands every word on to `sink`, and then to `tell` as it is written."""

    def __init__(self, sink: Sink, tell: Callable[[bytes], None]) -> None:
        self._sink = sink
        self._tell = tell

    def apply(self, update: Update) -> None:
        self._sink.apply(update)
        self._tell(dumped(update))

    def status(self, status: FeedStatus) -> None:
        self._sink.status(status)
        self._tell(dumped(status))

    def source(self, info: SourceInfo) -> None:
        self._sink.source(info)
        self._tell(dumped(info))


class Follower:
    """Words in, `sink` told, whoever brings them: no vendor, no adapter, no action. `shift`: seconds by which the clock
    here is ahead of the teller's."""

    def __init__(self, sink: Sink, shift: float = 0.0) -> None:
        self._sink = sink
        self._shift = shift
        self._well = True

    def hear(self, data: bytes) -> bool:
        """Take one word in; False where nothing could be made of it, which is logged once."""
        try:
            word = loaded(data, self._shift)
            match word:
                case Update():
                    self._sink.apply(word)
                case FeedStatus():
                    self._sink.status(word)
                case SourceInfo():
                    self._sink.source(word)
        except Unreadable as error:
            return self._failed("a word of a source cannot be read: %s", error)
        except Exception as error:  # the boundary of one word: the next is heard all the same
            return self._failed("a word of a source broke the board: %r", error)
        self._well = True
        return True

    def _failed(self, what: str, error: Exception) -> bool:
        if self._well:
            log.warning(what, error)
        self._well = False
        return False
