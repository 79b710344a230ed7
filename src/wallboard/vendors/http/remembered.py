"""The last answers of addresses that are asked again and again: not a byte changed is nothing to decode."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b

from wallboard.domain.clock import Clock

SMALL = 64 * 1024
"""Bytes of an answer that is remembered, at most."""
MOST = 2 * 1024 * 1024
"""Bytes of all of them: a large site has hundreds of lists."""
ASKED_WITHIN = 900.0
"""Seconds after which nobody asks there any more; three times the longest interval."""


class Remembered:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answers: OrderedDict[str, tuple[bytes, int, object, float]] = OrderedDict()
        """By address: the digest and the bytes of the body, what it was decoded to, when it was asked for."""
        self._bytes = 0

    def same(self, address: str, body: bytes) -> tuple[object] | None:
        """What the last answer of the address was decoded to, if it was this one; None: it has to be decoded."""
        known = self._answers.get(address)
        if known is None or known[1] != len(body) or known[0] != _digest(body):
            return None
        self._answers[address] = (*known[:3], self._clock.now())
        self._answers.move_to_end(address)
        return (known[2],)

    def put(self, address: str, body: bytes, data: object) -> None:
        """The newest answer; what nobody has asked for lately is forgotten."""
        now = self._clock.now()
        if address in self._answers:
            self._forget(address)
        if len(body) <= SMALL:
            self._answers[address] = (_digest(body), len(body), data, now)
            self._bytes += len(body)
        while self._answers:
            oldest, (_, _, _, asked) = next(iter(self._answers.items()))
            if self._bytes <= MOST and asked > now - ASKED_WITHIN:
                return
            self._forget(oldest)

    def _forget(self, address: str) -> None:
        self._bytes -= self._answers.pop(address)[1]


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).digest()
