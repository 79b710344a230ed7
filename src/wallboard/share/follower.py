"""What a console makes of what the reader of a source says: the same words on its own board, in its own time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wallboard.domain.clock import Clock
from wallboard.domain.update import FeedStatus, SourceInfo, Update
from wallboard.share.frames import Epoch, Frame
from wallboard.share.lists import Lists
from wallboard.vendors.base import Sink

NEVER: Epoch = (0, 0)
ASTRAY = 0.5
"""Seconds by which our and the reader's clock may differ otherwise than was measured before they are compared again."""
LEAP = 1_000_000
"""More than a source ever reconnects: what each reader says, own or other, ranks above all that was said before."""


class Follower:
    """Of one source. `hear` says whether something is missing: then `join` with what is written down. `phone` is the
    telephone of who sits here, which no reader knows; `turn` counts the readers so far."""

    def __init__(self, source: str, clock: Clock, sink: Sink, phone: str = "", turn: int = 0) -> None:
        self._source, self._phone = source, phone
        self._clock = clock
        self._sink = sink
        self._lists = Lists()
        self._shift: float | None = None
        self.astray = False
        """Whether the clocks should be compared again: what was measured makes all look older than it is."""
        self.turn = turn
        self.epoch: Epoch = NEVER
        self.heard_at: float | None = None
        """When a word last came that was new."""

    def hear(self, frame: Frame, received: float) -> bool:
        """Take one message in; False: what it builds on is not known here, or by which clock it speaks. `received` is
        our clock when it came."""
        if frame.epoch < self.epoch:
            return True
        if frame.epoch > self.epoch:
            self._renewed(frame.epoch)
        if self._shift is None:
            # It may have been under way for long, and what it says would look younger than it is.
            return False
        # Of a message that took no time.
        seems = received - frame.sent
        self._shift = min(self._shift, seems)
        self.astray = seems - self._shift > ASTRAY
        self.heard_at = received
        complete = True
        for word in frame.words(self._shift):
            if isinstance(word, Update):
                complete &= self._update(word, frame)
            elif isinstance(word, FeedStatus) and self._lists.at((word.resource, word.scope)) < frame.base:
                # It is of rows that are not known here: those that are would look as young as they.
                complete = False
            else:
                self._other(word)
        return complete

    def join(self, frames: Iterable[Frame], asked: float, answer: Frame | None) -> None:
        """Begin with what was written down. `asked` is our clock when the reader was asked to write it, `answer` what
        it said when it had; what no reader vouches for, whose clock is known here, is left alone."""
        if answer is not None:
            self.compare(asked, answer)
        for frame in frames:
            if frame.epoch != self.epoch or self._shift is None:
                continue
            for word in frame.words(self._shift):
                if isinstance(word, Update):
                    known = self._lists.of(word)
                    if known.at <= frame.seq:
                        known.at = frame.seq
                        self._sink.apply(self._ours(known.told(word, True)))
                else:
                    self._other(word)

    def compare(self, asked: float, answer: Frame) -> None:
        """Learn by which clock the reader speaks: it read its own after ours was `asked`, so that nothing of it looks
        younger than it is, and the less the sooner it has answered."""
        if answer.epoch < self.epoch:
            return
        if answer.epoch > self.epoch:
            self._renewed(answer.epoch)
        shift = asked - answer.sent
        self._shift = shift if self._shift is None else max(self._shift, shift)
        self.astray = False

    def _renewed(self, epoch: Epoch) -> None:
        """Somebody else reads the source now: what it says builds on nothing that was said before."""
        self.epoch, self._lists, self._shift = epoch, Lists(), None
        # It counts its readings by itself, from one.
        self.turn += 1

    def _update(self, word: Update, frame: Frame) -> bool:
        known = self._lists.of(word)
        if frame.seq <= known.at:
            return True
        if not frame.whole and frame.base != known.at:
            return False
        known.at = frame.seq
        self._sink.apply(self._ours(known.told(word, frame.whole)))
        return True

    def _other(self, word: FeedStatus | SourceInfo) -> None:
        if isinstance(word, FeedStatus):
            self._sink.status(replace(word, source=self._source))
        else:
            self._sink.source(replace(word, name=self._source, phone=self._phone))

    def _ours(self, update: Update) -> Update:
        return replace(update, source=self._source, epoch=self.turn * LEAP + update.epoch)
