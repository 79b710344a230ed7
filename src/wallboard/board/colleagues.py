"""Who else is at a call: what people at other consoles of the site are doing now, as they say it again and again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from wallboard.domain.keys import Key
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass

Doing = Literal["listens", "has", "asks"]
"""Listens, whispers or talks along; has it in hand, when a verb of theirs is on its way, or is being asked about it."""
MOST = 1000
"""Consoles that are heard."""


@dataclass(frozen=True, slots=True)
class Presence:
    """`who` is a name, cleaned, "" for somebody without one."""

    who: str
    does: Doing

    @property
    def name(self) -> str:
        return self.who or tr("another console")

    @property
    def sentence(self) -> str:
        return tr("{who} listens", who=self.name) if self.does == "listens" else tr("{who} has it", who=self.name)


@dataclass(frozen=True, slots=True)
class _Console:
    rows: Mapping[Key, Presence]
    until: float


class Colleagues:
    """By console. Whoever says nothing more is gone when its time is over."""

    def __init__(self) -> None:
        self._consoles: dict[str, _Console] = {}
        self._rows: dict[Key, list[Presence]] = {}

    def heard(self, node: str, who: str, at_work: Mapping[Key, Doing], until: float) -> Collection[Key]:
        """The rows about which that is news."""
        before = self._consoles.pop(node, None)
        rows = {key: Presence(who, does) for key, does in at_work.items()}
        if rows and len(self._consoles) < MOST:
            self._consoles[node] = _Console(rows, until)
        was = {} if before is None else before.rows
        return self._made({key for key in {*was, *rows} if was.get(key) != rows.get(key)})

    def expire(self, now: float) -> Collection[Key]:
        """The rows at which somebody is no more."""
        over = [node for node, console in self._consoles.items() if console.until <= now]
        return self._made({key for node in over for key in self._consoles.pop(node).rows})

    def on(self, keys: Collection[Key]) -> Sequence[Presence]:
        if not self._rows:
            return ()
        return tuple(dict.fromkeys(each for key in keys for each in self._rows.get(key, ())))

    def rows(self) -> Collection[Key]:
        return self._rows.keys()

    def _made(self, changed: Collection[Key]) -> Collection[Key]:
        if changed:
            self._rows = {}
            for console in self._consoles.values():
                for key, presence in console.rows.items():
                    self._rows.setdefault(key, []).append(presence)
        return changed
