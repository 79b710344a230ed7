"""The file of a recording: gzip, one JSON object a line. The first says what it is, each other is a word of a source
(`domain.codec`) with the instant at which it came (`at`, steady UTC seconds).

What is written is cut into gzip members of a minute, so that a place in the middle is found without reading what stands
before it; `zcat` reads them as one. Who wrote the file need not be believed.
"""

from __future__ import annotations

import json
import math
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from wallboard import __version__
from wallboard.domain.codec import MOST, Unreadable, Word, dumped, loaded
from wallboard.domain.errors import ConfigError
from wallboard.domain.language import tr
from wallboard.domain.text import clean

VERSION = 1
"""Rises when an older reader would misunderstand, not when something is added."""
MEMBER = 60.0
"""Seconds of a gzip member."""
GAP = 7 * 86_400.0
"""Seconds that lie between two words at most: a machine that slept longer was not recording."""
_CHUNK = 1 << 16
_GZIP = 16 + zlib.MAX_WBITS
_AT = re.compile(rb'\{\s*"at"\s*:\s*(-?[0-9][0-9.e+-]{0,40})\s*,')


class Writer:
    """A new recording at `path`, readable by its owner alone, that begins `at` an instant. Raises OSError;
    FileExistsError where there is a file.

    `add` and `cut` never block; what was `cut` is kept once `write` has returned, which goes to the disk, in a thread
    if need be. `problem` says why nothing is written any more, "" while all is well; `words` how many were added.
    """

    def __init__(self, path: Path, at: float, sources: Sequence[str], *, masked: bool) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(path, flags, 0o600)
        self._path = path
        self._zip = zlib.compressobj(wbits=_GZIP)
        self._pending: list[bytes] = []
        self._member_until = at + MEMBER
        self.problem = ""
        self.words = 0
        header = {"wallboard": "recording", "version": VERSION, "start": at, "program": __version__}
        self._put(json.dumps({**header, "sources": list(sources), "masked": masked}, ensure_ascii=False).encode())

    def add(self, at: float, word: Word) -> None:
        """One word that came `at`."""
        if at >= self._member_until:
            self._pending.append(self._zip.flush())
            self._zip = zlib.compressobj(wbits=_GZIP)
            self._member_until = at + MEMBER
        self.words += 1
        self._put(b'{"at":%s,%s' % (repr(at).encode(), dumped(word)[1:]))

    def _put(self, line: bytes) -> None:
        self._pending.append(self._zip.compress(line + b"\n"))

    def cut(self) -> bytes:
        """The bytes with which everything added so far can be read, to be written."""
        return self._cut(zlib.Z_SYNC_FLUSH)

    def _cut(self, how: int) -> bytes:
        data = b"".join([*self._pending, self._zip.flush(how)])
        self._pending.clear()
        return data

    def write(self, data: bytes) -> None:
        try:
            while data and not self.problem:
                data = data[os.write(self._file, data) :]
        except OSError as error:
            self.problem = tr("{path} cannot be written any more: {why}", path=self._path, why=error.strerror)

    def close(self) -> None:
        """Write the end, and see it onto the disk."""
        self.write(self._cut(zlib.Z_FINISH))
        try:
            os.fsync(self._file)
            os.close(self._file)
        except OSError as error:
            self.problem = self.problem or tr("{path} may not be whole: {why}", path=self._path, why=error.strerror)


class Place(NamedTuple):
    """Where a line of the file ends: so many bytes into the text of the gzip member that begins at this byte."""

    member: int = 0
    skip: int = 0


class Line(NamedTuple):
    """One word, when it came, and where the next one begins."""

    at: float
    word: Word
    place: Place


class Damage(Exception):
    """Behind here nothing can be read. `cut`: as far as it goes the file is whole, but it has no end."""

    def __init__(self, *, cut: bool = False) -> None:
        super().__init__()
        self.cut = cut


class Tape:
    """A recording that was made. ConfigError where `path` is none, or of a newer program.

    `start` and `end` are instants, `damage` is how the file ends, None where it ends as it should: as far as that can
    be told without understanding the words.
    """

    step = 0.0
    lead = math.inf

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damage: Damage | None = None
        self._must_be_a_file()
        lines = self._lines(Place())
        try:
            first, self._first = next(lines, (b"", Place()))
        except Damage:
            first, self._first = b"", Place()
        self._read_header(first)
        self.end = self.start
        try:
            for line, _ in lines:
                self.end = _later(line, self.end)
        except Damage as damage:
            self.damage = damage

    def words(self, place: Place | None = None, at: float | None = None) -> Iterator[Line]:
        """The words from a place on, where the one before came `at`; by default from the first. Raises Damage behind
        the last one."""
        at = self.start if at is None else at
        for line, end in self._lines(place or self._first):
            at = _later(line, at)
            try:
                word = loaded(line)
            except Unreadable:
                raise Damage from None
            yield Line(at, word, end)

    def _must_be_a_file(self) -> None:
        try:
            if S_ISREG(self.path.stat().st_mode):
                self.path.open("rb").close()
                return
            why = tr("it is not a file")
        except FileNotFoundError:
            why = tr("there is no such file")
        except OSError as error:
            why = tr("it cannot be read: {why}", why=error.strerror)
        raise ConfigError(why, where=str(self.path), hint=_hint())

    def _read_header(self, line: bytes) -> None:
        none = ConfigError(tr("this is no recording"), where=str(self.path), hint=_hint())
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            raise none from None
        if not isinstance(found, dict) or found.get("wallboard") != "recording":
            raise none
        version, start = found.get("version"), found.get("start")
        if isinstance(version, int) and version > VERSION:
            what = tr("a newer wallboard ({version}) recorded this", version=clean(found.get("program"), 40))
            raise ConfigError(what, where=str(self.path), hint=tr("play it with that one"))
        if version != VERSION or isinstance(start, bool) or not isinstance(start, int | float) or not 0 <= start < 1e11:
            raise none
        self.start = float(start)

    def _lines(self, place: Place) -> Iterator[tuple[bytes, Place]]:
        """Whole lines, and where each ends. Raises Damage."""
        with self.path.open("rb") as file:
            file.seek(place.member)
            member, given, skip = place.member, 0, place.skip
            unzip, raw, text, inside = zlib.decompressobj(_GZIP), b"", b"", False
            while True:
                raw = raw or file.read(_CHUNK)
                inside |= bool(raw)
                try:
                    made = unzip.decompress(raw, _CHUNK)
                except zlib.error:
                    raise Damage from None
                if not raw and not made:
                    break
                raw = unzip.unconsumed_tail
                passed = made[:skip]
                skip -= len(passed)
                given += len(passed)
                *whole, rest = made[len(passed) :].split(b"\n")
                for part in whole:
                    given += len(part) + 1
                    yield text + part, Place(member, given)
                    text = b""
                given += len(rest)
                text += rest
                if len(text) > MOST:
                    raise Damage
                if unzip.eof:
                    raw = unzip.unused_data
                    member, given, inside = file.tell() - len(raw), 0, False
                    unzip = zlib.decompressobj(_GZIP)
        if text or inside:
            raise Damage(cut=True)


def _hint() -> str:
    return tr("name a file that `wallboard record` wrote")


def _later(line: bytes, before: float) -> float:
    """When the line came, after one that came `before`. Raises Damage where that makes no sense."""
    found = _AT.match(line)
    try:
        at = float(found[1]) if found is not None else math.nan
    except ValueError:
        at = math.nan
    # Not so for a number that is none, either.
    if not at <= before + GAP:
        raise Damage
    return max(before, at)
