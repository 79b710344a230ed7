"""A moment of the board, kept to come back to it: what its parts have concluded, without who listens to them.

It is pickled, which is a hundredth of the time in which it came about, and never leaves the process: bytes that others
could have written are not put back.
"""

from __future__ import annotations

import io
import pickle
import zlib
from collections.abc import Sequence
from typing import Any

LEFT_OUT = ("version", "_listeners", "_followers", "_now", "_timing", "_clock", "settings", "alarms")
"""Attributes of the parts that are not of the moment."""


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, stays: Sequence[object]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._stays = {id(each): place for place, each in enumerate(stays)}

    def persistent_id(self, found: object) -> int | None:
        return self._stays.get(id(found))


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, stays: Sequence[object]) -> None:
        super().__init__(file)
        self._stays = stays

    def persistent_load(self, place: int) -> object:
        return self._stays[place]


def taken(stays: Sequence[object], parts: Sequence[Any]) -> bytes:
    """The `parts` as they are; what they refer to among `stays` is theirs at any time."""
    file = io.BytesIO()
    moment = [{name: value for name, value in vars(part).items() if name not in LEFT_OUT} for part in parts]
    _Pickler(file, stays).dump(moment)
    return zlib.compress(file.getbuffer(), 1)


def put_back(kept: bytes, stays: Sequence[object], parts: Sequence[Any]) -> None:
    """The `parts` become as they were `taken`."""
    moment = _Unpickler(io.BytesIO(zlib.decompress(kept)), stays).load()
    for part, values in zip(parts, moment, strict=True):
        vars(part).update(values)
