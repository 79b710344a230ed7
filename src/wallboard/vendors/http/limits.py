"""What an answer may be at most, and what its headers say: sizes, strict JSON, budgets, waits and clocks.

Nothing here touches the network. A 97 kB gzip body has become 100 MB in practice, so inflating is bounded by hand;
`json` by itself accepts NaN and nests until the interpreter gives up.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from statistics import median
from typing import cast

from wallboard.domain.clock import Clock
from wallboard.domain.errors import BadAnswer
from wallboard.domain.language import tr
from wallboard.domain.redaction import redact
from wallboard.domain.text import clean
from wallboard.domain.update import Budget

LIVE_LIMIT = 8 * 1024 * 1024
"""Most decoded bytes of a live list."""
ERROR_LIMIT = 64 * 1024
"""Most bytes read of an answer that is an error."""
PIECES = 50_000
"""Most chunks of one answer; each costs the client as much as a kilobyte."""
THREAD_ABOVE = 64 * 1024
"""Larger bodies are decoded in a thread: the screen must not wait for them."""
DEPTH = 32
ITEMS = 50_000
"""Most elements of one list or object, and most lists and objects of one level."""
VALUES = 1_000_000
"""Most values altogether."""
TEXT_LIMIT = 256 * 1024
"""Most bytes of one text."""
_CHUNK = 128 * 1024


class Body:
    """Collects the raw chunks of one answer, inflates them and never holds more than `limit` bytes."""

    def __init__(self, encoding: str, limit: int) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip"):
            raise BadAnswer(tr("cannot decode the answer ({encoding})", encoding=clean(name, 40)))
        self._inflate = zlib.decompressobj(wbits=31) if name in ("gzip", "x-gzip") else None
        self._limit = limit
        self._data = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take the next raw chunk. Raises BadAnswer when the answer is too large or does not inflate."""
        for _ in self.feeding(chunk):
            pass

    def feeding(self, chunk: bytes) -> Iterator[int]:
        """The same in steps: what each has cost, in pieces of `pace.TURN`."""
        if self._inflate is None:
            self._keep(chunk)
            return
        try:
            while chunk:
                before = len(self._data)
                self._keep(self._inflate.decompress(chunk, _CHUNK))
                yield 1 + (len(self._data) - before) // 2048
                if self._inflate.eof:
                    # A second gzip member may follow the first.
                    chunk = self._inflate.unused_data
                    if chunk:
                        self._inflate = zlib.decompressobj(wbits=31)
                else:
                    chunk = self._inflate.unconsumed_tail
        except zlib.error:
            raise BadAnswer(tr("cannot decode the answer (damaged gzip)")) from None

    def _keep(self, part: bytes) -> None:
        if len(self._data) + len(part) > self._limit:
            raise BadAnswer(tr("the answer is too large (more than {most} MB)", most=self._limit // (1024 * 1024) or 1))
        self._data += part

    def whole(self) -> bytes:
        """All of it. Raises BadAnswer when the compressed stream is not finished."""
        if self._inflate is not None and not self._inflate.eof and self._data:
            raise BadAnswer(tr("the answer was cut short"))
        return bytes(self._data)

    def sofar(self) -> bytes:
        """What there is of it."""
        return bytes(self._data)


def _refuse_constant(word: str) -> object:
    raise ValueError(f"{word} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number without end")
    return number


def breathe(found: dict[str, object]) -> dict[str, object]:
    """A line of Python for each object: only there does the decoder, in its thread, let the loop's go on."""
    return found


def strict_json(body: bytes, content_type: str = "") -> object:
    """`body` as JSON: UTF-8 (a BOM is allowed), finite numbers, and no more of anything than the limits above.

    Raises BadAnswer with a sentence; nothing else.
    """
    text = body.decode("utf-8-sig", "replace")
    start = text.lstrip()[:1]
    if not start:
        raise BadAnswer(tr("the vendor's answer is empty"))
    if start in "[{" and not (len(body) <= THREAD_ABOVE and _surely_shallow(body)):
        check_shape(body)
    try:
        return cast(object, json.loads(text, parse_constant=_refuse_constant, parse_float=_finite, object_hook=breathe))
    except (ValueError, RecursionError, MemoryError):
        raise BadAnswer(_not_json(text, content_type)) from None


_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")


def _surely_shallow(body: bytes) -> bool:
    """Whether the brackets alone show that a small body is not too deep. Brackets inside texts make it less sure."""
    brackets = body.translate(None, _NOT_BRACKETS)
    for _ in range(DEPTH):
        if not brackets:
            return True
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
    return not brackets


_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_OTHER = bytes(byte for byte in range(256) if byte not in b"[]{},")
_MARKS = re.compile(rb",+|[\[{]|[\]}]")


def check_shape(body: bytes) -> None:
    """What `body` would become, counted before it is: the decoder itself stops for nothing. Raises BadAnswer.

    A piece at a time, so that other threads get their turn; what is no JSON is left to the decoder.
    """
    at = values = 0
    holders = [0]
    levels = [0] * (DEPTH + 1)
    while at < len(body):
        piece = body[at : at + TEXT_LIMIT]
        rest = _TEXT.sub(b"", piece)
        # A text that does not end in this piece begins the next one.
        cut = rest.find(b'"')
        if cut == 0 and len(piece) == TEXT_LIMIT:
            raise BadAnswer(tr("the answer is too large (a text of more than {most} kB)", most=TEXT_LIMIT // 1024))
        at += len(piece) - (len(rest) - cut if cut > 0 and at + len(piece) < len(body) else 0)
        for mark in _MARKS.finditer(rest[:cut].translate(None, _OTHER) if cut >= 0 else rest.translate(None, _OTHER)):
            first = mark[0][:1]
            if first == b",":
                count = len(mark[0])
                values += count
                holders[-1] += count
            elif first in b"[{":
                if len(holders) > DEPTH:
                    raise BadAnswer(tr("the answer nests deeper than {most} levels", most=DEPTH))
                levels[len(holders)] += 1
                values += 1
                holders.append(0)
            elif len(holders) > 1:
                holders.pop()
            if holders[-1] >= ITEMS or levels[len(holders) - 1] > ITEMS:
                raise BadAnswer(tr("the answer is too large (more than {most} items)", most=ITEMS))
            if values > VALUES:
                raise BadAnswer(tr("the answer is too large (more than {most} values)", most=VALUES))


def _not_json(text: str, content_type: str) -> str:
    kind = clean(redact(content_type[:4096]).split(";")[0], 40)
    if "html" in kind.lower() or text.lstrip()[:1] == "<":
        return tr("not JSON ({kind}): a login page?", kind=kind or tr("text"))
    if text.lstrip()[:1] in ("{", "[") and text.rstrip()[-1:] not in ("}", "]"):
        return tr("the answer was cut short")
    return tr("not JSON ({kind})", kind=kind or tr("no content type"))


def said(body: bytes, content_type: str = "") -> str:
    """What an error answer says for itself: `message`, `error_description` or `error` of a JSON object, the first of
    its `errors`, or plain text; cleaned.

    A vendor that quotes the request back must not put a secret on the screen, so the known ones are cut out.
    """
    try:
        data = strict_json(body)
    except BadAnswer:
        plain = content_type.partition(";")[0].strip().lower() == "text/plain"
        return clean(redact(body[:4096].decode("utf-8", "replace"))[:500], 120) if plain else ""
    if not isinstance(data, dict):
        return ""
    errors = data.get("errors")
    found = [data, *errors[:1]] if isinstance(errors, list) else [data]
    for part in found:
        for name in ("message", "error_description", "error", "detail", "title"):
            value = part.get(name) if isinstance(part, dict) else None
            if isinstance(value, Mapping):
                value = value.get("message")
            if isinstance(value, str) and value.strip():
                return clean(redact(value[:4096]), 120)
    return ""


def _http_date(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, 1 to 600, of a Retry-After in seconds or as a date (measured against the answer's own Date).

    None when there is none or it makes no sense.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        until = _http_date(text)
        if until is None:
            return None
        vendor_now = _http_date(headers.get("date", ""))
        seconds = until - (datetime.now(UTC).timestamp() if vendor_now is None else vendor_now)
    if math.isnan(seconds):
        return None
    return min(600.0, max(1.0, seconds))


def _count(text: str | None, most: float) -> int | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return int(number) if 0 <= number <= most else None


class Allowance:
    """The hourly budget of an account, as its answers tell it (`X-RateLimit-Limit/Remaining/Reset`, seconds)."""

    def __init__(self, clock: Clock, limit: int | None) -> None:
        self._clock = clock
        self._own = limit
        self._asked = 0
        self.budget: Budget | None = None if limit is None else Budget(limit, None, None, _reserve(limit))

    def hear(self, headers: Mapping[str, str]) -> None:
        """Take over what the headers of an answer say."""
        limit = _count(headers.get("x-ratelimit-limit"), 1e9)
        remaining = _count(headers.get("x-ratelimit-remaining"), 1e9)
        reset = _count(headers.get("x-ratelimit-reset"), 86_400)
        if limit is None and remaining is None:
            return
        self._asked += 1
        resets_at = None if reset is None else self._clock.now() + reset
        if self._own is not None:
            if limit is not None and remaining is not None:
                # The rest of the vendor's allowance belongs to the other applications of the account.
                remaining = max(0, min(remaining, self._own - (limit - remaining)))
            limit = self._own if limit is None else min(limit, self._own)
        self.budget = Budget(limit, remaining, resets_at, _reserve(limit), self._asked)


def _reserve(limit: int | None) -> int:
    """A tenth is kept for actions."""
    return 0 if limit is None else limit // 10


def until_reset(headers: Mapping[str, str]) -> float | None:
    """Seconds to the next hour of the budget; None: not said."""
    seconds = _count(headers.get("x-ratelimit-reset"), 86_400)
    return None if seconds is None else float(min(3600, max(1, seconds)))


class VendorClock:
    """How far the vendor's clock is ahead of ours: the median of the last nine answers."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=9)

    def hear(self, headers: Mapping[str, str], took: float, now: float) -> float | None:
        """The offset that this answer shows, seconds; None without a usable Date."""
        date = _http_date(headers.get("date", ""))
        if date is None:
            return None
        offset = date + took / 2 - now
        self._seen.append(offset)
        return offset

    @property
    def offset(self) -> float | None:
        return median(self._seen) if self._seen else None
