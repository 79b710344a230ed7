"""Reading the action journal: its segments, whether its chain is whole, and what was sent without an ending."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wallboard.control.process import is_here, lives
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.domain.text import clean

Record = dict[str, Any]

GENESIS = "0" * 64
"""The `prev` of the very first record."""

RESULTS = frozenset({"refused", "confirmed", "not_confirmed", "unknown", "accepted", "failed"})
"""Phases that end an action."""

CUT = "cut"
"""The phase of the record that a console writes where what it or another wrote before is not there any more."""

_SEGMENT = re.compile(r"-(\d{6})$")
_HASH = re.compile(r"[0-9a-f]{64}")


def canonical(record: Record) -> bytes:
    """The one way a record is written: sorted keys, no blanks, ASCII only (so no control character passes)."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def digest_of(previous: str, body: bytes) -> str:
    """SHA-256 over the hash before and the canonical record without its own, in hexadecimal."""
    return hashlib.sha256(previous.encode("ascii", "replace") + body).hexdigest()


def digest(record: Record) -> str:
    """What the `hash` of `record` must be."""
    body = {name: value for name, value in record.items() if name != "hash"}
    return digest_of(str(record.get("prev", "")), canonical(body))


def segments(path: Path) -> list[Path]:
    """The journal's files, oldest first; the one being written is last."""
    older = [
        (int(match[1]), candidate)
        for candidate in path.parent.glob(f"{path.stem}-*{path.suffix}")
        if (match := _SEGMENT.search(candidate.stem)) and candidate.stem[: match.start()] == path.stem
    ]
    found = [candidate for _, candidate in sorted(older)]
    return [*found, path] if path.exists() else found


def lock_of(path: Path) -> Path:
    """The file that whoever appends locks. It also holds the hash of the last record, which a journal whose end was
    cut off or replaced no longer has."""
    return path.with_name(path.name + ".lock")


def vouched(path: Path) -> str:
    """The hash of the last record as its console left it; "" if that is not known."""
    try:
        descriptor = os.open(lock_of(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        return head_in(descriptor)
    finally:
        os.close(descriptor)


def head_in(lock: int) -> str:
    """The same of the lock that is open as `lock`."""
    text = os.pread(lock, 64, 0).decode("ascii", "replace")
    return text if _HASH.fullmatch(text) else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal; `record` None: it is not a record (torn, or tampered with)."""

    file: str
    number: int
    raw: bytes
    record: Record | None

    @property
    def where(self) -> str:
        return f"{self.file}:{self.number}"


def lines(path: Path) -> Iterator[Line]:
    """All lines of all segments, oldest first. OSError where a file cannot be read."""
    for segment in segments(path):
        descriptor = os.open(segment, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            for number, raw in enumerate(stream, 1):
                yield Line(segment.name, number, raw, parse(raw))


def parse(raw: bytes) -> Record | None:
    """The record on a line, None if it is none."""
    if not raw.endswith(b"\n"):
        return None
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and isinstance(value.get("hash"), str) else None


@dataclass(frozen=True, slots=True)
class Problem:
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """What `wallboard audit verify` found. `torn`: sealed incomplete lines, which are no tampering; `head` is the
    last hash, to compare with one kept elsewhere: whoever may write the journal may write its lock too."""

    records: int
    files: int
    problems: tuple[Problem, ...]
    torn: int
    head: str
    begins_later: bool
    """The first segments were removed: the chain starts in the middle."""
    found_at: str = ""
    """Where the hash that is kept elsewhere stands, "" if it does not."""
    after: int = 0
    """Records that follow it."""

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(path: Path, kept: str = "") -> Report:
    """Recompute the whole chain, and look for the hash `kept` elsewhere (or its beginning) among those of its records.
    OSError where a file cannot be read."""
    # First: what is appended meanwhile comes after it.
    last = vouched(path)
    there = not last
    problems: list[Problem] = []
    records = torn = 0
    begins_later = False
    previous: str | None = None
    pending: Line | None = None
    found_at, after = "", 0
    for line in lines(path):
        if line.record is None:
            if pending is not None:
                problems.append(Problem(pending.where, tr("is not a record")))
            pending = line
            continue
        record = line.record
        if pending is not None:
            if record.get("phase") == "recovered" and record.get("torn") == torn_mark(pending.raw):
                torn += 1
            else:
                problems.append(Problem(pending.where, tr("is not a record")))
            pending = None
        records += 1
        if digest(record) != record["hash"]:
            problems.append(Problem(line.where, tr("was changed: its hash does not fit")))
        if previous is None:
            begins_later = record.get("prev") != GENESIS
            if kept and str(record.get("prev")).startswith(kept):
                # Of a part that was moved away, or of the journal before its first record.
                found_at = line.file
        elif record.get("prev") != previous:
            problems.append(Problem(line.where, tr("does not follow the record before it")))
        if record.get("phase") == CUT:
            was = tr(
                "follows records that were cut off or replaced, the last of them {hash}…",
                hash=str(record.get("expected"))[:12],
            )
            problems.append(Problem(line.where, was))
        previous = record["hash"]
        there = there or previous == last
        if found_at:
            after += 1
        elif kept and previous.startswith(kept):
            found_at = line.where
    if pending is not None:
        # The last line alone may be torn: the next console to write seals it.
        torn += 1
        if pending.raw.endswith(b"\n"):
            problems.append(Problem(pending.where, tr("is not a record")))
            torn -= 1
    found = segments(path)
    if not found and lock_of(path).exists():
        said = tr("was removed: its lock is there, and it is not")
        if last:
            said = tr("{said}, the last of its records {hash}…", said=said, hash=last[:12])
        problems.append(Problem(path.name, said))
    elif not there:
        problems.append(
            Problem(
                path.name, tr("its end was cut off or replaced: the last record {hash}… is missing", hash=last[:12])
            )
        )
    if kept and not found_at:
        problems.append(Problem(path.name, tr("the record {hash}… that is known elsewhere is missing", hash=kept[:12])))
    if begins_later and found and found[0] == path and records:
        problems.append(Problem(path.name, tr("begins in the middle of a chain")))
    head = previous or GENESIS
    return Report(records, len(found), tuple(problems), torn, head, begins_later, found_at, after)


def head_of(path: Path) -> str:
    """The hash of the last record, as `verify` has it. OSError as `lines`."""
    for segment in reversed(segments(path)):
        with open(os.open(segment, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as stream:
            hashes = [record["hash"] for raw in stream if (record := parse(raw)) is not None]
        if hashes:
            return str(hashes[-1])
    return GENESIS


def torn_mark(raw: bytes) -> str:
    """What a `recovered` record says of the incomplete line before it."""
    return hashlib.sha256(raw.rstrip(b"\n")).hexdigest()


def show(path: Path, *, last: int | None = None, action: str = "", verb: str = "") -> list[Record]:
    """The records, oldest first; of one action, of one verb, or the `last` ones. OSError as `lines`."""
    found = [
        line.record
        for line in lines(path)
        if line.record is not None
        and (not action or line.record.get("id") == action)
        and (not verb or line.record.get("verb") == verb)
    ]
    return found if last is None else found[-last:] if last > 0 else []


def sentence(record: Record) -> str:
    """One record for people. Cleaned again: the file may have been written to by others."""
    target = record.get("target")
    destination = record.get("destination")
    # Of an order that came over the bus: who asked, and at which console, as that console says.
    who = record.get("by") or record.get("operator") or record.get("user")
    what = [record.get("ts"), record.get("phase"), who, record.get("verb")]
    if isinstance(target, dict):
        what += [target.get("label"), f"({target.get('key')})"]
    if isinstance(destination, dict):
        what += ["→", destination.get("number")]
    what.append(record.get("ending") or record.get("request"))
    if record.get("node"):
        what.append(f"[{record['id']} {record['node']}]")
    return str(clean(" ".join(str(word) for word in what if word), 512))


def open_unknowns(path: Path, *, run: str = "") -> list[Record]:
    """The `sent` records of this machine that never got an ending: their console was killed. Those of `run` and of
    consoles that still live are left out, because their endings are on the way. OSError as `lines`."""
    return [record for record in _open(path) if record.get("run") != run and is_here(record) and not lives(record)]


def open_elsewhere(path: Path) -> list[Record]:
    """The `sent` records of other machines without an ending yet: whether their consoles live shows only there."""
    return [record for record in _open(path) if not is_here(record)]


def _open(path: Path) -> list[Record]:
    waiting: dict[str, Record] = {}
    for line in lines(path):
        record = line.record
        if record is None:
            continue
        identity = str(record.get("id", ""))
        if record.get("phase") == "sent":
            waiting[identity] = record
        elif record.get("phase") in RESULTS:
            waiting.pop(identity, None)
    return list(waiting.values())
