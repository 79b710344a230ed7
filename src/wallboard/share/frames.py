"""Messages on the bus: a line that says where a message belongs, and the words of a source, a line each."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

from wallboard.domain.codec import MOST, Unreadable, Word, dumped, loaded
from wallboard.domain.records import dataclass

VERSION = 1
SHORT = 600
"""Bytes up to which nothing is compressed."""
_GZIP = b"\x1f\x8b"

Epoch = tuple[int, int]
"""When the bucket of leases was made (ns) and the revision of the lease: rises with every reader, also where the server
was wiped."""


@dataclass(frozen=True, slots=True)
class Frame:
    """`seq` numbers what a reader has said, `sent` is its clock. Of a list: `base` is the `seq` of what was said of it
    before, and `whole` that nothing of it needs to be known. Of a status, `base` is what was last said of its list: who
    does not know that must not take the status for one of the rows that they have."""

    epoch: Epoch
    seq: int
    sent: float
    body: bytes
    base: int = 0
    whole: bool = False

    def words(self, shift: float) -> list[Word]:
        """What it says, its instants moved by `shift`; what cannot be read (a newer console's) is left out."""
        found = []
        for line in self.body.split(b"\n"):
            try:
                found.append(loaded(line, shift))
            except Unreadable:
                continue
        return found


def packed(frame: Frame) -> bytes:
    head = {"v": VERSION, "e": frame.epoch, "s": frame.seq, "t": frame.sent, "b": frame.base, "w": int(frame.whole)}
    data = json.dumps(head, separators=(",", ":")).encode() + b"\n" + frame.body
    return data if len(data) <= SHORT else gzip.compress(data, 1)


def body_of(*words: Word) -> bytes:
    return b"\n".join(map(dumped, words))


def unpacked(data: bytes) -> Frame:
    """Unreadable where it is no message of ours."""
    if data[:2] == _GZIP:
        data = _inflated(data)
    line, _, body = data.partition(b"\n")
    try:
        head: dict[str, Any] = json.loads(line)
        if head["v"] != VERSION:
            raise Unreadable("this was written by another version")
        made, revision = head["e"]
        return Frame(
            (int(made), int(revision)), int(head["s"]), float(head["t"]), body, int(head["b"]), bool(head["w"])
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable("this is no message of a reader") from error


def _inflated(data: bytes) -> bytes:
    """At most `MOST` bytes, whatever a message says of itself."""
    reader = zlib.decompressobj(wbits=31)
    try:
        found = reader.decompress(data, MOST)
    except zlib.error as error:
        raise Unreadable("this is no message of a reader") from error
    if reader.unconsumed_tail:
        raise Unreadable("this message is too long")
    return found


def object_of(data: bytes) -> dict[str, Any]:
    """What stands there as JSON; {} where it is no object."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
