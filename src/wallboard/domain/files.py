"""Whether only their owner, or root, can change what lies under a path: the rule for files that are believed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from wallboard.domain.language import tr, trc

_MOST_LINKS = 40


def changeable(path: Path, *, root: bool = False) -> tuple[str, str] | None:
    """Who else can change what is read at `path`, as a sentence, and what to do about it; None if nobody can.

    Looked at are the file, each directory above it, and the same of whatever a link on the way leads to. They belong
    to this user or to root (`root`: to root alone), and no others may write to them; a directory in which each may only
    touch what is theirs (/tmp, by its sticky bit) will do, and so does one that is mounted for reading only. What is
    missing or hidden is nobody's: opening it says so.
    """
    try:
        for part, facts in _way(path):
            if root and facts.st_uid != 0:
                said = tr("{file} does not belong to root", file=_called(part, path))
                return said, tr("run: {command}", command=f"chown root {part}")
            if facts.st_uid not in (os.geteuid(), 0):
                said = tr("{file} belongs to another user", file=_called(part, path))
                return said, tr("use one that you own, in directories of yours")
            if stat.S_ISLNK(facts.st_mode) or not facts.st_mode & 0o022 or facts.st_mode & stat.S_ISVTX:
                continue
            if not os.statvfs(part).f_flag & os.ST_RDONLY:
                mode = stat.S_IMODE(facts.st_mode)
                said = tr("others may change {file} (mode {mode:04o})", file=_called(part, path), mode=mode)
                return said, tr("run: {command}", command=f"chmod go-w {part}")
    except OSError:
        return None
    return None


def _way(path: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every file, directory and link that decides what `path` leads to."""
    seen: set[str] = set()
    links = 0
    waiting = [os.path.abspath(path)]
    while waiting:
        end = Path(waiting.pop())
        for part in (*reversed(end.parents), end):
            if (name := str(part)) in seen:
                continue
            seen.add(name)
            facts = os.lstat(name)
            yield name, facts
            if stat.S_ISLNK(facts.st_mode) and links < _MOST_LINKS:
                links += 1
                waiting.append(os.path.abspath(part.parent / os.readlink(name)))


def _called(part: str, path: Path) -> str:
    return (
        trc("file", "it") if part == os.path.abspath(path) else tr("{part}, which it lies in or leads to,", part=part)
    )
